"""R37: a live licence and no sign of business for twelve months.

What the rule finds: an enterprise (record key of F14) that is a company (有限责任公司) in 存续, established twelve
months or more before the business date, under a valid credit code (others are R05's), and in the twelve months
that end with the business date's own
  has declared no tax: no row in F16, or `declared_month` before them,
  has insured nobody: no row in F17 under its code whose `period_month` lies in them, and
  if F15 is delivered, holds no licence in it that was valid in them.
It ends when it declares again or is cancelled.

Belongs here: companies without life. Does not belong here: closed ones with life (enterprise.py).
"""

from datetime import date

import polars as pl

from prefecture.defects.common import record_keys
from prefecture.feeds import FEEDS
from prefecture.feeds.tax_status import COMPANY
from prefecture.months import FIRST, LAST
from prefecture.stage import ALWAYS, Span, Stage

_BEGINNINGS = ((0, 14, 2, None), (0, 4, 1, 3), (1, 4, 1, None), *((i, 1, 0, i + 3) for i in (4, 8, 12, 16, 20)))
_SILENT_AFTER = 3
_OLD, _NEW_FROM, _NEW_UNTIL = date(2022, 6, 30), date(2023, 6, 1), 4
_LARGEST_STAFF = 12


def plant_idle_enterprises(stage: Stage) -> None:
    """At 1 %: 22 in the stock (4 of them end in the fourth month), 4 from the second month, 5 later (each ends
    after three months); 15 lookalikes of three kinds."""
    for since, count, least, until in _BEGINNINGS:
        firms = stage.take_firms(_small(stage) & (pl.col("established_date") <= _OLD), stage.count(count, least))
        _fall_silent(stage, firms, since, until)
        keys = record_keys("F14", firms)
        stage.register.defect("R37", "F14", keys, "十二个月无申报、无参保", firms, since, until)
    never = stage.take_firms(_small(stage) & (pl.col("established_date") <= _OLD), stage.count(4))
    stage.drop("F16", ALWAYS, never, ("_eid",))
    stage.register.defect("R37", "F14", record_keys("F14", never), "从未办理税务登记且无参保", never)
    _rightly(stage)


def _small(stage: Stage) -> pl.Expr:
    """A live company without employees or licences."""
    live = (pl.col("status_name") == "存续") & (pl.col("entity_type") == COMPANY)
    licensed = [stage.truth("F15", m)["_eid"] for m in (FIRST, LAST) if "F15" in FEEDS]
    insured = stage.world.employment["_eid"].drop_nulls().unique()
    busy = pl.concat([insured, *licensed]).drop_nulls().unique()
    return live & ~pl.col("has_old_code") & ~pl.col("_eid").is_in(busy.implode())


def _fall_silent(stage: Stage, firms: pl.DataFrame, since: int, until: int | None) -> None:
    """The last declaration lies twelve months before the month `since`; three months on it is 非正常."""
    number = FIRST.as_of.year * 12 + since - 12
    last = pl.lit(f"{number // 12}-{number % 12 + 1:02d}").alias("declared_month")
    silent = max(0, since - 12 + 1)
    stage.edit("F16", Span(silent, until), firms.select("_eid", last), ("_eid",))
    status = firms.select("_eid", pl.lit("非正常").alias("status_name"))
    stage.edit("F16", Span(max(0, since - 12 + _SILENT_AFTER), until), status, ("_eid",))


def _rightly(stage: Stage) -> None:
    def note(firms: pl.DataFrame, what: str) -> None:
        stage.register.hard_negative("R37", "F14", record_keys("F14", firms), what, firms)

    staffed, _ = stage.take_employers(_LARGEST_STAFF, stage.count(5))
    stage.drop("F16", ALWAYS, staffed, ("_eid",))
    note(staffed, "无申报，但有职工参保")
    young = pl.col("established_date") >= _NEW_FROM
    new = stage.take_firms(_small(stage) & young, stage.count(5))
    stage.drop("F16", Span(0, _NEW_UNTIL), new, ("_eid",))
    note(new, "新设企业，尚未办理税务登记")
    zero = stage.take_firms(_small(stage) & (pl.col("established_date") <= _OLD), stage.count(5))
    none = zero.select("_eid", pl.lit("0").alias("sales_band_name"), pl.lit("0").alias("tax_band_name"))
    stage.edit("F16", ALWAYS, none, ("_eid",))
    note(zero, "零申报")
