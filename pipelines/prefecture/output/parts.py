"""Rows of shards on their way into files: Arrow files in a scratch folder, one per file and shard.

Belongs here: putting rows down by file and picking them up in order. Does not belong here: what the files
look like (plans.py), or what is planted.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.prefecture.feeds.feed import Feed
from pipelines.prefecture.months import Month

CITY = "370600"


@dataclass(frozen=True)
class Parts:
    """The scratch folder: `{period of delivery}/{feed}/{scope}_{period of content}/{shard}.arrow`."""

    folder: Path

    def put(self, feed: Feed, month: Month, shard: int, rows: pl.DataFrame) -> None:
        """Put down a feed's rows of a month, split as the department splits them. Files with nothing to
        report are not sent, unless the feed is the whole city's."""
        if feed.split == "city":
            self.put_file(feed, month, CITY, month.period, shard, rows)
            return
        by = [f"_{feed.split}", *(["pay_month"] if feed.by_month else [])]
        for key, group in rows.partition_by(by, as_dict=True, maintain_order=True).items():
            period = key[1].replace("-", "") if feed.by_month else month.period
            self.put_file(feed, month, key[0], period, shard, group)

    def put_file(self, feed: Feed, month: Month, scope: str, period: str, shard: int, rows: pl.DataFrame) -> None:
        """Put down the rows of one file."""
        folder = self.folder / month.period / feed.code / f"{scope}_{period}"
        folder.mkdir(parents=True, exist_ok=True)
        rows.write_ipc(folder / f"{shard:03d}.arrow", compression="lz4")

    def files(self, feed: Feed, month: Month) -> Iterator[tuple[str, str, tuple[Path, ...]]]:
        """(scope, period of content, parts in order of shard) of every file of the feed in the month."""
        for folder in sorted((self.folder / month.period / feed.code).glob("*")):
            scope, period = folder.name.split("_")
            yield scope, period, tuple(sorted(folder.glob("*.arrow")))

    def clear(self, feed: Feed, month: Month) -> None:
        """Remove what has become files."""
        shutil.rmtree(self.folder / month.period / feed.code, ignore_errors=True)
