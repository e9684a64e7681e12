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

from pipelines.give.returns.assemble import township_returns
from pipelines.give.returns.issue import MANIFEST, IssuedSet, build_set, is_whole, issued_set, says
from pipelines.give.returns.model import TownshipReturn
from pipelines.judge.ledger.reissue import DAMAGED, Unfounded
from pipelines.judge.rules import load_rules
from pipelines.kit.contracts import load_contracts
from pipelines.kit.paths import Paths
from pipelines.kit.security.keys import KeyProvider, write_password_list
from pipelines.kit.tables import replace_turn
from pipelines.kit.workers import pool

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
    because: str = "",
    workers: int = 2,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[IssuedSet]:
    """Issue the set of every township in force, by code; sets with equal content stay untouched.

    Sets with another content are superseded, `because` says why; without it nothing is written (raises Unfounded).
    Also replaces ledger.return_set for `as_of` and the bureau's password list. `on_progress` gets
    (done, total).
    """
    keys = KeyProvider(paths)
    feeds = load_contracts()
    versions = {code: feed.version for code, feed in feeds.items()}
    if not because:
        _require_unchanged(paths, as_of, township_returns(con, as_of, load_rules(), feeds))
    contents = township_returns(con, as_of, load_rules(), feeds)
    total = con.execute(_COUNT_TOWNSHIPS).fetchone()[0]
    found: dict[str, IssuedSet] = {}
    changed = _changed(paths, contents, found, because)
    for issued in _build_all((paths, keys, versions), changed, workers):
        found[issued.township_code] = issued
        on_progress(len(found), total)
    sets = [found[code] for code in sorted(found)]
    on_progress(len(sets), total)
    write_password_list(keys, [(s.township_code, s.township_name) for s in sets])
    _record(con, as_of, sets)
    return sets


def _require_unchanged(paths: Paths, as_of: date, contents: Iterable[TownshipReturn]) -> None:
    """Raises Unfounded when a set that is out says anything else; looks at nothing when none is out."""
    if not any(paths.returns.glob(f"*/{as_of:%Y%m%d}*/{MANIFEST}")):
        return
    for data in contents:
        standing = issued_set(paths, data.township_code, as_of)
        if standing and not standing.is_lost and not says(standing.folder, data.content_digest()):
            raise Unfounded(f"the return set of {data.township_code}", as_of)


def _changed(
    paths: Paths, contents: Iterable[TownshipReturn], found: dict[str, IssuedSet], because: str
) -> Iterator[TownshipReturn]:
    """Yields what has to be written; puts sets that stand with equal content into `found`."""
    for data in contents:
        standing = issued_set(paths, data.township_code, data.as_of)
        if standing is None:
            yield data
        elif not standing.is_lost and not says(standing.folder, data.content_digest()):
            yield data.reissued(standing.issue + 1, standing.set_id, because)
        elif is_whole(standing.folder):
            found[data.township_code] = standing
        else:
            yield data.reissued(standing.issue + 1, standing.set_id, DAMAGED)


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
