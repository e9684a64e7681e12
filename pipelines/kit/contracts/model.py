"""What a feed is, as the rest of the pipeline sees it.

Belongs here: the frozen shapes `Feed`, `Column` and `Thresholds`. Does not belong here: reading YAML
(load.py) or anything derived from a feed (sources.py, suites.py, catalogue.py).
"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from pydantic import ConfigDict

from pipelines.kit.contracts.heading import normal

TYPES = ("string", "date", "timestamp", "integer", "decimal", "geometry")
MODES = ("full", "full_delta", "append")
FORMATS = ("csv", "xlsx", "json", "geojson", "parquet")
SCOPES = ("city", "county", "township")
# What a scope with nothing to report does: there is no such thing; it sends a file without rows (零报告); it may
# keep silent until it has once sent rows.
NIL_NEVER, NIL_REQUIRED, NIL_OPTIONAL = "never", "required", "optional"
NIL_RETURNS = (NIL_NEVER, NIL_REQUIRED, NIL_OPTIONAL)
# What tells a row from others: its key, or nothing but its place in the file.
BY_KEY, BY_ROW = "key", "row"
IDENTITIES = (BY_KEY, BY_ROW)
SOURCE_KINDS = ("postgres", "mysql", "api", "sftp", "s3", "folder")

IDENTIFIER = "identifier"
MONTH = "month"
CORRECTABLE = "correctable"
GRID = "grid"
# Elements that say in words where something is (地址, 住所); homes have others.
ADDRESSES = ("DE03001", "DE04003")
DIVISION = "division"
# What becomes of a row whose month lies after the period of its file: it comes in and is told, or is kept out.
AHEAD_TOLD, AHEAD_REFUSED = "told", "refused"
AHEAD = (AHEAD_TOLD, AHEAD_REFUSED)
PHONE = "phone"
DIRECT = "直接标识符"
MASK_PREFIX = "mask:"
# The standards whose numbers carry a check character.
CITIZEN_NUMBER = "GB 11643-1999"
CREDIT_CODE = "GB 32100-2015"


@dataclass(frozen=True)
class Column:
    """One column of a feed: `name` in the lake, `label` in the department's file (with `aliases`).

    `scale` is the number of digits behind the point of a decimal; a geometry is GeoJSON text. `element` is the
    code in the data standard, `source_department` who answers for it, `sharing` its sharing attribute. `has_indent`:
    indent says in the file what a value belongs to; in the lake its path does. Of a month: more than `months_before`
    the file's period it is told, `ahead` (one of AHEAD) is what becomes of a later one.
    """

    name: str
    label: str
    aliases: tuple[str, ...] = ()
    type: str = "string"
    required: bool = False
    key: bool = False
    classification: str = "L2"
    tags: tuple[str, ...] = ()
    code_list: tuple[str, ...] = ()
    code_labels: tuple[tuple[str, str], ...] = ()
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    standard: str | None = None
    description: str | None = None
    scale: int = 2
    element: str = ""
    unit: str | None = None
    source_department: str = ""
    sharing: str = ""
    has_indent: bool = False
    months_before: int | None = None
    ahead: str = AHEAD_TOLD

    @property
    def is_identifier(self) -> bool:
        """True for ids and codes read with full-width folding and upper case, and only ever as text."""
        return IDENTIFIER in self.tags

    @property
    def has_check_character(self) -> bool:
        """True for identity numbers and credit codes."""
        return self.is_identifier and self.standard in (CITIZEN_NUMBER, CREDIT_CODE)

    @property
    def is_phone(self) -> bool:
        """True for telephone numbers."""
        return PHONE in self.tags

    @property
    def is_month(self) -> bool:
        """True for text columns that hold a month, kept as YYYY-MM."""
        return MONTH in self.tags

    @property
    def mask(self) -> str | None:
        """How the value may be shown: surname, last2, phone, village, last4, year, hide; None: as it is."""
        return next((t.removeprefix(MASK_PREFIX) for t in self.tags if t.startswith(MASK_PREFIX)), None)

    @property
    def headers(self) -> tuple[str, ...]:
        """Every heading under which a department may send this column; the label first."""
        return (self.label, *self.aliases)


@dataclass(frozen=True)
class Source:
    """Where a feed is fetched when its department does not send files.

    `kind` is one of SOURCE_KINDS. `connection` names the environment variable that holds the address and the
    secret; neither ever stands in a contract. `place` is the table, path or prefix behind it; `watermark` the
    heading of the column that grows with every change, where the source has one.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")
    kind: Literal[*SOURCE_KINDS]
    connection: str
    place: str
    watermark: str | None = None


