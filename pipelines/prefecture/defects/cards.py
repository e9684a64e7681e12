"""R25: disability cards that contradict their columns, or are paid after they ran out.

Belongs here: errors of F11 about the living. Does not belong here: payments to the dead (death.py).
"""

import polars as pl

from pipelines.prefecture.defects.common import record_keys, settled
from pipelines.prefecture.feeds.disability import longest_expired
from pipelines.prefecture.stage import BOTH, Stage, per_person


def plant_cards(stage: Stage) -> None:
    """Plant R25. The second turn's F11 is held back as a whole, so everything stays as it was."""
    register, holder = stage.register, settled() & stage.listed("F11")

    def keys(people: pl.DataFrame) -> pl.Series:
        return record_keys("F11", stage.rows("F11", 1, people))

    for column, digits in (("class_code", 7), ("level_code", 4)):
        people = stage.take(holder, stage.count(7))
        other = stage.rows("F11", 1, people).select(
            (pl.col(column).cast(pl.Int64) % digits + 1).cast(pl.String)
        )
        stage.edit("F11", BOTH, per_person(people, other.to_series().alias(column)))
        register.defect("R25", "F11", keys(people), "证号与类别、等级不符", True, True, people["township"])
    expired = stage.take(holder, stage.count(6))
    stage.edit(
        "F11",
        BOTH,
        per_person(
            expired,
            pl.lit(longest_expired()).alias("valid_to"),
            pl.lit("生活补贴").alias("subsidy_type"),
            pl.lit("发放").alias("subsidy_status"),
        ),
    )
    register.defect("R25", "F11", keys(expired), "证件过期仍发补贴", True, True, expired["township"])
    cards = stage.feeds["F11", 1]
    reissued = cards.filter(pl.col("card_no").str.ends_with("B1"))["_pid"]
    lapsed = cards.filter((pl.col("valid_to") <= longest_expired()) & (pl.col("subsidy_status") != "发放"))[
        "_pid"
    ]
    for pids, what in ((reissued, "补换证后缀"), (lapsed, "证件过期，补贴已停")):
        people = stage.take(holder & pl.col("pid").is_in(pids.implode()), stage.count(5, 2))
        register.hard_negative("R25", "F11", keys(people), what, people["township"])
