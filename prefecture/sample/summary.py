"""What `make run` prints at the end: what is there, what was found, what became of it, where to look.

Belongs here: reading results for people. Does not belong here: computing any of them.
"""

from datetime import date

import duckdb

from pipelines.judge.ledger.findings import standing
from pipelines.judge.rules import load_rules
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths
from prefecture.register import register_of
from prefecture.scoring import (
    format_scores,
    score,
    score_addresses,
    score_numbers,
    score_places,
    score_sites,
    score_subjects,
)

# What the summary calls the events of a ticket's life (pipelines/judge/ledger/ticket.py).
EVENTS = {
    "opened": "'detect'",
    "answered": "'answer_fix', 'answer_not_error', 'answer_dispute', 'answer_confirm'",
    "closed": "'recheck_pass'",
    "reopened": "'recheck_fail', 'flip_back', 'waiver_expire'",
    "flipped back": "'flip_back'",
    "disputed": "'answer_dispute'",
}
LAYERS = ("staging", "linkage", "unified", "verify", "returns", "packs", "published")


def print_summary(paths: Paths, as_of: date) -> None:
    """Print the state after the turn of `as_of`."""
    with connect(paths, read_only=True) as con:
        _section(f"Rows per layer on {as_of}", [*_bronze_rows(con), *_layer_rows(con)])
        _section("Anomalies by rule 异常", _anomalies(con, as_of))
        _section("Tickets by turn 工单", _events(con))
        print("\nFound against planted 校核准确度")
        print(format_scores(score(con, register_of(paths), as_of)))
        places = score_places(con, register_of(paths))
        _section("Codes of reorganised villages 区划沿革", [
            ("rows planted", places.planted),
            ("unit of their day", places.of_day),
            ("unit of today", places.of_today),
        ])
        old = score_numbers(con, register_of(paths))
        _section("Rows with old numbers of enterprises 旧号码", [
            ("rows", old.rows, f"{old.findable} findable", f"{old.found} found", f"{old.wrong} wrong"),
        ])
        if sites := score_sites(con, register_of(paths)):
            _section("Rows of places 场所", [
                ("rows, places, keys", sites.rows, sites.sites, sites.keys),
                ("pairs", f"precision {sites.precision:.4f}", f"recall {sites.recall:.4f}"),
                ("without a number", f"{sites.findable} findable", f"{sites.found} found", f"{sites.misled} misled"),
            ])
        _section("Addresses that lead to their division 地址解析", [
            (a.level, f"{a.rows:,} rows", f"{a.share:.4f} right", f"{a.wrong} wrong", f"{a.silent} silent")
            for a in score_addresses(con, register_of(paths))
        ])
        subjects = score_subjects(con, register_of(paths), as_of)
        _section("Golden rows that say what is true 底册准确度", [
            (s.subject, f"{s.right:,} of {s.planted:,}", f"{s.share:.4f}") for s in subjects
        ])
    _section("Where to look", [
        ("return sets", f"{paths.returns}/<township>/{as_of:%Y%m%d}/"),
        ("workbook passwords", str(paths.keys / "passwords.csv")),
        ("receipts to townships", str(paths.receipts)),
        ("notices to departments", str(paths.notices)),
        ("analysts' database", str(paths.published / "analyst.duckdb")),
        ("follow one correction", "docs/return-loop.md"),
        ("the Dagster UI", "make ui, then http://127.0.0.1:3000"),
    ])


def _section(title: str, rows: list[tuple]) -> None:
    print(f"\n{title}")
    width = max((len(str(row[0])) for row in rows), default=0)
    for label, *values in rows:
        print(f"  {str(label):<{width}}  " + "  ".join(str(v) for v in values))


def _bronze_rows(con: duckdb.DuckDBPyConnection) -> list[tuple]:
    return con.execute(
        "SELECT 'bronze', printf('%,d rows', sum(rows_bronze)::BIGINT), "
        "printf('%,d in quarantine', sum(rows_quarantined)::BIGINT), "
        "printf('%d deliveries, %d of them quarantined whole%s', count(*), count(*) FILTER (status = 'quarantined'), "
        "if(count(*) FILTER (status = 'quarantined' AND rows_in = 0) = 0, '', printf("
        "', of which %d could not be read: their rows are in none of these figures', "
        "count(*) FILTER (status = 'quarantined' AND rows_in = 0)))) "
        "FROM lake.ledger.delivery"
    ).fetchall()


def _layer_rows(con: duckdb.DuckDBPyConnection) -> list[tuple]:
    rows = []
    for layer in LAYERS:
        tables = con.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'lake' AND schema_name = ?", [layer]
        ).fetchall()
        total = sum(con.execute(f'SELECT count(*) FROM lake.{layer}."{t}"').fetchone()[0] for (t,) in tables)
        rows.append((layer, f"{total:,} rows", f"{len(tables)} tables"))
    return rows


def _anomalies(con: duckdb.DuckDBPyConnection, as_of: date) -> list[tuple]:
    rules = load_rules()
    found = dict(con.execute(
        f"SELECT rule_id, count(*) FROM {standing()} GROUP BY 1", {"as_of": as_of}
    ).fetchall())
    return [
        (rule_id, f"{found.get(rule_id, 0):>5}", f"severity {rule.severity}", f"fixer {rule.fixer}", rule.title_zh)
        for rule_id, rule in rules.items()
    ]


def _events(con: duckdb.DuckDBPyConnection) -> list[tuple]:
    counts = ", ".join(
        f"printf('{label} %d', count(*) FILTER (event IN ({names})))" for label, names in EVENTS.items()
    )
    return con.execute(
        f"SELECT as_of::VARCHAR, {counts} FROM lake.ledger.ticket_event GROUP BY 1 ORDER BY 1"
    ).fetchall()
