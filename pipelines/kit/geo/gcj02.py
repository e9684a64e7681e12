"""GCJ-02, the shifted coordinates of domestic map services, and back.

Belongs here: both directions. Does not belong here: who states coordinates in it (datum.py). The shift is an
unpublished standard; what everybody computes with is the approximation on the Krasovsky ellipsoid, and so is this.
It is smooth and changes by less than 1 in 1,000 of a step, so the inverse is a fixed point found in a few rounds.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

AXIS = 6_378_245.0
FLATTENING = 1 / 298.3
WEST, EAST, SOUTH, NORTH = 72.004, 137.8347, 0.8293, 55.8271
_ECCENTRICITY_2 = FLATTENING * (2 - FLATTENING)
_ORIGIN = (105.0, 35.0)
_ROUNDS, _TOLERANCE = 20, 1e-12
Degrees = NDArray[np.float64]
# Metres of (1, x, y, leading square, xy, root of |x|) towards east and north.
_EAST, _NORTH = (300.0, 1.0, 2.0, 0.1, 0.1, 0.1), (-100.0, 2.0, 3.0, 0.2, 0.1, 0.2)
# Amplitudes (metres) and frequencies (of π) of the waves.
_EAST_WAVES = ((20.0, 6.0), (20.0, 2.0), (20.0, 1.0), (40.0, 1 / 3), (150.0, 1 / 12), (300.0, 1 / 30))
_NORTH_WAVES_X = ((20.0, 6.0), (20.0, 2.0))
_NORTH_WAVES_Y = ((20.0, 1.0), (40.0, 1 / 3), (160.0, 1 / 12), (320.0, 1 / 30))


def inside_china(longitude: ArrayLike, latitude: ArrayLike) -> NDArray[np.bool_]:
    """Whether points lie in the rectangle in which coordinates are shifted."""
    x, y = np.asarray(longitude, float), np.asarray(latitude, float)
    return (x >= WEST) & (x <= EAST) & (y >= SOUTH) & (y <= NORTH)


def to_gcj02(longitude: ArrayLike, latitude: ArrayLike) -> tuple[Degrees, Degrees]:
    """(longitude, latitude) in GCJ-02 of points in CGCS2000 or WGS84, in degrees; outside China as they are."""
    x, y = np.asarray(longitude, float), np.asarray(latitude, float)
    east, north = _shift(x, y)
    return x + east, y + north


def from_gcj02(longitude: ArrayLike, latitude: ArrayLike) -> tuple[Degrees, Degrees]:
    """The points in CGCS2000 (WGS84 within centimetres) that are drawn at these of GCJ-02; to 1e-9 degrees."""
    stated_x, stated_y = np.asarray(longitude, float), np.asarray(latitude, float)
    x, y = stated_x, stated_y
    for _ in range(_ROUNDS):
        east, north = _shift(x, y)
        next_x, next_y = stated_x - east, stated_y - north
        moved = max(np.max(np.abs(next_x - x), initial=0), np.max(np.abs(next_y - y), initial=0))
        x, y = next_x, next_y
        if moved < _TOLERANCE:
            break
    return x, y


def _shift(longitude: Degrees, latitude: Degrees) -> tuple[Degrees, Degrees]:
    """Degrees towards east and north that GCJ-02 adds; nothing outside China."""
    x, y = longitude - _ORIGIN[0], latitude - _ORIGIN[1]
    east = _polynomial(_EAST, x, y, x) + _waves(_EAST_WAVES, x)
    north = _polynomial(_NORTH, x, y, y) + _waves(_NORTH_WAVES_X, x) + _waves(_NORTH_WAVES_Y, y)
    bend = 1 - _ECCENTRICITY_2 * np.sin(np.radians(latitude)) ** 2
    meridian = AXIS * (1 - _ECCENTRICITY_2) / bend**1.5
    parallel = AXIS / np.sqrt(bend) * np.cos(np.radians(latitude))
    there = inside_china(longitude, latitude)
    return np.where(there, np.degrees(east / parallel), 0.0), np.where(there, np.degrees(north / meridian), 0.0)


def _polynomial(factors: tuple[float, ...], x: Degrees, y: Degrees, leading: Degrees) -> Degrees:
    terms = (np.ones_like(x), x, y, leading**2, x * y, np.sqrt(np.abs(x)))
    return sum(factor * term for factor, term in zip(factors, terms, strict=True))


def _waves(waves: tuple[tuple[float, float], ...], along: Degrees) -> Degrees:
    return 2 / 3 * sum(height * np.sin(often * np.pi * along) for height, often in waves)
