"""Tables of real PostgreSQL and MariaDB servers fetched: full first, then what is new, changed and gone."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from pipelines.ingest.collect import FAILED, FETCHED, UNCHANGED, UNCONNECTED
from pipelines.ingest.landing import landed
from tests.ingest.collect.office import CONNECTION, HEADINGS, TABLE, Database, Office, row

BOTH = pytest.mark.parametrize("database", ["postgres", "mysql"], indirect=True)
JAN, FEB, MAR = date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31)


@pytest.fixture
def office(database: Database, tmp_path) -> Office:
    database.insert(*(row(n) for n in range(5)))
    return Office.of(tmp_path, database.kind)


def changes(office: Office) -> list[tuple]:
    return [(r[0][-2:], r[3], r[-1]) for r in office.last().select(*HEADINGS[:4], "变动类型").rows()]


@BOTH
def test_the_first_fetch_is_full_with_the_contracts_headings(office: Office):
    report = office.turn(JAN)
    assert (report.status, report.files) == (FETCHED, ("F98_测试补贴_370600_202401_全量.parquet",))
    assert report.rows == {"全部": 5}
    rows = office.last()
    assert rows.columns == list(HEADINGS)
    assert rows["公民身份号码"].to_list() == [f"3706021990010100{n:02d}" for n in range(5)]
    assert rows["金额"].to_list() == [Decimal("100.00")] * 5


@BOTH
def test_then_only_what_is_new_changed_and_gone(database: Database, office: Office):
    office.turn(JAN)
    database.insert(row(7, marked="2024-02-03 09:00:00"))
    database.run(
        f"UPDATE {TABLE} SET je = 250.5, gxsj = '2024-02-04 10:00:00' WHERE sfzh LIKE '%02'",
        f"DELETE FROM {TABLE} WHERE sfzh LIKE '%04'",
    )
    report = office.turn(FEB)
    assert report.files == ("F98_测试补贴_370600_202402_增量.parquet",)
    assert report.rows == {"删除": 1, "新增": 1, "变更": 1} and list(report.rows)
    assert changes(office) == [
        ("04", Decimal("100.00"), "删除"),
        ("02", Decimal("250.50"), "变更"),
        ("07", Decimal("100.00"), "新增"),
    ]
    assert [d.mode for d in landed(office.paths, "F98")] == ["full", "delta"]


def test_a_month_without_news_is_said_once(office: Office):
    office.turn(JAN)
    assert office.turn(FEB).status == FETCHED
    assert office.last().height == 0
    assert office.turn(FEB).status == UNCHANGED
    assert office.turn(MAR).status == FETCHED
    assert [d.period for d in landed(office.paths, "F98")] == ["202401", "202402", "202403"]


def test_fetched_twice_before_landing_is_one_delivery(database: Database, office: Office):
    office.collect(JAN)
    office.turn(JAN)
    database.insert(row(7, marked="2024-02-03 09:00:00"))
    office.collect(FEB)
    database.insert(row(8, marked="2024-02-04 09:00:00"))
    office.collect(FEB)
    assert office.dropped() == ["F98_测试补贴_370600_202402_增量.parquet"]
    office.land(FEB)
    assert [c[::2] for c in changes(office)] == [("07", "新增"), ("08", "新增")]
    assert office.collect(FEB).status == UNCHANGED


def test_what_a_month_says_later_says_all_of_the_month(database: Database, office: Office):
    """Of a month the lake follows the last delta, so that must hold what the ones before it held."""
    office.turn(JAN)
    database.insert(row(7, marked="2024-02-03 09:00:00"))
    office.turn(date(2024, 2, 4))
    database.insert(row(8, marked="2024-02-10 09:00:00"))
    assert office.turn(date(2024, 2, 11)).rows == {"新增": 2}
    assert office.collect(date(2024, 2, 12)).status == UNCHANGED
    assert [line[2] for line in office.folded()] == [f"王{n}" for n in (0, 1, 2, 3, 4, 7, 8)]


def test_what_is_taken_back_within_a_month_is_news(database: Database, office: Office):
    office.turn(JAN)
    database.insert(row(7, marked="2024-02-03 09:00:00"))
    database.run(f"UPDATE {TABLE} SET je = 5 WHERE sfzh LIKE '%01'", f"DELETE FROM {TABLE} WHERE sfzh LIKE '%02'")
    office.feed = replace(office.feed, sources=(replace(office.feed.sources[0], watermark=None),))
    office.turn(date(2024, 2, 4))
    database.run(f"UPDATE {TABLE} SET je = 100 WHERE sfzh LIKE '%01'", f"DELETE FROM {TABLE} WHERE sfzh LIKE '%07'")
    database.insert(row(2))
    office.turn(date(2024, 2, 11))
    assert [c[::2] for c in changes(office)] == [("07", "删除"), ("01", "变更"), ("02", "变更")]
    assert [line[2:] for line in office.folded()] == [(f"王{n}", "100.00") for n in range(5)]


def test_a_month_that_is_over_is_not_fetched_from_the_present(database: Database, office: Office):
    office.turn(JAN)
    office.turn(FEB)
    assert office.collect(JAN).status == UNCHANGED and office.dropped() == []


def test_the_same_table_is_the_same_bytes(database: Database, office: Office, tmp_path):
    office.turn(JAN)
    database.run(f"DELETE FROM {TABLE}")
    database.insert(*(row(n) for n in reversed(range(5))))
    other = Office.of(tmp_path / "other", database.kind)
    other.turn(JAN)
    assert landed(other.paths, "F98") == landed(office.paths, "F98")



@BOTH
def test_nothing_hides_behind_a_mark(database: Database, office: Office):
    """Marked in the future, committed late, with an old mark or none; and marked anew without any change."""
    database.insert(row(5, marked="2024-01-20 12:00:00"), row(6, marked="2099-01-01 00:00:00"))
    office.turn(JAN)
    database.run(
        f"UPDATE {TABLE} SET je = 1, gxsj = '2024-01-20 11:00:00' WHERE sfzh LIKE '%03'",
        f"UPDATE {TABLE} SET gxsj = '2024-02-20 00:00:00' WHERE sfzh LIKE '%01'",
    )
    assert office.turn(FEB).rows == {"变更": 1}
    database.insert(row(7, marked="2023-05-01 00:00:00"), row(8, marked=None))
    assert office.turn(MAR).rows == {"新增": 2}
    database.run(f"UPDATE {TABLE} SET je = 8 WHERE gxsj IS NULL")
    assert office.turn(date(2024, 4, 30)).rows == {"变更": 1}


def test_a_value_that_goes_there_and_back_is_told_both_times(database: Database, office: Office):
    office.turn(JAN)
    for day, amount, as_of in ((3, "5.00", FEB), (4, "100.00", MAR)):
        database.run(f"UPDATE {TABLE} SET je = {amount}, gxsj = '2024-02-0{day} 00:00:00' WHERE sfzh LIKE '%01'")
        office.turn(as_of)
        assert changes(office) == [("01", Decimal(amount), "变更")]


def test_two_rows_of_one_key_are_not_told_again_and_again(database: Database, office: Office):
    database.insert(row(1, amount="77.00"))
    office.turn(JAN)
    assert office.turn(FEB).rows == {}
    database.run(f"UPDATE {TABLE} SET je = 78 WHERE je = 77")
    assert office.turn(MAR).rows == {"变更": 2}
    assert office.turn(MAR).status == UNCHANGED


def test_without_a_watermark_the_whole_table_is_compared(database: Database, office: Office):
    office.feed = replace(office.feed, sources=(replace(office.feed.sources[0], watermark=None),))
    office.turn(JAN)
    database.run(f"UPDATE {TABLE} SET je = 3 WHERE sfzh LIKE '%01'", f"DELETE FROM {TABLE} WHERE sfzh LIKE '%00'")
    assert office.turn(FEB).rows == {"删除": 1, "变更": 1}


def test_events_are_appended_and_never_deleted(database: Database, tmp_path):
    database.insert(row(1), row(2))
    office = Office.of(tmp_path, database.kind, mode="append")
    assert office.turn(JAN).files == ("F98_测试补贴_370600_202401.parquet",)
    database.run(f"DELETE FROM {TABLE} WHERE sfzh LIKE '%01'")
    database.insert(row(3, marked="2024-02-03 09:00:00"))
    office.turn(FEB)
    assert office.last().columns == list(HEADINGS)
    assert office.last()["姓名"].to_list() == ["王3"]


def test_a_feed_delivered_in_full_is_full_each_time(database: Database, office: Office):
    office.feed = replace(office.feed, mode="full")
    office.turn(JAN)
    database.insert(row(7, marked="2024-02-03 09:00:00"))
    assert office.turn(FEB).rows == {"全部": 6}
    assert [d.mode for d in landed(office.paths, "F98")] == ["full", "full"]


def test_after_a_file_sent_by_hand_the_next_fetch_is_full(office: Office):
    office.turn(JAN)
    name = "F98_测试补贴_370600_202402_增量.csv"
    (office.paths.drop / "F98" / name).write_text("公民身份号码,项目\n1,2\n", encoding="utf-8")
    office.land(FEB)
    assert office.turn(MAR).files == ("F98_测试补贴_370600_202403_全量.parquet",)


def test_what_bronze_refused_is_told_again(database: Database, office: Office):
    office.turn(JAN)
    database.insert(row(7, marked="2024-02-03 09:00:00"))
    office.turn(FEB)
    refused = landed(office.paths, "F98")[-1]
    record = {
        **refused.record(), "status": "quarantined", "breaker_code": "E_ROW_COUNT", "breaker_message": "", "rows_in": 1,
        "rows_bronze": 0, "rows_quarantined": 1, "row_count_ratio": None, "duplicate_ratio": None,
        "extra_columns": [], "notices": [],
    }  # fmt: skip
    folder = office.paths.bronze / "F98" / refused.delivery_id
    folder.mkdir(parents=True)
    pl.Series([record]).struct.unnest().write_ndjson(folder / "delivery.json")
    database.insert(row(8, marked="2024-03-03 09:00:00"))
    assert office.turn(MAR).rows == {"新增": 2}
    assert [c[0] for c in changes(office)] == ["07", "08"]


def test_a_column_added_later_is_fetched(database: Database, office: Office):
    office.turn(JAN)
    database.run(
        f"ALTER TABLE {TABLE} ADD COLUMN bz varchar(20)",
        f"UPDATE {TABLE} SET bz = '新', gxsj = '2024-02-03' WHERE sfzh LIKE '%01'",
    )
    assert office.turn(FEB).rows == {"变更": 1}
    assert office.last()["bz"].to_list() == ["新"]


@BOTH
def test_odd_values_arrive_as_they_are(database: Database, office: Office):
    odd = "𠮷'\";\\ --\n二行"
    database.con.execute("CALL mysql_clear_cache()" if database.kind == "mysql" else "CALL pg_clear_cache()")
    database.con.execute(f"INSERT INTO w.{TABLE} VALUES ('X', ?, '', NULL, NULL, NULL)", [odd])
    office.turn(JAN)
    found = office.last().filter(pl.col("公民身份号码").str.strip_chars() == "X")
    assert found.select("项目", "姓名", "金额").row(0) == (odd, "", None)


def test_a_fetch_killed_halfway_leaves_nothing_and_loses_nothing(database: Database, office: Office):
    office.turn(JAN)
    left = office.paths.drop / ".collecting" / "F98"
    left.mkdir()
    (left / "F98_测试补贴_370600_202402_增量.parquet").write_bytes(b"half")
    database.insert(row(7, marked="2024-02-03 09:00:00"))
    assert office.turn(FEB).rows == {"新增": 1}
    assert not left.exists()


def test_without_the_variable_the_report_names_it(office: Office, monkeypatch):
    monkeypatch.delenv(CONNECTION)
    report = office.collect(JAN)
    assert report.status == UNCONNECTED
    assert CONNECTION in report.message
    assert office.dropped() == []


@pytest.mark.parametrize(
    ("breaking", "said"),
    [
        (f"DROP TABLE {TABLE}", "没有表 cs_butie"),
        (f"ALTER TABLE {TABLE} DROP COLUMN sfzh", "没有列「公民身份号码」"),
        (f"ALTER TABLE {TABLE} DROP COLUMN gxsj", "没有列「更新时间」"),
    ],
)
def test_a_table_that_is_not_as_agreed_is_reported(database: Database, office: Office, breaking, said):
    database.run(breaking)
    report = office.collect(JAN)
    assert report.status == FAILED
    assert said in report.message
    assert office.dropped() == []
