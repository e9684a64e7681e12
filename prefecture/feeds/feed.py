"""What a feed is, to the departments that deliver it.

Belongs here: the properties every feed has. Does not belong here: any one feed (a file each beside this one).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from prefecture.months import Month
from prefecture.output.workbook import Heading
from prefecture.world.world import World

Rows = Callable[[World, Month], pl.DataFrame]
Delivered = Callable[[str, Month], pl.DataFrame]
Layout = dict[str, str] | Sequence[Heading]

PEOPLE = "_pid"


@dataclass(frozen=True)
class Feed:
    """`rows(world, month)` is the truth, with columns named as in the contract, and in hidden columns
    (starting with `_`) whom a row speaks of: `_pid` and/or `_eid`, of which place (`_site`), and its `_county` (or
    `_township`) where files are split by it.

    `kind` says what `rows` returns and how it is delivered:
      register  the register as it stands on the last day of the month; the first delivery is all of it (全量),
                later ones the differences (增量, column `change_type` 新增/变更/删除)
      snapshot  the list as it stands; delivered whole each time (全量)
      events    what happened, or was paid, in the month (append; the first delivery brings the year before)
    `rows_of` stands in for `rows` where a feed is made of what other feeds deliver, errors and all.
    `finish` adds what only the whole month's rows tell (numbers of events), `written` the ways cells are typed.
    `heading` is the title line of a workbook ({county}, {year}, {month} are filled in). `people` names the id
    columns and the hidden columns that tell whose ids they truly are; `table` the front-end database table of
    departments that have one.
    `layout` maps columns to headings: a dict for text formats, Headings for workbooks, or a function from the
    scope (county or township code) to them where every one keeps its own book.
    `map_layout`: columns and property names of a GeoJSON of the same rows that goes with every file, as a feed
    of its own: the code with an M behind, the title `map_title`.
    """

    code: str
    title: str
    kind: Literal["register", "snapshot", "events"]
    rows: Rows | None
    keys: tuple[str, ...]
    order: tuple[str, ...]
    layout: Layout | Callable[[str], Layout]
    format: Literal["csv", "xlsx", "json", "geojson"] = "csv"
    split: Literal["city", "county", "township"] = "city"
    by_month: bool = False
    every: int = 1
    encoding: str = "utf-8"
    compact_dates: bool = False
    heading: str = ""
    footnote: str = ""
    written: Callable[[pl.DataFrame], pl.DataFrame] | None = None
    finish: Callable[[pl.DataFrame, Month], pl.DataFrame] | None = None
    people: tuple[tuple[str, str], ...] = (("id_no", "_pid"),)
    table: str | None = None
    map_layout: dict[str, str] | None = None
    map_title: str = ""
    rows_of: Callable[[Delivered, World, Month], pl.DataFrame] | None = None

    def is_due(self, month: Month) -> bool:
        """Whether the department delivers in this month."""
        return month.index % self.every == 0

    def headings(self, scope: str) -> Layout:
        """The layout used in a scope."""
        return self.layout(scope) if callable(self.layout) else self.layout
