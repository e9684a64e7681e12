"""The counts of the one pass equal what GX counts itself, for every kind of rule we may use."""

import json

import pytest

from pipelines.judge.verify import compiled
from pipelines.judge.verify.compiled import failing_rows_sql
from pipelines.judge.verify.results import counted

KINDS = {
    "K01": ("expect_column_values_to_be_null", {"column": "defect"}),
    "K02": ("expect_column_values_to_not_be_null", {"column": "name"}),
    "K03": ("expect_column_values_to_be_in_set", {"column": "sex", "value_set": ["男", "女"]}),
    "K04": ("expect_column_values_to_not_be_in_set", {"column": "sex", "value_set": ["未知"]}),
    "K05": ("expect_column_values_to_be_between", {"column": "age", "min_value": 0, "max_value": 120}),
    "K06": ("expect_column_values_to_be_between", {"column": "born", "min_value": "1900-01-01"}),
    "K07": ("expect_column_values_to_match_regex", {"column": "id_no", "regex": r"^\d{3}$"}),
    "K08": ("expect_column_values_to_not_match_regex", {"column": "id_no", "regex": "9"}),
    "K09": ("expect_column_value_lengths_to_be_between", {"column": "name", "min_value": 2, "max_value": 3}),
    "K10": ("expect_column_values_to_be_unique", {"column": "id_no"}),
    "K11": ("expect_compound_columns_to_be_unique", {"column_list": ["sex", "name"]}),
    "K12": (
        "expect_column_pair_values_a_to_be_greater_than_b",
        {"column_A": "age", "column_B": "years", "or_equal": True},
    ),
    "K13": (
        "expect_column_values_to_satisfy_sql",
        {"column": "entity_key", "sql": "age >= 18 OR sex IS NULL"},
    ),
    "K14": (
        "expect_column_values_to_satisfy_sql",
        {"column": "sex", "sql": "length(id_no) = 3 AND born IS NOT NULL"},
    ),
    "K15": ("expect_column_value_lengths_to_equal", {"column": "id_no", "value": 3}),
    "K16": (
        "expect_column_values_to_have_no_defect",
        {"column": "entity_key", "defects": {"old": "age > 120", "unborn": "age < 0", "unknown": "sex = '未知'"}},
    ),
}
FAILING = {
    "K01": 2,
    "K02": 1,
    "K03": 1,
    "K04": 1,
    "K05": 2,
    "K06": 1,
    "K07": 1,
    "K08": 1,
    "K09": 1,
    "K10": 2,
    "K11": 2,
    "K12": 1,
    "K13": 2,
    "K14": 2,
    "K15": 1,
    "K16": 3,
}
ROWS = """
    ('e1', '张三', '男', 30, 30, DATE '1990-01-01', '123', NULL),
    ('e2', '李四', '女', 130, 20, DATE '1800-01-01', '1234', 'x'),
    ('e3', NULL, '女', -1, -5, NULL, '456', NULL),
    ('e4', '欧阳修文', '未知', 5, 9, DATE '2019-01-01', '789', 'y'),
    ('e5', '王''五', NULL, NULL, NULL, DATE '1950-01-01', NULL, NULL),
    ('e6', '张三', '男', 40, 40, DATE '1980-01-01', '123', NULL)
"""


@pytest.fixture(scope="module")
def table(lake):
    lake.execute(
        f"CREATE TABLE lake.verify.people AS SELECT *, CAST(NULL AS VARCHAR) AS absent FROM (VALUES {ROWS}) "
        "t(entity_key, name, sex, age, years, born, id_no, defect)"
    )
    return lake


def suite(session, rules):
    return session.suite(
        {
            "name": "people",
            "expectations": [
                {"type": kind, "kwargs": kwargs, "meta": {"rule_id": rule_id}}
                for rule_id, (kind, kwargs) in rules.items()
            ],
        }
    )


def own_counts(gx, con, rules):
    """Counts of the one pass."""
    session = gx["Session"](con, "lake.verify")
    batch, gx_suite = session.batch("people"), suite(session, rules)
    made = gx["evaluate"].compile_suite(batch, gx_suite, "lake.verify.people")
    assert (made.broken, made.others) == ({}, ())
    cells = [f"{{'rule_id': '{r.rule_id}'}}" for r in made.rules]
    sql = failing_rows_sql(made.rules, "lake.verify.people", "entity_key", cells)
    counts = dict(con.execute(f"SELECT rule_id, count(*) FROM ({sql}) GROUP BY 1").fetchall())
    return batch, gx_suite, counts


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_counts_and_verdict_equal_those_of_gx(gx, table, kind):
    batch, gx_suite, counts = own_counts(gx, table, {kind: KINDS[kind]})
    basic = batch.validate(gx_suite, result_format="BASIC").results[0]
    assert not basic.exception_info.get("raised_exception")
    assert counts.get(kind, 0) == basic.result["unexpected_count"] == FAILING[kind]
    ours = counted(kind, "people", 6, counts[kind])
    assert (ours.passed, ours.evaluated) == (basic.success, basic.result["element_count"]) == (False, 6)


