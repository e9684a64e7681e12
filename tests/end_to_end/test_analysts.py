"""The analysts' file of the story as an analyst meets it: words everywhere, answers, the commands of the page."""

import re
import shutil
import subprocess

import duckdb
import pytest

from pipelines.give.published.anonymity import load_plans
from pipelines.give.published.answers import load_answers
from pipelines.kit.paths import PROJECT_ROOT

PAGE = PROJECT_ROOT / "docs" / "analysts.md"
# Whole numbers in views that count no people.
NO_PEOPLE = {"reopen_count", "scope_count", "stale_count", "delivery_count", "dwelling_count", "days_behind"}


@pytest.fixture
def con(story):
    with duckdb.connect(story[0].published / "analyst.duckdb", read_only=True) as con:
        yield con


@pytest.fixture
def beside(story, tmp_path, monkeypatch):
    """A folder that looks like the project's to whoever follows the page."""
    (tmp_path / "data").symlink_to(story[0].root)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def test_everything_carries_words_in_both_languages(con):
    told = con.execute("""
        SELECT table_name, '', comment FROM duckdb_tables()
        UNION ALL SELECT view_name, '', comment FROM duckdb_views() WHERE NOT internal
        UNION ALL SELECT table_name, column_name, comment FROM duckdb_columns() WHERE NOT internal
    """).fetchall()
    assert len(told) > 150
    wordless = [
        (table, column) for table, column, text in told
        if not (re.search("[一-鿿]", text or "") and re.search("[A-Za-z]{2}", text or ""))
    ]  # fmt: skip
    assert wordless == []


def test_every_standing_question_is_a_view_with_an_answer(con):
    views = {v for (v,) in con.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()}
    assert views == {answer.name for answer in load_answers()} and len(views) >= 10
    assert {v for v in views if con.execute(f"SELECT count(*) FROM {v}").fetchone() == (0,)} == set()


def test_no_answer_counts_fewer_people_than_k(con):
    k, _ = load_plans()
    few = []
    for answer in load_answers():
        if "enterprise_profile" in answer.reads:  # companies stand alone
            continue
        for column, kind, *_ in con.execute(f"DESCRIBE {answer.name}").fetchall():
            if kind in ("BIGINT", "INTEGER") and column not in NO_PEOPLE and not column.endswith("_change"):
                low = con.execute(f"SELECT min({column}) FROM {answer.name} WHERE {column} <> 0").fetchone()[0]
                few += [(answer.name, column, low)] if low is not None and low < k else []
    assert few == []


def test_words_stand_behind_all_codes(con):
    for table, code, word in [
        ("anomaly_summary", "state", "state_name"), ("anomaly_summary", "severity", "severity_name"),
        ("anomaly_summary", "department", "department_name"), ("source_freshness", "feed", "feed_name"),
        ("household_profile", "head_state", "head_state_name"), ("resident_profile", "village_code", "village_name"),
        ("rule_turn", "rule_id", "rule_name"),
    ]:  # fmt: skip
        assert con.execute(f"SELECT count(*) FROM {table} WHERE {code} IS NOT NULL AND {word} IS NULL").fetchone() == (
            0,
        ), (table, code)


def test_turns_stand_beside_each_other(con):
    turns = "SELECT list(DISTINCT as_of::VARCHAR ORDER BY as_of::VARCHAR) FROM "
    for view in ("q09_rules_by_turn", "q12_residents_by_turn"):
        assert con.execute(turns + view).fetchone() == (["2024-01-31", "2024-02-29"],)
    now = con.execute("SELECT sum(resident_count) FROM resident_turn WHERE as_of = '2024-02-29'").fetchone()[0]
    withheld = con.execute("SELECT rows_withheld FROM withheld WHERE table_name = 'resident_profile'").fetchone()[0]
    assert now == con.execute("SELECT count(*) FROM resident_profile").fetchone()[0] + withheld
    assert now == con.execute("SELECT sum(resident_count) FROM residence").fetchone()[0]


def test_the_sql_of_the_page_runs_and_a_table_leaves_with_its_dictionary(con, beside):
    for block in blocks("sql"):
        con.execute(block)
    with duckdb.connect() as fresh:
        rows = fresh.execute("SELECT count(*) FROM 'township.parquet'").fetchone()
        assert rows == con.execute("SELECT count(*) FROM township").fetchone()
        assert rows == fresh.execute("SELECT count(*) FROM read_csv('township.csv')").fetchone()
        columns = [name for name, *_ in fresh.execute("DESCRIBE FROM 'township.parquet'").fetchall()]
        told = fresh.execute("SELECT column_name, comment FROM read_csv('township_dictionary.csv')").fetchall()
    assert [name for name, _ in told] == columns and all(text for _, text in told)


def test_the_python_of_the_page_runs(beside):
    for block in blocks("python"):
        names: dict = {}
        exec(block, names)
        assert len(names["firms"]) > 0


def test_the_command_line_of_the_page_asks_a_view(con, beside):
    for line in "".join(blocks("sh")).splitlines():
        _, said = line.split(" -c ")
        con.execute(said.strip('"'))
        if shutil.which("duckdb"):
            subprocess.run(line, shell=True, check=True, capture_output=True)
