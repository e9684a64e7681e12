"""What a turn has made, read from the lake after it: rows, findings against the register, linkage.

Belongs here: questions to the lake that the benchmark asks after each turn. Does not belong here: costs.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from pipelines.ingest.bronze import results
from pipelines.kit.contracts import load_contracts
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths
from prefecture.bench import linkage
from prefecture.bench.stages import LAYERS
from prefecture.register import register_of
from prefecture.scoring import (
    RuleScore,
    SiteScore,
    score,
    score_addresses,
    score_numbers,
    score_places,
    score_sites,
    score_subjects,
)


def judge(paths: Paths, as_of: date, keys_file: Path, keys_before: Path | None) -> dict[str, Any]:
    """Everything about the turn just run; keeps the persons' keys in `keys_file`."""
    with connect(paths, read_only=True) as con:
        found: dict[str, Any] = {
            "rows": rows(con, paths, as_of),
            "workbooks": con.execute(
                "SELECT count(*) FROM lake.ledger.return_set WHERE as_of = ?", [as_of]
            ).fetchone()[0],
            "scores": [_shares(s) for s in score(con, register_of(paths), as_of)],
            "places": vars(score_places(con, register_of(paths))),
            "numbers": vars(score_numbers(con, register_of(paths))),
            "sites": _shares(score_sites(con, register_of(paths))),
            "addresses": [vars(a) | {"share": a.share} for a in score_addresses(con, register_of(paths))],
            "subjects": [vars(s) | {"share": s.share} for s in score_subjects(con, register_of(paths), as_of)],
            "linkage": None, "linkage_by_feed": [], "stability": None,
        }  # fmt: skip
        if linkage.load(con, paths):
            found["linkage"] = linkage.pairwise(con)
            found["linkage_by_feed"] = linkage.by_feed(con)
            linkage.keep_keys(con, keys_file)
            if keys_before and keys_before.exists():
                found["stability"] = linkage.stability(con, keys_before)
    return found


def rows(con: duckdb.DuckDBPyConnection, paths: Paths, as_of: date) -> dict[str, int]:
    """Stage -> rows it made: of the files of this turn in bronze, of the whole table elsewhere."""
    made = {f"bronze {code}": delivered(paths, code, as_of) for code in load_contracts()}
    made["bronze"] = sum(made.values())
    for layer in LAYERS:
        made[f"models {layer}"] = table_rows(con, layer)
    made["models"] = sum(made[f"models {layer}"] for layer in LAYERS)
    made["rules"] = made["models verify"]
    made["published export"] = made["models published"]
    made["ledger tickets"] = con.execute("SELECT count(*) FROM lake.ledger.ticket").fetchone()[0]
    made["ledger inbox"] = con.execute(
        "SELECT count(*) FROM lake.ledger.answer WHERE as_of = ?", [as_of]
    ).fetchone()[0]
    made["return sets"] = con.execute(
        "SELECT coalesce(sum(residents + anomalies), 0)::BIGINT FROM lake.ledger.return_set WHERE as_of = ?",
        [as_of],
    ).fetchone()[0]
    made["turn"] = made["bronze"]
    return made


def delivered(paths: Paths, code: str, as_of: date) -> int:
    """Rows read from the files of one feed delivered on a business date, quarantined ones included."""
    return sum(r.rows_in for r in results(paths, code, as_of) if r.delivered_on == as_of.isoformat())


def table_rows(con: duckdb.DuckDBPyConnection, schema: str) -> int:
    """Rows of all tables of a schema; views cost nothing and are not counted."""
    names = con.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = 'lake' AND schema_name = ?", [schema]
    ).fetchall()
    return sum(con.execute(f'SELECT count(*) FROM lake.{schema}."{name}"').fetchone()[0] for (name,) in names)


def _shares(one: RuleScore | SiteScore | None) -> Mapping[str, Any] | None:
    return one and {**vars(one), "precision": one.precision, "recall": one.recall}
