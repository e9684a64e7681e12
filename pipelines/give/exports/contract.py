"""Export contracts: ODCS v3 YAML in, `Export` out.

Belongs here: what an export is, and where each fact of it stands in its document. Does not belong here: whether
it may leave (check.py), whether its receivers can still read it (compatibility.py), writing anything.
"""

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from open_data_contract_standard.model import OpenDataContractStandard, SchemaProperty
from pydantic import ConfigDict, Field

from pipelines.kit.contracts import Column, Feed, Thresholds
from pipelines.kit.contracts.documents import FeedProperties, Properties, custom, read_document
from pipelines.kit.contracts.load import feed_of
from pipelines.kit.contracts.vocabulary import CLASSIFICATIONS, problems
from pipelines.kit.house_files import HouseFileError, Name, Text, each, name_of, read, text_of
from pipelines.kit.packs import PACKS, of_packs
from pipelines.kit.paths import PROJECT_ROOT

EXPORTS = PROJECT_ROOT / "expectations" / "exports"
RECEIVERS = "receivers.yaml"
_FILES = "*/*.odcs.yaml"
FULL, DELTA = "全量", "增量"
MODES = ("full", "full_delta")
FORMATS = ("csv", "xlsx", "json", "parquet")
CHANGE = Column(
    "change_type", "变更类型", required=True, classification="L1", code_list=("新增", "变更", "删除")
)
# What a file name may hold, and how it is read back; pages of JSON add `_p0001` to it.
_PLACES = {"scope": r"(?P<scope>\d{6})", "date": r"(?P<period>\d{6})\d{2}", "kind": r"(?P<kind>全量|增量)"}
_TEXT, _BRACKETS = re.compile(r"'[^']*'"), re.compile(r"\([^()]*\)")
_TABLE = re.compile(r"\b(unified|published|returns|verify|ledger|reference|packs)\.(\w+)")
# Breakers judge departments; a file of ours must be sound to the last row.
_STRICT = Thresholds(min_row_ratio=0, max_row_ratio=1e9, max_duplicate_share=0, max_quarantine_share=0)


@dataclass(frozen=True)
class Receiver:
    """Who gets files. `max_class` is the highest class of a column that may go there."""

    slug: str
    name: str
    max_class: str


@dataclass(frozen=True)
class Item:
    """One column of an export: `expression` is SQL over the source, `origins` the feed columns it repeats
    ('F10.id_no')."""

    column: Column
    expression: str
    origins: tuple[str, ...]

    @property
    def is_aggregate(self) -> bool:
        """Whether the expression counts or adds up rows and does nothing else."""
        rest, before = _TEXT.sub("", self.expression), ""
        while rest != before:
            rest, before = _BRACKETS.sub("", rest), rest
        return re.fullmatch(r"\s*(count|sum)(\s+filter)?\s*", rest, re.IGNORECASE) is not None


@dataclass(frozen=True)
class Export:
    """One export. `feed` is the export seen from the other side: how a receiver, or our own check, reads it.

    `source` is SQL after FROM, `where` a condition on it ('' for none); both may use `$as_of`. `is_grouped`: one
    row per combination of the columns that are no aggregates. `split_by`: SQL of a county code; then every county
    gets its own rows in its own folder. `order`: columns by which rows are sorted, the key last.
    """

    feed: Feed
    receiver: Receiver
    items: tuple[Item, ...]
    source: str
    where: str
    is_grouped: bool
    split_by: str
    mode: str
    order: tuple[str, ...]
    file_name: str
    legal_basis: str
    sharing: str

    @property
    def code(self) -> str:
        """X01, X02, …"""
        return self.feed.code

    @property
    def name(self) -> str:
        """Of its folder and its asset."""
        return self.feed.entity

    @cached_property
    def tables(self) -> tuple[tuple[str, str], ...]:
        """(schema, table) of everything it reads, sorted."""
        return tuple(sorted(set(_TABLE.findall(self.source))))

    @property
    def feeds(self) -> frozenset[str]:
        """Feeds whose values it repeats, as its columns say."""
        return frozenset(origin.partition(".")[0] for item in self.items for origin in item.origins)

    @property
    def lake_source(self) -> str:
        """`source` with the names of the lake's tables in full."""
        return _TABLE.sub(r"lake.\1.\2", self.source)

    @property
    def highest_class(self) -> str:
        """Of its columns."""
        return max(i.column.classification for i in self.items)

    def stem(self, scope: str, as_of: date, kind: str) -> str:
        """File name without its ending; `scope` is a 6-digit code."""
        return self.file_name.rpartition(".")[0].format(scope=scope, date=f"{as_of:%Y%m%d}", kind=kind)


@dataclass(frozen=True)
class _ReceiverSaid:
    __pydantic_config__ = ConfigDict(extra="forbid")
    name: Text
    max_class: Literal[*CLASSIFICATIONS]


