"""The formats departments deliver in, written chunk by chunk.

Belongs here: CSV and workbooks. Does not belong here: JSON pages and GeoJSON (json_pages.py),
how a workbook is made (workbook.py), or what is in the files.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from prefecture.output.workbook import first_line, write_workbook

if TYPE_CHECKING:
    from prefecture.output.plans import FilePlan


@dataclass(frozen=True)
class Written:
    """`rows` stand in `file` from row `first` on (1-based, as a person counts lines)."""

    file: str
    first: int
    rows: pl.DataFrame


def csv_file(plan: "FilePlan", folder: Path) -> Iterator[Written]:
    """One CSV file with CRLF lines."""
    labels: dict[str, str] = plan.layout
    date_format = "%Y%m%d" if plan.feed.compact_dates else "%Y-%m-%d"
    first, name = 2, f"{plan.stem}.csv"
    with (folder / name).open("wb") as out:
        out.write((",".join(labels.values()) + "\r\n").encode(plan.encoding))
        for rows in plan.chunks():
            cells = rows.select(pl.col(column).alias(label) for column, label in labels.items())
            text = cells.write_csv(date_format=date_format, line_terminator="\r\n", include_header=False)
            out.write(text.encode(plan.encoding.removesuffix("-sig")))
            yield Written(name, first, rows)
            first += rows.height


def xlsx_file(plan: "FilePlan", folder: Path) -> Iterator[Written]:
    """One workbook with title, heading, rows, total and footnote."""
    name = f"{plan.stem}.xlsx"
    written: list[Written] = []
    first, total = first_line(plan.layout), 0.0
    names = [h.name for h in plan.layout]

    def counted() -> Iterator[pl.DataFrame]:
        nonlocal first, total
        for rows in plan.chunks():
            written.append(Written(name, first, rows))
            first += rows.height
            total += float(rows["amount"].sum()) if "amount" in names else 0.0
            yield rows

    def tail() -> list[list[str | float]]:
        rows: list[list[str | float]] = []
        if "amount" in names:
            rows.append(["合计", *(round(total, 2) if n == "amount" else "" for n in names[1:])])
        elif plan.feed.footnote.startswith("注"):
            rows.append(["合计", f"{first - first_line(plan.layout)}人"])
        return [*rows, [plan.feed.footnote]] if plan.feed.footnote else rows

    write_workbook(folder / name, plan.feed.title, plan.title, plan.layout, counted(), tail)
    yield from written