def test_a_rule_that_every_row_satisfies_passes_as_gx_says(gx, table):
    batch, gx_suite, counts = own_counts(gx, table, {"K05": ("expect_column_values_to_be_null", {"column": "absent"})})
    basic = batch.validate(gx_suite, result_format="BASIC").results[0]
    assert counts == {}
    assert counted("K05", "people", 6, 0).passed is basic.success is True


def test_all_kinds_in_one_pass_give_the_same_counts(gx, table):
    assert own_counts(gx, table, KINDS)[2] == FAILING


def test_a_row_condition_limits_the_rule(gx, table):
    from great_expectations.expectations.row_conditions import Column

    rules = {
        "K02": (
            "expect_column_values_to_not_be_null",
            {"column": "name", "row_condition": Column("sex") == "女"},
        ),
        "K05": (
            "expect_column_values_to_be_between",
            {"column": "age", "max_value": 0, "row_condition": Column("sex") == "男"},
        ),
    }
    batch, gx_suite, counts = own_counts(gx, table, rules)
    assert counts == {"K02": 1, "K05": 2}
    own = {
        r.expectation_config.meta["rule_id"]: r.result["unexpected_count"]
        for r in batch.validate(gx_suite, result_format="BASIC").results
    }
    assert own == counts


def test_a_table_level_rule_is_judged_by_gx(gx, table):
    rules = {"K20": ("expect_table_row_count_to_be_between", {"min_value": 100})}
    session = gx["Session"](table, "lake.verify")
    batch, gx_suite = session.batch("people"), suite(session, rules)
    made = gx["evaluate"].compile_suite(batch, gx_suite, "lake.verify.people")
    assert (made.rules, made.broken, made.others) == ((), {}, ("K20",))
    (result,) = gx["evaluate"].judge(batch, gx_suite, made.others)
    assert (result.rule_id, result.passed, result.error) == ("K20", False, None)


EXPECTED = {"name": "kept_suite", "expectations": [
    {"type": "expect_column_values_to_be_null", "kwargs": {"column": "defect"}, "meta": {"rule_id": "K01"}},
]}  # fmt: skip


@pytest.fixture
def sessions(table, tmp_path, monkeypatch):
    """Sessions that say when Great Expectations is asked for one."""
    monkeypatch.setattr(compiled, "FOLDER", tmp_path)
    with compiled.Sessions(table, "lake.verify") as opened:
        yield opened


def asked(sessions, monkeypatch, suite, table="lake.verify.people"):
    """What a suite becomes, and whether GX was needed for it."""
    needed, get = [], sessions.get
    monkeypatch.setattr(sessions, "get", lambda: needed.append(1) or get())
    made = sessions.compile(suite, "people", table)
    monkeypatch.setattr(sessions, "get", get)
    return made, bool(needed)


def test_a_suite_is_compiled_again_only_when_it_or_its_table_changes(gx, table, sessions, monkeypatch):
    made, needed = asked(sessions, monkeypatch, EXPECTED)
    assert needed
    assert asked(sessions, monkeypatch, EXPECTED) == (made, False)
    longer = {**EXPECTED["expectations"][0], "kwargs": {"column": "name"}}
    assert asked(sessions, monkeypatch, {**EXPECTED, "expectations": [longer]})[1]
    assert asked(sessions, monkeypatch, EXPECTED)[1], "the file holds one state of a suite"
    monkeypatch.setattr(compiled, "_makers", lambda: "another GX")
    assert asked(sessions, monkeypatch, EXPECTED)[1]


@pytest.mark.parametrize(
    "change",
    [
        lambda kept: kept["rules"][0].update(condition="false"),
        lambda kept: kept["rules"][0]["meta"].update(rule_id="K99"),
        lambda kept: kept["rules"].clear(),
        lambda kept: kept.pop("sha256"),
    ],
    ids=["condition", "meta", "no rules", "no hash"],
)
def test_what_was_changed_in_a_kept_file_is_compiled_anew(gx, table, sessions, tmp_path, monkeypatch, change):
    made, _ = asked(sessions, monkeypatch, EXPECTED)
    file = tmp_path / "kept_suite.json"
    kept = json.loads(file.read_text(encoding="utf-8"))
    change(kept)
    file.write_text(json.dumps(kept), encoding="utf-8")
    assert asked(sessions, monkeypatch, EXPECTED) == (made, True)
    assert asked(sessions, monkeypatch, EXPECTED) == (made, False)


def test_what_broke_or_is_for_gx_to_judge_is_not_kept(gx, table, sessions, monkeypatch):
    for kind, kwargs in (
        ("expect_column_values_to_be_null", {"column": "nothing"}),
        ("expect_table_row_count_to_be_between", {"min_value": 100}),
    ):
        one = {"type": kind, "kwargs": kwargs, "meta": {"rule_id": "K02"}}
        suite = {**EXPECTED, "expectations": [*EXPECTED["expectations"], one]}
        assert [asked(sessions, monkeypatch, suite)[1] for _ in range(2)] == [True, True]
