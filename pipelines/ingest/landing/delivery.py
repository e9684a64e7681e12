"""One landed file and its record `delivery.json`.

Belongs here: the shape of the record, reading and writing it. Does not belong here: moving files (land.py).
"""

import hashlib
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

import pydantic_core

from pipelines.ingest.landing.file_name import page_number
from pipelines.kit import records
from pipelines.kit.locks import alone
from pipelines.kit.paths import Paths

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
    delivered_on: records.IsoDate
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

    @property
    def said(self) -> tuple:
        """What makes two files one: an empty delta of March is not the empty delta of February again, and what nobody
        could read, or whose name says nothing, is known by its name: each sender is told of the one they gave."""
        page, name = page_number(self.file_name), None if self.kind == DATA else self.file_name
        declared = self.declared_rows, self.declared_sha256
        return self.sha256, self.scope, self.period, self.mode, page, name, *declared

    @property
    def ids(self) -> tuple[str, str]:
        """What it may be called: after its day and bytes, and where another one is called so already, after all it
        says."""
        day = self.delivered_on.replace("-", "")
        digest = hashlib.sha256(f"{self.sha256}|{self.said[1:]}".encode()).hexdigest()
        return f"{day}-{self.sha256[:8]}", f"{day}-{digest[:8]}"

    @classmethod
    def stored_fields(cls) -> list[str]:
        """Names of the fields of delivery.json, in order."""
        return [f.name for f in fields(cls) if f.name != "is_repeat"]

    def record(self) -> dict[str, str | int | None]:
        """The fields of delivery.json, in order."""
        return {name: getattr(self, name) for name in self.stored_fields()}


@contextmanager
def one_at_a_time(paths: Paths, feed_code: str) -> Iterator[None]:
    """Hold a feed: whoever else takes in the same feed waits, after saying so."""
    waiting = "%s 正由另一个进程入库，等它办完 another process is taking this feed in; waiting for it to finish"
    with alone(paths.landing / ".taking" / f"{feed_code}.lock", lambda: logging.warning(waiting, feed_code)):
        yield


def landed(paths: Paths, feed_code: str) -> list[Delivery]:
    """Every delivery of a feed in order of landing, by the records that can be read."""
    found = (read_record(p) for p in (paths.landing / feed_code).glob(f"*/{RECORD}"))
    return sorted((d for d in found if d), key=lambda d: d.delivery_seq)


def stored_name(file_name: str) -> str:
    """What the bytes are called where they lie beside their record."""
    return f"_{file_name}" if file_name == RECORD else file_name


def read_record(file: Path) -> Delivery | None:
    """The record in a file; None where it is damaged or of another delivery, until the next landing mends it
    (mend.py)."""
    return _read(file, file.stat().st_mtime_ns) if file.is_file() else None


@cache
def _read(file: Path, _: int) -> Delivery | None:
    """A record as it was written at some time; landed deliveries never change."""
    said = records.read_record(file, Delivery)
    return said if said and (said.feed, said.delivery_id) == (file.parent.parent.name, file.parent.name) else None


def to_json(record: dict) -> str:
    """The one way a record is written, so that equal records are equal bytes."""
    return pydantic_core.to_json(record, indent=1).decode() + "\n"
