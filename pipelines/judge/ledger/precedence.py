"""`ledger.precedence`: whose word counts first, as far as stewards have decided it (取值优先级).

Belongs here: what such a decision says, and which stands. Does not belong here: the order without any decision (`says:`
of the feeds), how a value is chosen (unified.precedence, unified.person_value), the workbook stewards fill in.
"""

import re
from collections.abc import Collection, Mapping
from datetime import date

import duckdb

from pipelines.kit import decision_files
from pipelines.kit.decision_files import Desk, Entry
from pipelines.kit.paths import Paths
from pipelines.kit.tables import replace_all, transaction

ORDER, STOP, DEFAULT = "order", "stop", "default"
FIELDS = {"name": "姓名", "sex_code": "性别", "birth_date": "出生日期", "death_date": "死亡日期", "residence": "常住地"}
HEADINGS = {
    "field": "字段", "feed": "数据源", "decision": "决定", "rank": "新序号", "trusted_months": "新有效月数",
    "reason": "理由", "by": "决定人", "on": "决定日期",
}  # fmt: skip
PRECEDENCE = Desk(
    "precedence", ("field", "feed", "decision", "reason", "by"), {ORDER: "调整", STOP: "停用", DEFAULT: "恢复"},
    ("rank", "trusted_months"), HEADINGS,
)  # fmt: skip
LAST_RANK, LONGEST = 98, 600
_DIGITS = re.compile(r"\d{1,3}")
_CODES = {word: code for code, word in FIELDS.items()}


def take_in(paths: Paths, as_of: date) -> None:
    """Move new files into the folder of this turn."""
    decision_files.take_in(paths, PRECEDENCE, as_of)


def record_precedence(con: duckdb.DuckDBPyConnection, paths: Paths, as_of: date) -> None:
    """Replace the table by what is decided by `as_of`."""
    rows = [
        {"feed": feed, "field": field, "decision": e.text["decision"], "rank": _number(e.text["rank"]),
         "trusted_months": _number(e.text["trusted_months"]), "reason": e.text["reason"],
         "decided_by": e.text["by"], "decided_on": e.on, "turn": turn}
        for (feed, field), (turn, e) in sorted(_standing(paths, as_of).items())
    ]  # fmt: skip
    with transaction(con):
        replace_all(con, "lake.ledger.precedence", as_of, rows)


def problems(paths: Paths, as_of: date, told: Collection[tuple[str, str]]) -> list[str]:
    """Chinese messages about files nobody can read or that wait, and decisions new to this turn without effect.

    `told`: the (feed, field) there are.
    """
    new = decision_files.new(paths, PRECEDENCE, as_of)
    return decision_files.not_taken_in(paths, PRECEDENCE, as_of) + [
        f"{e.place}：{why}。该决定未生效。" for e in new if (why := _problem(e.text, told))
    ]


def field_of(text: str) -> str:
    """A field by its code or its Chinese word."""
    return _CODES.get(text, text)


def _standing(paths: Paths, as_of: date) -> Mapping[tuple[str, str], tuple[date, Entry]]:
    """By (feed, field) the turn and entry that count: the last by day, then turn, file and place."""
    taken = [(turn, e) for turn, e in decision_files.in_order(paths, PRECEDENCE, as_of) if not _problem(e.text)]
    last = {(e.text["feed"], field_of(e.text["field"])): (turn, e) for turn, e in taken}
    return {key: value for key, value in last.items() if value[1].text["decision"] != DEFAULT}


def _problem(text: Mapping[str, str], told: Collection[tuple[str, str]] | None = None) -> str | None:
    """Why a decision can have no effect, or None. About what no feed tells it has none anyway."""
    feed, field = text["feed"], field_of(text["field"])
    if told is not None and (feed, field) not in told:
        return f"{feed} 不提供{FIELDS.get(field, field)}，请核对数据源代码和字段"
    if text["decision"] == ORDER and not (text["rank"] or text["trusted_months"]):
        return "没有填新序号，也没有填新有效月数"
    for name, limit in (("rank", LAST_RANK), ("trusted_months", LONGEST)):
        if text[name] and not (_DIGITS.fullmatch(text[name]) and 1 <= int(text[name]) <= limit):
            return f"{HEADINGS[name]}“{text[name][:20]}”应是 1 到 {limit} 的整数"
    if field == "death_date" and (text["decision"] == STOP or text["trusted_months"]):
        return "死亡记录只能调整先后，不能停用或限定有效月数：是否在世要由镇街核实"
    return None


def _number(text: str) -> int | None:
    return int(text) if text else None
