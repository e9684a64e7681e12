"""What a column is made of: class, mask and feed of every source column behind it.

Belongs here: reading contracts, the generated lineage and the declared exceptions. Does not belong here: judging.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import ConfigDict

from pipelines.kit.contracts.load import load_contracts
from pipelines.kit.contracts.model import Column
from pipelines.kit.contracts.vocabulary import CLASSIFICATIONS
from pipelines.kit.house_files import Name, Text, document, read
from pipelines.kit.paths import PROJECT_ROOT

LINEAGE_FILE = PROJECT_ROOT / "expectations" / "lineage.generated.json"
DISCLOSURE_FILE = PROJECT_ROOT / "expectations" / "disclosure.yaml"
# Lineage columns of bronze that name a file or reach a person: keys are unkeyed hashes, and numbers can be guessed.
_KEYS = ("_record_key", "_source_ref")
_TEXTS = ("_file", "_sheet")


@dataclass(frozen=True)
class Facts:
    """One source column: `classification` L1…L4; masked or a direct identifier; an identifier of anything; text that no
    code list bounds. `feed`: the code of its feed, None for tables of our own."""

    classification: str
    is_masked: bool = False
    is_identifier: bool = False
    is_free_text: bool = False
    feed: str | None = None


_PUBLIC = Facts("L1")
ANY_TABLE = "*"
PREVIEW, ANALYST, TOWNSHIP, STEWARD = AUDIENCES = "preview", "analyst", "township", "steward"
_HIDDEN = Facts("L4", is_masked=True, is_identifier=True, is_free_text=True)


def facts(table: str, column: str) -> list[Facts] | None:
    """Facts of every source column behind one column, none where it only counts; None when nobody knows it."""
    lineage = load_lineage()
    if table in lineage:
        sources = lineage[table].get(column)
        return None if sources is None else [_source(*source.rsplit(".", 1)) for source in sources]
    known = _source(table, column, None)
    return None if known is None else [known]


def _source(table: str, column: str, unknown: Facts | None = _HIDDEN) -> Facts | None:
    schema, _, name = table.partition(".")
    if schema == "bronze":
        return _of_feed(name, column) or unknown
    if schema == "reference":
        return Facts(declared().lookups.get(name, "L1"))
    if schema == "ledger":
        return _PUBLIC if column in load_ledger_columns() else unknown
    return unknown


def _of_feed(code: str, column: str) -> Facts | None:
    feed = load_contracts().get(code)
    if feed is None:
        return None
    if column.startswith("_"):
        is_key = column in _KEYS
        return Facts("L3" if is_key else "L1", is_key, is_key, column in _TEXTS)
    return of_column(feed.by_name[column], code) if column in feed.by_name else None


def of_column(said: Column, feed: str | None = None) -> Facts:
    """Facts of a column as a contract describes it."""
    return Facts(
        classification=said.classification,
        is_masked=said.mask is not None or "直接标识符" in said.tags,
        is_identifier=said.is_identifier and said.classification != "L1",
        is_free_text=said.type == "string" and not said.code_list and said.classification != "L1",
        feed=feed,
    )


@cache
def load_lineage(file: Path = LINEAGE_FILE) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Table -> column -> source columns, as `make generate` wrote it."""
    return document(file)


@dataclass(frozen=True)
class Declared:
    """What cannot be derived: class of names looked up, by table; ledger columns that hold nothing of a person;
    audience -> table -> column -> why it may be shown; how tables leave for analysts (give/published)."""

    __pydantic_config__ = ConfigDict(extra="forbid")
    lookups: dict[Name, Literal[*CLASSIFICATIONS]]
    ledger: tuple[Name, ...]
    exceptions: dict[Literal[*AUDIENCES], dict[str, dict[Name, Text]]]
    analyst_file: dict[str, Any]


@cache
def declared(file: Path = DISCLOSURE_FILE) -> Declared:
    """What `expectations/disclosure.yaml` says. Raises HouseFileError."""
    return read(Declared, file)


@cache
def load_ledger_columns() -> frozenset[str]:
    """Names of ledger columns that hold neither a person nor words about one."""
    return frozenset(declared().ledger)


@cache
def load_exceptions() -> dict[tuple[str, str], dict[str, str]]:
    """(audience, table) -> column -> why it may be shown although its sources may not."""
    return {(audience, table): columns for audience, tables in declared().exceptions.items()
            for table, columns in tables.items()}  # fmt: skip
