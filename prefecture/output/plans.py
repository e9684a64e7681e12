"""From the rows of a month to the departments' files.

Belongs here: names, title lines, and the chunks a file is written in. Does not belong here: errors, except
where a whole delivery is spoilt (`FilePlan.spoil` and the like), which deliveries.py asks for.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from prefecture.feeds.feed import Feed, Layout
from prefecture.months import FIRST, Month
from prefecture.output.formats import FORMATS
from prefecture.output.parts import Parts
from prefecture.output.writers import Written

# Rows written at a time: text takes ten times the memory of a frame.
CHUNK = 50_000
_KINDS = {"events": "", "snapshot": "_全量"}


@dataclass(frozen=True)
class FilePlan:
    """One delivery to be written. `limit` keeps the first rows only, `change` alters every chunk, `spoil`
    damages the written bytes."""

    feed: Feed
    month: Month
    scope: str
    period: str
    parts: tuple[Path, ...]
    layout: Layout
    title: str = ""
    limit: int | None = None
    change: Callable[[pl.DataFrame], pl.DataFrame] | None = None
    spoil: Callable[[bytes], bytes] | None = None
    encoding: str = "utf-8"

    @property
    def stem(self) -> str:
        """The file's name without its ending."""
        kind = _KINDS.get(self.feed.kind, "_全量" if self.period == FIRST.period else "_增量")
        return f"{self.feed.code}_{self.feed.title}_{self.scope}_{self.period}{kind}"

    def chunks(self) -> Iterator[pl.DataFrame]:
        """The rows as they are written, some hidden columns (`_…`) beside them."""
        left = self.limit
        for part in self.parts:
            frame = pl.read_ipc(part)
            if left is not None:
                frame = frame.head(left)
                left -= frame.height
            for start in range(0, max(1, frame.height), CHUNK):
                rows = frame.slice(start, CHUNK)
                rows = self.feed.written(rows) if self.feed.written else rows
                yield self.change(rows) if self.change else rows

    def rows(self) -> int:
        """How many rows the parts hold."""
        return sum(pl.scan_ipc(part).select(pl.len()).collect().item() for part in self.parts)

    def write(self, drop: Path) -> Iterator[Written]:
        """Write to `drop/{feed}/`, telling chunk by chunk which rows went where."""
        folder, paths = drop / self.feed.code, set()
        folder.mkdir(parents=True, exist_ok=True)
        for written in FORMATS[self.feed.format](self, folder):
            paths.add(folder / written.file)
            yield written
        for path in sorted(paths) if self.spoil else ():
            path.write_bytes(self.spoil(path.read_bytes()))


def plan_files(parts: Parts, feed: Feed, month: Month, county_names: dict[str, str]) -> Iterator[FilePlan]:
    """Plans of all files of a feed in a month, each followed by that of its map (a feed of its own, F23M), before
    any delivery is spoilt."""
    for scope, period, files in parts.files(feed, month):
        title = feed.heading.format(
            county=county_names.get(scope[:6], ""), year=period[:4], month=int(period[4:]), scope=scope
        )
        plan = FilePlan(feed, month, scope, period, files, feed.headings(scope), title, encoding=feed.encoding)
        yield plan
        if feed.map_layout:
            drawn = replace(feed, code=map_code(feed.code), title=feed.map_title, format="geojson", map_layout=None)
            yield replace(plan, feed=drawn, layout=feed.map_layout)


def map_code(code: str) -> str:
    """The code of the map that goes with a feed."""
    return f"{code}M"
