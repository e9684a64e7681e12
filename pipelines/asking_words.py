"""Why a query has no answer, in a Chinese sentence before the engine's own words.

Belongs here: kinds of errors and what to do about each. Does not belong here: what a query may do (asking.py).
"""

import re
from collections.abc import Sequence
from difflib import get_close_matches

READ_ONLY = "湖仓只供查询：一次一句 SELECT，不能改动数据、设置或写出文件；这里是 {}"
NO_LAKE = "还没有湖仓：请先运行一轮（make run）\nthere is no lake yet"
_NO_TEXT = "查询中有不是 UTF-8 的文字，请重新输入"
_TABLE = re.compile(r"Table with name (.+?) does not exist")
_COLUMN = re.compile(r'Referenced column "(.+?)" not found|does not have a column named "(.+?)"')
_CANDIDATES = re.compile(r"Candidate bindings: :? ?(.+)")
_FUNCTION = re.compile(r"Function with name (.+?) does not exist")
_STAGING = "stg_"
_KINDS = {
    "Parser Error": "语法不对，请核对 LINE 所指之处的拼写、括号和引号",
    "Permission Error": "只能查湖仓里的表，不能打开别的文件",
    "Conversion Error": "有的值不能变成所要的类型，可用 TRY_CAST",
    "Out of Memory": "内存不足，请加条件减少行数，或先汇总",
}
_OTHER = "查询没有做成，原因见下"


def explained(error: Exception, tables: Sequence[str]) -> str:
    """What kind of error, with the nearest names; then the engine's words. `tables`: schema.table of the lake."""
    words = str(error)
    if isinstance(error, TypeError | UnicodeError):
        return _NO_TEXT
    return f"{_kind(words, tables)}\n{words}"


def _kind(words: str, tables: Sequence[str]) -> str:
    if found := _TABLE.search(words):
        return _no_table(found[1].strip('"'), tables)
    if found := _COLUMN.search(words):
        candidates = _CANDIDATES.search(words)
        near = f"；相近的列有 {candidates[1].replace(chr(34), '')}" if candidates else "；各列见 DESCRIBE 表名"
        return f"没有列 {found[1] or found[2]}{near}"
    if found := _FUNCTION.search(words):
        return f"没有函数 {found[1]}"
    if "GROUP BY" in words:
        return "汇总时，没有汇总的列要写进 GROUP BY"
    return next((told for start, told in _KINDS.items() if words.startswith(start)), _OTHER)


def _no_table(name: str, tables: Sequence[str]) -> str:
    if "/" in name or "\\" in name:
        return _KINDS["Permission Error"]
    last = name.rpartition(".")[2].lower()
    by_last = {table.rpartition(".")[2]: table for table in reversed(tables)}
    near = [table for table in tables if table.endswith(f".{last}")]
    near = near or [by_last[n] for n in get_close_matches(last, by_last, n=3)]
    told = f"相近的有 {'、'.join(near[:3])}" if near else "全部表见 SHOW ALL TABLES"
    new = "；新数据源的表，下一轮之后才有" if last.startswith(_STAGING) else ""
    return f"没有表 {name}；{told}{new}"
