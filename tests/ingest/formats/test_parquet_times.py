"""Times in Parquet: with a zone, without one, and the old form that does not say (INT96)."""

import io
from datetime import datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.ingest.formats import parquet_reader
from tests.ingest import made_files as f
from tests.ingest.conftest import Office

NAME = "F98_测试_370600_202401.parquet"
SEEN = [datetime(2023, 12, 31, 23, 30), datetime(1991, 7, 1, 0, 0, 0, 250000), None]
CITY = [datetime(2024, 1, 1, 7, 30), datetime(1991, 7, 1, 9, 0, 0, 250000), None]


@pytest.fixture
def desk(tmp_path) -> Office:
    return Office(tmp_path / "data", {"F98": f.FEED})


def written(zone: str | None = None, **footer: str) -> bytes:
    people = f.people(3)
    table = pa.table({
        "身份证号": [p[0] for p in people], "姓名": [p[1] for p in people],
        "登记时间": pa.array(SEEN, pa.timestamp("us", zone)), "出生日期": [str(p[2]) for p in people],
        "次数": [p[4] for p in people], "位置": [p[6] for p in people],
    })  # fmt: skip
    out = io.BytesIO()
    is_int96 = zone is None
    pq.write_table(table.replace_schema_metadata(footer), out, use_deprecated_int96_timestamps=is_int96)
    return out.getvalue()


@pytest.mark.parametrize(
    "footer",
    [{"org.apache.spark.version": "3.3.0", "org.apache.spark.timeZone": "Asia/Shanghai"},
     {"org.apache.spark.version": "2.4.8"}, {"org.apache.spark.timeZone": "UTC"},
     {"writer.time.zone": "Asia/Shanghai"}],
)  # fmt: skip
def test_int96_of_spark_and_hive_is_an_instant(desk: Office, footer: dict):
    result = desk.deliver("F98", NAME, written(**footer))
    assert (result.status, desk.rows("F98")["seen"].to_list()) == ("accepted", CITY)


def test_int96_of_an_old_writer_is_an_instant(desk: Office, monkeypatch):
    monkeypatch.setattr(parquet_reader, "_PARQUET_MR", "parquet-cpp")
    desk.deliver("F98", NAME, written())
    assert desk.rows("F98")["seen"].to_list() == CITY


def test_int96_of_anyone_else_is_refused_by_name(desk: Office):
    result = desk.deliver("F98", NAME, written())
    assert result.breaker_code == "E_INT96"
    assert "INT96" in result.breaker_message and "登记时间" in result.breaker_message


def test_a_time_with_a_zone_becomes_city_time(desk: Office):
    desk.deliver("F98", NAME, written("UTC"))
    assert desk.rows("F98")["seen"].to_list() == CITY
