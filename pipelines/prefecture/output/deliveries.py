"""Which deliveries go wrong as a whole (R47), and which only look as if.

Belongs here: the last step before files are written. Does not belong here: wrong rows (defects/).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import polars as pl

from pipelines.keys import entity_key
from pipelines.prefecture.feeds.feed import Layout
from pipelines.prefecture.months import FIRST, MONTHS, SECOND
from pipelines.prefecture.output.parts import CITY
from pipelines.prefecture.output.plans import FilePlan
from pipelines.prefecture.players import SILENT_COUNTY
from pipelines.prefecture.register import Register

BROKEN_ALLOWANCE_COUNTY = "370685"
SHRUNK_SURVEY_COUNTY = "370613"
LATE_MARRIAGES = "202312"
_HALF, _CUT = 0.45, 0.6


@dataclass(frozen=True)
class Mishap:
    """One delivery (feed, index of the month, scope, period of content) and what is done to its plan;
    `until`: index of the month in which it is made good."""

    feed: str
    month: int
    scope: str
    period: str
    what: str
    alter: Callable[[FilePlan], FilePlan]
    until: int | None = None
    is_harmless: bool = False

    @property
    def entity(self) -> str:
        """The key under which R47 finds the delivery."""
        return entity_key("delivery", self.feed, self.scope, self.period)


def without(column: str) -> Callable[[FilePlan], FilePlan]:
    """A column is missing from the file."""
    return lambda plan: replace(plan, layout=_but(plan.layout, column, None))


def renamed(column: str, label: str) -> Callable[[FilePlan], FilePlan]:
    """A heading nobody knows stands over a column."""
    return lambda plan: replace(plan, layout=_but(plan.layout, column, label))


def truncated(plan: FilePlan) -> FilePlan:
    """The transfer broke off."""
    return replace(plan, spoil=lambda content: content[: round(len(content) * _CUT)])


def halved(plan: FilePlan) -> FilePlan:
    """Less than half of the rows are there."""
    return replace(plan, limit=round(plan.rows() * _HALF))


def with_extra_column(column: str, label: str, value: pl.Expr) -> Callable[[FilePlan], FilePlan]:
    """A column more than agreed: no error."""
    return lambda plan: replace(
        plan,
        layout={**plan.layout, column: label},
        change=lambda rows: rows.with_columns(value.alias(column)),
    )


def as_agreed(plan: FilePlan) -> FilePlan:
    """Nothing happens to the file; its rows or its habits only look odd."""
    return plan


def _but(layout: Layout, column: str, label: str | None) -> Layout:
    if isinstance(layout, dict):
        return {k: label if k == column else v for k, v in layout.items() if k != column or label}
    return [replace(h, label=label) if h.name == column else h for h in layout if h.name != column or label]


_EXTRA = with_extra_column("band", "缴费基数档次", (pl.col("_pid") % 5 + 1).cast(pl.String))
MISHAPS = (
    Mishap(
        "F07",
        0,
        CITY,
        LATE_MARRIAGES,
        "表头改名，缺必填列；下一轮已补报",
        renamed("registered_date", "DJRQ"),
        until=1,
    ),
    Mishap("F11", 1, CITY, SECOND.period, "缺少必填列「残疾等级」", without("level_code")),
    Mishap("F10", 1, BROKEN_ALLOWANCE_COUNTY, SECOND.period, "工作簿被截断", truncated),
    Mishap("F20", 1, CITY, SECOND.period, "全量只有上次的一半", halved),
    Mishap("F36", 4, CITY, MONTHS[4].period, "工作簿被截断，上次的代码表继续有效", truncated),
    Mishap("F12", 6, "370602", MONTHS[6].period, "全量只有上次的一半", halved),
    Mishap("F33", 15, CITY, MONTHS[15].period, "工作簿被截断", truncated),
    Mishap("F33", 20, CITY, MONTHS[20].period, "表头改名", renamed("item_code", "XMDM")),
    Mishap("F12", 12, "370681", MONTHS[12].period, "缺少身份证号列", without("id_no")),
    Mishap("F17", 0, CITY, FIRST.period, "多出一列", _EXTRA, is_harmless=True),
    Mishap("F31", 1, SHRUNK_SURVEY_COUNTY, SECOND.period, "行数比上次少 5%", as_agreed, is_harmless=True),
    Mishap("F36", 0, CITY, FIRST.period, "内容未变，原样再次交付", as_agreed, is_harmless=True),
    *(
        Mishap("F08", 0, county, FIRST.period, "表头用别名、列序不同", as_agreed, is_harmless=True)
        for county in ("370602", "370611", "370612")
    ),
)


def deliveries(plans: Iterator[FilePlan]) -> Iterator[FilePlan]:
    """The files of a month as they are really sent."""
    known = {(m.feed, m.month, m.scope, m.period): m for m in MISHAPS}
    for plan in plans:
        if (plan.feed.code, plan.month.index, plan.scope) == ("F31", 1, SILENT_COUNTY):
            continue
        mishap = known.get((plan.feed.code, plan.month.index, plan.scope, plan.period))
        yield mishap.alter(plan) if mishap else plan


def note(register: Register, feeds: set[str]) -> None:
    """Enter the mishaps of the feeds that are delivered."""
    for m in MISHAPS:
        keys = pl.Series([m.entity])
        if m.feed not in feeds:
            continue
        if m.is_harmless:
            register.hard_negative("R47", m.feed, keys, m.what, None)
        else:
            register.defect("R47", m.feed, keys, m.what, None, m.month, m.until)
