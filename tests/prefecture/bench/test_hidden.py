"""Records whose numbers are hidden, on a dozen people, and Splink on a few hundred."""

import duckdb
import pytest

from pipelines.kit.build import build
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths
from prefecture.bench import hidden, stock_linkage
from tests.dbt import small_prefecture as small
from tests.dbt.conftest import before_the_build


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    made = before_the_build(Paths(tmp_path_factory.mktemp("hidden")))
    build(made, small.SECOND)
    return made


@pytest.fixture
def judged(paths):
    """The small prefecture, whose every number is the right one."""
    with connect(paths, read_only=True) as con:
        con.execute("CREATE TEMP TABLE linked AS SELECT person_id AS person, * FROM lake.unified.person_claim")
        con.execute("CREATE TEMP TABLE truth AS SELECT person_id AS person, feed, role, source_ref FROM linked")
        yield con


def nobody(con: duckdb.DuckDBPyConnection) -> None:
    """Who finds nobody leaves the table empty."""


def test_records_lose_their_number_and_are_found_again(judged, paths):
    found = hidden.compare(judged, paths, nobody, one_in=2)
    assert judged.execute("SELECT count(*) FROM hidden").fetchone() == (10,)
    by_feed = {(f["feed"], f["role"]): f for f in found}
    assert by_feed and all(f["ours"]["precision"] == 1.0 and f["stock"]["linked"] == 0 for f in found)
    assert any(f["ours"]["right"] for f in found)
    kept = "SELECT count(*) FROM unnumbered WHERE claim_id IN (SELECT claim_id FROM asked) AND id_no IS NOT NULL"
    assert judged.execute(kept).fetchone() == (0,)


def test_nothing_is_hidden_of_a_feed_with_few_rows(judged, paths):
    assert hidden.compare(judged, paths, nobody, one_in=1000) == []


def test_the_table_ends_with_all():
    figures = {"linked": 4, "right": 3, "f1": 0.5}
    table = hidden.markdown(
        {"feed": feed, "role": "self", "records": 5, "ours": figures, "stock": {"linked": 0, "right": 0, "f1": 0.0}}
        for feed in ("F04", "F05")
    )
    assert table.splitlines()[-1] == "| all | | 10 | 8, 6 | 0.6667 | 0, 0 | 0.0000 |"


def test_where_splink_is_not_installed_the_table_says_so_and_no_nought(judged, paths):
    table = hidden.markdown(hidden.compare(judged, paths, None, one_in=2))
    assert table.splitlines()[-1].endswith(" | not installed | – |")
    assert ours_of(table) == ours_of(hidden.markdown(hidden.compare(judged, paths, nobody, one_in=2)))


def ours_of(table: str) -> list[str]:
    return [line.split("|")[4] for line in table.splitlines()[2:]]


def test_splink_finds_who_bears_name_birth_and_village():
    with duckdb.connect() as con:
        con.execute(
            "CREATE TEMP TABLE known AS SELECT 'p' || i AS person_id, "
            "chr((20000 + i % 41)::INTEGER) || chr((30000 + i % 67)::INTEGER) AS name, "
            "(i % 2)::VARCHAR AS sex_code, DATE '1950-01-01' + (i * 37)::INTEGER AS birth_date, '370602001' || (i % 9) "
            "AS village_code, '370602' AS county_code, '128' || i AS phone FROM range(600) AS t(i)"
        )
        con.execute(
            "CREATE TEMP TABLE unnumbered AS SELECT 'c' || person_id AS claim_id, name, sex_code, birth_date, "
            "village_code AS current_division_code, '370602001' AS township_code, phone FROM known "
            "WHERE person_id LIKE '%7'"
        )
        con.execute("CREATE TEMP TABLE asked AS SELECT claim_id FROM unnumbered")
        stock_linkage.link(con)
        found = con.execute("SELECT claim_id, person_id FROM stock").fetchall()
    assert len(found) == 60 and all(claim == f"c{person}" for claim, person in found)
