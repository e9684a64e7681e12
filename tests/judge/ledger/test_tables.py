"""The small ledger tables: deliveries, person keys, issued residents, content hashes."""

import json
from dataclasses import fields
from datetime import date

import pytest

from pipelines.ingest.bronze import DeliveryResult
from pipelines.judge.ledger import issued, person_keys
from pipelines.judge.ledger.content import content_hash
from pipelines.judge.ledger.deliveries import record_deliveries

T1, T2, T3 = date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31)


def put_delivery(paths, feed, delivery_id, on, **more):
    folder = paths.bronze / feed / delivery_id
    folder.mkdir(parents=True)
    record = dict.fromkeys(f.name for f in fields(DeliveryResult)) | {
        "feed": feed,
        "delivery_id": delivery_id,
        "delivery_seq": 1,
        "delivered_on": on.isoformat(),
        "file_name": f"{feed}.csv",
        "sha256": "",
        "size": 0,
        "kind": "data",
        "digests": {},
        "status": "accepted",
        "rows_in": 5,
        "rows_bronze": 4,
        "rows_quarantined": 1,
        "extra_columns": (),
        "notices": ("x",),
        "notice_codes": ("N_TAIL",),
        "checks": (),
        "profile": {},
        **more,
    }
    (folder / "delivery.json").write_text(json.dumps(record), encoding="utf-8")


def test_deliveries_up_to_the_date_are_listed_and_replaced(con, paths):
    (paths.bronze / "F01" / "_empty").mkdir(parents=True)
    put_delivery(paths, "F01", "d1", T1)
    put_delivery(
        paths, "F31", "d2", T2, status="quarantined", breaker_code="E_EMPTY", breaker_message="空文件"
    )
    assert record_deliveries(con, paths, T1) == 1
    assert record_deliveries(con, paths, T2) == 2
    rows = con.execute(
        "SELECT as_of, feed, delivery_seq, delivered_on, status, breaker_code, rows_in, rows_quarantined "
        "FROM lake.ledger.delivery ORDER BY feed"
    ).fetchall()
    assert rows == [
        (T2, "F01", 1, T1, "accepted", None, 5, 1),
        (T2, "F31", 1, T2, "quarantined", "E_EMPTY", 5, 1),
    ]
    assert record_deliveries(con, paths, date(2023, 1, 1)) == 0


def test_a_number_keeps_the_person_it_was_first_seen_with(con):
    con.execute(
        "CREATE OR REPLACE TABLE lake.linkage.person_identifier AS "
        "SELECT * FROM (VALUES ('1', 'p1'), ('2', 'p2')) t(id_no, person_id)"
    )
    assert person_keys.append(con, T1) == 2
    con.execute("UPDATE lake.linkage.person_identifier SET person_id = 'other' WHERE id_no = '1'")
    con.execute("INSERT INTO lake.linkage.person_identifier VALUES ('3', 'p1')")
    assert person_keys.append(con, T2) == 1 == person_keys.append(con, T2)
    assert con.execute("SELECT * FROM lake.ledger.person_key ORDER BY id_no").fetchall() == [
        (T1, "1", "p1"),
        (T1, "2", "p2"),
        (T2, "3", "p1"),
    ]


def test_a_number_that_comes_to_mean_another_person_is_an_event(con):
    def now(*persons: tuple[str, str]) -> None:
        con.execute("CREATE OR REPLACE TABLE lake.linkage.person_identifier (id_no VARCHAR, person_id VARCHAR)")
        con.executemany("INSERT INTO lake.linkage.person_identifier VALUES (?, ?)", persons)

    now(("1", "p1"), ("2", "p2"), ("3", "p3"))
    person_keys.append(con, T1)
    assert person_keys.append_events(con, T1) == 0
    now(("1", "p1"), ("2", "p1"), ("3", "p3"), ("4", "p1"))  # 2 becomes 1's, 4 is new
    person_keys.append(con, T2)
    assert person_keys.append_events(con, T2) == 1 == person_keys.append_events(con, T2)
    now(("1", "p1"), ("2", "p2"), ("3", "p3"), ("4", "p1"))  # and is taken away again
    assert person_keys.append_events(con, T3) == 1
    assert con.execute("FROM lake.ledger.person_key_event ORDER BY as_of").fetchall() == [
        (T2, "2", "p2", "p1", "merge"), (T3, "2", "p1", "p2", "split"),
    ]  # fmt: skip


@pytest.fixture
def residents(con):
    con.execute(
        "CREATE OR REPLACE TABLE lake.returns.return_resident AS SELECT '370602001' AS township_code, "
        "'p' || i AS person_id, '张' || i AS name, '男' AS sex_name, '37' AS id_no, "
        "DATE '1990-01-01' AS birth_date, 30 AS age_years, '某村' AS village_name, "
        "NULL::VARCHAR AS grid_code, '自有' AS living_type FROM range(2) r(i)"
    )
    return con


def test_two_turns_of_residents_are_kept_without_identity_numbers(residents):
    for turn in (T1, T2, T3, T3):
        assert issued.snapshot(residents, turn) == 2
    kept = residents.execute(
        "SELECT as_of, count(*) FROM lake.ledger.issued_resident GROUP BY 1 ORDER BY 1"
    ).fetchall()
    assert kept == [(T2, 2), (T3, 2)]
    rows = residents.execute(
        "SELECT person_id, name FROM lake.ledger.issued_resident WHERE as_of = ?", [T3]
    ).fetchall()
    assert sorted(rows) == [("p0", "张0"), ("p1", "张1")]
    assert "id_no" not in [c[0] for c in residents.execute("DESCRIBE lake.ledger.issued_resident").fetchall()]


def table_hash(con, sql):
    con.execute(f"CREATE OR REPLACE TABLE lake.unified.t AS {sql}")
    return content_hash(con, ["unified"])["unified.t"]


def test_content_hashes_ignore_order_and_see_everything_else(con):
    base = table_hash(con, "SELECT * FROM (VALUES (1, 'a'), (2, 'b'), (2, 'b')) t(x, y)")
    assert table_hash(con, "SELECT y, x FROM (VALUES (2, 'b'), (1, 'a'), (2, 'b')) t(x, y)") == base
    others = [
        "SELECT * FROM (VALUES (1, 'a'), (2, 'b')) t(x, y)",
        "SELECT * FROM (VALUES (1, 'a'), (2, 'b'), (2, 'c')) t(x, y)",
        "SELECT * FROM (VALUES (1, 'a'), (2, 'b'), (2, NULL)) t(x, y)",
        "SELECT * FROM (VALUES (1, 'a'), (2, 'b'), (2, 'b')) t(x, z)",
        "SELECT * FROM (VALUES (1, 'a'), (2, 'b'), (2, '')) t(x, y)",
    ]
    hashes = [table_hash(con, sql) for sql in others]
    assert len({base, *hashes}) == 6
    assert content_hash(con, ["staging"]) == {}
    assert set(content_hash(con, ["unified", "ledger"])) > {"unified.t", "ledger.ticket", "ledger.turn"}
