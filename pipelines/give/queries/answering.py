"""Yes, no, nobody of that name, or no answer: one word for every row of a list.

Belongs here: who may ask about whom, and the answer. Does not belong here: reading and writing files.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import duckdb

from pipelines.give.queries.catalogue import Catalogue
from pipelines.give.queries.id_number import id_defect
from pipelines.give.queries.reading import AskedRow
from pipelines.kit.tables import temp_table

YES, NO, NOBODY, NO_ANSWER = "是", "否", "查无此人", "不予答复"
REASONS = {
    "E_ROW": "{problem}",
    "E_ID": "身份证号{defect}。请核对后再查。",
    "E_PURPOSE": "用途不在目录中。请从这些里选一个：{choices}。",
    "E_QUESTION": "查询事项不在目录中。可以查询：{choices}。",
    "E_NOBODY": "本镇街名下（居住或户籍）没有身份证号和姓名都相符的人。请核对两项是否属于同一人。",
    "E_GUESS": "同一人已多次用不同的号码或姓名试查，不再答复。请核实后与市大数据局联系。",
}
# Spelling that differs from system to system without meaning another name.
_SEPARATORS = "[ 　·•・.]"
_NAME_KEY = f"regexp_replace({{0}}, '{_SEPARATORS}', '', 'g')"
_KNOWN = f"""
CREATE OR REPLACE TEMP TABLE known AS
SELECT asked.place, person.person_id,
    coalesce(person.township_code = $township, false)
        OR coalesce(person.hukou_township_code = $township, false) AS is_claimed
FROM asked
JOIN lake.linkage.person_identifier AS identifier ON identifier.id_no = asked.id_no
JOIN lake.unified.person AS person ON person.person_id = identifier.person_id
WHERE {_NAME_KEY.format("person.name")} = {_NAME_KEY.format("asked.name")}
"""


@dataclass(frozen=True)
class Answered:
    """A row and its answer; `reason_code` '' with 是 and 否, unless a township disputes what they rest on."""

    asked: AskedRow
    answer: str
    reason_code: str = ""
    reason: str = ""


def answer_rows(
    con: duckdb.DuckDBPyConnection, rows: Sequence[AskedRow], catalogue: Catalogue, township_code: str,
    guesses: Collection[int] = (),
) -> list[Answered]:  # fmt: skip
    """Every row of one list of a township, answered from the lake as it stands; `guesses`: places of rows that fish.

    Somebody of another township and nobody at all are one answer: the difference would tell who exists.
    """
    refused = {place: _refusal(row, catalogue, place in guesses) for place, row in enumerate(rows)}
    asked = [(p, r.id_no, r.name) for p, r in enumerate(rows) if refused[p] is None]
    temp_table(con, "asked", "place BIGINT, id_no VARCHAR, name VARCHAR", asked)
    con.execute(_KNOWN, {"township": township_code})
    claims = dict(con.execute("SELECT place, bool_or(is_claimed) FROM known GROUP BY place").fetchall())
    wanted = {row.question for row in rows}
    yes = {text: _asked_and_true(con, q.true_of) for text, q in catalogue.questions.items() if text in wanted}
    disputed = {
        text: _asked_and_true(con, q.disputed_of)
        for text, q in catalogue.questions.items()
        if text in wanted and q.disputed_of
    }
    answers = [refused[p] or _answer(p, row, claims, yes[row.question]) for p, row in enumerate(rows)]
    return [
        replace(a, reason_code="N_DISPUTED", reason=catalogue.questions[a.asked.question].dispute_says)
        if a.answer in (YES, NO) and p in disputed.get(a.asked.question, ())
        else a
        for p, a in enumerate(answers)
    ]


def name_key(name: str) -> str:
    """What of a name tells people apart."""
    return re.sub(_SEPARATORS, "", name)


def _refusal(row: AskedRow, catalogue: Catalogue, is_guess: bool) -> Answered | None:
    """What a row can be told without looking anybody up; None when there is nothing."""
    if row.problem:
        return _refused(row, "E_ROW", problem=row.problem)
    if defect := id_defect(row.id_no):
        return _refused(row, "E_ID", defect=defect)
    if row.purpose not in catalogue.purposes:
        return _refused(row, "E_PURPOSE", choices="、".join(catalogue.purposes))
    if row.question not in catalogue.questions:
        return _refused(row, "E_QUESTION", choices="、".join(catalogue.questions))
    return _refused(row, "E_GUESS") if is_guess else None


def _answer(place: int, row: AskedRow, claims: dict[int, bool], yes: set[int]) -> Answered:
    if not claims.get(place):
        return Answered(row, NOBODY, "E_NOBODY", REASONS["E_NOBODY"])
    return Answered(row, YES if place in yes else NO)


def _asked_and_true(con: duckdb.DuckDBPyConnection, true_of: str) -> set[int]:
    found = con.execute(f"SELECT DISTINCT place FROM known WHERE person_id IN (SELECT person_id FROM ({true_of}))")
    return {place for (place,) in found.fetchall()}


def _refused(row: AskedRow, code: str, **facts: str) -> Answered:
    return Answered(row, NO_ANSWER, code, REASONS[code].format_map(facts))
