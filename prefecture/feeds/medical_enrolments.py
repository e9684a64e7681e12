"""F20: enrolments in medical insurance.

Belongs here: who is enrolled. Does not belong here: who employs them (world/employment.py).
"""

import polars as pl

from prefecture.feeds.feed import Feed
from prefecture.months import Month
from prefecture.world.lots import days_between
from prefecture.world.vital import has_left, is_dead
from prefecture.world.world import World

_ENROLLED_SHARE, _FLOATING_ENROLLED_SHARE, _PAUSED_SHARE, _VISIT_SHARE = 0.94, 0.5, 0.03, 0.4
EMPLOYEE, RESIDENT = "职工", "居民"
RUNNING, PAUSED = "正常", "暂停"
LAYOUT = {
    "id_no": "公民身份号码",
    "name": "姓名",
    "sex_code": "性别",
    "birth_date": "出生日期",
    "insurance_kind": "险种类型",
    "status_name": "参保状态",
    "division_code": "村居代码",
    "last_visit_date": "最近就诊日期",
}


def enrolments(world: World, month: Month) -> pl.DataFrame:
    """All rows of F20."""
    rng, people = world.stream("enrolments"), world.people
    lots = pl.DataFrame(
        {
            "enrolled": rng.random(people.height),
            "paused": rng.random(people.height),
            "visits": rng.random(people.height),
            "visit": days_between(rng, "2022-06-01", "2023-01-31", people.height),
        }
    )
    rows = pl.concat([people, lots], how="horizontal")
    share = pl.when("is_floating").then(_FLOATING_ENROLLED_SHARE).otherwise(_ENROLLED_SHARE)
    rows = rows.filter(
        (pl.col("enrolled") < share) & ~is_dead(month.as_of) & ~has_left(month.as_of) & ~pl.col("is_newborn")
    )
    employed = pl.col("pid").is_in(world.employment["_pid"].unique().implode())
    visit = pl.when((pl.col("visits") < _VISIT_SHARE) & (pl.col("visit") > pl.col("birth"))).then("visit")
    status = pl.when(pl.col("paused") < _PAUSED_SHARE).then(pl.lit(PAUSED)).otherwise(pl.lit(RUNNING))
    return enrolment_rows(rows, pl.when(employed).then(pl.lit(EMPLOYEE)).otherwise(pl.lit(RESIDENT)), status, visit)


def enrolment_rows(people: pl.DataFrame, kind: pl.Expr, status: pl.Expr, visit: pl.Expr) -> pl.DataFrame:
    """Rows of F20 about `people`."""
    return people.select(
        pl.col("pid").alias("_pid"),
        "id_no",
        "name",
        pl.col("sex").cast(pl.String).alias("sex_code"),
        pl.col("birth").alias("birth_date"),
        kind.alias("insurance_kind"),
        status.alias("status_name"),
        pl.col("village").alias("division_code"),
        visit.alias("last_visit_date"),
    )


FEED = Feed(
    code="F20",
    title="基本医疗参保",
    kind="snapshot",
    rows=enrolments,
    keys=("id_no", "insurance_kind"),
    order=("_pid",),
    layout=LAYOUT,
    encoding="gb18030",
    table="ybcb_xinxi",
)
