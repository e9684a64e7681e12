"""R35: enterprises cancelled or revoked whose staff is still insured; and ordinary changes of the register.

Belongs here: the fate of enterprises. Does not belong here: their codes (credit.py, division.py).
"""

from datetime import date

import numpy as np
import polars as pl

from pipelines.prefecture.defects.common import record_keys, turns_of
from pipelines.prefecture.stage import BOTH, Stage
from pipelines.prefecture.world.lots import days_between

_LARGEST_STAFF = 12
_THIS_JANUARY = date(2024, 1, 10)


def plant_enterprise(stage: Stage) -> None:
    """Plant R35, then let other enterprises open, change and close as they do."""
    _insured_after_end(stage)
    _insured_rightly(stage)
    _ordinary_changes(stage)


def _close(stage: Stage, firms: pl.DataFrame, turns: tuple[int, ...], on: pl.Series) -> None:
    status = pl.Series(["注销", "注销", "吊销"] * firms.height, dtype=pl.String).head(firms.height)
    stage.edit(
        "F14", turns, firms.select("_eid", status.alias("status_name"), on.alias("cancelled_date")), ("_eid",)
    )


def _stop(stage: Stage, staff: pl.DataFrame, turns: tuple[int, ...], on: date) -> None:
    """End the running insurance of these people; stopped rows stay as they are."""
    for turn in turns:
        running = (
            stage.feeds["F17", turn]
            .filter(pl.col("status_name") == "参保")
            .join(staff, on=["_pid", "_eid"], how="semi")
        )
        table = running.select(
            "_pid",
            "_eid",
            pl.lit("停保").alias("status_name"),
            pl.lit(on).alias("stop_date"),
            pl.lit(f"{on:%Y-%m}").alias("period_month"),
        )
        stage.edit("F17", (turn,), table, ("_pid", "_eid"))


def _insured_after_end(stage: Stage) -> None:
    firms, staff = stage.take_employers(_LARGEST_STAFF, stage.count(18, 3))
    ends = days_between(stage.rng("ends"), "2023-03-01", "2023-11-30", firms.height)
    ends = np.maximum(ends, firms["established_date"].to_numpy())
    _close(stage, firms, BOTH, pl.Series(ends))
    fixed = firms.height // 5
    repaired = staff.filter(pl.col("_eid").is_in(firms["_eid"].head(fixed).implode()))
    _stop(stage, repaired, (2,), date(2023, 12, 31))
    stage.register.defect(
        "R35",
        "F14",
        record_keys("F14", firms),
        "注销或吊销后仍有职工参保",
        True,
        turns_of(firms.height, fixed),
        firms["township"],
    )
    firms, _ = stage.take_employers(_LARGEST_STAFF, stage.count(4))
    _close(stage, firms, (2,), pl.Series([_THIS_JANUARY] * firms.height, dtype=pl.Date))
    stage.register.defect(
        "R35", "F14", record_keys("F14", firms), "一月注销，二月仍参保", False, True, firms["township"]
    )


def _insured_rightly(stage: Stage) -> None:
    register = stage.register
    firms, staff = stage.take_employers(_LARGEST_STAFF, stage.count(5, 2))
    _close(stage, firms, BOTH, pl.Series([_THIS_JANUARY] * firms.height, dtype=pl.Date))
    _stop(stage, staff, (2,), date(2024, 1, 31))
    register.hard_negative(
        "R35", "F14", record_keys("F14", firms), "注销当月照缴，次月已停", firms["township"]
    )
    firms, staff = stage.take_employers(_LARGEST_STAFF, stage.count(5, 2))
    _close(
        stage,
        firms,
        BOTH,
        firms.select(pl.max_horizontal(pl.lit(date(2023, 12, 20)), "established_date")).to_series(),
    )
    _stop(stage, staff, BOTH, date(2023, 12, 15))
    register.hard_negative("R35", "F14", record_keys("F14", firms), "注销前职工已全部停保", firms["township"])


def _ordinary_changes(stage: Stage) -> None:
    """Between the turns some enterprises are new, some change their capital, some close without staff."""
    small = (pl.col("status_name") == "存续") & ~pl.col("is_employer") & ~pl.col("has_old_code")
    new = stage.take_firms(small, stage.count(25, 3))
    stage.drop("F14", (1,), new.select("_eid"), ("_eid",))
    stage.edit("F14", (2,), new.select("_eid", pl.lit(date(2024, 2, 6)).alias("established_date")), ("_eid",))
    changed = stage.take_firms(small, stage.count(15, 2))
    stage.edit("F14", (2,), changed.select("_eid", pl.lit("2000万元人民币").alias("capital_text")), ("_eid",))
    closed = stage.take_firms(small, stage.count(8, 2))
    _close(stage, closed, (2,), pl.Series([date(2024, 2, 19)] * closed.height, dtype=pl.Date))
