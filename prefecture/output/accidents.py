"""What can happen to a whole file: it is cut off, emptied, garbled, sent with other rows or other headings.

Belongs here: how a plan looks afterwards, whatever its format. Does not belong here: to which delivery it happens
(mishaps.py). Every function is, or returns, one from a plan to a plan; those that change cells keep the number of
rows, so that a page still says truly how many it holds.
"""

from collections.abc import Callable
from dataclasses import replace

import polars as pl

from prefecture.feeds import FEEDS
from prefecture.feeds.feed import Layout
from prefecture.output.parts import beside
from prefecture.output.plans import FilePlan
from prefecture.output.workbook import Heading

Alter = Callable[[FilePlan], FilePlan]
_HALF, _CUT = 0.45, 0.6
_ERROR = '{"code": 500, "message": "Internal Server Error", "data": null}\n'
_ERROR_PAGE = (
    '<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>502 Bad Gateway</title></head>\n'
    "<body><h1>502 Bad Gateway</h1><p>网关错误，请联系系统管理员。</p></body></html>\n"
)


def as_agreed(plan: FilePlan) -> FilePlan:
    """Nothing happens to the file; its rows or its habits only look odd."""
    return plan


def truncated(plan: FilePlan) -> FilePlan:
    """The transfer broke off."""
    return replace(plan, spoil=lambda content: content[: round(len(content) * _CUT)])


def cut_in_a_line(plan: FilePlan) -> FilePlan:
    """The transfer of a text broke off, in the middle of a line."""
    return replace(plan, spoil=_cut_in_a_line)


def emptied(plan: FilePlan) -> FilePlan:
    """A file of no bytes."""
    return replace(plan, spoil=lambda _: b"")


def error_page(plan: FilePlan) -> FilePlan:
    """What the server said instead of an answer, under the answer's name."""
    said = _ERROR if plan.feed.format == "json" else _ERROR_PAGE
    return replace(plan, spoil=lambda _: said.encode())


def garbled(plan: FilePlan) -> FilePlan:
    """A text saved as UTF-8 was read as GB 18030 and saved again: headings and cells are 锟斤拷 and the like."""
    return replace(plan, spoil=lambda content: _mojibake(content.decode(plan.encoding)).encode(plan.encoding))


def garbled_cells(plan: FilePlan) -> FilePlan:
    """The same inside the department's system: headings are right, cells are not."""

    def garble(rows: pl.DataFrame) -> pl.DataFrame:
        seen = {c: rows[c].drop_nulls().unique() for c, dtype in rows.schema.items() if dtype == pl.String}
        wrong = {c: [_mojibake(value) for value in values] for c, values in seen.items()}
        return rows.with_columns(
            pl.col(c).replace_strict(values, wrong[c], return_dtype=pl.String)
            for c, values in seen.items()
            if len(values) and not c.startswith("_")
        )

    return _changed(plan, garble)


def reencoded(encoding: str) -> Alter:
    """A text in another encoding than agreed."""
    return lambda plan: replace(plan, encoding=encoding)


def unfinished(plan: FilePlan) -> FilePlan:
    """No line break at the end of the last line: no error."""
    return replace(plan, spoil=lambda content: content.removesuffix(b"\r\n"))


def without(column: str) -> Alter:
    """A column is missing from the file."""
    return lambda plan: replace(plan, layout=_but(plan.layout, column, None))


def renamed(column: str, label: str) -> Alter:
    """Another heading stands over a column."""
    return lambda plan: replace(plan, layout=_but(plan.layout, column, label))


def swapped(column: str, other: str) -> Alter:
    """Two columns stand under each other's headings."""
    return lambda plan: _changed(plan, _exchange(column, other))


def blank(column: str) -> Alter:
    """A column is there, and nothing in it."""
    return lambda plan: _changed(plan, lambda rows: _written(rows, column, pl.lit(None, rows.schema[column])))


def with_extra_column(column: str, label: str, value: pl.Expr) -> Alter:
    """A column more than agreed: no error."""

    def alter(plan: FilePlan) -> FilePlan:
        added = {column: label} if isinstance(plan.layout, dict) else [Heading(column, label)]
        layout = plan.layout | added if isinstance(plan.layout, dict) else [*plan.layout, *added]
        return _changed(replace(plan, layout=layout), lambda rows: rows.with_columns(value.alias(column)))

    return alter


