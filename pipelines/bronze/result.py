"""What became of a delivery: `delivery.json` in bronze.

Belongs here: its shape, reading it back. Does not belong here: deciding its content (ingest.py, breakers.py).
"""

import json
from dataclasses import asdict, dataclass
from datetime import date

from pipelines.landing.delivery import RECORD
from pipelines.paths import Paths

ACCEPTED = "accepted"
QUARANTINED = "quarantined"


@dataclass(frozen=True)
class DeliveryResult:
    """A landed delivery and its outcome; `rows_in = rows_bronze + rows_quarantined` always.

    `row_count_ratio` is to the last accepted full delivery of the scope, None without one; `duplicate_ratio`
    is the share of rows that repeat a key. An unreadable file has no rows: its one quarantine entry, row 0,
    stands for the file. `notices` are Chinese sentences. `pages`: of how many pages the file says it is one.
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
    status: str
    breaker_code: str | None
    breaker_message: str | None
    rows_in: int
    rows_bronze: int
    rows_quarantined: int
    row_count_ratio: float | None
    duplicate_ratio: float | None
    extra_columns: tuple[str, ...]
    notices: tuple[str, ...]
    pages: int | None = None

    @property
    def folder(self) -> str:
        """Name of its folder in bronze."""
        return self.delivery_id

    def record(self) -> dict:
        """The fields of delivery.json, in order."""
        return asdict(self)


def results(paths: Paths, feed_code: str, as_of: date | None = None) -> list[DeliveryResult]:
    """Outcomes of all ingested deliveries of a feed (delivered on or before `as_of`), in order of landing."""
    files = sorted((paths.bronze / feed_code).glob(f"*/{RECORD}"))
    found = [_read(json.loads(p.read_text(encoding="utf-8"))) for p in files]
    if as_of is not None:
        found = [r for r in found if r.delivered_on <= as_of.isoformat()]
    return sorted(found, key=lambda r: r.delivery_seq)


def _read(record: dict) -> DeliveryResult:
    lists = {name: tuple(record[name]) for name in ("extra_columns", "notices")}
    return DeliveryResult(**{**record, **lists})
