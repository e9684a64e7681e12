"""Rows that are no data: totals, footnotes, who filled the form in, the header once more.

Belongs here: how they are told from data. Does not belong here: dropping them. A notice says what such a row is and
never what is in it: what follows 注： or stands beside 合计 may be a person.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from pipelines.ingest.values.header import Header
from pipelines.ingest.values.table import ROW, Mark
from pipelines.kit.contracts import Feed

_TOTAL = r"^(?:合\s*计|总\s*计|小\s*计|共\s*计|累\s*计)\s*[:：]?$"
_NOTE = (
    r"^(?:注|备\s*注|说\s*明|填表说明|填\s*表\s*人|制\s*表\s*人|填\s*报\s*人|审\s*核\s*人?|经\s*办\s*人|复\s*核\s*人?"
    r"|负\s*责\s*人|单位负责人|填报单位|填表单位|填表日期|填报日期|制表日期|联系人|联系电话|数据来源|单位)\s*[:：]"
)
MARKER = f"{_TOTAL}|{_NOTE}"
SAID = "_said"
_AGAIN, _TITLE = "表头重复", "页间标题"
# Amounts, counts and phone numbers, but no ids; 5人, 1,200.00元.
_SUM = r"^[-+]?[0-9][0-9,，.]{0,13}\s*%?[\u4e00-\u9fff]{0,2}$"
_ID = r"^[0-9]{14,17}[0-9Xx]$"
_ASKING = r"(?:人|单位|日期|电话|来源|审核|经办|复核|负责)\s*[:：]$"
_NAMING = re.compile(r"[0-9]{7,}|(?:人|电话|审核|复核|经办|负责)\s*[:：]")
_WORDS = r"[\u4e00-\u9fff]"


@dataclass(frozen=True)
class Sorted:
    """Rows of a block. `data`: rows; `marks`: those of them that say they are a total or a note and hold a record all
    the same. `tail`: the others, with what they are in column `_said`."""

    data: pl.DataFrame
    tail: pl.DataFrame
    marks: tuple[Mark, ...] = ()


def sort_out(rows: pl.DataFrame, header: Header, feed: Feed) -> Sorted:
    """A row is no data when it begins with a marker and lacks a required value, repeats the header (paged exports, two
    files put together), or is a title between pages.

    Any other row with every required value is data whatever it begins with.
    """
    required = [f"c{header.columns[c.name]}" for c in feed.columns if c.required and c.name in header.columns]
    if not required:
        return Sorted(rows, rows.clear())
    first = pl.coalesce(pl.exclude(ROW))
    lacking = pl.any_horizontal(pl.col(required).is_null() | pl.col(required).str.contains(MARKER))
    again = pl.all_horizontal(pl.col(c) == header.headings[int(c[1:])] for c in required)
    said = pl.when(again).then(pl.lit(_AGAIN)).otherwise(first.str.extract(f"({MARKER})"))
    found = rows.filter((first.str.contains(MARKER) & lacking) | again).with_columns(said.alias(SAID))
    holding = found.filter(_holds_record(found, required)) if found.height else found
    tail = found.filter(~pl.col(ROW).is_in(holding[ROW].to_list())) if holding.height else found
    if not feed.has_bare_keys and not header.is_named:
        titles = _titles(rows, header, feed)
        if titles.height:
            titles = titles.with_columns(pl.lit(_TITLE).alias(SAID))
            tail = pl.concat([tail, titles]).unique(ROW, keep="first").sort(ROW)
    if tail.is_empty() and holding.is_empty():
        return Sorted(rows, tail)
    data = rows.filter(~pl.col(ROW).is_in(tail[ROW].to_list()))
    return Sorted(data, tail, _marks(holding, header, int(required[0][1:])))


def names_nobody(title: str) -> bool:
    """Whether a text above a table may be quoted: it holds no long number, and nobody is named after 填报人： or the
    like."""
    return not _NAMING.search(title)


def _holds_record(rows: pl.DataFrame, required: Sequence[str]) -> pl.Expr:
    """Whether half of the required values are there and words among the cells, or an id: somebody's row, of which a
    cell was written over. Sums are no words, nor are further marks (审核人：) and what stands behind one."""
    cells = [c for c in rows.columns if c not in (ROW, SAID)]
    own = {c: ~pl.col(c).str.contains(MARKER).fill_null(value=False) & ~_is_answer(int(c[1:])) for c in cells}
    words = [own[c] & ~pl.col(c).str.contains(_SUM) for c in cells]
    filled = [own[c] & pl.col(c).is_not_null() for c in required]
    is_half = 2 * pl.sum_horizontal(filled) >= pl.sum_horizontal(own[c] for c in required)
    has_id = pl.any_horizontal(pl.col(cells).str.contains(_ID).fill_null(value=False))
    return ((is_half & pl.any_horizontal(words)) | has_id).fill_null(value=False) & (pl.col(SAID) != _AGAIN)


def _is_answer(place: int) -> pl.Expr:
    return pl.col(f"c{place - 1}").str.contains(_ASKING).fill_null(value=False) if place else pl.lit(value=False)


def _marks(holding: pl.DataFrame, header: Header, otherwise: int) -> tuple[Mark, ...]:
    """At the cell of the marker; where the contract knows no column there, at the first required one."""
    known = set(header.columns.values())
    places = [
        (next((i for i, cell in enumerate(cells) if cell), otherwise), row) for row, *cells in holding.iter_rows()
    ]
    return tuple(Mark(place if place in known else otherwise, "E_TAIL", (row,)) for place, row in places)


def _titles(rows: pl.DataFrame, header: Header, feed: Feed) -> pl.DataFrame:
    """Rows of which nothing but one part of the key is filled, and with words; an id alone lacks the rest."""
    keys = [f"c{header.columns[k]}" for k in feed.key_columns if k in header.columns]
    if not keys or rows.width - 1 <= len(keys):
        return rows.clear()
    bare = rows.filter(pl.all_horizontal(pl.exclude(ROW, *keys).is_null()))
    is_alone = pl.sum_horizontal(pl.col(keys).is_not_null().cast(pl.UInt8)) == 1
    return bare.filter(is_alone & pl.any_horizontal(pl.col(keys).str.contains(_WORDS)))
