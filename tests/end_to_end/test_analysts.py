"""The analysts' file of the story as an analyst meets it: words everywhere, answers, the commands of the page."""

import os
import re
import shutil
import subprocess
import sys

import duckdb
import pytest

from pipelines.give.published.anonymity import load_plans
from pipelines.give.published.answers import load_answers
from pipelines.kit.paths import PROJECT_ROOT

PAGE = PROJECT_ROOT / "docs" / "analysts.md"
# Whole numbers in views that count no people.
NO_PEOPLE = {
    "reopen_count", "scope_count", "stale_count", "delivery_count", "dwelling_count", "days_behind", "report_hour",
}  # fmt: skip


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


def test_every_column_is_in_the_dictionary_and_every_number_has_a_unit(con):
    told = con.execute("SELECT table_name, column_name, words FROM dictionary ORDER BY table_name, place").fetchall()
    assert told == con.execute("""
        SELECT table_name, column_name, comment FROM duckdb_columns()
        WHERE NOT internal AND table_name <> 'dictionary' ORDER BY table_name, column_index""").fetchall()
    bare = con.execute("""SELECT DISTINCT column_name FROM dictionary
        WHERE data_type IN ('BIGINT', 'INTEGER', 'DOUBLE') AND unit IS NULL ORDER BY 1""").fetchall()
    assert bare == [("cancelled_year",), ("entry_year",), ("established_year",), ("k",)]
    nameless = con.execute("""SELECT table_name, column_name FROM dictionary
        WHERE made_of IS NULL AND unit IS NULL AND table_name NOT IN ('about', 'withheld')""").fetchall()
    assert nameless == []
    assert con.execute("""SELECT unit, is_stale FROM dictionary
        WHERE table_name = 'benefit_month' AND column_name = 'amount'""").fetchall() == [("元", True)]


def test_the_file_opens_beside_us_in_another_process(con, story):
    asked = "SELECT count(*) FROM township"
    code = f"import duckdb, sys; print(duckdb.connect(sys.argv[1], read_only=True).execute({asked!r}).fetchone()[0])"
    file = str(story[0].published / "analyst.duckdb")
    done = subprocess.run([sys.executable, "-I", "-c", code, file], capture_output=True, text=True, check=True)
    assert int(done.stdout) == con.execute(asked).fetchone()[0] > 0


def test_the_sql_of_the_page_answers(con):
    assert [con.execute(block).fetchone() is not None for block in blocks("sql")] == [True] * len(blocks("sql"))


def test_a_table_leaves_with_its_dictionary_as_the_page_says(con, story):
    taken = [line for line in "".join(blocks("sh")).splitlines() if line.startswith("make take ")]
    for line in taken:
        environment = {**os.environ, "ZHENJIE_DATA": str(story[0].root)}
        make, *said = line.split()
        subprocess.run([make, "-s", "-o", ".venv/ready", *said], cwd=PROJECT_ROOT, env=environment, check=True)
    folder = story[0].published / "taken"
    with duckdb.connect() as fresh:
        for name, file in (("township", "township.parquet"), ("q07_firms_by_section", "q07_firms_by_section.csv")):
            rows = fresh.execute(f"SELECT count(*) FROM '{folder / file}'").fetchone()
            assert rows == con.execute(f"SELECT count(*) FROM {name}").fetchone()
            columns = [column for column, *_ in con.execute(f"DESCRIBE {name}").fetchall()]
            told = fresh.execute(f"SELECT 列, 说明 FROM read_csv('{folder}/{name}_数据字典.csv')").fetchall()
            assert [column for column, _ in told] == columns and all(words for _, words in told)
    assert len(taken) == 2


def test_the_python_of_the_page_runs(beside):
    for block in blocks("python"):
        names: dict = {}
        exec(block, names)
        assert len(names["firms"]) > 0


def test_the_command_line_of_the_page_asks_a_view(con, beside):
    for line in (line for line in "".join(blocks("sh")).splitlines() if line.startswith("duckdb ")):
        _, said = line.split(" -c ")
        con.execute(said.strip('"'))
        if shutil.which("duckdb"):
            subprocess.run(line, shell=True, check=True, capture_output=True)