@dataclass(frozen=True)
class Thresholds:
    """Limits of a delivery (rule R47); outside them all of it is quarantined.

    Row ratios are to the last full delivery. With enough earlier deliveries the number of rows is compared with
    their median instead: `row_tolerance` (share of it) and `row_mads` (median absolute deviations) are always
    normal. No difference of up to `row_floor` rows counts, in any check against earlier deliveries.
    """

    min_row_ratio: float = 0.5
    max_row_ratio: float = 2.0
    max_duplicate_share: float = 0.2
    max_quarantine_share: float = 0.3
    max_delete_share: float = 0.1
    max_vanished_share: float = 0.3
    max_renamed_share: float = 0.2
    max_invalid_id_share: float = 0.2
    row_tolerance: float = 0.3
    row_mads: float = 6.0
    row_floor: float = 5.0


@dataclass(frozen=True)
class Feed:
    """One feed of one department, from its contract.

    A delivery is due for every `period_months`-th month from `first_period` (YYYYMM) on, within `due_days` calendar
    days after the end of that month. `nil_return` is one of NIL_RETURNS. `return_mode` is 'rows' where townships
    may have the rows, 'query' where they may only ask (查询核验). Numbers that measure the same thing as
    `sheet_unit` come in it, whatever the unit of their column. `has_bare_keys`: a line that fills nothing but one part
    of the key is a row, not a title between pages. `identity` is one of IDENTITIES: without a key every row stands for
    itself, equal ones too, and only as long as its delivery is the newest. `missing_signs` stand for a blank in every
    column. Of an interface's answer: `success_codes`, and `record_path`, the dotted path of its records; empty and None
    where the usual ones do.
    """

    code: str
    department: str
    department_name: str
    entity: str
    title: str
    description: str
    columns: tuple[Column, ...]
    key_columns: tuple[str, ...]
    mode: str
    format: str
    encoding: str | None
    scope_kind: str
    file_pattern: str
    thresholds: Thresholds
    cadence: str
    cadence_days: int
    retention: str
    grain: str
    domain: str
    version: str
    limitations: str
    header_rows: int
    sources: tuple[Source, ...] = ()
    due_days: int = 10
    return_mode: str = "rows"
    period_months: int = 1
    first_period: str = "202401"
    nil_return: str = NIL_NEVER
    sheet_unit: str | None = None
    has_bare_keys: bool = False
    identity: str = BY_KEY
    missing_signs: tuple[str, ...] = ()
    success_codes: tuple[str, ...] = ()
    record_path: str | None = None

    @property
    def table(self) -> str:
        """Name of the feed's table in every layer."""
        return f"{self.department}__{self.entity}"

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """Columns by their name in the lake."""
        return {c.name: c for c in self.columns}

    @cached_property
    def by_heading(self) -> dict[str, str]:
        """Names in the lake by every heading, in normal form."""
        return {normal(h): c.name for c in self.columns for h in c.headers}

    @cached_property
    def named_id(self) -> tuple[str, str] | None:
        """The columns of a person's id and of the name that goes with it: the first `x_id_no` beside an `x_name`, else
        the first other id of one person each (`card_no`, `x_code`) beside `name` or `x_name`."""
        ids = [c for c in self.columns if c.is_identifier]
        pairs = [(c.name, c.name.removesuffix("id_no") + "name") for c in ids if c.name.endswith("id_no")]
        own = [c.name for c in ids if DIRECT in c.tags and (c.has_check_character or self.key_columns == (c.name,))]
        names = sorted((n for n in self.by_name if n.endswith("name")), key=len, reverse=True)
        pairs += [(own_id, n) for own_id in own for n in names if own_id.startswith(n.removesuffix("name"))]
        return next(((i, n) for i, n in pairs if n in self.by_name), None)

    @cached_property
    def file_regex(self) -> re.Pattern[str]:
        """Matches file names; groups `scope`, `period` and, where a name tells it, `kind` (全量 or 增量)."""
        return re.compile(self.file_pattern)
