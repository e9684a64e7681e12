"""The rules three ways on the same tables: as this project runs them, by hand in SQL, and with stock GX.

Belongs here: running each, timed inside its own fresh process, imports apart. Does not belong here: starting
those processes. Stock Great Expectations 1.24 on DuckDB fails ("list index out of range"), so its user ends
up with pandas: each table is fetched (only the columns its rules name) and validated with result_format
BASIC, which gives counts and twenty sample values a rule, and no keys.
"""

import re
import time
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from pipelines.judge.ledger import findings
from pipelines.judge.ledger.departments import feed_departments
from pipelines.judge.rules import load_rules
from pipelines.judge.verify.run import load_suites, read_parameters, verify
from pipelines.judge.verify.suites import fill_parameters
from pipelines.kit.house_files import HouseFileError
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths

BY_HAND = Path(__file__).with_name("rules.sql")
# What stock GX lacks, in stock expectations; together they fail the rows of the one rule.
_STOCK_WAY = {
    "R22": (
        ("expect_column_values_to_not_be_null", {"column": "last_paid_month"}),
        ("expect_column_pair_values_a_to_be_greater_than_b",
         {"column_A": "last_paid_month", "column_B": "latest_month", "or_equal": True,
          "ignore_row_if": "either_value_is_missing"}),
    )
}  # fmt: skip
_OURS = re.compile(r"_to_(satisfy_sql|have_no_defect)$")


def ours(paths: Paths, as_of: date) -> dict[str, Any]:
    """The project's own pass, writing the same anomalies once more."""
    started = time.perf_counter()
    from pipelines.judge.verify import session  # noqa: F401  Great Expectations, so that its import is told apart

    imported = time.perf_counter()
    with connect(paths) as con:
        opened = time.perf_counter()
        rules = load_rules()
        results = verify(con, as_of, load_suites(), rules, feed_departments())
        findings.record(con, as_of, results, rules)
        done = time.perf_counter()
    return {
        "import_seconds": imported - started, "seconds": done - opened,
        "counts": {r.rule_id: r.unexpected for r in results},
        "errors": {r.rule_id: r.error for r in results if r.error},
    }  # fmt: skip


def by_hand(paths: Paths, as_of: date, out: Path) -> dict[str, Any]:
    """rules.sql into a Parquet file, and for each rule whether its keys equal the pipeline's."""
    statement = BY_HAND.read_text(encoding="utf-8")
    with connect(paths, read_only=True) as con:
        started = time.perf_counter()
        con.execute(f"CREATE TEMP TABLE found AS {statement}", {"as_of": as_of})
        con.execute(f"COPY found TO '{out}' (FORMAT parquet)")
        seconds = time.perf_counter() - started
        return {"seconds": seconds, **_compared(con, as_of, statement)}


def _compared(con: duckdb.DuckDBPyConnection, as_of: date, statement: str) -> dict[str, Any]:
    written = sorted(set(re.findall(r"'(R\d+)'", statement)))
    differing = con.execute(
        f"""
        WITH pipeline AS (SELECT DISTINCT rule_id, entity_key FROM {findings.standing()}),
        hand AS (SELECT DISTINCT rule_id, entity_key FROM found)
        SELECT coalesce(p.rule_id, h.rule_id) AS rule,
            count(*) FILTER (h.rule_id IS NULL), count(*) FILTER (p.rule_id IS NULL)
        FROM pipeline AS p FULL JOIN hand AS h ON h.rule_id = p.rule_id AND h.entity_key = p.entity_key
        WHERE (h.rule_id IS NULL OR p.rule_id IS NULL)
            AND list_contains($written, coalesce(p.rule_id, h.rule_id))
        GROUP BY 1 ORDER BY 1
        """,
        {"as_of": as_of, "written": written},
    ).fetchall()
    return {
        "counts": dict(con.execute("SELECT rule_id, count(*) FROM found GROUP BY 1 ORDER BY 1").fetchall()),
        "not_written": sorted(set(load_rules()) - set(written)),
        "differing": {r: {"only_pipeline": p, "only_hand": h} for r, p, h in differing},
    }


def stock(paths: Paths, as_of: date) -> dict[str, Any]:
    """Stock GX on pandas: failing rows per rule, and rules it cannot express."""
    started = time.perf_counter()
    import great_expectations as gx

    imported = time.perf_counter()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_pandas("frames")
    counts: dict[str, int] = {}
    lacking: list[str] = []
    with connect(paths, read_only=True) as con:
        opened = time.perf_counter()
        parameters = read_parameters(con, as_of)
        for suite in load_suites():
            wanted = stock_expectations(suite["expectations"], parameters, lacking)
            if not wanted:
                continue
            frame = con.execute(f'SELECT {_columns(wanted)} FROM lake.verify."{suite["name"]}"').df()
            asset = source.add_dataframe_asset(suite["name"])
            batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
            built = gx.ExpectationSuite(suite["name"], expectations=wanted)
            for one in batch.validate(built, result_format="BASIC").results:
                rule = one.expectation_config.meta["rule_id"]
                counts[rule] = counts.get(rule, 0) + one.result.get("unexpected_count", 0)
        done = time.perf_counter()
    return {
        "import_seconds": imported - started,
        "seconds": done - opened,
        "counts": counts,
        "not_expressible": lacking,
    }


def stock_expectations(
    expectations: Sequence[Mapping[str, Any]], parameters: Mapping, lacking: list[str]
) -> list[dict[str, Any]]:
    """The rules of one suite in stock expectations; ids of those that cannot be said go to `lacking`."""
    wanted = []
    for given in expectations:
        rule_id = given["meta"]["rule_id"]
        try:
            filled = fill_parameters(given, parameters)
        except HouseFileError:
            lacking.append(rule_id)
            continue
        pairs = _STOCK_WAY.get(rule_id, [(filled["type"], filled["kwargs"])])
        if any(_OURS.search(type_) for type_, _ in pairs):
            lacking.append(rule_id)
            continue
        wanted += [{"type": t, "kwargs": dict(k), "meta": {"rule_id": rule_id}} for t, k in pairs]
    return wanted


def _columns(expectations: Sequence[Mapping[str, Any]]) -> str:
    names = {"entity_key"}
    for given in expectations:
        kwargs = given["kwargs"]
        names |= {kwargs[k] for k in ("column", "column_A", "column_B") if k in kwargs}
        names |= set(kwargs.get("column_list", ()))
        if condition := given.get("row_condition"):
            names |= set(re.findall(r'col\("(\w+)"\)', condition))
    return ", ".join(f'"{n}"' for n in sorted(names))
