"""The project itself: its unit tests, its errors, its house rules."""

import re
from datetime import date

import pytest
from sqlglot import exp, parse_one

from pipelines.generate.models import SAID
from pipelines.kit import models
from pipelines.kit.build import statement
from pipelines.kit.disclosure.lineage import parsed
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths

MODELS = sorted((models.DBT_PROJECT / "models").rglob("*.sql"))
BANNED = re.compile(
    r"\bqualify\b|group by all|read_parquet"
    r"|\b(regexp_\w+|strftime|strptime|date_diff|sha256|string_agg|list_\w+)\s*\("
)


def test_unit_tests_of_the_models_pass(paths: Paths) -> None:
    known = models.manifest()["unit_tests"]
    assert len(known) > 20
    log = models.run_dbt(paths, ["test", "--select", "test_type:unit"]).read_text()
    assert f"PASS={len(known)} WARN=0 ERROR=0 SKIP=0" in log


def test_a_broken_model_says_which_and_where(paths: Paths) -> None:
    with pytest.raises(models.ModelBuildError, match="dbt-build.log"):
        models.run_dbt(paths, ["build", "--no-such-option"], date(2024, 2, 29))


@pytest.mark.parametrize("model", MODELS, ids=lambda p: p.stem)
def test_a_model_is_portable_and_described(model) -> None:
    sql = re.sub(r"{{.*?}}", "", model.read_text().lower(), flags=re.S)
    assert not BANNED.search(sql)
    assert model.with_suffix(".yml").is_file()


# Joins whose cost is the product of both sides, where one of them is a row of parameters.
WITH_ONE_ROW = {"enterprise", "old_age_entitlement", "return_change", "tag"}


def test_no_model_compares_every_row_with_every_row(paths: Paths) -> None:
    """A condition on one side alone, or with `or`, in an outer join makes DuckDB do so: nothing at 0.1 %, hours at
    100 %. A key that is null where it must not match (`case when … then key end = …`) joins by hash."""
    found = set()
    with connect(paths) as con:
        for node in models.nodes():
            if node.kind == models.MODEL:
                plan = con.execute(f"EXPLAIN {statement(node, paths, date(2024, 2, 29))}").fetchall()[0][1]
                if re.search("NL_JOIN|NESTED_LOOP|CROSS_PRODUCT|PIECEWISE|IE_JOIN", plan):
                    found.add(node.name)
    assert found <= WITH_ONE_ROW


def loose_comparisons(select: exp.Select) -> list[str]:
    """Comparisons of two joined tables no equality ties: with three tables the planner may join these two first, and
    every row meets every other (a temporary file of 60 GB at 10 %, which the plan of an empty lake does not show)."""
    inner = [join for join in select.args.get("joins", ()) if not join.side]
    asked = [select.args["where"].this] if select.args.get("where") else []
    asked += [join.args["on"] for join in inner if join.args.get("on")]
    terms = [term for on in asked for term in (on.flatten() if isinstance(on, exp.And) else [on])]
    of = {term: {column.table for column in term.find_all(exp.Column)} for term in terms}
    same: list[set[exp.Expression]] = []  # a.x = b.x and b.x = c.x tie a and c, too
    for term in terms:
        if isinstance(term, exp.EQ) and len(of[term]) == 2:
            met = [group for group in same if group & {term.left, term.right}]
            same = [group for group in same if group not in met] + [set().union(*met, {term.left, term.right})]
    tied = [set().union(*({column.table for column in side.find_all(exp.Column)} for side in group)) for group in same]
    return [
        term.sql() for term in terms
        if isinstance(term, exp.GT | exp.LT | exp.GTE | exp.LTE | exp.Between) and len(of[term]) == 2
        and not any(of[term] <= tables for tables in tied) and len(inner) > 1
    ]  # fmt: skip


@pytest.mark.parametrize(("joined", "loose"), [
    ("b on a.x = b.x join c on b.y = c.y and c.day > a.day", ["c.day > a.day"]),
    ("b on a.x = b.x join c on b.y = c.y where c.day between a.day and a.z", ["c.day BETWEEN a.day AND a.z"]),
    ("b on a.x = b.x join c on a.y = c.y and c.day > a.day", []),
    ("b on a.x = b.x join c on b.x = c.x and c.day > a.day", []),
    ("b on a.x = b.x and a.day > b.day", []),
    ("b on a.x = b.x left join c on b.y = c.y and c.day > a.day", []),
])  # fmt: skip
def test_a_comparison_without_a_key_is_seen(joined: str, loose: list[str]) -> None:
    assert loose_comparisons(parse_one(f"select 1 from a join {joined}")) == loose


def test_no_model_compares_tables_without_a_key() -> None:
    found = {
        (node.name, loose)
        for node in models.nodes() if node.kind == models.MODEL
        for select in parsed(node.sql).find_all(exp.Select) for loose in loose_comparisons(select)
    }  # fmt: skip
    assert found == set()


def test_every_column_described_exists(paths: Paths, ask) -> None:
    documented = {}
    for file in (models.DBT_PROJECT / "models").rglob("*.yml"):
        if file.with_suffix(".sql").exists() and file.parent.name != SAID.name:  # never stored
            columns = file.read_text().split("columns:", 1)[1].split("unit_tests:")[0]
            documented[file.stem] = set(re.findall(r"^      - name: (\w+)$", columns, re.M))
    built = {}
    for table, column in ask(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = 'lake' "
        "AND schema_name IN ('staging', 'linkage', 'unified', 'verify', 'returns', 'packs', 'published')"
    ):
        built.setdefault(table, set()).add(column)
    assert documented == built


def test_what_a_table_is_made_of_is_known_down_to_bronze() -> None:
    assert models.bronze_behind([("staging", "stg_market_regulation__enterprises")]) >= {
        "market_regulation__enterprises"
    }
    behind = models.bronze_behind([("published", "benefit_month"), ("ledger", "ticket")])
    assert {"civil_affairs__old_age_allowance", "public_security__residents"} <= behind
    assert "publicity__civility_tasks" not in behind
