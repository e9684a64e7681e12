"""One landed file and its record `delivery.json`.

Belongs here: the shape of the record, reading and writing it. Does not belong here: moving files (land.py).
"""

import json
import re
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from pipelines.paths import Paths

DATA = "data"
UNRECOGNISED = "unrecognised"
RECORD = "delivery.json"
_PAGE = re.compile(r"_p\d{4}\.\w+$")


@dataclass(frozen=True)
class Delivery:
    """A landed file. `scope`, `period` and `mode` are None when `kind` is 'unrecognised'.

    `delivered_on` is an ISO date, `size` is bytes, `delivery_seq` counts 1, 2, 3… per feed.
    `is_repeat` marks the answer of `land_feed` for bytes that were landed before; it is never stored.
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
        return self.folder(paths) / self.file_name

    def record(self) -> dict[str, str | int | None]:
        """The fields of delivery.json, in order."""
        fields = asdict(self)
        del fields["is_repeat"]
        return fields


def landed(paths: Paths, feed_code: str) -> list[Delivery]:
    """Every delivery of a feed in order of landing."""
    records = sorted((paths.landing / feed_code).glob(f"*/{RECORD}"))
    return sorted((_read(p, p.stat().st_mtime_ns) for p in records), key=lambda d: d.delivery_seq)


@cache
def _read(file: Path, _: int) -> Delivery:
    """A record as it was written at some time; landed deliveries never change."""
    return Delivery(**json.loads(file.read_text(encoding="utf-8")))


def to_json(record: dict) -> str:
    """The one way a record is written, so that equal records are equal bytes."""
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"
