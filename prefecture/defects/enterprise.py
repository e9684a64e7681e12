"""R35: enterprises cancelled or revoked whose staff is still insured; and ordinary changes of the register.

Belongs here: the fate of enterprises. Does not belong here: their codes (credit.py, division.py).
"""

from datetime import date

import numpy as np
import polars as pl

from prefecture.defects.common import Wave, record_keys
from prefecture.months import MONTHS
from prefecture.stage import ALWAYS, Span, Stage
from prefecture.world.lots import days_between

_LARGEST_STAFF = 12
_THIS_JANUARY = date(2024, 1, 10)
_CHANGING, _QUIET_SHARE = (1, *range(2, 24, 3)), 0.2


def plant_enterprise(stage: Stage) -> None:
    """Plant R35, then let other enterprises open, change and close as they do."""
    _insured_after_end(stage)
    _insured_rightly(stage)
    _ordinary_changes(stage)


def _close(stage: Stage, firms: pl.DataFrame, span: Span, on: pl.Series) -> None:
    status = pl.Series(["注销", "注销", "吊销"] * firms.height, dtype=pl.String).head(firms.height)
    table = firms.select("_eid", status.alias("status_name"), on.alias("cancelled_date"))
    stage.edit("F14", span, table, ("_eid",))


def _close_on(stage: Stage, firms: pl.DataFrame, span: Span, on: date) -> None:
    _close(stage, firms, span, pl.Series([on] * firms.height, dtype=pl.Date))


def _stop(stage: Stage, staff: pl.DataFrame, span: Span, on: date) -> None:
    """End the running insurance of these people; stopped rows stay as they are."""
    jobs = stage.world.employment.filter(pl.col("stop_date").is_null())
    table = jobs.join(staff, on=["_pid", "_eid"], how="semi", maintain_order="left").select(
        "_pid",
        "_eid",
        pl.lit("停保").alias("status_name"),
        pl.lit(on).alias("stop_date"),
        pl.lit(f"{on:%Y-%m}").alias("period_month"),
    )
    stage.edit("F17", span, table, ("_pid", "_eid"))
    stage.register.stopped.append(table["_pid"])


def _insured_after_end(stage: Stage) -> None:
    firms, staff = stage.take_employers(_LARGEST_STAFF, stage.count(18, 3))
    ends = days_between(stage.rng("ends"), "2023-03-01", "2023-11-30", firms.height)
    ends = np.maximum(ends, firms["established_date"].to_numpy())
    _close(stage, firms, ALWAYS, pl.Series(ends))
    fixed = firms.height // 5
    repaired = staff.filter(pl.col("_eid").is_in(firms["_eid"].head(fixed).implode()))
    _stop(stage, repaired, Span(1), date(2023, 12, 31))
    untils = pl.Series([1] * fixed + [None] * (firms.height - fixed), dtype=pl.Int64)
    keys = record_keys("F14", firms)
    stage.register.defect("R35", "F14", keys, "注销或吊销后仍有职工参保", firms, 0, untils)
    firms, _ = stage.take_employers(_LARGEST_STAFF, stage.count(4))
    _close_on(stage, firms, Span(1), _THIS_JANUARY)
    stage.register.defect("R35", "F14", record_keys("F14", firms), "一月注销，二月仍参保", firms, 1)
    for wave in (Wave(5, 1, 0), Wave(11, 1, 0), Wave(18, 1, 0)):
        firms, staff = stage.take_employers(_LARGEST_STAFF, wave.count(stage))
        ended = MONTHS[wave.since].start.replace(day=9)
        _close_on(stage, firms, Span(wave.since), ended)
        _stop(stage, staff, Span(wave.since + 3), ended)
        keys = record_keys("F14", firms)
        stage.register.defect(
            "R35", "F14", keys, "注销后次月仍参保，三个月后补停", firms, wave.since + 1, wave.since + 3
        )


def _insured_rightly(stage: Stage) -> None:
    register = stage.register
    firms, staff = stage.take_employers(_LARGEST_STAFF, stage.count(5, 2))
    _close_on(stage, firms, ALWAYS, _THIS_JANUARY)
    _stop(stage, staff, Span(1), date(2024, 1, 31))
    register.hard_negative("R35", "F14", record_keys("F14", firms), "注销当月照缴，次月已停", firms)
    firms, staff = stage.take_employers(_LARGEST_STAFF, stage.count(5, 2))
    ends = firms.select(pl.max_horizontal(pl.lit(date(2023, 12, 20)), "established_date")).to_series()
    _close(stage, firms, ALWAYS, ends)
    _stop(stage, staff, ALWAYS, date(2023, 12, 15))
    register.hard_negative("R35", "F14", record_keys("F14", firms), "注销前职工已全部停保", firms)


def _ordinary_changes(stage: Stage) -> None:
    """Every month some enterprises are new, some change their capital, some close without staff."""
    small = (pl.col("status_name") == "存续") & ~pl.col("is_employer") & ~pl.col("has_old_code")
    for index in _CHANGING:
        month = MONTHS[index]
        share, least = (1.0, (3, 2, 2)) if index == 1 else (_QUIET_SHARE, (0, 0, 0))
        new = stage.take_firms(small, stage.count(25 * share, least[0]))
        stage.drop("F14", Span(0, index), new.select("_eid"), ("_eid",))
        opened = new.select("_eid", pl.lit(month.start.replace(day=6)).alias("established_date"))
        stage.edit("F14", Span(index), opened, ("_eid",))
        changed = stage.take_firms(small, stage.count(15 * share, least[1]))
        richer = changed.select("_eid", pl.lit("2000万元人民币").alias("capital_text"))
        stage.edit("F14", Span(index), richer, ("_eid",))
        closed = stage.take_firms(small, stage.count(8 * share, least[2]))
        _close_on(stage, closed, Span(index), month.start.replace(day=19))
