"""Fetching a feed from all its sources.

Belongs here: which kind is fetched how, and that a broken source stays alone. Does not belong here: any fetching.
"""

from collections.abc import Callable, Collection
from datetime import date

from pipelines.ingest.collect.address import address, secrets
from pipelines.ingest.collect.api import fetch_pages
from pipelines.ingest.collect.database import fetch_table
from pipelines.ingest.collect.files import take_files
from pipelines.ingest.collect.report import FAILED, UNCONNECTED, Collected, SourceError, UnconnectedError, scrubbed
from pipelines.kit.contracts import Feed
from pipelines.kit.contracts.model import Source
from pipelines.kit.paths import Paths

Fetch = Callable[[Paths, Feed, Source, date], Collected]
FILE_KINDS = ("sftp", "s3", "folder")
FETCHES: dict[str, Fetch] = {"postgres": fetch_table, "mysql": fetch_table, "api": fetch_pages}


def collect(paths: Paths, feed: Feed, as_of: date, feeds: Collection[Feed] = ()) -> list[Collected]:
    """Fetch what the sources of a feed hold on `as_of` into its drop folder; one report a source.

    Never raises for a source: one that fails is reported, with what to do, and the next is fetched. `feeds` are all
    there are: where several departments share a place, they tell whose a file is.
    """
    return [_collected(paths, feed, source, as_of, feeds) for source in feed.sources]


def _collected(paths: Paths, feed: Feed, source: Source, as_of: date, feeds: Collection[Feed]) -> Collected:
    try:
        address(source)
        if source.kind in FILE_KINDS:
            return take_files(paths, feed, source, as_of, feeds)
        return FETCHES[source.kind](paths, feed, source, as_of)
    except UnconnectedError as error:
        return Collected(feed.code, source.kind, UNCONNECTED, str(error))
    except SourceError as error:
        return Collected(feed.code, source.kind, FAILED, str(error))
    except Exception as error:  # whatever a driver may raise: the other feeds go on
        said = scrubbed(f"{type(error).__name__} {error}", secrets(source))
        return Collected(feed.code, source.kind, FAILED, f"{feed.code} 归集 {source.connection} 时出错：{said}")
