"""`manifest.json` of a return set: what the ledger and whoever issues again read of it.

Belongs here: its name and shape. Does not belong here: writing it (pipelines.give.returns.issue).
"""

from pathlib import Path
from typing import NotRequired

from pydantic import ConfigDict
from typing_extensions import TypedDict

from pipelines.kit.records import IsoDate, read_record

MANIFEST = "manifest.json"


class _File(TypedDict):
    name: str
    sha256: str


class _Counts(TypedDict):
    residents: int
    anomalies: int


class SetManifest(TypedDict):
    """What is read of it; all of it is kept, for its digest."""

    __pydantic_config__ = ConfigDict(extra="allow")
    set_id: str
    township_code: str
    township_name: str
    county_name: NotRequired[str]
    as_of: NotRequired[IsoDate]
    due_on: NotRequired[IsoDate]
    issue: int
    because: NotRequired[str | None]
    content_digest: str
    key_id: NotRequired[str]
    counts: _Counts
    files: list[_File]


def read_manifest(folder: Path) -> SetManifest | None:
    """The manifest of the set in a folder; None where it is damaged or not there."""
    return read_record(folder / MANIFEST, SetManifest)
