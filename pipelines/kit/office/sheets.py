"""The sheets of workbooks and the lists their drop-downs offer, as data: `expectations/sheets/`, and those of packs.

Belongs here: reading the files, and where a sheet's columns stand. Does not belong here: writing a sheet
(pipelines.give.returns.sheet), reading one that came back (pipelines.give.inbox.form). A sheet with its own layout
(cover, receipt) is code.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import ConfigDict, Field

from pipelines.kit.house_files import HouseFileError, Name, Text, each, name_of, read, refuse
from pipelines.kit.office.column import Column
from pipelines.kit.packs import of_packs
from pipelines.kit.paths import PROJECT_ROOT

T = TypeVar("T")

EXPECTATIONS = PROJECT_ROOT / "expectations"
# Of a sheet that comes back: a title and a hint stand above the headings, and each row ends with its check value.
_LINES_ABOVE = 2
CHECK = "_chk"
_HIDDEN_WIDTH = 8
# What spreadsheets take as the title of a sheet, and a table of the lake.
_Title = Annotated[str, Field(pattern=r"^[^\[\]:*?/\\']*[^\[\]:*?/\\'\s][^\[\]:*?/\\']*$", max_length=31)]
_Table = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")]
_Width = Annotated[float, Field(gt=0, le=255)]


@dataclass(frozen=True)
class SheetColumn(Column):
    """`name`: its column of the sheet's table; `type`: of the machine-readable list; `is_filled`: by who gets the
    sheet, choosing from the list `values` where it has one; `is_needed`: red while empty; `hint`: a note at the
    heading; `former`: headings it had in workbooks that may still come back; `words`: its codes as people read them."""

    __pydantic_config__ = ConfigDict(extra="forbid")
    heading: Text
    width: _Width
    name: Name = ""
    type: Literal["text", "date", "integer", "decimal"] = "text"
    is_filled: bool = False
    is_needed: bool = False
    values: str = ""
    hint: str = ""
    former: tuple[Text, ...] = ()
    words: dict[Text, Text] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("name: is missing; a column of the table is wanted")
        if self.values and not self.is_filled:
            raise ValueError("values: a list is for a column that is filled in; add is_filled, or leave it out")


# Of the columns that stand in every sheet.
_NUMBER = "number"
_OWN = {"heading": ("序号",), "name": (_NUMBER, CHECK)}


@dataclass(frozen=True)
class Sheet:
    """One sheet. `code` names its machine-readable list and its count; `table` of the lake has a column township_code,
    '' = code makes the rows; `keys` find a row again: columns of the table that people are not shown; `frozen`: columns
    that stay in sight, with the running number; `about`: what 说明 says of it, who was asked; `feed`: whose data."""

    __pydantic_config__ = ConfigDict(extra="forbid")
    code: Name
    title: _Title
    audience: Literal["township", "department", "receiver"]
    position: int
    columns: Annotated[tuple[SheetColumn, ...], Field(min_length=1)]
    keys: tuple[Name, ...] = ()
    table: _Table | Literal[""] = ""
    order: tuple[Name, ...] = ()
    hint: str = ""
    empty: str = "本期没有内容。"
    about: str = ""
    feed: str = ""
    number_width: _Width = 6
    frozen: Annotated[int, Field(ge=0)] = 2

    def __post_init__(self) -> None:
        filled = [c.is_filled for c in self.columns]
        if filled != sorted(filled):
            raise ValueError("columns that are filled in stand after the others")
        for what, given in (
            ("heading", [h for c in self.columns for h in (c.heading, *c.former)]),
            ("name", [*(c.name for c in self.columns), *self.keys]),
        ):
            if twice := [word for word, count in Counter((*given, *_OWN[what])).items() if count > 1]:
                raise ValueError(f"columns: {what} {twice[0]} is there twice; give each column its own")

    @property
    def comes_back(self) -> bool:
        """Whether anybody fills anything in."""
        return any(c.is_filled for c in self.columns)

    @property
    def head_row(self) -> int:
        """0-based row of the headings."""
        return _LINES_ABOVE if self.comes_back else 0

    @property
    def first_row(self) -> int:
        """0-based row below the headings."""
        return self.head_row + 1

    @property
    def listed(self) -> tuple[SheetColumn, ...]:
        """What is read from the table, in order: columns that are shown, then the keys."""
        return *(c for c in self.columns if not c.is_filled), *map(_hidden, self.keys)

    @cached_property
    def written(self) -> tuple[SheetColumn, ...]:
        """The columns of the sheet as it is written; keys and check values only where it comes back."""
        number = SheetColumn("序号", self.number_width, is_centred=True, name=_NUMBER)
        hidden = map(_hidden, (*self.keys, CHECK)) if self.comes_back else ()
        return number, *self.columns, *hidden

    @cached_property
    def places(self) -> dict[str, int]:
        """Column name -> 0-based place as it is written."""
        return {c.name: i for i, c in enumerate(self.written)}

    def named(self, heading: str) -> str:
        """The name of the column with this heading, now or formerly; the heading itself where there is none."""
        return next((c.name for c in self.written if heading in (c.heading, *c.former)), heading)

    def is_signed(self, name: str) -> bool:
        """Whether the check value of a row covers the column: whatever nobody fills in."""
        return name != CHECK and not any(c.is_filled for c in self.columns if c.name == name)


@dataclass(frozen=True)
class ValueList:
    """What a drop-down offers each township: `code` and `label` are expressions over `table`; `hint` says what else to
    mind in choosing."""

    __pydantic_config__ = ConfigDict(extra="forbid")
    name: Name
    title: Text
    table: _Table
    code: Text
    label: Text
    hint: Text = ""


@cache
def load_sheets(audience: str) -> dict[str, Sheet]:
    """Code -> sheet, in order of position. Raises HouseFileError."""
    found = sorted(_read(Sheet, "code", "sheets"), key=lambda s: (s.position, s.code))
    refuse([f"sheets/{sheet.code}.yaml: {problem}" for sheet in found for problem in _strangers(sheet, found)])
    return {s.code: s for s in found if s.audience == audience}


def _strangers(sheet: Sheet, others: list[Sheet]) -> Iterator[str]:
    """What is wrong between files."""
    lists = load_lists()
    for column in (c for c in sheet.columns if c.values and c.values not in lists):
        yield f"columns.{column.name}.values: no list {column.values}; known are {', '.join(lists)}"
    if any(s.title == sheet.title and s.audience == sheet.audience and s.code < sheet.code for s in others):
        yield f"title: {sheet.title} is that of another sheet; give it its own"


@cache
def load_lists() -> dict[str, ValueList]:
    """Name -> list, by name. Raises HouseFileError."""
    return {v.name: v for v in sorted(_read(ValueList, "name", "sheets/lists"), key=lambda v: v.name)}


def _read(kind: type[T], key: str, folder: str) -> list[T]:
    """Everything in the files of a folder, of the house and of its packs; a file's name is its `key`."""
    files = (*EXPECTATIONS.glob(f"{folder}/*.yaml"), *of_packs(f"{folder}/*.yaml", EXPECTATIONS / "packs"))
    first: dict[str, Path] = {}

    def one(file: Path) -> T:
        if first.setdefault(file.stem, file) != file:
            raise HouseFileError(f"{name_of(file)}: there is another {folder}/{file.name}; rename it")
        return read(kind, file, **{key: file.stem})

    return each(files, one)


def _hidden(name: str) -> SheetColumn:
    return SheetColumn(name, _HIDDEN_WIDTH, name=name)
