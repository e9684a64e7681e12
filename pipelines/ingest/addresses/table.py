"""All texts of addresses in force, parsed: `lake.reference.address`, a row each text.

Belongs here: which texts there are, which of them are new, and the names they are read by. Does not belong here:
reading
one (parse.py), or rows that bear an address (the models join by the text). A text is read once; all are read again
when a name or this reader changes. Addresses of homes are not read: police and survey tell the division of each.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import chain
from pathlib import Path

import duckdb
import polars as pl

from pipelines.ingest.addresses.names import Version, read_names
from pipelines.ingest.addresses.parse import parse
from pipelines.kit.contracts import load_contracts
from pipelines.kit.contracts.model import ADDRESSES
from pipelines.kit.models import AS_OF, DATA, MODEL, nodes
from pipelines.kit.paths import Paths
from pipelines.kit.reference.load import ADDRESS
from pipelines.kit.tables import transaction
from pipelines.kit.words import comment
from pipelines.kit.workers import pool

_TOLD, _UNITS = "stg_civil_affairs__divisions", "stg_division_version"
_AT_ONCE, _WORKERS = 50_000, 2


@dataclass(frozen=True)
class Read:
    """How many texts are in force, and how many of them were read just now."""

    texts: int
    new: int


def read_texts(con: duckdb.DuckDBPyConnection, paths: Paths, as_of: date) -> Read:
    """Bring the table to the texts in force. The ledger must stand at `as_of`, nothing of the models need."""
    versions = list(_versions(con, paths, as_of))
    further = paths.reference / "divisions" / "yantai_further_names.csv"
    digest = _digest(versions, further)
    con.execute(f"CREATE OR REPLACE TEMP TABLE wanted AS {_texts(paths)}")
    with transaction(con):
        if con.execute("SELECT digest FROM lake.reference.address_state").fetchall() != [(digest,)]:
            con.execute("DELETE FROM lake.reference.address")
            con.execute("DELETE FROM lake.reference.address_state")
            con.execute("INSERT INTO lake.reference.address_state VALUES (?)", [digest])
        con.execute("DELETE FROM lake.reference.address WHERE address NOT IN (SELECT address FROM wanted)")
        asked = "FROM wanted ANTI JOIN lake.reference.address USING (address) SELECT address ORDER BY address"
        new = [text for (text,) in con.execute(asked).fetchall()]
        if new:
            read = pl.DataFrame(_parsed(new, versions, further), dict.fromkeys(ADDRESS, pl.String), orient="row")
            con.register("read_now", read)
            con.execute("INSERT INTO lake.reference.address SELECT * FROM read_now")
            con.unregister("read_now")
        comment(con, "reference")
    return Read(con.execute("SELECT count(*) FROM wanted").fetchone()[0], len(new))


def _texts(paths: Paths) -> str:
    """Of every feed with an address, and what townships put in its place."""
    feeds = load_contracts().values()
    columns = [(feed.code, c.name) for feed in feeds for c in feed.columns if c.element in ADDRESSES]
    said = " UNION ALL ".join(
        f"SELECT {name} AS address FROM read_parquet('{paths.root}/bronze/{code}/*/rows.parquet') AS row_ "
        "SEMI JOIN lake.ledger.delivery_standing AS standing ON standing.delivery_id = row_._delivery_id "
        f"AND standing.feed = '{code}' AND standing.is_current "
        f"UNION ALL SELECT new_value FROM lake.ledger.correction_standing WHERE feed = '{code}' AND field = '{name}'"
        for code, name in columns
    )
    return f"SELECT DISTINCT address FROM ({said}) WHERE address IS NOT NULL"


def _versions(con: duckdb.DuckDBPyConnection, paths: Paths, as_of: date) -> Iterator[Version]:
    """The divisions as the models will have them in this turn: their statements, asked before they are built."""
    models = (node for node in nodes() if node.kind == MODEL and node.name in (_TOLD, _UNITS))
    sql = {node.name: node.sql.replace(DATA, str(paths.root)).replace(AS_OF, as_of.isoformat()) for node in models}
    con.execute(f"CREATE OR REPLACE TEMP TABLE told_divisions AS {sql[_TOLD]}")
    asked = sql[_UNITS].replace(f'"lake"."staging"."{_TOLD}"', "told_divisions")
    rows = con.execute(
        f"SELECT division_code, division_name, level_name, parent_code, current_code FROM ({asked}) "
        "WHERE level_name IN ('县', '乡镇', '村') ORDER BY ALL"
    ).fetchall()
    return (Version(*row) for row in rows)


def _digest(versions: list[Version], further: Path) -> str:
    sha = hashlib.sha256(repr(versions).encode() + further.read_bytes())
    for file in sorted(Path(__file__).parent.glob("*.py")):
        sha.update(file.read_bytes())
    return sha.hexdigest()


def _parsed(texts: list[str], versions: list[Version], further: Path) -> list[tuple[str | None, ...]]:
    """Side by side where there are many."""
    read = partial(_read_some, versions, further)
    if len(texts) <= _AT_ONCE:
        return read(tuple(texts))
    parts = [tuple(texts[at:at + _AT_ONCE]) for at in range(0, len(texts), _AT_ONCE)]
    with pool(_WORKERS) as readers:
        return list(chain.from_iterable(readers.map(read, parts)))


def _read_some(versions: list[Version], further: Path, texts: tuple[str, ...]) -> list[tuple[str | None, ...]]:
    names = read_names(versions, further)
    found = ((text, parse(text, names)) for text in texts)
    return [(text, *(getattr(told, column) for column in ADDRESS[1:])) for text, told in found]
