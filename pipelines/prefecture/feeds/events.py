"""F03 and F04: events of the police register, and death certificates.

Belongs here: the events that follow from people's lives. Does not belong here: events of planted errors,
though they are formed with the same functions.
"""

from datetime import date

import numpy as np
import polars as pl

from pipelines.prefecture.months import FIRST, Turn
from pipelines.prefecture.world.lots import stream

DEATH, LEAVING, ARRIVAL, RENAMING, NEW_NUMBER, BIRTH = (
    "死亡注销",
    "迁出",
    "迁入",
    "更名",
    "身份证号变更",
    "出生登记",
)
KINDS = (DEATH, LEAVING, ARRIVAL, RENAMING, NEW_NUMBER, BIRTH)
_CERTIFIED_SHARE, _BLANK_ID_SHARE = 0.96, 0.09
_PLACES = np.array(["医院病房", "家中", "医院急诊", "养老机构", "其他场所"])


def hukou_events(people: pl.DataFrame, turn: Turn) -> pl.DataFrame:
    """Rows of F03 delivered in the turn: deaths, departures and births; the first turn brings a whole
    year."""
    first = turn == FIRST
    born = (
        people.filter("is_newborn")
        if not first
        else people.filter(
            (pl.col("birth") >= date(2023, 2, 1)) & ~pl.col("is_floating") & ~pl.col("is_newborn")
        )
    )
    return pl.concat(
        [
            event_rows(_of_turn(people, "death_date", turn), DEATH, pl.col("death_date")),
            event_rows(_of_turn(people, "left_date", turn), LEAVING, pl.col("left_date")),
            event_rows(born, BIRTH, pl.col("birth")),
        ]
    ).sort("event_date", "_pid")


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


def death_certificates(people: pl.DataFrame, turn: Turn, seed: int) -> pl.DataFrame:
    """Rows of F04 delivered in the turn; every eleventh certificate has no id."""
    rng = stream(seed, "certificates")
    lots = pl.DataFrame({"certified": rng.random(people.height), "blank": rng.random(people.height)})
    rows = pl.concat([people, lots], how="horizontal")
    rows = _of_turn(rows, "death_date", turn).filter(pl.col("certified") < _CERTIFIED_SHARE)
    blank = pl.when(pl.col("blank") < _BLANK_ID_SHARE).then(None).otherwise("id_no")
    return certificate_rows(rows, pl.col("death_date")).with_columns(
        rows.select(blank.alias("id_no")).to_series()
    )


def certificate_rows(people: pl.DataFrame, on: pl.Expr) -> pl.DataFrame:
    """Rows of F04 about `people` who died on the day `on`."""
    return people.select(
        pl.col("pid").alias("_pid"),
        "name",
        pl.when(pl.col("sex") == 1).then(pl.lit("男")).otherwise(pl.lit("女")).alias("sex_name"),
        "id_no",
        pl.col("birth").alias("birth_date"),
        pl.col("village").alias("division_code"),
        on.alias("death_date"),
        pl.Series(_PLACES).gather((people["pid"] * 7 % len(_PLACES)).cast(pl.UInt32)).alias("death_place"),
    )


def event_no(turn: Turn) -> pl.Expr:
    """Number of an event of F03 delivered in the turn, from kind and `_pid`."""
    kind = pl.col("event_type").replace_strict(
        {k: str(i + 1) for i, k in enumerate(KINDS)}, return_dtype=pl.String
    )
    return pl.concat_str(pl.lit(f"YW{turn.period}"), kind, _padded()).alias("event_no")


def cert_no(turn: Turn) -> pl.Expr:
    """Number of a certificate of F04 delivered in the turn, from `_pid`."""
    return pl.concat_str(pl.lit(f"SW3706{turn.period}"), _padded()).alias("cert_no")


def _padded() -> pl.Expr:
    return pl.col("_pid").cast(pl.String).str.zfill(8)


def _of_turn(people: pl.DataFrame, column: str, turn: Turn) -> pl.DataFrame:
    in_first = pl.col(column) <= FIRST.as_of
    wanted = in_first if turn == FIRST else (~in_first & (pl.col(column) <= turn.as_of))
    return people.filter(pl.col(column).is_not_null() & wanted)
