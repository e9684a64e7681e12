"""Is this one of our workbooks, whole, for this township: everything that is decided for a file at once.

Belongs here: hidden sheets, heading, addressee. Does not belong here: rows (`check`).
"""

import json
from dataclasses import dataclass
from datetime import date

from pipelines.give.inbox.problems import Refused
from pipelines.give.inbox.reader import Book, Cell
from pipelines.give.returns import columns as layout
from pipelines.give.returns.columns import column_letter
from pipelines.give.returns.workbook import list_digest
from pipelines.kit.security.keys import KeyProvider
from pipelines.kit.security.signature import is_signed


@dataclass(frozen=True)
class Identity:
    """What the signed hidden sheets say. `groups`: ticket id -> group key; `grids`: what may stand in 更正值 (a code,
    or a whole entry of the drop-down with single spaces) -> the code."""

    township_code: str
    place: str
    set_id: str
    as_of: date
    issue: int
    groups: dict[str, str]
    grids: dict[str, str]


def identify(book: Book, keys: KeyProvider) -> Identity:
    """Raises Refused unless every hidden sheet and the heading are as sent."""
    document = _document(book, keys)
    meta = book.sheets[layout.META]
    rows = [[cell_text(at(row, 1)), cell_text(at(row, 2))] for row in meta]
    rows = rows[: max((i + 1 for i, row in enumerate(rows) if any(row)), default=0)]
    if list_digest(rows) != document["rows"]:
        raise Refused("E_META_FORGED", {"row": f"1–{max(len(rows), 1)}", "column": "B–C"})
    grids = [cell_text(at(row, 0)) for row in book.sheets.get(layout.CODES, [])[1:]]
    grids = [text for text in grids if text]
    if list_digest(grids) != document["grids"]:
        raise Refused("E_CODES_FORGED")
    _check_heading(book, document)
    return Identity(
        township_code=document["township_code"],
        place=document["place"],
        set_id=document["set_id"],
        as_of=date.fromisoformat(document["as_of"]),
        issue=document["issue"],
        groups=dict(rows),
        grids={entry: text.split()[0] for text in grids for entry in (text.split()[0], " ".join(text.split()))},
    )


def check_addressee(identity: Identity, addressed_to: tuple[str, ...]) -> None:
    """Raises Refused if the file was only ever put into folders of other townships."""
    if "" not in addressed_to and identity.township_code not in addressed_to:
        raise Refused("E_TOWNSHIP", {
            "place": identity.place, "township": identity.township_code, "addressed": "、".join(addressed_to),
        })  # fmt: skip


def at(row: list[Cell], column: int) -> Cell:
    """The cell, or '' beyond the end of the row."""
    return row[column] if column < len(row) else ""


def cell_text(cell: Cell) -> str:
    """The one text form of a cell; text as it is, with line ends as we wrote them."""
    return cell.replace("\r\n", "\n").replace("\r", "\n") if isinstance(cell, str) else str(cell)


def _document(book: Book, keys: KeyProvider) -> dict:
    meta = book.sheets.get(layout.META)
    if meta is None:
        raise Refused("E_NOT_OURS")
    mark, text, signature = (cell_text(at(meta[r] if r < len(meta) else [], 0)) for r in range(3))
    if mark != layout.META_MARK:
        raise Refused("E_META_FORGED", {"row": 1, "column": "A"})
    try:
        document = json.loads(text)
        key_id = document["key_id"]
        is_ours = is_signed(keys, layout.SIGN_PURPOSE, document, signature)
    except (ValueError, TypeError, KeyError, RecursionError):  # nested without end; half a surrogate pair
        raise Refused("E_META_FORGED", {"row": 2, "column": "A"}) from None
    if is_ours:
        return document
    if isinstance(key_id, str) and key_id != keys.key_id and len(key_id) == len(keys.key_id):
        raise Refused("E_KEY", {"key_id": key_id})
    raise Refused("E_META_FORGED", {"row": "2–3", "column": "A"})


def _check_heading(book: Book, document: dict) -> None:
    sheet = book.sheets.get(layout.ANOMALIES)
    if sheet is None:
        raise Refused("E_SHEET", {"sheet": layout.ANOMALIES})
    expected = [(r, 0, text) for r, text in enumerate(document["top"])]
    expected += [(layout.HEADER_ROW, c, title) for c, title in enumerate(document["titles"])]
    for row, column, text in expected:
        if cell_text(at(sheet[row] if row < len(sheet) else [], column)) != text:
            facts = {"row": row + 1, "column": column_letter(column), "title": text}
            raise Refused("E_HEADER", facts)
