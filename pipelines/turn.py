"""One turn (轮次) of the loop as plain functions, in the order they must run.

Belongs here: the order of the ledger's steps around the build of the models, and the replay of turns a fresh lake has
not seen. Does not belong here: Dagster (it calls these one asset at a time), or how any step works.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import duckdb

from pipelines.give.inbox.intake import IntakeReport, acknowledge, intake
from pipelines.give.returns.issue import IssuedSet
from pipelines.give.returns.sets import write_return_sets
from pipelines.ingest.addresses.table import Read, read_texts
from pipelines.ingest.arrivals.daily import Day, known
from pipelines.ingest.arrivals.recent import require_recent, waiting_day
from pipelines.ingest.collect import is_connected
from pipelines.judge.ledger import (
    arrivals,
    assertions,
    corrections,
    decisions,
    deliveries,
    findings,
    four_eyes,
    issued,
    linkage_decisions,
    past,
    person_keys,
    precedence,
    rulings,
    schema,
    shown,
    ticket_numbers,
    tickets,
    turns,
)
from pipelines.judge.ledger.departments import feed_departments
from pipelines.judge.ledger.reissue import DAMAGED
from pipelines.judge.rules import load_rules
from pipelines.judge.verify.run import RuleResult, load_suites, verify
from pipelines.kit.build import build
from pipelines.kit.contracts import load_contracts
from pipelines.kit.decision_files import first_open_day
from pipelines.kit.lake import connect, forget_old_snapshots
from pipelines.kit.paths import Paths
from pipelines.kit.reference.load import load_reference


def require_date(paths: Paths, as_of: date, stale_ok: str = "") -> None:
    """Whether a turn of this date makes sense, judged before anything is taken in: nothing is changed.

    Raises Overtaken, and TooOld unless `stale_ok` says why the date is meant. What sources hold that are fetched from
    is not known yet: where any is connected, only `open_turn` judges the age of the data.
    """
    turns.require_not_overtaken(paths, as_of)
    feeds = load_contracts().values()
    if not stale_ok and not any(is_connected(source) for feed in feeds for source in feed.sources):
        require_recent(paths, feeds, as_of, waiting_day(paths, feeds, as_of))


def open_turn(paths: Paths, as_of: date, stale_ok: str = "", day: Day | None = None) -> list[date]:
    """Make the ledger ready for `as_of`: replay earlier turns it lacks, forget this and later ones.

    `day`: what the caller knows of it already. Returns the turns replayed. Bronze must hold every delivery up to
    `as_of`. Raises Overtaken, and TooOld when the date lies far past all data, unless `stale_ok` says why it is meant;
    then nothing is changed.
    """
    turns.require_not_overtaken(paths, as_of)
    if not stale_ok:
        require_recent(paths, load_contracts().values(), as_of)
    with connect(paths) as con:
        schema.ensure(con)
        missing = turns.missing_turns(con, paths, as_of)
    for earlier in missing:
        replay(paths, earlier)
    with connect(paths) as con:
        forget_old_snapshots(con)
        begin(paths, con, as_of, day)
    return missing


def begin(paths: Paths, con: duckdb.DuckDBPyConnection, as_of: date, day: Day | None = None) -> None:
    """Empty the ledger from `as_of` on; record the deliveries known by then, those that should be and which data
    is stale."""
    day = day or known(paths, load_contracts().values(), as_of)
    schema.ensure(con)
    schema.open_turn(con, as_of)
    deliveries.record_deliveries(con, paths, as_of)
    arrivals.record_arrivals(con, paths, day)
    deliveries.record_standing(con, paths, day)
    rulings.record_rulings(con, paths, as_of, load_contracts())
    shown.reach(con, as_of, shown.OPENED)


def write_receipts(paths: Paths, con: duckdb.DuckDBPyConnection) -> IntakeReport:
    """Between turns: judge what townships sent back and write receipts; until the next turn takes it in nothing is
    recorded. A turn must be out."""
    return acknowledge(paths, con, first_open_day(paths))


def take_in(paths: Paths, con: duckdb.DuckDBPyConnection, as_of: date) -> IntakeReport:
    """What townships sent back becomes answers, standing corrections and assertions; decisions of departments and
    stewards come in, because they count before the models read anything."""
    report = intake(paths, con, as_of)
    decisions.take_in(paths, as_of)
    precedence.take_in(paths, as_of)
    precedence.record_precedence(con, paths, as_of)
    linkage_decisions.take_in(paths, as_of)
    linkage_decisions.record_decisions(con, paths, as_of)
    corrections.record_corrections(con, as_of, load_rules())
    corrections.rebuild_standing(con, as_of)
    assertions.record_assertions(con, as_of, load_rules())
    made, _ = _decided(paths, con, as_of)
    assertions.rebuild_standing(con, as_of, made)
    shown.reach(con, as_of, shown.ANSWERED)
    return report


def _decided(paths: Paths, con: duckdb.DuckDBPyConnection, as_of: date) -> tuple[list[decisions.Decision], list[str]]:
    """What departments decided, each about a whole ticket number, and messages about what does not count."""
    made, unread = decisions.read_decisions(paths, as_of)
    counting, alone = four_eyes.seconded(con, ticket_numbers.meant(con, made))
    return counting, [*unread, *alone]


def read_addresses(paths: Paths, con: duckdb.DuckDBPyConnection, as_of: date) -> Read:
    """Texts of addresses become division and parts, before the models ask for them."""
    return read_texts(con, paths, as_of)


def remember(con: duckdb.DuckDBPyConnection, as_of: date) -> dict[str, int]:
    """Keep what golden tables say now and did not say before; returns how many rows, by table."""
    return past.remember(con, as_of)


def check(paths: Paths, con: duckdb.DuckDBPyConnection, as_of: date) -> list[RuleResult]:
    """Run every rule; all failing keys go to ledger.anomaly."""
    person_keys.append(con, as_of)
    person_keys.append_events(con, as_of)
    linkage_decisions.append_ruled_out(con, as_of)
    rules = load_rules()
    results = verify(con, as_of, load_suites(), rules, feed_departments())
    findings.record(con, as_of, results, rules)
    shown.reach(con, as_of, shown.CHECKED)
    return results


def settle(paths: Paths, con: duckdb.DuckDBPyConnection, as_of: date) -> tickets.TicketSummary:
    """Move every ticket on by this turn's answers, decisions and re-checks."""
    made, unheard = _decided(paths, con, as_of)
    summary = tickets.advance(con, as_of, made, load_rules(), feed_departments())
    shown.reach(con, as_of, shown.SETTLED)
    about_rows = linkage_decisions.problems(con, paths, as_of)
    return replace(summary, problems=(*unheard, *about_rows, *summary.problems))


