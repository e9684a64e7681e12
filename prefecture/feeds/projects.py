"""F34: projects, grants to enterprises, and titles of enterprises.

Belongs here: the records of a month, with amounts in the unit their department uses. Does not belong here: the
projects (world/projects.py).
"""

import polars as pl

from prefecture.feeds.feed import Feed
from prefecture.months import Month
from prefecture.output.workbook import Heading
from prefecture.world.projects import PROJECT
from prefecture.world.world import World

_WAN = 10_000
LAYOUT = (
    Heading("record_no", "记录编号", width=20),
    Heading("record_type", "记录类型", width=10),
    Heading("department_name", "主管部门", width=20),
    Heading("uscc", "统一社会信用代码", "企业信息", 22),
    Heading("holder_name", "企业名称", "企业信息", 34),
    Heading("division_code", "所在村居代码", "企业信息", 16),
    Heading("project_code", "国家投资项目代码", "项目信息", 28),
    Heading("project_name", "项目名称", "项目信息", 40),
    Heading("stage_name", "项目阶段", "项目信息", 10),
    Heading("programme_name", "补贴名称", "补贴信息", 26),
    Heading("instalment", "拨付期次", "补贴信息", 10),
    Heading("total_amount", "金额", "补贴信息"),
    Heading("amount_unit", "金额单位", "补贴信息", 10),
    Heading("title_name", "资质名称", "资质信息", 20),
    Heading("cert_no", "证书编号", "资质信息", 18),
    Heading("valid_from", "有效期起", "资质信息"),
    Heading("valid_to", "有效期止", "资质信息"),
    Heading("record_date", "业务日期"),
)


def projects(world: World, month: Month) -> pl.DataFrame:
    """Rows of F34 of the month, with `_eid`; the first ones bring the year before."""
    rows = world.projects.filter(pl.col("record_date") <= month.as_of)
    return project_rows(rows if month.index == 0 else rows.filter(pl.col("record_date") >= month.start))


def project_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """Records about events (columns of world.projects, those that do not apply may be missing): 发改 and 工信
    write 万元, 科技 writes 元."""
    missing = {
        "project_code": pl.String,
        "project_name": pl.String,
        "stage_name": pl.String,
        "programme_name": pl.String,
        "instalment": pl.Int64,
        "money": pl.Float64,
        "title_name": pl.String,
        "cert_no": pl.String,
        "valid_from": pl.Date,
        "valid_to": pl.Date,
    }
    rows = rows.with_columns(pl.lit(None, t).alias(c) for c, t in missing.items() if c not in rows.columns)
    science = pl.coalesce("title_name", "programme_name").str.starts_with("高新").fill_null(False)
    department = (
        pl.when(pl.col("record_type") == PROJECT)
        .then(pl.lit("烟台市发展和改革委员会"))
        .when(science)
        .then(pl.lit("烟台市科学技术局"))
        .otherwise(pl.lit("烟台市工业和信息化局"))
    )
    return rows.select(
        "record_no",
        "record_type",
        department.alias("department_name"),
        "uscc",
        "holder_name",
        pl.col("village").alias("division_code"),
        "project_code",
        "project_name",
        "stage_name",
        "programme_name",
        "instalment",
        pl.when(science).then("money").otherwise(pl.col("money") / _WAN).alias("total_amount"),
        pl.when(pl.col("money").is_not_null())
        .then(pl.when(science).then(pl.lit("元")).otherwise(pl.lit("万元")))
        .alias("amount_unit"),
        "title_name",
        "cert_no",
        "valid_from",
        "valid_to",
        "record_date",
        "_eid",
    )


FEED = Feed(
    code="F34",
    title="项目与企业补贴",
    kind="events",
    rows=projects,
    keys=("record_no",),
    order=("record_date", "record_no"),
    layout=LAYOUT,
    format="xlsx",
    heading="烟台市项目库、企业补贴与资质月报（{year}年{month}月）",
    people=(),
)
