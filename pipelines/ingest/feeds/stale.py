"""Feeds that could not be brought up to date: their last good version stands, and it says so.

Belongs here: going back to what stood, and the note of it that the ledger reads. Does not belong here: single files
that go wrong (pipelines.ingest.bronze refuses them), what is late or refused (pipelines.ingest.arrivals).
"""

import json
import shutil
from collections.abc import Collection
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from pipelines.ingest.bronze.store import empty_bronze
from pipelines.kit import incidents
from pipelines.kit.contracts import Feed
from pipelines.kit.paths import Paths
from pipelines.kit.records import IsoDate, read_record
from pipelines.kit.whole_files import take_away, write_whole

_FOLDER = ".stale"


@dataclass(frozen=True)
class _Note:
    as_of: IsoDate
    incident: str


def in_bronze(paths: Paths, feed: Feed) -> set[str]:
    """Names of what bronze holds of a feed."""
    return {folder.name for folder in (paths.bronze / feed.code).glob("*")}


def mark(paths: Paths, feed: Feed, as_of: date, error: BaseException, before: Collection[str]) -> str:
    """Go back to what bronze held `before`, and note that the feed is stale; returns the number of the incident.

    What was taken in since is in landing, and is read again by the next run.
    """
    for name in in_bronze(paths, feed) - set(before):
        shutil.rmtree(paths.bronze / feed.code / name, ignore_errors=True)
    number = incidents.incident(paths, f"feed {feed.code}", "", as_of, error)
    with suppress(Exception):  # whatever it was that failed
        empty_bronze(paths, feed)
        write_whole(_note(paths, feed.code), json.dumps(asdict(_Note(as_of.isoformat(), number))) + "\n")
    return number


def clear(paths: Paths, feed: Feed) -> None:
    """The feed is up to date."""
    take_away(_note(paths, feed.code))


def stale_feeds(paths: Paths) -> dict[str, str]:
    """Chinese words about every feed whose last attempt failed, by code."""
    found = {}
    for note in sorted((paths.bronze / _FOLDER).glob("*.json")):
        told = read_record(note, _Note)
        why = f"{told.as_of} 未能更新（{incidents.named(told.incident)}）" if told else "未能更新"
        found[note.stem] = f"{why}，沿用此前的数据"
    return found


def _note(paths: Paths, code: str) -> Path:
    return paths.bronze / _FOLDER / f"{code}.json"
