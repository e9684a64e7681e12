"""Telling datums apart, on made-up points of which the truth is known."""

import numpy as np
import polars as pl
import pytest

from pipelines.kit.geo.crs import datum_of_name, datum_of_word
from pipelines.kit.geo.datum import tell
from pipelines.kit.geo.gcj02 import to_gcj02
from pipelines.kit.geo.located import centres, to_cgcs2000


@pytest.mark.parametrize(
    ("word", "datum"),
    [
        ("WGS84", "WGS84"), ("wgs-84", "WGS84"), ("GPS坐标", "WGS84"), ("CGCS2000", "CGCS2000"),
        ("国家2000大地坐标系", "CGCS2000"), ("2000国家大地坐标系", "CGCS2000"), ("ＣＧＣＳ２０００", "CGCS2000"),
        ("GCJ-02", "GCJ-02"), ("火星坐标系（高德）", "GCJ-02"), ("BD-09", "其他"), ("西安80", "其他"),
        ("北京54", "其他"), ("WGS84或GCJ-02", None), ("WGS84(CGCS2000)", "CGCS2000"), ("", None), (None, None),
        ("不详", None),
        ("经纬度", None),
    ],
)  # fmt: skip
def test_words_of_departments(word: str | None, datum: str | None):
    assert datum_of_word(word) == datum


@pytest.mark.parametrize(
    ("name", "datum"),
    [
        ("EPSG:4490", "CGCS2000"), ("urn:ogc:def:crs:OGC:1.3:CRS84", "WGS84"), ("GCS_China_2000", "CGCS2000"),
        ("CGCS2000_3_Degree_GK_Zone_40", "CGCS2000"), ("Xian_1980_3_Degree_GK_CM_120E", "其他"), ("GCJ02", "GCJ-02"),
        ("本地坐标", None), (None, None),
    ],
)  # fmt: skip
def test_names_in_files(name: str | None, datum: str | None):
    assert datum_of_name(name) == datum


def test_what_a_row_says_counts_before_what_the_file_says():
    points = pl.DataFrame({"x": [121.0] * 4, "y": [37.0] * 4, "declared": ["GCJ-02", None, "不详", None],
                           "crs": ["EPSG:4490", "EPSG:4490", "EPSG:4326", None]})  # fmt: skip
    assert tell(points).rows() == [("GCJ-02", "row"), ("CGCS2000", "file"), ("WGS84", "file"), (None, None)]
    assert tell(points, agreed="CGCS2000").rows()[3] == ("CGCS2000", "contract")


@pytest.mark.parametrize(("shifted", "said", "told"), [(100, 100, "GCJ-02"), (0, 100, "CGCS2000"), (92, 100, None),
                                                       (20, 20, None)])  # fmt: skip
def test_a_kind_is_told_by_its_like_when_they_are_of_one_mind_and_many(shifted: int, said: int, told: str | None):
    words = ["GCJ-02"] * shifted + ["WGS84"] * (said - shifted) + [None]
    points = pl.DataFrame({"x": [121.0] * (said + 1), "y": [37.0] * (said + 1), "declared": words,
                           "kind": ["视频点位"] * (said + 1)})  # fmt: skip
    assert tell(points).rows()[-1] == (told, "kind" if told else None)


def test_points_come_to_the_ground():
    x, y = to_gcj02(np.array([121.4, 121.4]), np.array([37.5, 37.5]))
    points = pl.DataFrame({"x": [x[0], 121.4, 121.4, 37.5, None], "y": [y[0], 37.5, 37.5, 121.4, None],
                           "datum": ["GCJ-02", "WGS84", None, "WGS84", "WGS84"]})  # fmt: skip
    assert to_cgcs2000(points).rows() == [(121.4, 37.5), (121.4, 37.5), (None, None), (None, None), (None, None)]


def test_surveyors_metres_become_degrees():
    name = '"crs":{"type":"name","properties":{"name":"CGCS2000_3_Degree_GK_Zone_40"}}'
    text = pl.Series([f'{{"type":"Point","coordinates":[40620000,4150000],{name}}}', None])
    (x, y, crs), nothing = centres(text).rows()
    assert (round(x, 4), round(y, 4), crs) == (121.3566, 37.4742, "CGCS2000_3_Degree_GK_Zone_40")
    assert nothing == (None, None, None)
