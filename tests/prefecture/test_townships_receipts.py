"""Two turns of fourteen townships, each with its own way: every row's receipt against what was really sent."""

import json
from collections import Counter
from datetime import date

import pytest

from pipelines.give.inbox.intake import intake
from pipelines.give.returns.sets import write_return_sets
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths
from prefecture.townships import play, ways
from tests.give.returns import small_lake
from tests.give.returns.small_lake import AS_OF
from tests.prefecture.machine import SETTLED, check_receipts, is_taken, register, sent

SECOND_TURN, THIRD_TURN = date(2024, 2, 29), date(2024, 3, 31)
CODES = [f"370602{n:03}" for n in range(1, len(ways.FAST) + len(ways.LOSSES) + 1)]


def _answers():
    for i, code in enumerate(CODES):
        grid = f"{code}001002"
        yield (code, 0, "确认健在", None, "wrong") if i % 4 == 0 else (code, 0, "确认已死亡", None, "dispute")
        yield code, 1, "确认已死亡", None, "right"
        yield code, 2, None, None, "none"
        yield code, 3, "更正网格", grid, "right"
        kind = ("wrong", "late", "none")[i % 3]
        yield code, 4, None if kind == "none" else "更正网格", f"{code}001998" if kind == "wrong" else grid, kind
        if i % 2:
            yield code, 5, "更正网格", grid, "late"


_MOVED = """
insert into lake.ledger.ticket_event
select a.as_of, a.ticket_id, 2, 'answer_' || a.answer_kind, 'returned',
    case a.answer_kind when 'fix' then 'township_fixed' when 'not_error' then 'not_an_error'
        when 'confirm' then 'confirmed_to_source' else 'disputed_to_source' end,
    case when a.answer_kind in ('dispute', 'confirm') then 'source' else 'township' end,
    'x', a.township_code, 'x', null, null
from lake.ledger.answer a where a.as_of = ? and a.outcome = 'accepted'"""
_SHOWN = """
update lake.ledger.ticket set state = e.to_state, assignee = e.assignee
from lake.ledger.ticket_event e where e.ticket_id = ticket.ticket_id and e.seq = 2 and e.as_of = ?"""


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """(paths, lake, reports by turn): two turns played, taken in, and the tickets moved by what was accepted."""
    paths = Paths(tmp_path_factory.mktemp("machine"))
    register(paths, _answers(), CODES)
    reports = {}
    with pytest.MonkeyPatch.context() as patch, connect(paths) as con:
        patch.setattr(small_lake, "TOWNSHIPS", tuple((code, f"第{code[6:]}街道") for code in CODES))
        small_lake.fill(con, residents=3)
        turns = paths.decisions / "turns"
        turns.mkdir(parents=True)
        for as_of, next_turn in ((AS_OF, SECOND_TURN), (SECOND_TURN, THIRD_TURN)):
            write_return_sets(paths, con, as_of, workers=1)
            (turns / f"{as_of}.json").write_text(json.dumps({}))
            reports[as_of] = play(paths, as_of, losses=as_of == AS_OF)
            intake(paths, con, next_turn)
            con.execute(_MOVED, [next_turn])
            con.execute(_SHOWN, [next_turn])
        yield paths, con, reports


@pytest.mark.parametrize(("as_of", "next_turn"), [(AS_OF, SECOND_TURN), (SECOND_TURN, THIRD_TURN)])
def test_every_row_has_its_receipt(played, as_of, next_turn):
    paths, con, _ = played
    check_receipts(con, next_turn, sent(paths, as_of))


def test_every_way_and_behaviour_was_played(played):
    paths, _, reports = played
    first, second = reports[AS_OF], reports[SECOND_TURN]
    assert set(first.ways) == {*ways.FAST, *ways.LOSSES, ways.TWICE_AGAIN}
    assert {ways.LATE_WORKBOOK, ways.LATE_ROWS, ways.LATE_SAME_COPY} <= set(second.ways)
    assert {"right", "wrong", "dispute", "late", "none", "partial", "comment"} == set(first.behaviours)
    assert {"late", "again", "partial"} <= set(second.behaviours)
    lines = sent(paths, AS_OF)
    assert "revised" in set(lines["behaviour"])
    assert lines.filter(lines["file"].is_null())["sent_on"].null_count() == 12