class _ExportProperties(Properties):
    """What an export says beside ODCS."""

    export_code: Annotated[str, Field(pattern=r"^X\d{2,3}$")]
    receiver: str
    delivery_mode: Literal[*MODES]
    file_name: Text
    source: Text
    where: str = ""
    grouped: bool = False
    split_by: str = ""
    order: tuple[str, ...] = ()
    legal_basis: str = ""
    sharing_attribute: str = ""


def load_exports(folder: Path = EXPORTS, packs: Path = PACKS) -> dict[str, Export]:
    """All exports of `{receiver}/{name}.odcs.yaml` and those of packs, by code in order; whom a pack may send to stands
    with the house's own. Raises HouseFileError."""
    receivers = load_receivers(folder)
    files = (*sorted(Path(folder).glob(_FILES)), *of_packs(f"exports/{_FILES}", packs))
    exports: dict[str, Export] = {}
    for export in each(files, lambda path: load_export(path, receivers)):
        if export.code in exports:
            raise HouseFileError(f"{export.receiver.slug}/{export.name}.odcs.yaml: export {export.code} exists already")
        exports[export.code] = export
    return dict(sorted(exports.items()))


def load_receivers(folder: Path = EXPORTS) -> dict[str, Receiver]:
    """Everybody who may get files, by slug. Raises HouseFileError."""
    given = read(dict[Name, _ReceiverSaid], folder / RECEIVERS)
    return {slug: Receiver(slug, said.name, said.max_class) for slug, said in given.items()}


def load_export(path: Path, receivers: dict[str, Receiver]) -> Export:
    """The export one file describes. Raises HouseFileError with everything found wrong with it."""
    name, slug = name_of(path), path.parent.name
    if slug not in receivers:
        raise HouseFileError(f"{name}: {slug} is no receiver; add it to {RECEIVERS}")
    export = _export(read_document(text_of(path), name), name, receivers[slug])
    found = [p for p in problems(export.feed) if not p.startswith("feedCode")]
    if export.name != path.name.removesuffix(".odcs.yaml"):
        found.append(f"the schema is called {export.name!r}, the file is not")
    if export.feed.format not in FORMATS:
        found.append(f"format {export.feed.format!r} is not one of {', '.join(FORMATS)}")
    if export.mode == "full_delta" and "{kind}" not in export.file_name:
        found.append("fileName lacks {kind}: a delta and a full file must not be taken for each other")
    if stray := set(export.order) - set(export.feed.by_name):
        found.append(f"order names no column of its own: {', '.join(sorted(stray))}")
    if not export.tables:
        found.append("source names no table of the lake")
    if found:
        raise HouseFileError(f"{name}: " + "; ".join(found))
    return export


def _export(document: OpenDataContractStandard, name: str, receiver: Receiver) -> Export:
    said = custom(_ExportProperties, document.customProperties, name)
    if said.receiver != receiver.slug:
        raise HouseFileError(f"{name}: receiver {said.receiver!r} stands in the folder of {receiver.slug!r}")
    feed = feed_of(document, name, FeedProperties.model_validate({
        "feedCode": said.export_code,
        "departmentSlug": receiver.slug,
        "departmentName": receiver.name,
        "scope": "county" if said.split_by else "city",
        "deliveryMode": said.delivery_mode,
        "filePattern": _pattern(said.file_name),
    }))  # fmt: skip
    properties = {p.name: p for p in document.schema_[0].properties or ()}
    items = tuple(_item(c, properties[c.name]) for c in feed.columns)
    return Export(
        feed=_read_strictly(feed),
        receiver=receiver,
        items=items,
        source=said.source,
        where=said.where,
        is_grouped=said.grouped,
        split_by=said.split_by,
        mode=said.delivery_mode,
        order=tuple(dict.fromkeys((*said.order, *feed.key_columns))),
        file_name=said.file_name,
        legal_basis=said.legal_basis,
        sharing=said.sharing_attribute,
    )


def _item(column: Column, of: SchemaProperty) -> Item:
    return Item(column, of.transformLogic or f'"{column.name}"', tuple(of.transformSourceObjects or ()))


def _pattern(file_name: str) -> str:
    """The regular expression that reads file names of this template."""
    stem, _, ending = file_name.rpartition(".")
    pattern = re.escape(stem)
    for name, group in _PLACES.items():
        pattern = pattern.replace(re.escape(f"{{{name}}}"), group)
    page = r"(?:_p\d{4})?" if ending == "json" else ""
    return rf"^{pattern}{page}\.{ending}$"


def _read_strictly(feed: Feed) -> Feed:
    """An export without rows says that there is nothing, so it is read as something that is appended."""
    return replace(feed, mode="append", thresholds=_STRICT)
