"""Published properties of GCJ-02; points and offsets from public descriptions, not from our generator."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.kit.geo.gcj02 import from_gcj02, to_gcj02

CHINA = {"longitude": st.floats(73.5, 135), "latitude": st.floats(4, 53.5)}


def metres(longitude: float, latitude: float, other_longitude: float, other_latitude: float) -> float:
    east = (other_longitude - longitude) * 111_320 * np.cos(np.radians(latitude))
    return float(np.hypot(east, (other_latitude - latitude) * 111_000))


@given(**CHINA)
def test_there_and_back_again(longitude: float, latitude: float):
    x, y = from_gcj02(*to_gcj02(longitude, latitude))
    assert abs(x - longitude) < 1e-7 and abs(y - latitude) < 1e-7


@given(longitude=st.floats(119.5, 122), latitude=st.floats(36.5, 38.5))
def test_in_yantai_the_shift_is_some_five_hundred_metres(longitude: float, latitude: float):
    assert 400 < metres(longitude, latitude, *to_gcj02(longitude, latitude)) < 700


@pytest.mark.parametrize(("longitude", "latitude"), [(2.35, 48.86), (139.69, 35.69), (-74.0, 40.7), (121.0, -10.0)])
def test_outside_china_nothing_moves(longitude: float, latitude: float):
    assert to_gcj02(longitude, latitude) == (longitude, latitude)
    assert from_gcj02(longitude, latitude) == (longitude, latitude)


def test_many_points_at_once_are_as_one_by_one():
    x, y = np.array([121.39, 2.35, 120.4]), np.array([37.54, 48.86, 36.98])
    moved = to_gcj02(x, y)
    assert [moved[0][i] for i in range(3)] == [to_gcj02(x[i], y[i])[0] for i in range(3)]
    assert np.allclose(from_gcj02(*moved), (x, y), atol=1e-9)


def test_no_points_are_no_points():
    assert [len(part) for part in from_gcj02(np.array([]), np.array([]))] == [0, 0]