def test_late_answers_arrive_in_the_next_turn(played):
    """Of every township whose workbook came at all; those of the workbook that came late are among them."""
    paths, con, _ = played
    late = sent(paths, SECOND_TURN).filter(behaviour="late", set_as_of=AS_OF)
    (gone,) = set(sent(paths, AS_OF).filter(workbook_behaviour=ways.NEVER)["township_code"])
    due = {small_lake.ticket(code, n) for code, n, _, _, kind in _answers() if kind == "late" and code != gone}
    assert set(late["ticket_id"]) == due and len(due) > 5
    taken = con.execute(
        "select ticket_id from lake.ledger.answer where as_of = ? and outcome = 'accepted'", [THIRD_TURN]
    ).fetchall()
    assert due <= {t for (t,) in taken}
    assert set(late["workbook_behaviour"]) == {ways.LATE_WORKBOOK, ways.LATE_ROWS, ways.LATE_SAME_COPY}


def test_what_was_answered_before_is_told_so_and_moves_nothing(played):
    _, con, _ = played
    codes = con.execute(
        "select distinct reason_code from lake.ledger.answer where as_of = ? and reason_code like 'E_TICKET%'",
        [THIRD_TURN],
    ).fetchall()
    assert {c for (c,) in codes} == SETTLED - {"E_TICKET_CLOSED"}
    assert con.execute(
        "select count(*) from (select ticket_id from lake.ledger.answer where outcome = 'accepted' "
        "group by 1 having count(*) > 1)"
    ).fetchone() == (0,)


def test_tickets_of_partial_wrong_and_blank_rows_stay_open(played):
    """A ticket moved exactly when the register says that a complete answer to it arrived."""
    paths, con, _ = played
    arrived = set()
    for as_of in (AS_OF, SECOND_TURN):
        lines = sent(paths, as_of).drop_nulls("file")
        lines = lines.filter(lines["workbook_behaviour"] != ways.SHEET_RENAMED)
        arrived |= {row["ticket_id"] for row in lines.iter_rows(named=True) if is_taken(row)}
    open_ = {t for (t,) in con.execute("select ticket_id from lake.ledger.ticket where state = 'returned'").fetchall()}
    everything = {small_lake.ticket(code, n) for code in CODES for n in range(6)}
    assert open_ == everything - arrived


def test_the_workbook_that_never_came_back_is_asked_again(played):
    paths, _, _ = played
    lines = sent(paths, AS_OF).filter(workbook_behaviour=ways.NEVER)
    assert lines.height == 6 and lines["file"].null_count() == 6
    (code,) = set(lines["township_code"])
    assert sent(paths, SECOND_TURN).filter(township_code=code, set_as_of=SECOND_TURN).height == 6


def test_mail_of_several_townships_lies_in_one_folder(played):
    paths, _, _ = played
    mailed = sent(paths, AS_OF).filter(workbook_behaviour=ways.MAILED)["file"][0]
    locked = sent(paths, AS_OF).filter(workbook_behaviour=ways.MAILED_LOCKED)["file"][0]
    assert mailed.split("/")[0] == locked.split("/")[0] == "邮件转来_01"


def test_receipts_count_what_the_register_counts(played):
    paths, con, _ = played
    lines = sent(paths, AS_OF).drop_nulls("file").filter(workbook_behaviour=ways.COMMENT_ROW)
    (file,) = set(lines["file"])
    outcomes = Counter(o for (o,) in con.execute(
        "select outcome from lake.ledger.answer where as_of = ? and file_name = ?", [SECOND_TURN, file]
    ).fetchall())  # fmt: skip
    assert sum(outcomes.values()) == lines.height == 7
    assert outcomes["accepted"] == sum(map(is_taken, lines.iter_rows(named=True))) > 1
