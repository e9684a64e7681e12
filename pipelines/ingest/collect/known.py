"""What we know of a department's table: what was fetched from it before and lies in landing.

Belongs here: which landed files count, and SQL over them. Does not belong here: the table itself.
Nothing else is remembered. Of a month the last delta counts and no other (docs/adr/0009-deliveries.md), so what a
month says is said against the months before it. What bronze refused or people withdrew does not count, so it is
fetched again; after a file sent by hand nobody knows what the table's rows are to the lake, so the next is full.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from pipelines.ingest.collect.table import CHANGE, quoted
from pipelines.ingest.deliveries import known_deliveries
from pipelines.ingest.deliveries.standing import IN_FORCE
from pipelines.ingest.landing import DATA, Delivery, landed
from pipelines.kit.contracts import Feed
from pipelines.kit.contracts.model import Source
from pipelines.kit.paths import Paths

DELETED = "删除"
ORIGIN = "collected_from"


@dataclass(frozen=True)
class Known:
    """Files fetched from one table: `files` of the months before this one, oldest first (the first is the base of a
    register), and the deliveries of this month. `is_ahead`: there are some of later months."""

    files: tuple[Path, ...]
    current: tuple[Delivery, ...]
    is_ahead: bool

    @classmethod
    def of(cls, paths: Paths, feed: Feed, source: Source, as_of: date) -> "Known":
        """What counts on `as_of`; a delivery that bronze has not seen yet counts as it came."""
        said = {s.delivery_id: s.state for s in known_deliveries(paths, feed, as_of)}
        slots: dict[tuple, Delivery] = {}
        for delivery in landed(paths, feed.code):
            if delivery.kind == DATA and said.get(delivery.delivery_id, IN_FORCE) == IN_FORCE:
                slots[delivery.period, delivery.mode] = delivery
        period, chain = f"{as_of:%Y%m}", []
        current, ahead = [], False
        for delivery in sorted(slots.values(), key=lambda d: (d.period, d.delivery_seq)):
            is_ours = _origin(delivery.file(paths)) == origin(source)
            if delivery.period >= period:
                current += [delivery] if is_ours and delivery.period == period else []
                ahead |= is_ours and delivery.period > period
            elif feed.mode == "append":
                chain += [delivery] if is_ours else []
            elif not is_ours:
                chain = []
            elif delivery.mode == "full":
                chain = [delivery]
            elif chain:
                chain.append(delivery)
        return cls(tuple(d.file(paths) for d in chain), tuple(current), ahead)

    @property
    def _list(self) -> str:
        """The files as a list in SQL."""
        return "[" + ", ".join(f"'{file}'" for file in self.files) + "]"

    def rows(self, keys: Sequence[str], columns: Sequence[str]) -> str:
        """SQL of the table's rows as we know them: the files' columns, `_key`, `_row`, no deleted ones.

        Of a key that came several times the file that came last counts, with all the rows it has of it.
        """
        told = f"""
            SELECT *, {digest(keys)} AS _key, {digest(columns)} AS _row, list_position({self._list}, _path) AS _file
            FROM (SELECT * FROM {nothing(columns)} UNION ALL BY NAME
                  SELECT * FROM read_parquet({self._list}, union_by_name = true, filename = '_path'))"""
        return f"""
            WITH told AS ({told}),
            last AS (SELECT _key, max(_file) AS _last FROM told WHERE _file > 1 GROUP BY _key)
            SELECT told.* EXCLUDE (_file, _path) FROM told LEFT JOIN last USING (_key)
            WHERE _file = coalesce(_last, 1) AND {quoted(CHANGE)} IS DISTINCT FROM '{DELETED}'"""

    def mark(self, con: duckdb.DuckDBPyConnection, watermark: str, before: str | None) -> str | None:
        """The highest watermark fetched so far, as text; moments at or after `before` are a wrong clock's."""
        name = quoted(watermark)
        limit = f"WHERE TRY_CAST({name} AS TIMESTAMP) < TIMESTAMP '{before}'" if before else ""
        asked = f"SELECT max({name})::VARCHAR FROM read_parquet({self._list}, union_by_name = true) {limit}"
        return con.execute(asked).fetchone()[0]


def origin(source: Source) -> str:
    """What a fetched file says of where it is from; the address is a secret, its variable's name is not."""
    return f"{source.kind} {source.connection} {source.place}"


def digest(columns: Sequence[str]) -> str:
    """SQL: 128 bits of MD5 over the text of columns, blank and null apart; it tells rows apart, nothing more."""
    texts = ", ".join(f"coalesce({quoted(c)}::VARCHAR, chr(0))" for c in columns)
    return f"md5_number(concat_ws(chr(31), {texts}))"


def nothing(columns: Sequence[str]) -> str:
    """A relation without rows that has every column: files written before a column was added lack it."""
    return "(SELECT " + ", ".join(f"NULL AS {quoted(c)}" for c in (*columns, CHANGE)) + " WHERE false)"


def _origin(file: Path) -> str | None:
    """What a landed file says of its origin; None for files of any other kind."""
    if file.suffix != ".parquet":
        return None
    try:
        said = pq.read_metadata(file).metadata or {}
    except (OSError, ValueError):
        return None
    return said.get(ORIGIN.encode(), b"").decode()
