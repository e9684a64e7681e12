import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.kit.geo.geometry import crs_of, normal, parse

SQUARE = '{"type": "Polygon", "coordinates": [[[121,37],[122,37],[122,38],[121,37]]]}'


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('{"type": "Point", "coordinates": [121.123456789, 37.5, 12]}',
         '{"type":"Point","coordinates":[121.1234568,37.5]}'),
        (SQUARE, '{"type":"Polygon","coordinates":[[[121.0,37.0],[122.0,37.0],[122.0,38.0],[121.0,37.0]]]}'),
        ("POINT (121.5 37)", '{"type":"Point","coordinates":[121.5,37.0]}'),
        ("Polygon((121 37, 122 37, 122 38, 121 37))", normal(SQUARE)),
        ("MULTIPOINT((1 2),(3 4))", '{"type":"MultiPoint","coordinates":[[1.0,2.0],[3.0,4.0]]}'),
        ("SRID=4490;POINT Z (121 37 5)", '{"type":"Point","coordinates":[121.0,37.0],"crs":{"type":"name","properties":'
         '{"name":"EPSG:4490"}}}'),
    ],
)  # fmt: skip
def test_written_forms(text: str, wanted: str):
    assert normal(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "", "烟台", "121.5,37.4", "{}", '{"type":"Point"}', '{"type":"Point","coordinates":[]}',
        '{"type":"Point","coordinates":["121","37"]}', '{"type":"Point","coordinates":[NaN,37]}',
        '{"type":"Point","coordinates":[[121,37]]}', '{"type":"Polygon","coordinates":[[[1,2],[3,4],[1,2]]]}',
        '{"type":"Polygon","coordinates":[[[1,2],[3,4],[5,6],[7,8]]]}', '{"type":"LineString","coordinates":[[1,2]]}',
        '{"type":"GeometryCollection","geometries":[]}', '{"type":"Point","coordinates":[true,1]}', "POINT EMPTY",
        '{"type":["Point"],"coordinates":[1,2]}', "[" * 2000, '{"type":"Point","coordinates":' + "[" * 5000,
    ],
)  # fmt: skip
def test_what_is_no_geometry(text: str):
    assert parse(text) is None


@given(st.recursive(st.none() | st.floats() | st.text(max_size=3), lambda x: st.lists(x, max_size=4), max_leaves=12))
def test_any_coordinates_end_in_a_verdict(coordinates: object):
    for kind in ("Point", "Polygon", "MultiPolygon"):
        text = json.dumps({"type": kind, "coordinates": coordinates})
        done = normal(text)
        assert done is None or normal(done) == done


def test_a_stated_system_stays():
    text = normal('{"type":"Point","coordinates":[1,2],"crs":{"type":"name","properties":{"name":"EPSG:4528"}}}')
    assert crs_of(parse(text)) == "EPSG:4528"
    assert parse(text)["coordinates"] == [1.0, 2.0]
