"""Reading the generated files back, without any code of the generator.

Belongs here: files -> frames with contract names, and the current state of every feed after a turn.
Does not belong here: judging it (rules.py).
"""

import io
import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import polars as pl
from python_calamine import CalamineError, CalamineWorkbook

from pipelines.kit.contracts import Feed, load_contracts
from pipelines.kit.contracts.heading import normal
from pipelines.kit.keys import key_expr

# What the fifteen rules of the pipeline judge.
JUDGED = ("F01", "F03", "F04", "F07", "F08", "F10", "F11", "F14", "F17", "F20", "F31", "F36")
FEEDS = {code: feed for code, feed in load_contracts().items() if code in JUDGED}
APPEND = ("F03", "F04", "F07", "F08", "F10")
NAME = re.compile(r"^(F\d\d)_[^_]+_(\d{6})_(\d{6})(?:_(全量|增量))?\.(csv|xlsx)$")


@dataclass(frozen=True)
class Delivered:
    """One file: `problem` names what makes it unusable as a whole."""

    feed: str
    scope: str
    period: str
    kind: str | None
    turn: int
    path: Path
    headings: list[str]
    rows: pl.DataFrame | None
    problem: str | None = None


def read_drop(drop: Path, turn: int) -> list[Delivered]:
    """All files of a drop folder that the rules judge."""
    return [_read(path, turn) for code in JUDGED for path in sorted((drop / code).glob("*.*"))]


def _read(path: Path, turn: int) -> Delivered:
    code, scope, period, kind, _ = NAME.match(path.name).groups()
    feed = FEEDS[code]
    try:
        headings, cells, first = _csv(path, feed) if feed.format == "csv" else _xlsx(path, feed)
    except CalamineError:
        return Delivered(code, scope, period, kind, turn, path, [], None, "unreadable")
    known = {normal(h): c.name for c in feed.columns for h in c.headers}
    names = [known.get(normal(h), f"extra_{i}") for i, h in enumerate(headings)]
    missing = [c.label for c in feed.columns if c.required and c.name not in names]
    frame = pl.DataFrame(
        {n: [_text(row[i]) for row in cells] for i, n in enumerate(names)},
        schema=dict.fromkeys(names, pl.String),
    )
    numeric = [
        any(isinstance(v, float) for n, v in zip(names, row, strict=True) if n.endswith("id_no"))
        for row in cells
    ]
    frame = frame.with_columns(
        pl.Series("_line", range(first, first + len(cells)), dtype=pl.Int64),
        pl.Series("_numeric", numeric, dtype=pl.Boolean),
        pl.lit(path.name).alias("_file"),
        pl.lit(scope).alias("_scope"),
        pl.lit(period).alias("_period"),
        pl.lit(turn).alias("_turn"),
    )
    return Delivered(code, scope, period, kind, turn, path, headings, frame, "missing" if missing else None)


def _csv(path: Path, feed: Feed) -> tuple[list[str], list[list], int]:
    text = path.read_bytes().decode(feed.encoding)
    frame = pl.read_csv(io.BytesIO(text.encode()), infer_schema=False)
    return frame.columns, frame.rows(), 2


def _xlsx(path: Path, feed: Feed) -> tuple[list[str], list[list], int]:
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    header = 1 + feed.header_rows
    lower = rows[header - 1]
    upper = rows[1]
    headings = [str(low or up) for low, up in zip(lower, upper, strict=True)]
    body = [r for r in rows[header:] if not (str(r[0]).startswith(("合计", "注：", "填表人：")))]
    return headings, body, header + 1


def _text(value: object) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, (date, datetime)):
        return value.isoformat()[:10]
    return str(value)


def current(files: list[Delivered], turn: int) -> dict[str, pl.DataFrame]:
    """Current rows of every feed after a turn, with `record_key`; unusable files and rows left out."""
    usable = [f for f in files if f.turn <= turn and not refused(f, files)]
    state = {}
    for code, feed in FEEDS.items():
        mine = [f for f in usable if f.feed == code]
        if code in APPEND or code in ("F01", "F14"):
            chosen = mine
        else:
            last = {f.scope: f.turn for f in sorted(mine, key=lambda f: f.turn)}
            chosen = [f for f in mine if f.turn == last[f.scope]]
        frame = pl.concat(
            [f.rows.select(*(c for c in f.rows.columns if not c.startswith("extra_"))) for f in chosen],
            how="diagonal",
        )
        frame = _sound(frame, feed)
        frame = frame.with_columns(key_expr(code, feed.key_columns).alias("record_key"))
        if code in ("F01", "F14"):
            frame = frame.sort("_turn").unique("record_key", keep="last", maintain_order=True)
            frame = frame.filter(pl.col("change_type").is_null() | (pl.col("change_type") != "删除"))
        state[code] = frame
    return state


def refused(file: Delivered, files: list[Delivered]) -> bool:
    """Whether a whole delivery is unusable: unreadable, incomplete, or less than half of the one before."""
    if file.problem:
        return True
    before = [
        f
        for f in files
        if f.feed == file.feed and f.scope == file.scope and f.turn < file.turn and f.rows is not None
    ]
    full = file.feed not in APPEND and file.kind != "增量"
    return bool(full and before and file.rows.height < 0.5 * before[-1].rows.height)


def _sound(frame: pl.DataFrame, feed: Feed) -> pl.DataFrame:
    ids = [c.name for c in feed.columns if c.is_identifier and c.name in frame.columns]
    frame = frame.with_columns(
        pl.col(c).str.normalize("NFKC").str.strip_chars().str.to_uppercase() for c in ids
    )
    for column in feed.columns:
        if column.type == "date" and column.name in frame.columns:
            digits = pl.col(column.name).str.extract_groups(r"^(\d{4})\D?(\d{1,2})\D?(\d{1,2})\D?$")
            iso = pl.concat_str(*(digits.struct.field(str(i)).str.zfill(2) for i in (1, 2, 3)), separator="-")
            frame = frame.with_columns(
                iso.str.to_date().alias(column.name),
                (pl.col(column.name).is_not_null() & iso.is_null()).alias(f"_bad_{column.name}"),
            )
    required = [c.name for c in feed.columns if c.required]
    bad = pl.any_horizontal(
        "_numeric",
        *(pl.col(c).is_null() for c in required),
        *(pl.col(c) for c in frame.columns if c.startswith("_bad_")),
    )
    return frame.filter(~bad)
