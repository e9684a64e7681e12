"""The one file a feed needs: `expectations/feeds/<department>/<entity>.yaml`.

Belongs here: its shape and how a column takes its facts from an element. Does not belong here: the contract
written from it (odcs.py).
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pipelines.kit.contracts.elements import Codes, Element
from pipelines.kit.contracts.heading import normal
from pipelines.kit.contracts.model import (
    AHEAD,
    BY_KEY,
    CORRECTABLE,
    FORMATS,
    IDENTITIES,
    MODES,
    NIL_RETURNS,
    SCOPES,
    SOURCE_KINDS,
)
from pipelines.kit.contracts.says import Says, problems
from pipelines.kit.contracts.vocabulary import CLASSIFICATIONS
from pipelines.kit.house_files import HouseFileError, Name, Text, each, read
from pipelines.kit.paths import PROJECT_ROOT

FEEDS = PROJECT_ROOT / "expectations" / "feeds"
_DURATION = r"^[1-9]\d*[dwmqy]$"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ColumnEntry(_Strict):
    """A column: its element, and what this feed says otherwise.

    `name` (in the lake) is the element's where it is not given, so is `label` (in the file). `key` is the
    place in the primary key, from 1; `correctable` lets townships correct it. A class may only be raised. `codes`
    and `tags` replace the element's. `indent`: what stands further in belongs to what stands further out.
    Of a month: `months_before` the file's period it may lie unquestioned, `ahead` what becomes of a later one.
    """

    element: str
    name: Name | Literal[""] = ""
    label: str = ""
    aliases: tuple[Text, ...] = ()
    key: int | None = Field(default=None, ge=1)
    required: bool = False
    correctable: bool = False
    classification: Literal[*CLASSIFICATIONS] | None = None
    tags: tuple[str, ...] | None = None
    codes: Codes | None = None
    max_length: int | None = Field(default=None, ge=1)
    scale: int | None = Field(default=None, ge=0, le=9)
    unit: str | None = None
    indent: bool = False
    months_before: int | None = Field(default=None, ge=0)
    ahead: Literal[*AHEAD] | None = None
    description: str | None = None


class DeliveryEntry(_Strict):
    """How it comes. `every` and `retention` are a number and d, w, m, q or y; `due` days after the period.

    `unit` is the one in which numbers of its kind come where the contract's columns have another: 万元 for 元.
    `bare_keys`: a line that fills nothing but one part of the key is a row; if not, words there are a title.
    `first` is the first month owed (YYYYMM); `nil` what a scope with nothing to report does, one of NIL_RETURNS.
    `missing`: what this department writes where it has no value. Of an interface: `success`, its codes that mean so,
    and `records`, the dotted path of the list that holds them.
    """

    format: Literal[*FORMATS]
    encoding: str | None = None
    scope: Literal[*SCOPES]
    mode: Literal[*MODES]
    every: str = Field(pattern=_DURATION)
    due: int = Field(default=10, ge=0)
    first: Annotated[str, Field(coerce_numbers_to_str=True)] | None = None
    nil: Literal[*NIL_RETURNS] | None = None
    header_rows: int = Field(default=1, ge=0)
    unit: str | None = None
    bare_keys: bool = False
    retention: str = Field(default="36m", pattern=_DURATION)
    missing: tuple[Text, ...] = ()
    success: tuple[Text, ...] = ()
    records: Text | None = None


class SourceEntry(_Strict):
    """Where it is fetched; see `pipelines.kit.contracts.model.Source`."""

    kind: Literal[*SOURCE_KINDS]
    connection: str = Field(pattern=r"^[A-Z][A-Z0-9_]*$")
    place: Text
    watermark: Text | None = None


class FeedFile(_Strict):
    """A feed as its department and the bureau agreed on it. `slug` and `entity` come from the path.

    `identity` row: there is no key, every row stands for itself. `says`: whom and what its rows speak about; a feed
    without it is kept in bronze and goes no further.
    """

    slug: Name
    entity: Name
    code: str = Field(pattern=r"^F\d{2,3}[A-Z]?$")
    title: Text
    department: Text
    domain: Text
    grain: Text
    purpose: Text
    limitations: str = "仅限已授权的基层治理业务使用；不得挪作他用；返还镇街时只含本辖区数据"
    version: str = Field(default="1.0.0", pattern=r"^\d+\.\d+\.\d+$")
    returned: Literal["rows", "query"] = "rows"
    identity: Literal[*IDENTITIES] = BY_KEY
    delivery: DeliveryEntry
    breakers: dict[str, float] = {}
    sources: tuple[SourceEntry, ...] = ()
    columns: tuple[ColumnEntry, ...] = Field(min_length=1)
    says: Says | None = None

    @model_validator(mode="after")
    def _said(self) -> "FeedFile":
        if self.says is None and "says" in self.model_fields_set:
            raise ValueError("says: is empty; say whom a row names, {} where it is nobody, or leave says out")
        return self

    @property
    def file(self) -> str:
        """The file as messages call it."""
        return f"{self.slug}/{self.entity}.yaml"


class Resolved(_Strict):
    """A column with every fact, its own and its element's."""

    name: str
    label: str
    aliases: tuple[str, ...]
    key: int | None
    required: bool
    classification: str
    tags: tuple[str, ...]
    codes: dict[str, str]
    max_length: int | None
    scale: int
    unit: str | None
    indent: bool
    months_before: int | None
    ahead: str | None
    description: str | None
    element: Element


