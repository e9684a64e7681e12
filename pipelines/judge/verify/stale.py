"""Rules that need a fresh feed say nothing where that feed is stale.

Belongs here: where which rule is left undetermined (未判定：数据源过期), taking its findings back, counting the rows.
Does not belong here: what is stale (pipelines.ingest.arrivals), what becomes of tickets (pipelines.judge.ledger).
"""

from collections.abc import Mapping
from datetime import date

import duckdb

from pipelines.ingest.arrivals.freshness import CURRENT
from pipelines.judge.rules import Rule
from pipelines.kit.keys import key_sql
from pipelines.kit.tables import insert, transaction

_CITY = ("00", 6)  # how the code of the whole city ends, and its length
_HERE = "starts_with(coalesce({0}, s.place), s.place)"


def begin(con: duckdb.DuckDBPyConnection, as_of: date, rules: Mapping[str, Rule]) -> None:
    """Replace ledger.rule_stale of the turn: every rule with every scope in which a feed it needs is stale."""
    stale = con.execute(
        "SELECT feed, scope FROM lake.ledger.freshness WHERE as_of = ? AND state <> ? ORDER BY ALL",
        [as_of, CURRENT],
    ).fetchall()
    rows = [
        (as_of, rule.rule_id, feed, scope, _place(scope))
        for rule in rules.values() for feed, scope in stale if feed in rule.needs
    ]  # fmt: skip
    with transaction(con):
        for table in ("rule_stale", "withheld"):
            con.execute(f"DELETE FROM lake.ledger.{table} WHERE as_of = ?", [as_of])
        insert(con, "lake.ledger.rule_stale", rows)


def withhold(con: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """Take findings of undetermined rules out of the table `finding`; their tickets are kept in ledger.withheld."""
    undetermined = f"""FROM lake.ledger.rule_stale AS s
        WHERE s.as_of = $as_of AND s.rule_id = finding.rule_id AND {_HERE.format("finding.place")}"""
    con.execute(
        f"""INSERT INTO lake.ledger.withheld
        SELECT CAST($as_of AS DATE), rule_id, {key_sql("ticket", ["rule_id", "entity_key"])}
        FROM finding WHERE EXISTS (SELECT 1 {undetermined}) ORDER BY ALL""",
        {"as_of": as_of},
    )
    con.execute(f"DELETE FROM finding WHERE EXISTS (SELECT 1 {undetermined})", {"as_of": as_of})


def rows_left_out(con: duckdb.DuckDBPyConnection, as_of: date, table: str, rule_id: str, place: str) -> int:
    """How many rows of a table a rule says nothing about; `place` is the column that says where a row belongs."""
    return con.execute(
        f"""SELECT count(*) FROM {table} AS judged WHERE EXISTS (
            SELECT 1 FROM lake.ledger.rule_stale AS s WHERE s.as_of = ? AND s.rule_id = ?
                AND {_HERE.format(f'judged."{place}"')})""",
        [as_of, rule_id],
    ).fetchone()[0]


def _place(scope: str) -> str:
    """What codes of everything in a scope begin with."""
    ending, length = _CITY
    return scope.removesuffix(ending) if len(scope) == length else scope
