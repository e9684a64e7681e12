"""The floor: every landed file read once with the fastest reader there is and written once as Parquet.

Belongs here: the least work anybody could do with the same files. Does not belong here: checks, types,
lineage. CSV goes through polars' streaming reader (as fast as DuckDB's, and it takes what Python has decoded
from GB 18030); workbooks through python-calamine, the first sheet; JSON through the standard library, objects and
lists left as text. A file the reader refuses is counted.
"""

import json
import shutil
import time
from datetime import date
from pathlib import Path

import polars as pl
from python_calamine import CalamineWorkbook

from pipelines.ingest.landing import landed
from pipelines.kit.contracts import load_contracts
from pipelines.kit.paths import Paths

FIGURES = ("files", "rows", "refused", "seconds", "in", "out")


def measure(paths: Paths, out: Path) -> dict[str, dict[str, dict[str, float]]]:
    """Business date -> feed -> files, rows, refused, seconds, bytes in and out; over all of landing."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    found: dict[str, dict[str, dict[str, float]]] = {}
    for code, feed in load_contracts().items():
        for delivery in landed(paths, code):
            day = found.setdefault(delivery.delivered_on, {})
            figures = day.setdefault(code, dict.fromkeys(FIGURES, 0))
            target = out / f"{delivery.delivery_id}-{code}.parquet"
            started = time.perf_counter()
            try:
                copy(delivery.file(paths), target, feed.encoding)
            except Exception:  # whatever a reader thinks of a spoilt file: the floor does not look into it
                figures["refused"] += 1
                target.unlink(missing_ok=True)
            figures["seconds"] += time.perf_counter() - started
            figures["files"] += 1
            figures["in"] += delivery.size
            if target.exists():
                figures["out"] += target.stat().st_size
                figures["rows"] += pl.scan_parquet(target).select(pl.len()).collect().item()
    return found


def copy(source: Path, target: Path, encoding: str | None) -> None:
    """One file as Parquet, every cell text. Raises what its reader raises."""
    if source.suffix == ".xlsx":
        grid = CalamineWorkbook.from_path(str(source)).get_sheet_by_index(0).to_python()
        columns = [
            pl.Series(f"c{i}", [v if isinstance(v, str) else str(v) for v in column], dtype=pl.String)
            for i, column in enumerate(zip(*grid, strict=True))
        ]
        pl.DataFrame(columns).write_parquet(target, compression="snappy")
        return
    if source.suffix in (".json", ".geojson"):
        _json(source).write_parquet(target, compression="snappy")
        return
    body = source if encoding in (None, "utf-8", "utf-8-sig") else _decoded(source, encoding)
    rows = pl.scan_csv(body, infer_schema=False, truncate_ragged_lines=True, raise_if_empty=False)
    rows.sink_parquet(target, compression="snappy")


def _json(source: Path) -> pl.DataFrame:
    said = json.loads(source.read_bytes())
    features = said.get("features", ())
    records = said.get("data") or [{**f["properties"], "geometry": f["geometry"]} for f in features]
    names = dict.fromkeys(name for record in records for name in record)
    return pl.DataFrame({n: [str(record.get(n)) for record in records] for n in names})


def _decoded(source: Path, encoding: str) -> bytes:
    return source.read_bytes().decode(encoding, errors="replace").encode()


def seconds(found: dict[str, dict[str, dict[str, float]]], as_of: date | None = None) -> float:
    """Floor of one business date, or of all."""
    days = [found.get(as_of.isoformat(), {})] if as_of else list(found.values())
    return sum(figures["seconds"] for day in days for figures in day.values())
