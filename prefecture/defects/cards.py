"""R25: disability cards that contradict their columns, or are paid after they ran out.

Belongs here: errors of F11 about the living. Does not belong here: payments to the dead (paid_dead.py).
"""

from datetime import date

import polars as pl

from prefecture.defects.common import keys_with, plant_wave, record_keys, settled, waves
from prefecture.stage import Stage, per_person

LONG_EXPIRED = date(2023, 11, 30)


def plant_cards(stage: Stage) -> None:
    """Plant R25: 7 + 7 + 6 in the stock of the 1 % prefecture, 5 + 5 later. The second month's F11 is held
    back as a whole, so nothing begins or ends in it."""
    holder = settled() & stage.listed("F11")
    for column, digits in (("class_code", 7), ("level_code", 4)):
        for wave in waves(7, later=1):
            people = stage.take(holder, wave.count(stage))
            other = stage.rows("F11", people).select((pl.col(column).cast(pl.Int64) % digits + 1).cast(pl.String))
            table = per_person(people, other.to_series().alias(column))
            keys = keys_with(stage, "F11", people, table)
            plant_wave(stage, wave, "R25", "F11", people, table, keys, "证号与类别、等级不符")
    for wave in waves(6, later=0.5):
        expired = stage.take(holder, wave.count(stage))
        table = per_person(
            expired,
            pl.lit(LONG_EXPIRED).alias("valid_to"),
            pl.lit("生活补贴").alias("subsidy_type"),
            pl.lit("发放").alias("subsidy_status"),
        )
        keys = keys_with(stage, "F11", expired, table)
        plant_wave(stage, wave, "R25", "F11", expired, table, keys, "证件过期仍发补贴")
    _lookalikes(stage, holder)


def _lookalikes(stage: Stage, holder: pl.Expr) -> None:
    cards = stage.truth("F11")
    reissued = cards.filter(pl.col("card_no").str.ends_with("B1"))["_pid"]
    lapsed = cards.filter((pl.col("valid_to") <= LONG_EXPIRED) & (pl.col("subsidy_status") != "发放"))["_pid"]
    for pids, what in ((reissued, "补换证后缀"), (lapsed, "证件过期，补贴已停")):
        people = stage.take(holder & stage.among(pids), stage.count(5, 2))
        keys = record_keys("F11", stage.rows("F11", people))
        stage.register.hard_negative("R25", "F11", keys, what, people)