def issue(
    paths: Paths, con: duckdb.DuckDBPyConnection, as_of: date, because: str = "", stale_ok: str = "",
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[IssuedSet]:
    """Issue the return sets and close the turn. Sets that are out are replaced by another content for a reason only:
    `because`, or what came in since. Raises Unfounded when there is none; then nothing is written. `stale_ok` is kept
    with the turn."""
    because = because or turns.why_again(con, paths, as_of)
    sets = write_return_sets(paths, con, as_of, because, on_progress=on_progress)
    issued.snapshot(con, as_of)
    # Without another reason the content is as it was: the sets say themselves why they were replaced.
    because = because or next((s.because for s in sets if s.is_new and s.because), DAMAGED)
    turns.close_turn(con, paths, as_of, {s.township_code: s.set_id for s in sets}, because, stale_ok)
    return sets


def replay(paths: Paths, as_of: date) -> None:
    """Rebuild the ledger of a turn issued earlier; its return sets are out and stay as they are."""
    with connect(paths) as con:
        load_reference(con, paths)
        begin(paths, con, as_of)
        take_in(paths, con, as_of)
        read_addresses(paths, con, as_of)
        standing = deliveries.in_force(con, paths)
    build(paths, as_of, standing=standing)
    with connect(paths) as con:
        shown.reach(con, as_of, shown.BUILT)
        remember(con, as_of)
        check(paths, con, as_of)
        settle(paths, con, as_of)
        turns.restore_sets(con, paths, as_of)
        issued.snapshot(con, as_of)
        turns.close_turn(con, paths, as_of, {})
