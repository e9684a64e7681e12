"""The return sets of a turn: every township's, from the lake to disk and ledger.return_set.

Belongs here: which sets have to be written, the worker processes, the record. Does not belong here: one set
(`issue`).
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, wait
from datetime import date
from itertools import islice

import duckdb
import polars as pl

from pipelines.contracts import load_contracts
from pipelines.ledger.rows import replace_turn
from pipelines.paths import Paths
from pipelines.returns.assemble import township_returns
from pipelines.returns.issue import IssuedSet, build_set, is_whole, issued_set
from pipelines.returns.model import TownshipReturn
from pipelines.security.keys import KeyProvider, write_password_list
from pipelines.verify.rules import load_rules
from pipelines.workers import pool

# Starting worker processes costs about a second; fewer sets are built here.
_WORTH_A_POOL = 8
_COUNT_TOWNSHIPS = """
    select count(distinct township_code) from lake.unified.division
    where level_name = '乡镇' and is_current"""
_RETURN_SET = {
    "as_of": pl.Date, "set_id": pl.String, "township_code": pl.String, "issue": pl.Int64,
    "manifest_sha256": pl.String, "residents": pl.Int64, "anomalies": pl.Int64,
}  # fmt: skip


def write_return_sets(
    paths: Paths,
    con: duckdb.DuckDBPyConnection,
    as_of: date,
    workers: int = 2,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[IssuedSet]:
    """Issue the set of every township in force, by code; sets with equal content stay untouched.

    Also replaces ledger.return_set for `as_of` and the bureau's password list. `on_progress` gets
    (done, total).
    """
    keys = KeyProvider(paths)
    feeds = load_contracts()
    versions = {code: feed.version for code, feed in feeds.items()}
    contents = township_returns(con, as_of, load_rules(), feeds)
    total = con.execute(_COUNT_TOWNSHIPS).fetchone()[0]
    found: dict[str, IssuedSet] = {}
    changed = _changed(paths, contents, found)
    for issued in _build_all((paths, keys, versions), changed, workers):
        found[issued.township_code] = issued
        on_progress(len(found), total)
    sets = [found[code] for code in sorted(found)]
    on_progress(len(sets), total)
    write_password_list(keys, [(s.township_code, s.township_name) for s in sets])
    _record(con, as_of, sets)
    return sets


def _changed(
    paths: Paths, contents: Iterable[TownshipReturn], found: dict[str, IssuedSet]
) -> Iterator[TownshipReturn]:
    """Yields what has to be written; puts sets that stand with equal content into `found`."""
    for data in contents:
        standing = issued_set(paths, data.township_code, data.as_of)
        if standing is None:
            yield data
        elif is_whole(standing.folder, data.content_digest()):
            found[data.township_code] = standing
        else:
            yield data.reissued(standing.issue + 1, standing.set_id)


def _build_all(how: tuple, contents: Iterator[TownshipReturn], workers: int) -> Iterator[IssuedSet]:
    """Build in worker processes, a few ahead at a time so that memory does not hold the prefecture."""
    first = list(islice(contents, _WORTH_A_POOL))
    if workers < 2 or len(first) < _WORTH_A_POOL:
        for data in (*first, *contents):
            yield build_set(*how, data)
        return
    with pool(workers) as writers:
        running = {writers.submit(build_set, *how, data) for data in first}
        for data in contents:
            while len(running) >= workers * 4:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
            running.add(writers.submit(build_set, *how, data))
        yield from (future.result() for future in wait(running).done)


def _record(con: duckdb.DuckDBPyConnection, as_of: date, sets: list[IssuedSet]) -> None:
    rows = [
        (as_of, s.set_id, s.township_code, s.issue, s.manifest_sha256, s.residents, s.anomalies) for s in sets
    ]
    replace_turn(con, "lake.ledger.return_set", as_of, pl.DataFrame(rows, schema=_RETURN_SET, orient="row"))
