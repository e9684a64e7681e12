"""Signing small documents and rows, so that what comes back can be told from what was sent.

Belongs here: canonical form, signature, comparison. Does not belong here: what is signed. One side signs and
verifies, so a keyed hash is enough; a receiver who must prove origin to a third party needs a key pair.
"""

import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Any

from pipelines.kit.security.keys import KeyProvider

_WHOLE, _MARK = 32, 4


def canonical_json(document: Any) -> bytes:
    """The one byte form of a JSON document: keys sorted, no spaces, UTF-8."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(document: Any) -> str:
    """SHA-256 of a JSON document, hexadecimal."""
    return hashlib.sha256(canonical_json(document)).hexdigest()


def sign(keys: KeyProvider, purpose: str, document: Any) -> str:
    """Hexadecimal keyed hash of a JSON document."""
    return keys.suite.mac(keys.mac_key(purpose), canonical_json(document)).hex()


def is_signed(keys: KeyProvider, purpose: str, document: Any, signature: str) -> bool:
    """Whether `signature` is ours; compared in constant time."""
    return hmac.compare_digest(sign(keys, purpose, document).encode(), signature.encode())


class RowSigner:
    """Check values of the rows of one workbook; the key is derived once.

    A check value is 32 hexadecimal digits over the whole row, which decide, then four per cell, which only
    point at the cell that was changed.
    """

    def __init__(self, keys: KeyProvider, set_id: str) -> None:
        self._suite = keys.suite
        self._key = keys.mac_key(f"row/{set_id}")

    def check_value(self, cells: Sequence[str]) -> str:
        """Check value of the cells of a row, in order."""
        return self._whole(cells) + "".join(self._mark(i, text) for i, text in enumerate(cells))

    def is_intact(self, cells: Sequence[str], check_value: str) -> bool:
        """Whether row and check value are the ones that were sent."""
        return hmac.compare_digest(self.check_value(cells).encode(), check_value.encode())

    def changed_cells(self, cells: Sequence[str], check_value: str) -> list[int]:
        """Positions of cells that are not as sent; empty when only the check value itself was changed."""
        marks = check_value[_WHOLE:]
        given = [marks[i * _MARK : (i + 1) * _MARK] for i in range(len(cells))]
        return [i for i, text in enumerate(cells) if self._mark(i, text) != given[i]]

    def _whole(self, cells: Sequence[str]) -> str:
        return self._suite.mac(self._key, canonical_json(list(cells))).hex()[:_WHOLE]

    def _mark(self, position: int, text: str) -> str:
        return self._suite.mac(self._key, f"{position}/{text}".encode()).hex()[:_MARK]
