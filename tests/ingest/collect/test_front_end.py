"""The prefecture's own front-end database, its register updated in place, fetched month by month into bronze."""

from collections.abc import Iterator
from datetime import date

import duckdb
import polars as pl
import pytest

from pipelines.ingest.bronze import ingest_feed, results
from pipelines.ingest.collect import FETCHED, UNCHANGED, collect
from pipelines.ingest.landing import land_feed
from pipelines.kit.contracts import load_contract
from pipelines.kit.contracts.load import CONTRACTS
from pipelines.kit.paths import Paths
from prefecture.front_end import fill_front_end
from prefecture.months import MONTHS
from tests.prefecture.city import drawn_once

SCALE = 0.001
F01 = load_contract(CONTRACTS / "public_security" / "residents.odcs.yaml")


@pytest.fixture
def paths(tmp_path, monkeypatch, postgres_server) -> Iterator[Paths]:
    (source,) = F01.sources
    monkeypatch.setenv(source.connection, postgres_server.dsn)
    with drawn_once():
        yield Paths(tmp_path)


def test_a_register_is_followed_month_by_month(paths: Paths, postgres_server):
    table = f"FROM postgres_query('w', 'SELECT * FROM {F01.sources[0].place}')"
    said: list[dict[str, int]] = []
    for month in MONTHS[:2]:
        fill_front_end(postgres_server.dsn, (month,), SCALE, feeds=("F01",))
        as_of = date.fromisoformat(str(month.as_of))
        (report,) = collect(paths, F01, as_of)
        assert report.status == FETCHED, report.message
        land_feed(paths, F01, as_of)
        (taken_in,) = ingest_feed(paths, F01, as_of)
        assert (taken_in.status, taken_in.rows_in) == ("accepted", sum(report.rows.values()))
        assert taken_in.rows_quarantined == 0
        (again,) = collect(paths, F01, as_of)
        assert again.status == UNCHANGED
        said.append(report.rows)
    there = postgres_server.con.execute(f"SELECT gmsfhm, hh, xm, hkzt, csrq {table}").pl()
    assert said[0]["全部"] > 2_000
    assert all(counts["变更"] + counts["新增"] + counts["删除"] < 300 for counts in said[1:])
    assert sorted(_folded(paths).rows()) == sorted(there.rows())
    assert [r.mode for r in results(paths, "F01")] == ["full", "delta"]


def _folded(paths: Paths) -> pl.DataFrame:
    """What bronze says stands: of every key what was said last, unless that is that it went."""
    bronze = f"read_parquet('{paths.bronze}/F01/*/rows.parquet', union_by_name = true)"
    with duckdb.connect() as con:
        return con.execute(f"""
            SELECT id_no, household_no, name, status_name, birth_date FROM {bronze}
            QUALIFY row_number() OVER (PARTITION BY id_no, household_no ORDER BY _delivery_seq DESC) = 1
            AND change_type IS DISTINCT FROM '删除'
        """).pl()
