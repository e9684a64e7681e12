"""What the days of a query (KNOWN, VALID) can tell, and what not: why there is no answer, or what to know beside it.

Belongs here: which tables a query reads, and whether the days count for them. Does not belong here: how the past is
kept (judge/ledger/past.py), asking itself (asking.py).
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date

import duckdb

from pipelines.judge.ledger import shown
from pipelines.judge.ledger.past import KNOWN_ON, VALID_ON
from pipelines.kit.decision_files import issued_turns
from pipelines.kit.models import remembered
from pipelines.kit.paths import Paths

_NOT_PAST = (
    "KNOWN、VALID（--known、--valid）只对 past 的表起作用，这里查的是 {}，查到的会是现在的。{}；"
    "past 没有的表，当时的样子用 make past DATE=那一轮的日期 重放。days count for tables of past only"
)  # fmt: skip
_BESIDE = "注意：{} 不是 past 的表，查到的是现在的，不是那天的。as they are now"
_TOO_EARLY = "past.{0} 从 {1} 这一轮起才有记载，{2} 那天还一无所知；请把 KNOWN 写成 {1} 或以后。nothing was known yet"
_WENT_BACK = "注意：湖仓已回到 {}，之后各轮所知不在其中；请先运行最近一轮。the lake went back"
_UNDATED = "注意：{} 没有来源说明起止日期，VALID（--valid）对其不起作用。nobody tells its days"


def why_none(con: duckdb.DuckDBPyConnection, sql: str, days: Mapping[str, date]) -> str:
    """Why days give no answer to this query: it reads nothing of the past, or a past that began later; '' otherwise."""
    past, other = _read(con, sql) if days else ([], [])
    if other and not past:
        kept = {table.name for table in remembered()}
        meant = [name for table in other if (name := table.rpartition(".")[2].removesuffix("_change")) in kept]
        instead = "、".join(f"past.{name}" for name in meant or sorted(kept))
        return _NOT_PAST.format("、".join(other), f"请改查 {instead}" if meant else f"past 有 {instead}")
    known = days.get(KNOWN_ON)
    for name in past if known else ():
        (first,) = con.execute(f'SELECT min(known_from) FROM lake.past."{name}_change"').fetchone()
        if first and known < first:
            return _TOO_EARLY.format(name, first, known)
    return ""


def beside(con: duckdb.DuckDBPyConnection, paths: Paths, sql: str, days: Mapping[str, date]) -> Iterator[str]:
    """What to know beside an answer: the lake was taken back to before the day, some tables are as they are now, or
    nobody says the days of one."""
    found, known = shown.look(con), days.get(KNOWN_ON)
    if found and known and any(found.as_of < turn <= known for turn in issued_turns(paths)):
        yield _WENT_BACK.format(found.as_of)
    past, other = _read(con, sql) if days else ([], [])
    if past and other:
        yield _BESIDE.format("、".join(other))
    if VALID_ON in days:
        undated = {table.name for table in remembered() if not table.valid_from and not table.valid_through}
        if asked := [name for name in past if name in undated]:
            yield _UNDATED.format("、".join(asked))


def _read(con: duckdb.DuckDBPyConnection, sql: str) -> tuple[list[str], list[str]]:
    """Names of the tables of `past` that a query reads for which days count, and its other tables, schema.table; none
    where it is no query (why, the engine says)."""
    (told,) = con.execute("SELECT json_serialize_sql(?)", [sql]).fetchone()
    tables = {table.lower() for table in _tables(json.loads(told))}
    covered = {f"past.{table.name}" for table in remembered()}
    return sorted(name.removeprefix("past.") for name in tables & covered), sorted(tables - covered)


def _tables(node: object) -> Iterator[str]:
    """schema.table of every table in a parsed query; what a query names itself (WITH) has no schema."""
    if isinstance(node, dict):
        if node.get("type") == "BASE_TABLE" and node["schema_name"]:
            yield f"{node['schema_name']}.{node['table_name']}"
        node = list(node.values())
    for part in node if isinstance(node, list) else ():
        yield from _tables(part)
