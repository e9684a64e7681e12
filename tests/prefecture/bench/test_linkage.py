"""Linkage figures on clusters small enough to count by hand."""

from datetime import date

import duckdb
import polars as pl
import pytest

from pipelines.judge.ledger import schema
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths
from pipelines.kit.tables import insert
from prefecture.bench import linkage
from prefecture.register import register_of

DAY = date(2024, 1, 31)


def linked(con: duckdb.DuckDBPyConnection, *records: tuple[int, str | None]) -> None:
    con.execute("CREATE OR REPLACE TEMP TABLE linked (person BIGINT, person_id VARCHAR)")
    con.executemany("INSERT INTO linked VALUES (?, ?)", records)


def test_rows_without_a_number_are_judged_feed_by_feed(con):
    # p is 1's key by two numbered records of three; 2 is known by q; nobody knows 3
    con.execute(
        "CREATE TEMP TABLE linked AS SELECT * FROM (VALUES "
        "(1, 'p', 'F01', 'self', 'own_id'), (1, 'p', 'F20', 'self', 'id_change'), (2, 'p', 'F05', 'self', 'own_id'), "
        "(2, 'q', 'F01', 'self', 'own_id'), (1, 'p', 'F31', 'self', 'name_village'), "
        "(1, 'q', 'F31', 'self', 'name_village'), (2, NULL, 'F31', 'self', 'not_unique'), "
        "(3, NULL, 'F31', 'self', 'no_candidate'), (2, 'q', 'F07', 'wife', 'name_household')"
        ") t(person, person_id, feed, role, basis)"
    )
    wife, survey = linkage.by_feed(con)
    assert {k: wife[k] for k in ("feed", "role", "records", "findable", "linked", "right", "f1")} == {
        "feed": "F07", "role": "wife", "records": 1, "findable": 1, "linked": 1, "right": 1, "f1": 1.0,
    }  # fmt: skip
    assert [survey[k] for k in ("feed", "records", "findable", "linked", "right")] == ["F31", 4, 3, 2, 1]
    assert (survey["precision"], survey["recall"], survey["f1"]) == (1 / 2, 1 / 3, pytest.approx(2 / 5))


@pytest.fixture
def con():
    with duckdb.connect() as con:
        yield con


def test_pairs_are_counted_from_cell_sizes(con):
    # person 1: three records under a, one under b; person 2: two under b; person 3: one linked to nobody
    linked(con, (1, "a"), (1, "a"), (1, "a"), (1, "b"), (2, "b"), (2, "b"), (3, None))
    found = linkage.pairwise(con)
    assert (found["pairs_both"], found["pairs_linked"], found["pairs_true"]) == (3 + 1, 3 + 3, 6 + 1)
    assert (found["precision"], found["recall"]) == (4 / 6, 4 / 7)
    assert found["f1"] == pytest.approx(2 * (4 / 6) * (4 / 7) / (4 / 6 + 4 / 7))
    assert (found["records"], found["persons"], found["person_keys"], found["unlinked"]) == (7, 3, 2, 1)


def test_unlinked_records_cost_recall_and_make_no_pairs_with_each_other(con):
    linked(con, (1, None), (1, None), (2, None))
    found = linkage.pairwise(con)
    assert (found["precision"], found["recall"], found["pairs_true"]) == (1.0, 0.0, 1)


def test_large_clusters_do_not_overflow(con):
    con.execute("CREATE TEMP TABLE linked AS SELECT 1 AS person, 'a' AS person_id FROM range(100_000)")
    assert linkage.pairwise(con)["pairs_true"] == 100_000 * 99_999 // 2


def test_stability_asks_for_the_key_of_most_records_and_for_the_same_set(con, tmp_path):
    linked(con, (1, "a"), (2, "b"), (2, "b"), (2, "c"), (3, "d"), (4, "e"), (6, "g"))
    linkage.keep_keys(con, tmp_path / "keys.parquet")
    # 1 stays, 2 stays with both, 3 has one record under another key, 4 is gone, 5 is new, 6 got another key
    linked(con, (1, "a"), (1, "a"), (2, "c"), (2, "b"), (2, "b"), (3, "d"), (3, "d"), (3, "x"), (5, "f"), (6, "h"))
    assert linkage.stability(con, tmp_path / "keys.parquet") == {
        "persons": 4, "unchanged": 3, "share": 3 / 4, "same_set": 2 / 4,
    }  # fmt: skip


@pytest.fixture
def lake(tmp_path):
    """Three claims of F01 and F07 with their delivery; the register is up to the test."""
    paths = Paths(tmp_path)
    with connect(paths) as con:
        schema.ensure(con)
        delivered = [("F01", "d1", "f01.csv", "full", 2), ("F07", "d2", "f07.csv", "append", 1)]
        insert(
            con,
            "lake.ledger.delivery",
            [
                (DAY, feed, name, 1, DAY, file, "", "370600", "202401", mode, "accepted", None, None, n, n, 0)
                for feed, name, file, mode, n in delivered
            ],
        )
        con.execute(
            "CREATE TABLE lake.unified.person_claim AS SELECT * FROM (VALUES "
            "('F01', 'self', 'F01/d1/2', 'p', 'own_id'), ('F01', 'self', 'F01/d1/3', 'q', 'own_id'), "
            "('F07', 'wife', 'F07/d2/2', 'p', 'own_id')) t(feed, role, source_ref, person_id, basis)"
        )
        yield paths, con


IDENTITY = pl.DataFrame(
    [
        ("F01", "f01.csv", 2, "id_no", 7),
        ("F01", "f01.csv", 3, "id_no", 8),
        ("F07", "f07.csv", 2, "wife_id_no", 7),
        ("F07", "f07.csv", 2, "husband_id_no", 9),  # the pipeline makes no claim of it
        ("F01", "f01.csv", 4, "id_no", None),  # a number that is nobody's
    ],
    schema={
        "feed": pl.String,
        "file": pl.String,
        "row": pl.Int64,
        "column": pl.String,
        "person": pl.Int64,
    },
    orient="row",
)


@pytest.mark.parametrize("name", ["identity.parquet", "identity/F01.parquet"])
def test_records_meet_their_identity_by_file_row_and_column(lake, name):
    paths, con = lake
    file = register_of(paths) / name
    file.parent.mkdir(parents=True)
    IDENTITY.write_parquet(file)
    assert linkage.load(con, paths)
    assert con.execute("SELECT person, person_id FROM linked ORDER BY ALL").fetchall() == [(7, "p"), (7, "p"), (8, "q")]
    assert linkage.pairwise(con)["f1"] == 1.0


def test_without_an_identity_register_nothing_is_judged(lake):
    paths, con = lake
    assert not linkage.load(con, paths)
