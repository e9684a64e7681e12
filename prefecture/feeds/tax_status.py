"""F16: taxpayers and their bands.

Belongs here: what the tax office tells of an enterprise. Does not belong here: its registration
(world/enterprises.py). Only bands are given, now and then masked; codes of industries bear the letter of their
section in every third county; enterprises of before October 2015 still have their old taxpayer number.
"""

from functools import cache
from pathlib import Path

import polars as pl

from prefecture.feeds.feed import Feed
from prefecture.months import MONTHS, Month
from prefecture.world.enterprises import ONE_CODE_SINCE
from prefecture.world.world import World

LAYOUT = {
    "uscc": "统一社会信用代码",
    "name": "纳税人名称",
    "taxpayer_no": "纳税人识别号",
    "taxpayer_type": "纳税人类型",
    "industry_code": "行业代码",
    "status_name": "纳税人状态",
    "period_month": "所属月份",
    "declared_month": "最近申报属期",
    "sales_band_name": "销售收入档次",
    "tax_band_name": "入库税款档次",
    "credit_class": "纳税信用级别",
    "tax_office_name": "主管税务机关",
}
COMPANY = "有限责任公司"
_SHARE = {COMPANY: 1.0, "农民专业合作社": 0.6, "个体工商户": 0.26}
_SALES = ("0", "1万元以下", "1-10万元", "10-30万元", "30-100万元", "100万元以上")
_TAXES = ("0", "0.1万元以下", "0.1-1万元", "1-5万元", "5万元以上")
_MASK = "***"
_CLASSES = ("A", "B", "M", "B", "M", "C", "B", "D")


def taxpayers(world: World, month: Month) -> pl.DataFrame:
    """All rows of F16. Every live company is a taxpayer and declares each month or, if small, each quarter;
    revoked ones have stopped (非正常), cancelled ones are gone."""
    lot = pl.Series("lot", world.stream("taxpayers").random(world.enterprises.height))
    share = pl.col("entity_type").replace_strict(_SHARE, return_dtype=pl.Float64)
    firms = world.enterprises.with_columns(lot).filter((pl.col("lot") < share) & (pl.col("status_name") != "注销"))
    office = world.divisions.villages.select(pl.col("code").alias("village"), "county_code", "county_name")
    rows = firms.join(office, on="village", how="left", maintain_order="left")
    company = pl.col("entity_type") == COMPANY
    general = company & (pl.col("_eid") % 3 == 0)
    revoked = pl.col("status_name") == "吊销"
    last = pl.when(general).then(pl.lit(monthly(month))).otherwise(pl.lit(quarterly(month)))
    draw = (pl.col("_eid") * 31 + month.index // 3 * 17) % 97
    band = (draw % len(_SALES)).cast(pl.UInt32)
    masked = (pl.col("_eid") * 7 + month.index) % 50 == 0
    tax = pl.min_horizontal(band, pl.lit(len(_TAXES) - 1, pl.UInt32))
    letter = (pl.col("county_code").cast(pl.Int64) % 3 == 0).alias("has_letter")
    return rows.select(
        "_eid",
        pl.col("uscc"),
        "name",
        pl.when(pl.col("established_date") < ONE_CODE_SINCE)
        .then(pl.concat_str("county_code", pl.col("uscc").str.slice(8, 9)))
        .otherwise("uscc")
        .alias("taxpayer_no"),
        pl.when(general)
        .then(pl.lit("一般纳税人"))
        .when(company)
        .then(pl.lit("小规模纳税人"))
        .otherwise(pl.lit("定期定额户"))
        .alias("taxpayer_type"),
        with_letter(pl.col("industry_code"), letter, world.reference).alias("industry_code"),
        pl.when(revoked).then(pl.lit("非正常")).otherwise(pl.lit("正常")).alias("status_name"),
        pl.lit(month.month).alias("period_month"),
        pl.when(revoked).then(pl.col("cancelled_date").dt.strftime("%Y-%m")).otherwise(last).alias("declared_month"),
        pl.when(masked).then(pl.lit(_MASK)).otherwise(pl.lit(pl.Series(_SALES)).gather(band)).alias("sales_band_name"),
        pl.when(masked).then(pl.lit(_MASK)).otherwise(pl.lit(pl.Series(_TAXES)).gather(tax)).alias("tax_band_name"),
        pl.when(company)
        .then(pl.lit(pl.Series(_CLASSES)).gather((pl.col("_eid") % len(_CLASSES)).cast(pl.UInt32)))
        .alias("credit_class"),
        pl.concat_str(pl.lit("国家税务总局烟台市"), "county_name", pl.lit("税务局")).alias("tax_office_name"),
    )


def with_letter(code: pl.Expr, has_letter: pl.Expr, reference: Path) -> pl.Expr:
    """The code as the office writes it: the letter of its section in front, or not."""
    letter = code.str.head(2).replace_strict(sections(reference), default="", return_dtype=pl.String)
    return pl.when(has_letter).then(letter + code).otherwise(code)


@cache
def sections(reference: Path) -> dict[str, str]:
    """The letter of the section (门类) of every two-digit division of GB/T 4754-2017."""
    table = pl.read_csv(reference / "codes" / "gbt4754_2017_industry.csv", infer_schema=False)
    return dict(table.filter(pl.col("level") == "2").select("code", "parent").iter_rows())


def monthly(month: Month) -> str:
    """The last month declared by those who declare every month: the one before."""
    return _before(month, 1)


def quarterly(month: Month) -> str:
    """The last month declared by those who declare every quarter: the end of the last quarter."""
    return _before(month, month.as_of.month % 3 or 3)


def _before(month: Month, months: int) -> str:
    number = MONTHS[0].as_of.year * 12 + month.index - months
    return f"{number // 12}-{number % 12 + 1:02d}"


FEED = Feed(
    code="F16",
    title="纳税主体状态",
    kind="snapshot",
    rows=taxpayers,
    keys=("uscc",),
    order=("_eid",),
    layout=LAYOUT,
    people=(),
    table="sw_nsrzt",
)
