"""Thousands of broken workbooks: no exception, nothing accepted that the sheet does not show, no row and no file lost.

A failure names its mutant: mutants.mutant(book, random.Random("rows/<seed>/<number>")) makes it again.
"""

import random
from datetime import date

import pytest

from pipelines.give.inbox.check import ACCEPTED, check_rows
from pipelines.give.inbox.identity import identify
from pipelines.give.inbox.intake import intake
from pipelines.give.inbox.known import Known
from pipelines.give.inbox.problems import FILE_REASONS, Refused
from pipelines.give.inbox.reader import Reader, read_book
from pipelines.give.returns.columns import ANOMALIES, ANOMALY_SHEET, CODES, COL
from pipelines.judge.rules import load_rules
from pipelines.kit.security.signature import RowSigner
from tests.give.inbox.desk import OPEN, R11, R11_B, R20, fill_in
from tests.give.inbox.mutants import GRID_CODE, damaged, mutant
from tests.give.inbox.test_intake import FIRST, TURN, accepted, drop
from tests.give.returns.sample import township_return
from tests.give.returns.small_lake import ticket

RULES = load_rules()
TICKETS = [a.ticket_id for a in township_return().anomalies]
# The first R11 ticket still has the value it had, the last one has another.
CHANGED = TICKETS[5]
KNOWN = {TICKETS[3]: Known("", date(2024, 3, 31)), CHANGED: Known("370602001001077", date(2024, 3, 31))}
SEEDS, EACH = range(8), 300
ANSWERED = {R20: ("确认健在",), R11: ("更正网格", GRID_CODE), R11_B: ("不是错误",)}
FIRST_ROW = ANOMALY_SHEET.first_row
SIGNED = [place for name, place in COL.items() if ANOMALY_SHEET.is_signed(name)]


@pytest.fixture(scope="module")
def book(workbook):
    return read_book(fill_in(workbook, ANSWERED))


@pytest.fixture(scope="module")
def sound(book):
    """What every mutant is held against: signed cells by ticket, and what may be chosen."""
    rows = {row[COL["row_key"]]: row for row in book.sheets[ANOMALIES][FIRST_ROW:]}
    offered = [row[0] for row in book.sheets[CODES][1:] if row[0]]
    return rows, {" ".join(form.split()): text.split()[0] for text in offered for form in (text, text.split()[0])}


def judged(book, keys, sound, where):
    """How often the file's rows were accepted; None when it was refused. Fails on anything silent, false or lost."""
    try:
        identity = identify(book, keys)
        states = dict.fromkeys(identity.groups, OPEN)
        results = check_rows(book, identity, RowSigner(keys, identity.set_id), RULES, states, KNOWN)
    except Refused as refused:
        assert refused.code in FILE_REASONS and refused.reason.endswith("。"), where
        return None
    sheet, taken = book.sheets[ANOMALIES], [r for r in results if r.outcome == ACCEPTED]
    shown = {i + 1 for i, row in enumerate(sheet) if i >= FIRST_ROW and any(str(cell).strip() for cell in row)}
    assert shown <= {r.sheet_row for r in results}, where
    assert set(identity.groups) <= {r.ticket_id for r in results}, where
    assert all(r.reason for r in results if r.outcome != ACCEPTED), where
    assert len({r.ticket_id for r in taken}) == len(taken), where
    for result in taken:
        _assert_as_shown(result, sheet[result.sheet_row - 1], sound, book.formulas, where)
    return len(taken)


def _assert_as_shown(result, row, sound, formulas, where):
    rows, offered = sound
    assert all(row[c] == rows[result.ticket_id][c] for c in SIGNED), where
    assert not any(r == result.sheet_row - 1 and c < len(rows[result.ticket_id]) for r, c in formulas), where
    answer = RULES[result.rule_id].said(row[COL["answer"]].strip())
    assert (answer.code, answer.kind) == (result.answer_code, result.answer_kind), where
    value = row[COL["new_value"]] if len(row) > COL["new_value"] else ""
    if answer.needs_value:
        assert offered[" ".join(value.split())] == result.new_value, where
    else:
        assert not str(value).strip(), where
    assert result.ticket_id != CHANGED, where


@pytest.mark.parametrize("seed", SEEDS)
def test_mutated_rows_and_hidden_sheets(book, desk_keys, sound, seed):
    told = []
    for number in range(EACH):
        where = f"rows/{seed}/{number}"
        told.append(judged(mutant(book, random.Random(where)), desk_keys, sound, where))
    assert len(told) == EACH and sum(map(bool, told)) > EACH // 4  # the mutants are not all hopeless
    assert told.count(None) > EACH // 50


def test_the_sound_workbook_passes_its_own_examination(book, desk_keys, sound):
    assert judged(book, desk_keys, sound, "sound") == 3


def test_damaged_bytes_and_members(workbook, desk_keys, sound):
    content = fill_in(workbook, ANSWERED)
    with Reader() as reader:
        for number in range(120):
            where = f"bytes/{number}"
            try:
                read = reader.read(damaged(content, random.Random(where)))
            except Refused as refused:
                assert refused.reason.endswith("。"), where
                continue
            judged(read, desk_keys, sound, where)


def test_a_drop_folder_full_of_mutants_costs_the_sound_file_nothing(paths, con, plain):
    content = fill_in(plain(), {R20: ("确认健在",)})
    for number in range(12):
        drop(paths, f"{FIRST}/{number}.xlsx", damaged(content, random.Random(f"drop/{number}")), seconds=number)
    drop(paths, f"{FIRST}/好.xlsx", content, seconds=99)
    report = intake(paths, con, TURN)
    assert len(report.files) + len(report.repeats) == 13 and not report.left
    assert all(f.receipt.is_file() and (f.reason or f.rows) for f in report.files)
    assert accepted(con) == [(ticket(FIRST, 0), "确认健在")]
    assert list((paths.inbox / "drop").rglob("*.xlsx")) == []