def load_feed_files(folder: Path = FEEDS) -> list[FeedFile]:
    """Every feed file below a folder, by feed code. Raises HouseFileError."""
    return sorted(each(sorted(folder.rglob("*.yaml")), load_feed_file), key=lambda f: f.code)


def load_feed_file(path: Path) -> FeedFile:
    """One feed file. Raises HouseFileError."""
    return read(FeedFile, path, slug=path.parent.name, entity=path.stem)


def resolve(feed: FeedFile, elements: Mapping[str, Element]) -> list[Resolved]:
    """The columns of a feed in its order. Raises HouseFileError for an element nobody knows, a lowered class,
    or columns that do not bear what the feed says."""
    if unknown := sorted({c.element for c in feed.columns} - set(elements)):
        raise HouseFileError(f"{feed.file}: columns: elements not in the catalogue: {', '.join(unknown)}")
    columns = [_resolved(feed, entry, elements[entry.element]) for entry in feed.columns]
    if wrong := list(problems(feed.says, {c.name: c for c in columns})) if feed.says else []:
        raise HouseFileError(f"{feed.file}: " + "; ".join(wrong))
    _check_plain(feed, columns)
    return columns


def _check_plain(feed: FeedFile, columns: Iterable[Resolved]) -> None:
    """Raises HouseFileError for words that dbt, in whose files they end, would take for its own."""
    said = "".join(part.model_dump_json() for part in (feed, *columns))
    if found := re.search(r'[^"]*\{[{%#][^"]*', said):
        raise HouseFileError(f"{feed.file}: {found[0]}: dbt takes {{{{, {{% and {{# for its own; write it without them")


def _resolved(feed: FeedFile, entry: ColumnEntry, element: Element) -> Resolved:
    name, label = entry.name or entry.element, entry.label or element.label
    classification = entry.classification or element.classification
    if classification < element.classification:
        raise HouseFileError(f"{feed.file}: column {name} is {classification}, its element {element.classification}")
    shared = (element.label, *element.aliases) if element.answers_to(label) else ()
    taken = {normal(c.label) for c in feed.columns} | {normal(a) for c in feed.columns for a in c.aliases}
    inherited = (a for a in shared if normal(a) not in taken)
    return Resolved(
        name=name,
        label=label,
        aliases=tuple(_distinct((*entry.aliases, *inherited), label)),
        key=entry.key,
        required=entry.required or entry.key is not None,
        classification=classification,
        tags=(CORRECTABLE,) * entry.correctable + (element.tags if entry.tags is None else entry.tags),
        codes=element.codes if entry.codes is None else entry.codes,
        max_length=entry.max_length or element.max_length,
        scale=element.scale if entry.scale is None else entry.scale,
        unit=element.unit if entry.unit is None else entry.unit or None,
        indent=entry.indent,
        months_before=entry.months_before,
        ahead=entry.ahead,
        description=entry.description or element.description,
        element=element,
    )


def _distinct(headings: Iterable[str], label: str) -> Iterable[str]:
    """Headings without the label and without repetitions, compared as headings are."""
    seen = {normal(label)}
    for heading in headings:
        if normal(heading) not in seen:
            seen.add(normal(heading))
            yield heading
