"""`ledger.anomaly`: what the rules found, each finding with the turns from which to which exactly it was found.

Belongs here: a turn's findings beside those before it, and the two ways to ask about them. Does not belong here:
finding (pipelines.judge.verify), what becomes of tickets (tickets.py). A finding that was gone for a turn, or of which
anything changed (evidence, value, row of the department), begins a span of its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import duckdb

from pipelines.judge.rules import Rule
from pipelines.kit.tables import insert, transaction

# Made by verify: one row a finding of the turn, the columns of ledger.anomaly without the span.
FOUND = "anomaly_now"
_BEFORE = "(SELECT max(as_of) FROM lake.ledger.turn WHERE as_of < $as_of)"


class Result(Protocol):
    """What a rule came to in a turn."""

    rule_id: str
    suite: str
    evaluated: int
    unexpected: int
    error: str | None
    undetermined: int


@dataclass(frozen=True)
class Change:
    """What a rule found beside the turn before: how many it found then and over how many rows (None: there was no such
    turn, or the rule was not run in it), and how many of today's tickets it did not find then."""

    before: int | None
    fresh: int
    evaluated: int | None = None


def standing(day: str = "$as_of") -> str:
    """SQL of the anomalies found in the turn of `day`, an SQL expression."""
    return f"(SELECT * FROM lake.ledger.anomaly WHERE {day} BETWEEN first_seen AND last_seen)"


def earlier() -> str:
    """SQL of the anomalies found in turns before $as_of; `found_on` is the last of those turns."""
    return f"(SELECT *, least(last_seen, {_BEFORE}) AS found_on FROM lake.ledger.anomaly WHERE first_seen < $as_of)"


def record(con: duckdb.DuckDBPyConnection, as_of: date, results: Sequence[Result], rules: Mapping[str, Rule]) -> None:
    """Replace what `as_of` found by the rows of the temporary table FOUND, and its rule results."""
    columns = [c for c, *_ in con.execute(f"DESCRIBE {FOUND}").fetchall()]
    same = " AND ".join(f"anomaly.{c} IS NOT DISTINCT FROM now.{c}" for c in columns)
    rows = [
        (as_of, r.rule_id, rules[r.rule_id].version, r.suite, r.evaluated, r.unexpected, r.error, r.undetermined)
        for r in sorted(results, key=lambda r: r.rule_id)
    ]
    with transaction(con):
        forget(con, as_of)
        con.execute(
            f"UPDATE lake.ledger.anomaly SET last_seen = CAST($as_of AS DATE) FROM {FOUND} AS now "
            f"WHERE anomaly.last_seen = {_BEFORE} AND {same}",
            {"as_of": as_of},
        )
        con.execute(
            f"""INSERT INTO lake.ledger.anomaly BY NAME
            SELECT CAST($as_of AS DATE) AS first_seen, CAST($as_of AS DATE) AS last_seen, * FROM (
                FROM {FOUND} EXCEPT SELECT {', '.join(columns)} FROM lake.ledger.anomaly WHERE last_seen = $as_of
            ) ORDER BY rule_id, ticket_id, source_ref""",
            {"as_of": as_of},
        )
        con.execute("DELETE FROM lake.ledger.rule_result WHERE as_of = ?", [as_of])
        insert(con, "lake.ledger.rule_result", rows)


def changes(con: duckdb.DuckDBPyConnection, as_of: date, rules: Iterable[str]) -> dict[str, Change]:
    """What every rule found in the turn of `as_of` beside the closed turn before it."""
    told = {"as_of": as_of}
    ran = con.execute(
        f"SELECT rule_id, unexpected, evaluated FROM lake.ledger.rule_result WHERE as_of = {_BEFORE} AND error IS NULL",
        told,
    ).fetchall()
    before = {rule_id: counts for rule_id, *counts in ran}
    fresh = dict(con.execute(
        f"""SELECT rule_id, count(DISTINCT ticket_id) FROM {standing()} WHERE (rule_id, ticket_id) NOT IN (
            SELECT (rule_id, ticket_id) FROM lake.ledger.anomaly WHERE {_BEFORE} BETWEEN first_seen AND last_seen
        ) GROUP BY 1""",
        told,
    ).fetchall())
    return {
        rule_id: Change(count, fresh.get(rule_id, 0), evaluated)
        for rule_id in rules
        for count, evaluated in [before.get(rule_id, (None, None))]
    }


def forget(con: duckdb.DuckDBPyConnection, as_of: date) -> int:
    """Leave what the closed turns before `as_of` found; returns how many rows went or changed. Inside a transaction."""
    gone = con.execute(
        "DELETE FROM lake.ledger.anomaly WHERE first_seen NOT IN (SELECT as_of FROM lake.ledger.turn WHERE as_of < ?)",
        [as_of],
    ).fetchone()[0]
    shortened = con.execute(
        f"UPDATE lake.ledger.anomaly SET last_seen = {_BEFORE} WHERE last_seen > {_BEFORE}", {"as_of": as_of}
    ).fetchone()[0]
    return gone + shortened
