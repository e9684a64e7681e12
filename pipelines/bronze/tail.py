"""Rows that are no data: totals, footnotes, who filled the form in, the header once more.

Belongs here: how they are told from data. Does not belong here: dropping them; they are kept as notices.
"""

import polars as pl

from pipelines.bronze.header import Header
from pipelines.bronze.table import ROW
from pipelines.contracts import Feed

_TOTAL = r"^(?:合\s*计|总\s*计|小\s*计|共\s*计|累\s*计)\s*[:：]?$"
_NOTE = (
    r"^(?:注|备\s*注|说\s*明|填表说明|填\s*表\s*人|制\s*表\s*人|填\s*报\s*人|审\s*核\s*人?|经\s*办\s*人|复\s*核\s*人?"
    r"|负\s*责\s*人|单位负责人|填报单位|填表单位|填表日期|填报日期|制表日期|联系人|联系电话|数据来源|单位)\s*[:：]"
)
MARKER = f"{_TOTAL}|{_NOTE}"
_WORDS = r"[\u4e00-\u9fff]"


def split_tail(rows: pl.DataFrame, header: Header, feed: Feed) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(data rows, notice rows). A notice row begins with a marker and lacks a required value, repeats the header
    (paged exports, two files put together), or is a title between pages.

    Any other row with every required value is data whatever it begins with.
    """
    required = [f"c{header.columns[c.name]}" for c in feed.columns if c.required and c.name in header.columns]
    if not required:
        return rows, rows.clear()
    first = pl.coalesce(pl.exclude(ROW))
    lacking = pl.any_horizontal(pl.col(required).is_null() | pl.col(required).str.contains(MARKER))
    again = pl.all_horizontal(pl.col(c) == header.headings[int(c[1:])] for c in required)
    notices = rows.filter((first.str.contains(MARKER) & lacking) | again)
    if not feed.has_bare_keys and not header.is_named:
        notices = pl.concat([notices, _titles(rows, header, feed)]).unique(ROW).sort(ROW)
    if notices.is_empty():
        return rows, notices
    return rows.filter(~pl.col(ROW).is_in(notices[ROW].to_list())), notices


def _titles(rows: pl.DataFrame, header: Header, feed: Feed) -> pl.DataFrame:
    """Rows of which nothing but one part of the key is filled, and with words; an id alone lacks the rest."""
    keys = [f"c{header.columns[k]}" for k in feed.key_columns if k in header.columns]
    if not keys or rows.width - 1 <= len(keys):
        return rows.clear()
    bare = rows.filter(pl.all_horizontal(pl.exclude(ROW, *keys).is_null()))
    is_alone = pl.sum_horizontal(pl.col(keys).is_not_null().cast(pl.UInt8)) == 1
    return bare.filter(is_alone & pl.any_horizontal(pl.col(keys).str.contains(_WORDS)))
