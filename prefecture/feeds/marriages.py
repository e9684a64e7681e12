"""F07: marriages and divorces registered.

Belongs here: registrations of a month. Does not belong here: who is married to whom (world/couples.py).
"""

from datetime import date

import polars as pl

from prefecture.feeds.feed import Feed
from prefecture.world.world import World

MARRIAGE, DIVORCE, REISSUE = "结婚", "离婚", "补领"
_DATES = {MARRIAGE: "married_on", DIVORCE: "divorced_on", REISSUE: "reissued_on"}
_LETTERS = {MARRIAGE: "J", DIVORCE: "L", REISSUE: "BJ"}
LAYOUT = {
    "cert_no": "登记证号",
    "husband_id_no": "男方身份号码",
    "husband_name": "男方姓名",
    "wife_id_no": "女方身份号码",
    "wife_name": "女方姓名",
    "registered_date": "登记日期",
    "registration_type": "登记类型",
}


def registrations(world: World, month: str) -> pl.DataFrame:
    """Rows of F07 of one month (YYYY-MM) from 2023-07 on, with `_pid` of the husband and `_wife`."""
    start = date.fromisoformat(f"{month}-01")
    rows = [
        world.couples.filter(pl.col(column).dt.month_start() == start).select(
            "husband", "wife", pl.col(column).alias("registered_date"), pl.lit(kind).alias("registration_type")
        )
        for kind, column in _DATES.items()
    ]
    return registration_rows(world, pl.concat(rows))


def registration_rows(world: World, events: pl.DataFrame) -> pl.DataFrame:
    """Rows of F07 from `husband`, `wife` (pids), `registered_date`, `registration_type`."""
    husbands, wives = (world.of(events[who], "id_no", "name") for who in ("husband", "wife"))
    day, number = pl.col("registered_date"), pl.col("husband").cast(pl.String).str.zfill(9)
    letter = pl.col("registration_type").replace_strict(_LETTERS, return_dtype=pl.String)
    return events.select(
        pl.col("husband").alias("_pid"),
        pl.col("wife").alias("_wife"),
        pl.concat_str(letter, pl.lit("3706"), day.dt.strftime("%Y%m"), number).alias("cert_no"),
        husbands["id_no"].alias("husband_id_no"),
        husbands["name"].alias("husband_name"),
        wives["id_no"].alias("wife_id_no"),
        wives["name"].alias("wife_name"),
        "registered_date",
        "registration_type",
    )


FEED = Feed(
    code="F07",
    title="婚姻登记",
    kind="events",
    rows=lambda world, month: registrations(world, month.month),
    keys=("cert_no",),
    order=("registered_date", "_pid"),
    layout=LAYOUT,
    encoding="utf-8-sig",
    people=(("husband_id_no", "_pid"), ("wife_id_no", "_wife")),
    table="hy_dengji",
)
