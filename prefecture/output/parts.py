"""Rows of shards on their way into files: Arrow files in a scratch folder, one per file and shard.

Belongs here: putting rows down by file and picking them up in order. Does not belong here: what the files
look like (plans.py), or what is planted.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from prefecture.feeds.feed import Feed
from prefecture.months import Month

CITY = "370600"
_BESIDE = "+"


@dataclass(frozen=True)
class Parts:
    """The scratch folder: `{period of delivery}/{feed}/{scope}_{period of content}/{shard}.arrow`; rows that stand
    in for a file's own have their name behind a plus sign (`370602_202403+flood`)."""

    folder: Path

    def put(self, feed: Feed, month: Month, shard: int, rows: pl.DataFrame) -> None:
        """Put down a feed's rows of a month."""
        for scope, period, group in split(feed, month, rows):
            self.put_file(feed, month, scope, period, shard, group)

    def put_file(self, feed: Feed, month: Month, scope: str, period: str, shard: int, rows: pl.DataFrame) -> None:
        """Put down the rows of one file."""
        self._put(feed, month, f"{scope}_{period}", shard, rows)

    def put_beside(
        self, feed: Feed, month: Month, scope: str, period: str, what: str, shard: int, rows: pl.DataFrame
    ) -> None:
        """Put down other rows for one file, sent instead of its own when something goes wrong."""
        self._put(feed, month, f"{scope}_{period}{_BESIDE}{what}", shard, rows)

    def _put(self, feed: Feed, month: Month, name: str, shard: int, rows: pl.DataFrame) -> None:
        folder = self.folder / month.period / feed.code / name
        folder.mkdir(parents=True, exist_ok=True)
        rows.write_ipc(folder / f"{shard:03d}.arrow", compression="lz4")

    def files(self, feed: Feed, month: Month) -> Iterator[tuple[str, str, tuple[Path, ...]]]:
        """(scope, period of content, parts in order of shard) of every file of the feed in the month."""
        for folder in sorted((self.folder / month.period / feed.code).glob("*")):
            if _BESIDE in folder.name:
                continue
            scope, period = folder.name.split("_")
            yield scope, period, tuple(sorted(folder.glob("*.arrow")))

    def clear(self, feed: Feed, month: Month) -> None:
        """Remove what has become files."""
        shutil.rmtree(self.folder / month.period / feed.code, ignore_errors=True)


def split(feed: Feed, month: Month, rows: pl.DataFrame) -> Iterator[tuple[str, str, pl.DataFrame]]:
    """(scope, period of content, rows) as the department splits a month's rows into files. Files with nothing to
    report are not sent, unless the feed is the whole city's."""
    if feed.split == "city":
        yield CITY, month.period, rows
        return
    by = [f"_{feed.split}", *(["pay_month"] if feed.by_month else [])]
    for key, group in rows.partition_by(by, as_dict=True, maintain_order=True).items():
        yield key[0], key[1].replace("-", "") if feed.by_month else month.period, group


def beside(part: Path, what: str) -> tuple[Path, ...]:
    """What was put down beside the rows of the file that `part` belongs to."""
    return tuple(sorted(part.parent.with_name(f"{part.parent.name}{_BESIDE}{what}").glob("*.arrow")))
