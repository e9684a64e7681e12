"""The return sets of a turn: every township's, from the lake to disk and ledger.return_set.

Belongs here: which sets have to be written, the worker processes, the record. Does not belong here: one set
(`issue`).
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, wait
from datetime import date
from functools import partial
from itertools import islice

import duckdb
import polars as pl

from pipelines.give.returns.assemble import township_returns
from pipelines.give.returns.issue import IssuedSet, build_set, is_whole, issued_set, opens_with, says
from pipelines.give.returns.model import TownshipReturn
from pipelines.give.returns.password_notices import write_password_notices
from pipelines.judge.ledger.reissue import DAMAGED, RENEWED, Unfounded
from pipelines.judge.ledger.set_manifest import MANIFEST
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
    """Issue the set of every township in force, by code; sets with equal content and key stay untouched.

    Sets with another content are superseded, `because` says why; without it nothing is written (raises Unfounded).
    Also replaces ledger.return_set for `as_of` and the bureau's password list. `on_progress` gets
    (done, total).
    """
    keys = KeyProvider(paths)
    feeds = load_contracts()
    versions = {code: feed.version for code, feed in feeds.items()}
    contents = partial(township_returns, con, as_of, load_rules(), feeds)
    total = con.execute(_COUNT_TOWNSHIPS).fetchone()[0]
    found: dict[str, IssuedSet] = {}
    if any(paths.returns.glob(f"*/{as_of:%Y%m%d}*/{MANIFEST}")):
        found, again = _as_they_stand(paths, keys, contents(), because)
        wanted = (again[data.township_code](data) for data in contents(again))
    else:
        wanted = contents()
    for issued in _build_all((paths, keys, versions), wanted, workers):
        found[issued.township_code] = issued
        on_progress(len(found), total)
    sets = [found[code] for code in sorted(found)]
    on_progress(len(sets), total)
    write_password_list(keys, [(s.township_code, s.township_name) for s in sets])
    write_password_notices(keys, as_of, [(s.county_name, s.township_code, s.township_name) for s in sets])
    _record(con, as_of, sets)
    return sets


def _as_they_stand(
    paths: Paths, keys: KeyProvider, contents: Iterable[TownshipReturn], because: str
) -> tuple[dict[str, IssuedSet], dict[str, Callable[[TownshipReturn], TownshipReturn]]]:
    """(sets that stand with equal content, what the contents of the others are issued as), by township.

    Raises Unfounded when a set that is out says anything else and nobody says why."""
    stand, again = {}, {}
    for data in contents:
        out = issued_set(paths, data.township_code, data.as_of)
        is_same = out is not None and not out.is_lost and says(out.folder, data.content_digest())
        is_open = is_same and opens_with(out.folder, keys)
        if is_open and is_whole(out.folder):
            stand[data.township_code] = out
            continue
        why = RENEWED if is_same and not is_open else DAMAGED if out is None or is_same or out.is_lost else because
        if not why:
            raise Unfounded(f"the return set of {data.township_code}", data.as_of)
        again[data.township_code] = partial(_next_issue, out, why)
    return stand, again


def _next_issue(out: IssuedSet | None, because: str, data: TownshipReturn) -> TownshipReturn:
    return data.reissued(out.issue + 1, out.set_id, because) if out else data


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
