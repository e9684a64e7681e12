"""The sheets of workbooks and the lists their drop-downs offer, as data: `expectations/sheets/`, and those of packs.

Belongs here: reading the files, and where a sheet's columns stand. Does not belong here: writing a sheet
(pipelines.give.returns.sheet), reading one that came back (pipelines.give.inbox.form). A sheet with its own layout
(cover, receipt) is code.
"""

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Literal, TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

from pipelines.kit import yaml_text
from pipelines.kit.office.column import Column
from pipelines.kit.packs import of_packs
from pipelines.kit.paths import PROJECT_ROOT

T = TypeVar("T")

EXPECTATIONS = PROJECT_ROOT / "expectations"
# Of a sheet that comes back: a title and a hint stand above the headings, and each row ends with its check value.
_LINES_ABOVE = 2
CHECK = "_chk"
_HIDDEN_WIDTH = 8


@dataclass(frozen=True)
class SheetColumn(Column):
    """`name`: its column of the sheet's table; `type`: of the machine-readable list; `is_filled`: by who gets the
    sheet, choosing from the list `values` where it has one; `is_needed`: red while empty; `hint`: a note at the
    heading; `former`: headings it had in workbooks that may still come back."""

    __pydantic_config__ = ConfigDict(extra="forbid")
    name: str = ""
    type: Literal["text", "date", "integer", "decimal"] = "text"
    is_filled: bool = False
    is_needed: bool = False
    values: str = ""
    hint: str = ""
    former: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """One sheet. `code` names its machine-readable list and its count; `table` of the lake has a column township_code,
    '' = code makes the rows; `keys` find a row again: columns of the table that people are not shown; `frozen`: columns
    that stay in sight, with the running number."""

    __pydantic_config__ = ConfigDict(extra="forbid")
    code: str
    title: str
    audience: Literal["township", "department", "receiver"]
    position: int
    columns: tuple[SheetColumn, ...]
    keys: tuple[str, ...] = ()
    table: str = ""
    order: tuple[str, ...] = ()
    hint: str = ""
    empty: str = "本期没有内容。"
    number_width: float = 6
    frozen: int = 2

    def __post_init__(self) -> None:
        filled = [c.is_filled for c in self.columns]
        if filled != sorted(filled):
            raise ValueError(f"sheet {self.code}: columns that are filled in stand after the others")

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
        number = SheetColumn("序号", self.number_width, is_centred=True, name="number")
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
    """What a drop-down offers each township: `code` and `label` are expressions over `table`."""

    __pydantic_config__ = ConfigDict(extra="forbid")
    name: str
    title: str
    table: str
    code: str
    label: str


@cache
def load_sheets(audience: str) -> dict[str, Sheet]:
    """Code -> sheet, in order of position. Raises ValueError, which names file and field."""
    found = sorted(_read(Sheet, "code", "sheets"), key=lambda s: (s.position, s.code))
    return {s.code: s for s in found if s.audience == audience}


@cache
def load_lists() -> dict[str, ValueList]:
    """Name -> list, by name. Raises ValueError, which names file and field."""
    return {v.name: v for v in sorted(_read(ValueList, "name", "sheets/lists"), key=lambda v: v.name)}


def _read(kind: type[T], key: str, folder: str) -> list[T]:
    """Everything in the files of a folder, of the house and of its packs; a file's name is its `key`."""
    found: dict[str, T] = {}
    for file in (*EXPECTATIONS.glob(f"{folder}/*.yaml"), *of_packs(f"{folder}/*.yaml", EXPECTATIONS / "packs")):
        if file.stem in found:
            raise ValueError(f"{file}: there is another {folder}/{file.name}")
        try:
            said = {key: file.stem, **yaml_text.parse(file.read_text(encoding="utf-8"))}
            found[file.stem] = TypeAdapter(kind).validate_python(said)
        except ValidationError as error:
            raise ValueError(f"{file}: {error}") from None
    return list(found.values())


def _hidden(name: str) -> SheetColumn:
    return SheetColumn(name, _HIDDEN_WIDTH, name=name)
