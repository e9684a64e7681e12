"""One landed file and its record `delivery.json`.

Belongs here: the shape of the record, reading and writing it. Does not belong here: moving files (land.py).
"""

import json
import re
from dataclasses import asdict, dataclass, fields
from functools import cache
from pathlib import Path

from pipelines.paths import Paths

DATA = "data"
UNRECOGNISED = "unrecognised"
# Kinds of what has a record but no bytes.
FOLDER, LINK, SPECIAL, UNREADABLE = "folder", "link", "special", "unreadable"
RECORD = "delivery.json"
_PAGE = re.compile(r"_p\d{4}\.\w+$")


@dataclass(frozen=True)
class Delivery:
    """A landed file. `scope`, `period` and `mode` are None when its name says nothing.

    `kind`: data, unrecognised (by its name), or what was found in place of a file: folder, link, special (pipe, socket,
    device), unreadable. Of those only the record is landed, with `sha256` ''. `delivered_on` is an ISO date, `size` is
    bytes, `delivery_seq` counts 1, 2, 3… per feed. `declared_*`: what the sender's manifest says of the file, None
    without one. `is_repeat` marks the answer of `land_feed` for bytes that were landed before; it is never stored.
    """

    feed: str
    delivery_id: str
    delivery_seq: int
    delivered_on: str
    file_name: str
    sha256: str
    size: int
    scope: str | None
    period: str | None
    mode: str | None
    kind: str
    declared_rows: int | None = None
    declared_sha256: str | None = None
    is_repeat: bool = False

    @property
    def is_page(self) -> bool:
        """Whether the file is one page of several: `…_p0001.json`."""
        return _PAGE.search(self.file_name) is not None

    def folder(self, paths: Paths) -> Path:
        """Where the landed file and its record lie."""
        return paths.landing / self.feed / self.delivery_id

    def file(self, paths: Paths) -> Path:
        """The landed bytes."""
        return self.folder(paths) / stored_name(self.file_name)

    @classmethod
    def stored_fields(cls) -> list[str]:
        """Names of the fields of delivery.json, in order."""
        return [f.name for f in fields(cls) if f.name != "is_repeat"]

    def record(self) -> dict[str, str | int | None]:
        """The fields of delivery.json, in order."""
        told = asdict(self)
        return {name: told[name] for name in self.stored_fields()}


def landed(paths: Paths, feed_code: str) -> list[Delivery]:
    """Every delivery of a feed in order of landing, by the records that can be read."""
    found = (read_record(p) for p in (paths.landing / feed_code).glob(f"*/{RECORD}"))
    return sorted((d for d in found if d), key=lambda d: d.delivery_seq)


def stored_name(file_name: str) -> str:
    """What the bytes are called where they lie beside their record."""
    return f"_{file_name}" if file_name == RECORD else file_name


def read_record(file: Path) -> Delivery | None:
    """The record in a file; None where it is damaged, until the next landing mends it (mend.py)."""
    return _read(file, file.stat().st_mtime_ns)


@cache
def _read(file: Path, _: int) -> Delivery | None:
    """A record as it was written at some time; landed deliveries never change."""
    try:
        return Delivery(**json.loads(file.read_bytes()))
    except (ValueError, TypeError):
        return None


def to_json(record: dict) -> str:
    """The one way a record is written, so that equal records are equal bytes."""
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"
