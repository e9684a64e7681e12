"""Receipts 回执 on disk: `receipts/<township>/<day>/回执_<first digits of the file's SHA-256>.xlsx`.

Belongs here: their names, and which there are. Does not belong here: what they say (give/inbox/receipt.py). People look
into these folders: whatever else their programs leave there is nobody's receipt.
"""

from collections.abc import Iterator
from pathlib import Path

from pipelines.kit.city_time import written_day
from pipelines.kit.paths import Paths

_NAME = "回执_{}.xlsx"


def receipt_name(sha256: str) -> str:
    """The name of the receipt of a file."""
    return _NAME.format(sha256[:8])


def receipts(paths: Paths, township: str = "*") -> Iterator[Path]:
    """All receipts there are, or those of a township."""
    found = paths.receipts.glob(f"{township}/*/{_NAME.format('*')}")
    return (file for file in found if written_day(file.parent.name) and file.is_file() and not file.is_symlink())
