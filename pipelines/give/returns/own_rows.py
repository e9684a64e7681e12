"""The row a department is written to about: its own, as it sent it, and what finds the record in its own system.

Belongs here: from a source reference to file, sheet, row and masked words. Does not belong here: which rows a letter
is about (notices.py). A row of somebody else's file helps nobody, so it is never named.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from pipelines.ingest.bronze.store import ROWS_FILE
from pipelines.kit.contracts import Feed
from pipelines.kit.contracts.masks import masked
from pipelines.kit.paths import Paths

# As bronze/lineage.py writes it; `@2` is the second table of a file.
SOURCE_REF = re.compile(r"(?P<feed>F\d{2,3}[A-Z]?)/(?P<delivery>[^/@]+)/(?P<row>\d+)(?:@(?P<table>\d+))?")
_PLACE = ("_source_ref", "_file", "_sheet", "_row")
_NAME = "person_name"


@dataclass(frozen=True)
class OwnRow:
    """`row` as an editor shows it; `sheet` '' when the file has none; `record`: its keys and names, masked."""

    file: str
    sheet: str
    row: str
    record: str


NOWHERE = OwnRow("", "", "", "")


def own_reference(department: str, references: Iterable[str], feeds: Mapping[str, Feed]) -> str:
    """The first reference into one of the department's own feeds; '' when there is none."""
    found = (m for m in map(SOURCE_REF.fullmatch, references) if m)
    own = (m[0] for m in found if m["feed"] in feeds and feeds[m["feed"]].department == department)
    return next(own, "")


def own_rows(paths: Paths, references: Iterable[str], feeds: Mapping[str, Feed]) -> dict[str, OwnRow]:
    """By reference, as far as bronze has the row; each delivery is read once."""
    wanted: dict[tuple[str, str], list[str]] = defaultdict(list)
    for reference in references:
        if match := SOURCE_REF.fullmatch(reference):
            wanted[match["feed"], match["delivery"]].append(reference)
    rows = {}
    for (code, delivery), of_delivery in sorted(wanted.items()):
        files = sorted((paths.bronze / code).glob(f"{delivery}*/{ROWS_FILE}"))
        if files:
            rows |= _read(feeds[code], files[-1], of_delivery)  # a delivery released later stands twice; rows do not
    return rows


def _read(feed: Feed, file: object, references: list[str]) -> dict[str, OwnRow]:
    shown = [c for c in feed.columns if c.name in feed.key_columns or _NAME in c.tags]
    lines = (
        pl.scan_parquet(file)
        .filter(pl.col("_source_ref").is_in(references))
        .select(*_PLACE, *(c.name for c in shown))
        .collect()
    )
    return {
        line["_source_ref"]: OwnRow(
            line["_file"] or "", line["_sheet"] or "", str(line["_row"]),
            "；".join(f"{c.label}：{text}" for c in shown if (text := masked(c, line[c.name])) and text.strip("*")),
        )
        for line in lines.iter_rows(named=True)
    }  # fmt: skip
