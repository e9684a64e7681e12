"""What holds of bronze whatever the files were: once, in order, equal bytes, keys as everywhere."""

import shutil
from dataclasses import asdict
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from pipelines.ingest.bronze import empty_bronze, ingest_feed, results, store
from pipelines.ingest.formats import csv_reader
from pipelines.ingest.landing import land_feed
from pipelines.ingest.values.table import ROW, tidy
from pipelines.kit.contracts.sources import sql_type
from pipelines.kit.keys import key_sql, record_key
from tests.ingest.conftest import AS_OF, FEEDS, Office

JAN, FEB = "F11_残疾人证_370600_202401.csv", "F11_残疾人证_370600_202402.csv"


def tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_the_same_bytes_delivered_twice_are_ingested_once(office: Office, cards):
    office.deliver("F11", JAN, cards(10))
    office.drop("F11", JAN, cards(10))
    assert office.run("F11", date(2024, 2, 29)) == []
    assert office.rows("F11").height == 10


def test_a_second_run_changes_nothing(office: Office, cards):
    office.deliver("F11", JAN, cards(10))
    before = tree(office.paths.bronze)
    assert office.run("F11") == []
    assert tree(office.paths.bronze) == before


def test_bronze_rebuilt_from_landing_has_equal_bytes(
    office: Office, cards, workbook, allowance, allowance_header
):
    office.deliver("F11", JAN, cards(10, encoding="gb18030") + "坏行\r\n".encode("gb18030"))
    office.deliver("F11", FEB, cards(3), date(2024, 2, 29))
    office.deliver("F10", "F10_高龄津贴发放_370602_202401.xlsx", workbook([allowance_header, allowance(0)]))
    before = tree(office.paths.bronze)
    shutil.rmtree(office.paths.bronze)
    for code in ("F10", "F11"):
        ingest_feed(office.paths, FEEDS[code], date(2024, 2, 29))
    assert tree(office.paths.bronze) == before
    assert sum(name.endswith("rows.parquet") for name in before) == 5


def test_a_file_read_in_many_blocks_gives_the_same_bronze(office: Office, card, cards, monkeypatch):
    lines = [card(n) for n in range(99)]
    whole = office.deliver("F11", JAN, cards([*lines, "坏行", lines[0], lines[98]]))
    rows, entries = office.rows("F11"), office.quarantine("F11")
    shutil.rmtree(office.paths.bronze)
    monkeypatch.setattr(csv_reader, "BLOCK_BYTES", 500)
    monkeypatch.setattr(store, "_ROW_GROUP", 37)
    assert [r.facts() for r in ingest_feed(office.paths, FEEDS["F11"], AS_OF)] == [whole.facts()]
    # A key is found again a hundred rows and many blocks later.
    assert (whole.status, whole.rows_in, whole.duplicate_ratio) == ("accepted", 102, 0.0198)
    assert office.rows("F11").equals(rows) and office.quarantine("F11").equals(entries)


def test_later_deliveries_wait_for_their_day(office: Office, cards):
    office.drop("F11", JAN, cards(10))
    land_feed(office.paths, FEEDS["F11"], AS_OF)
    assert ingest_feed(office.paths, FEEDS["F11"], date(2024, 1, 30)) == []
    assert [r.rows_in for r in ingest_feed(office.paths, FEEDS["F11"], AS_OF)] == [10]


def test_a_killed_ingest_leaves_nothing_half(office: Office, cards):
    (office.paths.bronze / ".writing" / "F11").mkdir(parents=True)
    (office.paths.bronze / ".writing" / "F11" / "rows.parquet").write_bytes(b"half")
    office.deliver("F11", JAN, cards(10))
    assert office.rows("F11").height == 10


def test_results_come_back_in_order_of_landing(office: Office, cards):
    first = office.deliver("F11", JAN, cards(10))
    second = office.deliver("F11", FEB, cards(2), date(2024, 2, 29))
    assert results(office.paths, "F11") == [first, second]
    assert results(office.paths, "F11", AS_OF) == [first]
    assert asdict(second)["breaker_code"] == "E_ROW_COUNT"


def test_a_bad_delivery_stops_neither_the_next_nor_another_feed(
    office: Office, cards, workbook, allowance, allowance_header
):
    office.drop("F11", JAN, b"")
    office.drop("F11", FEB, cards(10))
    office.drop("F10", "F10_高龄津贴发放_370602_202401.xlsx", b"PK\x03\x04 no zip")
    office.drop("F10", "F10_高龄津贴发放_370611_202401.xlsx", workbook([allowance_header, allowance(0)]))
    assert [r.status for r in office.run("F11")] == ["quarantined", "accepted"]
    assert [r.status for r in office.run("F10")] == ["quarantined", "accepted"]
    assert (office.rows("F11").height, office.rows("F10").height) == (10, 1)


def test_every_feed_has_an_empty_bronze_that_duckdb_can_read(office: Office):
    for code, feed in FEEDS.items():
        empty_bronze(office.paths, feed)
        glob = office.paths.bronze / code / "*"
        sql = f"SELECT * FROM read_parquet('{glob}/rows.parquet', union_by_name=true)"
        columns = {d[0]: str(d[1]) for d in duckdb.sql(sql).description}
        assert {c.name: columns[c.name] for c in feed.columns} == {c.name: sql_type(c) for c in feed.columns}
        assert list(columns)[-11:] == [
            "_feed", "_delivery_id", "_delivery_seq", "_delivered_on", "_mode", "_scope", "_file", "_sheet",
            "_row", "_record_key", "_source_ref",
        ]  # fmt: skip
        assert duckdb.sql(f"SELECT count(*) FROM read_parquet('{glob}/quarantine.parquet')").fetchone() == (
            0,
        )


def test_record_keys_are_those_of_python_and_sql(office: Office, workbook):
    header = [c.label for c in FEEDS["F36"].columns]
    row = ["370602001001", "某村", "村", "370602001", "2020年1月1日", "", "", ""]
    office.deliver("F36", "F36_区划网格_370600_202401.xlsx", workbook([["区划网格"], header, row]))
    key = office.rows("F36")["_record_key"].to_list()
    assert key == [record_key("F36", "370602001001", date(2020, 1, 1))]
    glob = office.paths.bronze / "F36" / "*" / "rows.parquet"
    source = f"read_parquet('{glob}', union_by_name=true)"
    sql = f"SELECT {key_sql('F36', ['unit_code', 'valid_from'])} FROM {source}"
    assert duckdb.sql(sql).fetchall() == [(key[0],)]


def test_the_empty_bronze_follows_the_contract(office: Office, tmp_path: Path):
    stale = office.paths.bronze / "F11" / "_empty"
    stale.mkdir(parents=True)
    pl.DataFrame({"old": ["x"]}).write_parquet(stale / "rows.parquet")
    empty_bronze(office.paths, FEEDS["F11"])
    assert next(iter(pl.read_parquet_schema(stale / "rows.parquet"))) == "card_no"


def test_rows_are_in_one_piece():
    """A mask over pieces leaves empty ones, on which pl.format panics; it once did over a workbook."""
    rows = tidy(pl.DataFrame({ROW: range(20_000), "c0": [" x "] * 20_000}))
    assert rows.n_chunks() == 1
    assert rows.filter(rows[ROW] > 19_997).select(pl.format("第 {} 行", pl.col(ROW))).height == 2
