"""Scoring counts what it should, and nothing of the pipeline can look at the planted truth."""

import ast
from datetime import date

import polars as pl
import pytest

from pipelines.judge.ledger import schema
from pipelines.judge.rules import load_rules
from pipelines.kit.keys import ticket_id
from pipelines.kit.lake import connect
from pipelines.kit.paths import PROJECT_ROOT, Paths
from pipelines.kit.tables import insert
from prefecture.register import register_of
from prefecture.scoring import format_scores, score

T1, T2 = date(2024, 1, 31), date(2024, 2, 29)
KEYS = {
    "rule_id": pl.String, "entity_key": pl.String, "kind": pl.String, "as_of": pl.Date, "last_as_of": pl.Date
}  # fmt: skip
REGISTER = [
    ("R11", "a", "defect", T1, None),
    ("R11", "b", "defect", T1, T1),
    ("R11", "c", "defect", T2, None),
    ("R11", "trap", "hard_negative", T1, None),
    ("R17", "d", "defect", T1, None),
    ("R22", "f", "defect", T1, None),
    ("R48", "e", "defect", T1, None),
]


@pytest.fixture
def scored(tmp_path):
    paths = Paths(tmp_path)
    register_of(paths).mkdir()
    pl.DataFrame(REGISTER, schema=KEYS, orient="row").write_parquet(register_of(paths) / "defects.parquet")
    found = {
        T1: [("R11", "a"), ("R11", "a"), ("R11", "trap"), ("R11", "noise")],
        T2: [("R11", "a"), ("R11", "c"), ("R17", "d")],
    }
    with connect(paths) as con:
        schema.ensure(con)
        insert(
            con,
            "lake.ledger.anomaly",
            [(as_of, as_of, rule, "1", key, *[None] * 14) for as_of, keys in found.items() for rule, key in keys],
        )
        insert(con, "lake.ledger.withheld", [(T1, "R22", ticket_id("R22", "f"))])
        yield lambda as_of: {s.rule_id: s for s in score(con, register_of(paths), as_of)}


def test_what_was_left_undetermined_is_neither_found_nor_missed(scored):
    assert (scored(T1)["R22"].planted, scored(T1)["R22"].missed, scored(T1)["R22"].recall) == (0, 0, 1.0)
    assert (scored(T2)["R22"].planted, scored(T2)["R22"].missed) == (1, 1)


def test_found_false_missed_and_fired_are_counted_per_entity(scored):
    s = scored(T1)["R11"]
    assert (s.planted, s.found, s.false_alarms, s.missed, s.hard_negatives, s.hard_negatives_fired) == (
        2,
        1,
        2,
        1,
        1,
        1,
    )
    assert (s.precision, s.recall) == (1 / 3, 0.5)
    assert (scored(T1)["R17"].missed, scored(T1)["R17"].recall) == (1, 0.0)


def test_each_turn_has_its_own_truth(scored):
    s = scored(T2)["R11"]
    assert (s.planted, s.found, s.missed, s.precision, s.recall) == (2, 2, 0, 1.0, 1.0)
    assert scored(T2)["R01"].planted == 0 and scored(T2)["R01"].precision == 1.0


def test_rules_nobody_runs_yet_are_not_scored(scored):
    assert "R48" not in scored(T1)


def test_the_table_lines_up_and_names_every_rule(scored):
    table = format_scores(list(scored(T2).values())).splitlines()
    assert len(table) == 1 + len(load_rules())
    assert table[6].split()[:8] == ["R11", "2", "2", "0", "0", "0/1", "1.000", "1.000"]


def offences(source: str) -> list[int]:
    """Lines that import anything of the prefecture, or read its register."""
    lines = []
    for node in (n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.stmt | ast.expr)):
        imports = [getattr(node, "module", None) or ""] if isinstance(node, ast.ImportFrom) else []
        imports += [a.name for a in getattr(node, "names", []) if isinstance(a, ast.alias)]
        is_file = isinstance(node, ast.Constant) and "defects.parquet" in str(node.value)
        if is_file or any(name.split(".")[0] == "prefecture" for name in imports):
            lines.append(node.lineno)
    return lines


@pytest.mark.parametrize(
    "source",
    [
        "from prefecture.scoring import score",
        "import prefecture.scoring.score",
        "import prefecture",
        "open('register/defects.parquet')",
    ],
)
def test_looking_at_the_planted_truth_is_noticed(source):
    assert offences(source) == [1]


def test_nothing_of_the_product_knows_the_prefecture():
    checked = list((PROJECT_ROOT / "pipelines").rglob("*.py"))
    assert len(checked) > 200
    assert {p.name: o for p in checked if (o := offences(p.read_text(encoding="utf-8")))} == {}
    models = [p for p in (PROJECT_ROOT / "dbt_project").rglob("*.sql") if "defects.parquet" in p.read_text()]
    assert models == []
