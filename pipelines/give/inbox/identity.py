"""Is this one of our workbooks, whole, for this township: everything that is decided for a file at once.

Belongs here: hidden sheets, heading, addressee. Does not belong here: rows (`check`).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pipelines.give.inbox.form import Form, at, cell_text, located
from pipelines.give.inbox.problems import Refused
from pipelines.give.inbox.reader import Book
from pipelines.give.returns import columns as layout
from pipelines.kit.office.sheets import load_lists
from pipelines.kit.office.styles import letter
from pipelines.kit.security.keys import KeyProvider
from pipelines.kit.security.signature import digest, is_signed


@dataclass(frozen=True)
class Identity:
    """What the signed hidden sheets say. `groups`: ticket id -> group key; `values`: by list, what may stand in
    更正值 (a code, or a whole entry of the drop-down with single spaces) -> the code;
    `form`: where 异常清单 has its columns."""

    township_code: str
    place: str
    set_id: str
    as_of: date
    issue: int
    groups: dict[str, str]
    values: Mapping[str, Mapping[str, str]]
    form: Form


def identify(book: Book, keys: KeyProvider) -> Identity:
    """Raises Refused unless every hidden sheet and the heading are as sent."""
    document = _document(book, keys)
    meta = book.sheets[layout.META]
    rows = [[cell_text(at(row, 1)), cell_text(at(row, 2))] for row in meta]
    rows = rows[: max((i + 1 for i, row in enumerate(rows) if any(row)), default=0)]
    if digest(rows) != document["rows"]:
        raise Refused("E_META_FORGED", {"row": f"1–{max(len(rows), 1)}", "column": "B–C"})
    values = _values(book, document)
    form = located(layout.ANOMALY_SHEET, book.sheets.get(layout.ANOMALIES), document)
    return Identity(
        township_code=document["township_code"],
        place=document["place"],
        set_id=document["set_id"],
        as_of=date.fromisoformat(document["as_of"]),
        issue=document["issue"],
        groups=dict(rows),
        values=values,
        form=form,
    )


def check_addressee(identity: Identity, addressed_to: tuple[str, ...]) -> None:
    """Raises Refused if the file was only ever put into folders of other townships."""
    if "" not in addressed_to and identity.township_code not in addressed_to:
        raise Refused("E_TOWNSHIP", {
            "place": identity.place, "township": identity.township_code, "addressed": "、".join(addressed_to),
        })  # fmt: skip


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


def _values(book: Book, document: dict) -> dict[str, dict[str, str]]:
    """By list the workbook was issued with: what may be chosen or typed -> the code."""
    sheet = book.sheets.get(layout.CODES) or [[]]
    heads, found = [cell_text(cell) for cell in sheet[0]], {}
    for name, values in load_lists().items():
        if (signed := document.get(layout.list_key(name))) is None:
            continue
        column = heads.index(name) if name in heads else len(heads)
        texts = [text for row in sheet[1:] if (text := cell_text(at(row, column)))]
        if digest(texts) != signed:
            raise Refused("E_CODES_FORGED", {"column": letter(column), "title": values.title})
        found[name] = {
            entry: text.split()[0] for text in texts for entry in (text.split()[0], " ".join(text.split()))
        }
    return found
