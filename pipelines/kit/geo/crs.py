"""What a name of a coordinate system means.

Belongs here: words and names for datums, projected coordinates into degrees. Does not belong here: what to think
of coordinates nobody named (datum.py). WGS84 and CGCS2000 differ by centimetres and count as one here; the datums
of 1954 and 1980 lie some 100 m away by parameters that are not public, so their coordinates stay unknown.
"""

import re
import unicodedata
from functools import lru_cache

import numpy as np
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

CGCS2000, WGS84, GCJ02, OTHER = "CGCS2000", "WGS84", "GCJ-02", "其他"
SAME_GROUND = (CGCS2000, WGS84)
_WORDS = (
    (GCJ02, r"GCJ0?2|火星|国测局|高德|腾讯"),
    (OTHER, r"BD0?9|百度|西安|北京54|XIAN|BEIJING|1980|1954"),
    (CGCS2000, r"CGCS2000|CHINA2000|CHINAGEODETICCOORDINATESYSTEM2000|国家?2000|2000国家|大地2000|EPSG:*4490$"),
    (WGS84, r"WGS(19)?84|GPS|CRS84|EPSG:*4326$"),
)
_ESRI = {"GCS_China_2000": "EPSG:4490", "GCS_China_Geodetic_Coordinate_System_2000": "EPSG:4490"}
_DATUMS = (("China 2000", CGCS2000), ("World Geodetic System 1984", WGS84))


def datum_of_word(text: str | None) -> str | None:
    """The datum a department's word for it means: WGS84, CGCS2000, GCJ-02, 其他 (known, not convertible); None for
    no word, one that says nothing and one that says two things."""
    plain = re.sub(r"[\s_\-—.()（）]", "", unicodedata.normalize("NFKC", text or "")).upper()
    meant = [datum for datum, words in _WORDS if plain and re.search(words, plain)]
    return meant[0] if len(meant) == 1 or set(meant) == set(SAME_GROUND) else None


def datum_of_name(name: str | None) -> str | None:
    """The same for the name a file states (EPSG code, URN, name of an ESRI prj)."""
    if not name:
        return None
    system = _system(name)
    if system is None or system.geodetic_crs is None:
        return datum_of_word(name)
    said = system.geodetic_crs.datum.name
    return next((datum for start, datum in _DATUMS if said.startswith(start)), OTHER)


def degrees(name: str | None, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(longitude, latitude) on the datum of the named system; as they are when it is in degrees or unknown."""
    system = _system(name) if name else None
    if system is None or not system.is_projected:
        return x, y
    return Transformer.from_crs(system, system.geodetic_crs, always_xy=True).transform(x, y)


@lru_cache(maxsize=64)
def _system(name: str) -> CRS | None:
    try:
        return CRS.from_user_input(_ESRI.get(name, name))
    except CRSError:
        return None
