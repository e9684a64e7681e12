"""Rows under codes of villages that were renamed, merged, split or followed by another under the same code.

Belongs here: rows of before and after, none of them wrong (R07), and which unit each one's code means. Does not belong
here: what became of which village (world/reorganised.py), or codes that are wrong (division.py).
"""

from datetime import date, timedelta

import polars as pl

from prefecture.defects.common import plain, record_keys
from prefecture.months import FIRST
from prefecture.stage import ALWAYS, Stage, per_person

_WHAT = {
    "renamed": "村更名，代码未变",
    "merged": "村已合并，登记时原代码有效",
    "split": "村已拆分，登记时原代码有效",
    "reused": "代码先后属于两个村，登记时有效",
}
_FOUNDED_FROM = date(2005, 1, 1)


def plant_reorganised(stage: Stage) -> None:
    """Of each kind a few people registered before and after in F01, and enterprises founded before in F14."""
    for _, rows in stage.divisions.meant.group_by("kind", pl.col("valid_to").is_null(), maintain_order=True):
        nth = pl.int_range(pl.len()).over("township")
        for number in range(2):
            of_township = rows.filter(nth == number)
            if of_township.height:
                _people(stage, of_township)
        ended = rows.filter(pl.col("valid_to").is_not_null() & (nth == 0))
        if ended.height:
            _firms(stage, ended)


def _people(stage: Stage, meant: pl.DataFrame) -> None:
    """Someone of the township is registered in the village, and was when its code meant what it means here."""
    near = plain() & pl.col("age").is_between(25, 70) & pl.col("township").is_in(meant["township"].implode())
    people = stage.take(near, stage.count(4, 2)).join(meant, on="township", how="left", maintain_order="left")
    days = pl.duration(days=pl.col("pid") % 60 + 1)
    last = pl.coalesce("valid_to", pl.lit(FIRST.as_of))
    people = people.with_columns(on=last - days)
    where = pl.col("meant_code").alias("division_code"), pl.col("on").alias("updated_date")
    stage.edit("F01", ALWAYS, per_person(people, *where))
    _note(stage, "F01", people)


def _firms(stage: Stage, meant: pl.DataFrame) -> None:
    until = pl.col("township").replace_strict(dict(meant.select("township", "valid_to").iter_rows()), default=None)
    founded = pl.col("established_date").is_between(pl.lit(_FOUNDED_FROM), until - timedelta(days=1))
    live = (pl.col("status_name") == "存续") & ~pl.col("is_employer") & ~pl.col("has_old_code")
    firms = stage.take_firms(live & founded, stage.count(2))
    firms = firms.join(meant, on="township", how="left", maintain_order="left").with_columns(on="established_date")
    stage.edit("F14", ALWAYS, firms.select("_eid", pl.col("meant_code").alias("division_code")), ("_eid",))
    _note(stage, "F14", firms)


def _note(stage: Stage, feed: str, rows: pl.DataFrame) -> None:
    keys = record_keys(feed, rows)
    stage.register.hard_negative("R07", feed, keys, rows["kind"].replace(_WHAT), rows)
    stage.register.place(feed, keys, rows)
