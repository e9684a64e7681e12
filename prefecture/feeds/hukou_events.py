"""F03: events of the police register.

Belongs here: the events that follow from people's lives. Does not belong here: events of planted errors,
though they are formed with the same functions.
"""

from datetime import date

import polars as pl

from prefecture.feeds.feed import Feed
from prefecture.months import Month
from prefecture.world.world import World

DEATH, LEAVING, ARRIVAL, RENAMING, NEW_NUMBER, BIRTH = (
    "死亡注销",
    "迁出",
    "迁入",
    "更名",
    "身份证号变更",
    "出生登记",
)
KINDS = (DEATH, LEAVING, ARRIVAL, RENAMING, NEW_NUMBER, BIRTH)
_FIRST_BIRTH = date(2023, 2, 1)
LAYOUT = {
    "event_no": "业务编号",
    "event_type": "事件类型",
    "id_no": "公民身份号码",
    "old_id_no": "变更前身份号码",
    "name": "姓名",
    "old_name": "变更前姓名",
    "event_date": "事件日期",
    "division_code": "行政区划代码",
}


def hukou_events(world: World, month: Month) -> pl.DataFrame:
    """Rows of F03 of the month: deaths, departures and births; the first one brings a whole year."""
    people = world.people
    earlier = (pl.col("birth") >= _FIRST_BIRTH) & ~pl.col("is_floating") & ~pl.col("is_newborn")
    born = people.filter(earlier) if month.index == 0 else in_month(people, "registered_on", month)
    return pl.concat(
        [
            event_rows(in_month(people, "death_date", month), DEATH, pl.col("death_date")),
            event_rows(in_month(people, "left_date", month), LEAVING, pl.col("left_date")),
            event_rows(born.filter((month.index == 0) | pl.col("is_newborn")), BIRTH, pl.col("birth")),
        ]
    )


def in_month(people: pl.DataFrame, column: str, month: Month) -> pl.DataFrame:
    """People whose date in `column` falls in the month, or at any time up to the first business date."""
    until = pl.col(column) <= month.as_of
    return people.filter(until & (pl.lit(month.index == 0) | (pl.col(column) >= month.start)))


def event_rows(
    people: pl.DataFrame,
    kind: str,
    on: pl.Expr,
    old_id_no: str | None = None,
    old_name: str | None = None,
    id_no: str = "id_no",
    name: str = "name",
) -> pl.DataFrame:
    """Rows of F03 of one kind about `people`, on the day `on`; the other arguments name columns of
    `people`."""
    nothing = pl.lit(None, pl.String)
    return people.select(
        pl.col("pid").alias("_pid"),
        pl.lit(kind).alias("event_type"),
        pl.col(id_no).alias("id_no"),
        (pl.col(old_id_no) if old_id_no else nothing).alias("old_id_no"),
        pl.col(name).alias("name"),
        (pl.col(old_name) if old_name else nothing).alias("old_name"),
        on.alias("event_date"),
        pl.col("village").alias("division_code"),
    )


def numbered(frame: pl.DataFrame, month: Month) -> pl.DataFrame:
    """The events with their number, from kind and person."""
    kind = pl.col("event_type").replace_strict({k: str(i + 1) for i, k in enumerate(KINDS)}, return_dtype=pl.String)
    person = pl.col("_pid").cast(pl.String).str.zfill(9)
    return frame.with_columns(pl.concat_str(pl.lit(f"YW{month.period}"), kind, person).alias("event_no"))


FEED = Feed(
    code="F03",
    title="户籍变动",
    kind="events",
    rows=hukou_events,
    keys=("event_no",),
    order=("event_date", "_pid"),
    layout=LAYOUT,
    encoding="gb18030",
    compact_dates=True,
    finish=numbered,
    people=(("id_no", "_pid"), ("old_id_no", "_pid")),
    table="hj_biandong",
)
