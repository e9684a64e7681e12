"""Reading any delivered file back: rows with the generator's column names, as text, and their place.

Belongs here: CSV, workbooks, JSON pages and GeoJSON -> frames, and what a feed's receiver knows after a
month. Does not belong here: judging it.
"""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

import polars as pl
from python_calamine import CalamineWorkbook

from pipelines.kit.contracts import load_contracts
from prefecture.feeds import FEEDS
from prefecture.feeds.feed import Feed
from prefecture.months import MONTHS, Month


@dataclass(frozen=True)
class Outbox:
    """`{folder}/{YYYYMM}/{feed}/…` as `deliver` was told to write it. With the `register` (folder) beside it,
    deliveries that must be refused as a whole are left out: what is planted among people shows in the others."""

    folder: Path
    register: Path | None = None

    def sent(self, feed: str, month: Month) -> pl.DataFrame:
        """All rows of a feed delivered in a month; with _file, _row (1-based), _scope, _period, _month (index)."""
        return _sent(self, feed, month)

    def known(self, feed: str, month: Month) -> pl.DataFrame:
        """What a receiver knows at the end of a month: a register with its changes made, the last snapshot
        of every scope, or all events so far; of a delivery that came again, the last."""
        kind, keys = FEEDS[feed].kind, list(FEEDS[feed].keys)
        sent = [rows for m in MONTHS[: month.index + 1] if (rows := self.sent(feed, m)).height]
        if not sent:
            return pl.DataFrame()
        rows = pl.concat(sent, how="diagonal")
        rows = rows.filter(pl.col("_month") == pl.col("_month").max().over("_scope", "_period"))
        if kind == "events":
            return rows
        if kind == "snapshot":
            return rows.filter(pl.col("_period") == pl.col("_period").max().over("_scope"))
        rows = rows.sort("_period", maintain_order=True).unique(keys, keep="last", maintain_order=True)
        return rows.filter(pl.col("change_type").fill_null("") != "删除")

    def _frames(self, feed: Feed, month: Month) -> Iterator[pl.DataFrame]:
        for path in sorted((self.folder / month.period / feed.code).glob(f"*.{feed.format}")):
            if path.name in _refused(self.register, month):
                continue
            scope, period = path.stem.split("_")[2:4]
            names, cells, first = _READERS[path.suffix](path, feed, scope)
            yield pl.DataFrame(
                {n: [_text(row[i]) for row in cells] for i, n in enumerate(names)},
                schema=dict.fromkeys(names, pl.String),
            ).with_columns(
                pl.Series("_row", range(first, first + len(cells)), dtype=pl.Int64),
                pl.lit(path.name).alias("_file"),
                pl.lit(scope).alias("_scope"),
                pl.lit(period).alias("_period"),
                pl.lit(month.index).alias("_month"),
            )


@cache
def _refused(register: Path | None, month: Month) -> set[str]:
    """Names of the files of the month that nobody may take in."""
    if register is None:
        return set()
    told = pl.read_parquet(register / "deliveries" / f"{month.period}.parquet")
    return set(told.filter(pl.col("must") == "quarantine")["file"])


@cache
def _sent(outbox: Outbox, feed: str, month: Month) -> pl.DataFrame:
    frames = list(outbox._frames(FEEDS[feed], month))
    return pl.concat(frames, how="diagonal") if frames else pl.DataFrame()


def _csv(path: Path, feed: Feed, scope: str) -> tuple[list[str], list[tuple], int]:
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030")
    frame = pl.read_csv(io.BytesIO(text.encode()), infer_schema=False)
    names = _aliases(feed.code) | {label: name for name, label in feed.headings(scope).items()}
    return [names.get(c, c) for c in frame.columns], frame.rows(), 2


def _xlsx(path: Path, feed: Feed, scope: str) -> tuple[list[str], list[list], int]:
    headings = feed.headings(scope)
    first = 4 if any(h.group for h in headings) else 3
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    tail = sum(str(r[0]) in ("合计", feed.footnote or None) for r in rows[-2:])
    names = [h.name for h in headings]
    if first == 3:
        known = _aliases(feed.code) | {h.label: h.name for h in headings}
        names = [known.get(label, label) for label in rows[1]]
    return names, rows[first - 1 : len(rows) - tail], first


@cache
def _aliases(code: str) -> dict[str, str]:
    """Every heading the contract knows -> the column's name; none for what is no feed of the pipeline."""
    contracts = load_contracts()
    return {h: c.name for c in contracts[code].columns for h in c.headers} if code in contracts else {}


def _json(path: Path, feed: Feed, scope: str) -> tuple[list[str], list[list], int]:
    labels = feed.headings(scope)
    records = json.loads(path.read_text(encoding="utf-8"))["data"]
    return list(labels), [[r[label] for label in labels.values()] for r in records], 1


def _geojson(path: Path, feed: Feed, scope: str) -> tuple[list[str], list[list], int]:
    labels = feed.headings(scope)
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    rows = [[*(f["properties"][v] for v in labels.values()), json.dumps(f["geometry"])] for f in features]
    return [*labels, "_geometry"], rows, 1


_READERS = {".csv": _csv, ".xlsx": _xlsx, ".json": _json, ".geojson": _geojson}


def _text(value: object) -> str | None:
    if value is None or value == "":
        return None
    return value.isoformat()[:10] if isinstance(value, (date, datetime)) else str(value)
