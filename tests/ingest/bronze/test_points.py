"""Rows on the ground: points of which the truth is known, stated as departments state them."""

import json

import numpy as np
import polars as pl
import pytest

from pipelines.kit.geo.gcj02 import to_gcj02
from tests.ingest.conftest import Office

NAME = "F27_风险点位与责任人_370600_202401_全量.geojson"
TRUE_X, TRUE_Y = 121.4, 37.5
MOVED_X, MOVED_Y = (float(v) for v in to_gcj02(np.array(TRUE_X), np.array(TRUE_Y)))


def feature(number: int, kind: str, x: float, y: float, datum: str | None) -> dict:
    said = {"点位编号": f"P{number:04}", "点位名称": "测试点", "点位类别": kind, "坐标系": datum, "村居代码": None,
            "总库容(万立方米)": None, "责任人类别": None, "责任人": None, "责任人身份证号": None, "责任人电话": None,
            "更新日期": "2024-01-01"}  # fmt: skip
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": [x, y]}, "properties": said}


def collection(features: list[dict], **more: object) -> bytes:
    return json.dumps({"type": "FeatureCollection", **more, "features": features}, ensure_ascii=False).encode()


def points(office: Office, code: str) -> pl.DataFrame:
    rows = office.rows(code).select("_source_ref", "_row")
    found = pl.read_parquet(office.paths.bronze / code / "*" / "points.parquet")
    return rows.join(found, on="_source_ref", how="left", maintain_order="left")


def test_points_of_a_mixed_list_come_to_the_ground(office: Office):
    cameras = [feature(n, "视频点位", MOVED_X, MOVED_Y, "GCJ-02" if n < 100 else None) for n in range(120)]
    ponds = [feature(200 + n, "塘坝", TRUE_X, TRUE_Y, "CGCS2000") for n in range(3)]
    posts = [feature(300 + n, "森林防火检查站", TRUE_X, TRUE_Y, None) for n in range(2)]
    result = office.deliver("F27", NAME, collection([*cameras, *ponds, *posts]))
    found = points(office, "F27")
    assert found.group_by("datum", "datum_by").len().sort("len").rows() == [
        (None, None, 2), ("CGCS2000", "row", 3), ("GCJ-02", "kind", 20), ("GCJ-02", "row", 100),
    ]  # fmt: skip
    placed = found.filter(pl.col("datum").is_not_null())
    assert placed["longitude"].to_list() == pytest.approx([TRUE_X] * 123, abs=2e-7)
    assert placed["latitude"].to_list() == pytest.approx([TRUE_Y] * 123, abs=2e-7)
    assert found.filter(pl.col("datum").is_null())["longitude"].null_count() == 2
    (told,) = [n for n in result.notices if n.startswith("坐标")]
    assert "20 个点按同类点位判断为 GCJ-02" in told
    assert "2 个点未注明坐标系，也判断不出，没有定位" in told


def test_what_the_file_says_of_its_coordinates_holds_for_silent_rows(office: Office):
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}
    result = office.deliver("F27", NAME, collection([feature(1, "水库", TRUE_X, TRUE_Y, None)], crs=crs))
    assert points(office, "F27").select("longitude", "latitude", "datum", "datum_by").rows() == [
        (TRUE_X, TRUE_Y, "CGCS2000", "file")
    ]
    assert not [n for n in result.notices if n.startswith("坐标")]


def test_points_out_of_the_country_are_told(office: Office):
    result = office.deliver("F27", NAME, collection([feature(1, "水库", TRUE_Y, TRUE_X, "WGS84")]))
    assert points(office, "F27")["longitude"].to_list() == [None]
    assert any("1 个点不能换算或不在国内" in n for n in result.notices)


def test_a_parcel_lies_where_its_middle_is(office: Office):
    ring = [[121.0, 37.0], [121.2, 37.0], [121.2, 37.2], [121.0, 37.2], [121.0, 37.0]]
    parcel = {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}, "properties": {
        "DKBM": "3706870012010000001", "DKMC": "西坡地", "CBHTBM": "370687001201000001J", "HTMJ": 0.46, "MJDW": "亩",
        "BDLX": None}}  # fmt: skip
    office.deliver("F23M", "F23M_承包地块空间数据_370687_202401_全量.geojson", collection([parcel]))
    ((x, y, by),) = points(office, "F23M").select("longitude", "latitude", "datum_by").rows()
    assert (x, y, by) == (pytest.approx(121.1), pytest.approx(37.1), "contract")


def test_a_glob_finds_the_columns_before_the_first_delivery(office: Office):
    office.run("F27")
    assert points(office, "F27").height == 0
