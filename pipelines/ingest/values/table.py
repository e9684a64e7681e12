"""What a reader hands over: text cells with exact row numbers, and what it could not read.

Belongs here: the shapes between readers (CSV, XLSX) and typing. Does not belong here: any reading.
Cell columns are called c0, c1, … by place in the file; `_row` is the row as an editor or Excel shows it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import polars as pl

from pipelines.ingest.values.header import Header

ROW = "_row"
SPACE = " \t\r\n\u3000\u00a0\ufeff"

# The mark of ids that are numbers and have lost nothing; the code of the notice about them.
ID_NUMERIC = "N_ID_NUMERIC"


@dataclass(frozen=True)
class Mark:
    """Cells of one file column whose stored form spoils them (a number in an id column, a formula), or is to be told
    (ID_NUMERIC)."""

    column: int
    code: str
    rows: tuple[int, ...]


@dataclass(frozen=True)
class Spoilt:
    """A row that could not be split into cells. `raw` is its text, `detail` what the message adds."""

    row: int
    code: str
    raw: str
    detail: str = ""


@dataclass(frozen=True)
class Ending:
    """How a text file ends. `state`: see last_line.py; `row`, `raw`: the last line, where it has no line end."""

    state: int
    row: int = 0
    raw: str = ""


@dataclass(frozen=True)
class Block:
    """Some rows of a table. `rows`: `_row` (Int64) and text columns c0… stripped, blank as null.

    `header`: the one these rows stand below, where it is another one than the table's. `ending`: of the last block of a
    text.
    """

    rows: pl.DataFrame
    marks: tuple[Mark, ...] = ()
    spoilt: tuple[Spoilt, ...] = ()
    header: Header | None = None
    ending: Ending | None = None


@dataclass(frozen=True)
class Table:
    """One sheet (or the one table of a CSV, `sheet` None), in blocks, in order of rows.

    `pages`: of how many pages the file says it is one. `lacks`: what says that rows are missing, in Chinese.
    `units`: by place the units the cells show behind their numbers.
    """

    sheet: str | None
    header: Header
    blocks: Iterable[Block]
    pages: int | None = None
    lacks: str = ""
    units: Mapping[int, Collection[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Notice:
    """Something the department should know of a delivery that was accepted. `text` is Chinese."""

    code: str
    text: str


class UnreadableError(Exception):
    """A file of which no row can be read. `code` is a key of problems.DELIVERY; `detail` completes it."""

    def __init__(self, code: str, detail: str = ""):
        super().__init__(code)
        self.code = code
        self.detail = detail


def cell_names(count: int) -> list[str]:
    """c0, c1, … for a table of so many columns."""
    return [f"c{i}" for i in range(count)]


def tidy(rows: pl.DataFrame, is_stripped: bool = False) -> pl.DataFrame:
    """Strip outer white space, blank to null, rows without any text dropped.

    `is_stripped` says that there is nothing to strip and blank is null already.
    """
    tidied = rows.lazy()
    if not is_stripped:
        text = pl.exclude(ROW).str.strip_chars(SPACE)
        tidied = tidied.with_columns(pl.when(text != "").then(text))
    # In one piece: a mask makes empty pieces of others, on which pl.format of polars 2.1 panics.
    return tidied.filter(pl.any_horizontal(pl.exclude(ROW).is_not_null())).collect().rechunk()
