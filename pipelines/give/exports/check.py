"""May this leave? What a contract says is judged before anything is read, and every value before anything is written.

Belongs here: classes, sharing attributes, ask-only items, identifiers in the wrong column. Does not belong here:
the layout (contract.py).
An export column that repeats a feed's column names it (`transformSourceObjects: [F10.id_no]`); one that bears
or uses the name of a protected column without saying so is refused, so that leaving the origin out helps nobody.
"""

import re
from collections.abc import Iterator, Mapping

import polars as pl

from pipelines.give.exports.contract import Export, Item
from pipelines.give.published.export import RESIDENT_ID
from pipelines.kit.contracts import Column, Feed

TOKEN = "token"
PERSONAL = "L3"
ASK_ONLY = "query"
# Text of the ledger that quotes feeds, and hashes of what can be guessed: neither has a contract of its own.
_QUOTES = frozenset({"evidence", "value", "old_value", "new_value", "wrong_value", "reason", "note", "remark"})
_HASHES = frozenset({"person_id", "household_id", "enterprise_id", "record_key", "entity_key", "group_key"})
_NAME = re.compile(r"[a-z_][a-z0-9_]*")
_TEXT = re.compile(r"'[^']*'")


class Forbidden(RuntimeError):
    """An export that may not leave; the message says which column and why, never a value."""


def refusals(export: Export, feeds: Mapping[str, Feed]) -> list[str]:
    """Every reason for which this contract may not be carried out; empty when it may."""
    found = [*_of_export(export)]
    for item in export.items:
        found += [f"column {item.column.name}: {why}" for why in _of_item(item, export, feeds)]
    return found


def require_allowed(export: Export, feeds: Mapping[str, Feed]) -> None:
    """Raises Forbidden."""
    if found := refusals(export, feeds):
        raise Forbidden(f"{export.code} to {export.receiver.name} is refused: " + "; ".join(found))


def leaks(export: Export, rows: pl.DataFrame) -> list[str]:
    """Labels of columns below L4 in which something has the shape of a citizen identity number."""
    texts = [i.column for i in export.items if i.column.type == "string" and i.column.classification < "L4"]
    # A hash may hold eighteen digits in a row by chance.
    texts = [c for c in texts if TOKEN not in c.tags and not c.name.endswith("_id")]
    return [c.label for c in texts if rows[c.name].str.contains(RESIDENT_ID).any()]


def _of_export(export: Export) -> Iterator[str]:
    if not export.feed.description:
        yield "no purpose"
    if export.highest_class >= PERSONAL and not export.legal_basis:
        yield f"it holds {export.highest_class} data and names no legalBasis"
    if export.sharing not in ("无条件共享", "有条件共享"):
        yield f"sharingAttribute {export.sharing!r} lets nothing leave"


def _of_item(item: Item, export: Export, feeds: Mapping[str, Feed]) -> Iterator[str]:
    own, receiver = item.column, export.receiver
    if own.classification > receiver.max_class:
        yield f"it is {own.classification}, {receiver.name} may get {receiver.max_class} at most"
    origins = []
    for origin in item.origins:
        code, _, name = origin.partition(".")
        if code in feeds and name in feeds[code].by_name:
            origins.append((origin, feeds[code], feeds[code].by_name[name]))
        else:
            yield f"no contract has {origin}"
    for origin, feed, source in origins:
        yield from _of_origin(own, origin, feed, source, export)
    used = set(_NAME.findall(_TEXT.sub("", item.expression).lower())) | {own.name}
    if item.is_aggregate:
        return
    if not item.origins:
        protected = {c.name for f in feeds.values() for c in f.columns if _is_protected(c)}
        if named := sorted(used & protected):
            yield f"{', '.join(named)} is protected in a feed; transformSourceObjects must say where it comes from"
    if (named := sorted(used & _QUOTES)) and own.classification < "L4":
        yield f"{', '.join(named)} may quote personal data, so it is L4"
    if (named := sorted(used & _HASHES)) and TOKEN not in own.tags and own.classification < PERSONAL:
        yield f"{', '.join(named)} can be computed from guessed numbers: tag it {TOKEN}"


def _of_origin(own: Column, origin: str, feed: Feed, source: Column, export: Export) -> Iterator[str]:
    if feed.return_mode == ASK_ONLY:
        yield f"{origin} may only be asked (查询核验), never sent"
    if source.sharing == "不予共享":
        yield f"{origin} is 不予共享"
    if source.sharing != "无条件共享" and export.sharing == "无条件共享":
        yield f"{origin} is not 无条件共享, the export is"
    if source.classification > own.classification:
        yield f"{origin} is {source.classification}, the export calls it {own.classification}"


def _is_protected(column: Column) -> bool:
    return column.classification >= PERSONAL or column.sharing == "不予共享"