def reordered(plan: FilePlan) -> FilePlan:
    """The columns from the last to the first: no error."""
    layout = plan.layout
    turned = dict(reversed(layout.items())) if isinstance(layout, dict) else list(reversed(layout))
    return replace(plan, layout=turned)


def halved(plan: FilePlan) -> FilePlan:
    """Less than half of the rows are there."""
    return replace(plan, limit=round(plan.rows() * _HALF))


def repeated(times: float) -> Alter:
    """All rows so many times over; of the last time only a part where `times` is no whole number."""
    return lambda plan: replace(plan, parts=plan.parts * int(-(-times // 1)), limit=round(plan.rows() * times))


def fewer(share: float) -> Alter:
    """A share of the rows, about whom nothing is planted, is not there. Not for pages, which say their number."""

    def thin(rows: pl.DataFrame) -> pl.DataFrame:
        place = pl.int_range(pl.len()) % round(1 / share) == 1
        return rows.filter(~place | pl.col("_touched"))

    return lambda plan: _changed(plan, thin)


def shifted(column: str) -> Alter:
    """A column stands one row lower than the others."""
    return lambda plan: _changed(plan, lambda rows: _written(rows, column, pl.col(column).shift(1)))


def rounded(column: str) -> Alter:
    """Long numbers went through a spreadsheet: fifteen digits are left, the others are noughts."""
    digits = pl.col(column).str.head(15).str.pad_end(pl.col(column).str.len_chars(), "0")
    return lambda plan: _changed(plan, lambda rows: _written(rows, column, digits))


def full_width(column: str) -> Alter:
    """Digits as wide as Chinese characters: no error."""
    wide = pl.col(column).str.replace_many([*"0123456789X"], [*"０１２３４５６７８９Ｘ"])
    return lambda plan: _changed(plan, lambda rows: _written(rows, column, wide))


def of_other_rows(what: str) -> Alter:
    """Rows put down beside the delivery's own instead of these."""
    return lambda plan: replace(plan, parts=beside(plan.parts[0], what))


def of_feed(code: str) -> Alter:
    """The content of another feed of the same format under this one's name."""

    def alter(plan: FilePlan) -> FilePlan:
        other = FEEDS[code]
        looks = replace(plan.feed, written=other.written, compact_dates=other.compact_dates, footnote=other.footnote)
        return of_other_rows(code)(replace(plan, feed=looks, layout=other.headings(plan.scope)))

    return alter


def _changed(plan: FilePlan, change: Callable[[pl.DataFrame], pl.DataFrame]) -> FilePlan:
    before = plan.change
    return replace(plan, change=(lambda rows: change(before(rows))) if before else change)


def _written(rows: pl.DataFrame, column: str, value: pl.Expr) -> pl.DataFrame:
    """The column with another value, and no cell of it written in a way of its own."""
    return rows.drop(c for c in rows.columns if c.startswith(f"{column}__")).with_columns(value.alias(column))


def _exchange(column: str, other: str) -> Callable[[pl.DataFrame], pl.DataFrame]:
    def exchange(rows: pl.DataFrame) -> pl.DataFrame:
        held = rows.with_columns(pl.col(column).alias("_held"))
        return _written(_written(held, column, pl.col(other)), other, pl.col("_held")).drop("_held")

    return exchange


def _but(layout: Layout, column: str, label: str | None) -> Layout:
    if isinstance(layout, dict):
        return {k: label if k == column else v for k, v in layout.items() if k != column or label}
    return [replace(h, label=label) if h.name == column else h for h in layout if h.name != column or label]


def _cut_in_a_line(content: bytes) -> bytes:
    cut = round(len(content) * _CUT)
    start, end = content.rfind(b"\n", 0, cut) + 1, content.find(b"\n", cut)
    return content[: (start + max(end, cut)) // 2]


def _mojibake(text: str) -> str:
    return text.encode().decode("gb18030", errors="replace")
