"""F17: insured employees.

Belongs here: who is insured with whom. Does not belong here: employers' registration (enterprises.py).
"""

import polars as pl

from prefecture.feeds.feed import Feed
from prefecture.months import Month
from prefecture.world.vital import is_dead
from prefecture.world.world import World

LAYOUT = {
    "id_no": "公民身份号码",
    "name": "姓名",
    "employer_code": "单位统一社会信用代码",
    "insurance_kind": "险种",
    "period_month": "费款所属期",
    "status_name": "参保状态",
    "start_date": "参保起始日期",
    "stop_date": "停保日期",
}


def insured(world: World, month: Month) -> pl.DataFrame:
    """All rows of F17: paid up to the month, or to the month of stopping."""
    named = world.employment.join(
        world.people.select(pl.col("pid").alias("_pid"), "id_no", "name", "death_date"),
        on="_pid",
        how="left",
        maintain_order="left",
    )
    is_stopped = pl.col("stop_date").is_not_null()
    return named.filter(~is_dead(month.as_of)).select(
        "_pid",
        "_eid",
        "id_no",
        "name",
        "employer_code",
        pl.lit("企业职工基本养老保险").alias("insurance_kind"),
        pl.when(is_stopped)
        .then(pl.col("stop_date").dt.strftime("%Y-%m"))
        .otherwise(pl.lit(month.month))
        .alias("period_month"),
        pl.when(is_stopped).then(pl.lit("停保")).otherwise(pl.lit("参保")).alias("status_name"),
        "start_date",
        "stop_date",
    )


FEED = Feed(
    code="F17",
    title="职工参保",
    kind="snapshot",
    rows=insured,
    keys=("id_no", "employer_code"),
    order=("_pid", "start_date"),
    layout=LAYOUT,
    encoding="utf-8-sig",
    table="ylbx_zhigong",
)
