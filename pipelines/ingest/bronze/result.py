"""What became of a delivery: `delivery.json` in bronze.

Belongs here: its shape, reading it back. Does not belong here: deciding its content (judging.py, breakers.py).
"""

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from pipelines.ingest.bronze.profile import Profile
from pipelines.ingest.landing.delivery import RECORD
from pipelines.kit import records
from pipelines.kit.paths import Paths

ACCEPTED = "accepted"
QUARANTINED = "quarantined"
_RELEASED = "_released"


@dataclass(frozen=True)
class Check:
    """One thing asked of a delivery as a whole: `name`, `found` and `limit` are Chinese, `code` as in problems.py."""

    code: str
    name: str
    found: str
    limit: str
    is_broken: bool


@dataclass(frozen=True)
class DeliveryResult:
    """A landed delivery and its outcome; `rows_in = rows_bronze + rows_quarantined` always.

    `row_count_ratio` is to the last accepted full delivery of the scope, None without one; `duplicate_ratio`
    is the share of rows that repeat a key. An unreadable file has no rows: its one quarantine entry, row 0,
    stands for the file. `notices` are Chinese sentences, `notice_codes` their kinds, one each. `pages`: of how many
    pages the file says it is one.
    `checks`: every limit, broken or not. `released_on`: the business date from which a refused delivery counts,
    because a person released it. Such a delivery stands twice in bronze: as it was refused, and as it was taken in.
    `reader`: the version of the one whose process the file ended. `digests`: the SHA-256 of each Parquet file.
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
    notice_codes: tuple[str, ...] = ()
    declared_rows: int | None = None
    declared_sha256: str | None = None
    pages: int | None = None
    checks: tuple[Check, ...] = ()
    profile: Profile = field(default_factory=Profile)
    released_on: records.IsoDate | None = None
    reader: str | None = None
    digests: dict[str, str] = field(default_factory=dict)

    @property
    def in_force_from(self) -> str:
        """ISO date from which an accepted delivery counts."""
        return self.released_on or self.delivered_on

    @property
    def folder(self) -> str:
        """Name of its folder in bronze."""
        return self.delivery_id + (_RELEASED if self.released_on else "")

    def record(self) -> dict:
        """The fields of delivery.json, in order."""
        return {**vars(self), "checks": tuple(map(vars, self.checks)), "profile": vars(self.profile)}

    def facts(self) -> dict:
        """What became of it, however it is stored."""
        return {name: value for name, value in self.record().items() if name != "digests"}


def results(paths: Paths, feed_code: str, as_of: date | None = None) -> list[DeliveryResult]:
    """Outcomes of all ingested deliveries of a feed (as they stood on `as_of`), in order of landing."""
    found = all_results(paths, feed_code)
    if as_of is not None:
        found = [r for r in found if r.in_force_from <= as_of.isoformat()]
    newest = {r.delivery_id: r for r in found}
    return list(newest.values())


def all_results(paths: Paths, feed_code: str) -> list[DeliveryResult]:
    """Every outcome in bronze whose record can be read, in order of landing; a refused delivery comes before itself
    released."""
    files = (paths.bronze / feed_code).glob(f"*/{RECORD}")
    found = (read_record(p) for p in files)
    return sorted((r for r in found if r), key=lambda r: (r.delivery_seq, r.delivery_id, r.in_force_from, r.folder))


def read_record(file: Path) -> DeliveryResult | None:
    """The record in a file; None where it is damaged or of another delivery, until the feed is brought up again
    (mend.py)."""
    return _read(file, file.stat().st_mtime_ns) if file.is_file() else None


@cache
def _read(file: Path, _: int) -> DeliveryResult | None:
    """A record as it was written at some time; a turn asks for thousands of them again and again."""
    said = records.read_record(file, DeliveryResult)
    return said if said and (said.feed, said.folder) == (file.parent.parent.name, file.parent.name) else None
