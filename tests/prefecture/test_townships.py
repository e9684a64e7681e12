"""The answering machine against the real reader: the workbook as such, one behaviour at a time."""

import time
from datetime import date

import openpyxl
import polars as pl
import pytest

from pipelines.give.inbox.intake import intake
from pipelines.give.returns.sets import write_return_sets
from pipelines.judge.rules import load_rules
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths
from prefecture.register import register_of
from prefecture.townships import play, ways
from prefecture.townships.play import report as counted
from prefecture.townships.rows import LATE, NONE, PARTIAL, RIGHT, Asked, plan
from tests.give.returns.small_lake import AS_OF, TOWNSHIPS, fill, ticket
from tests.prefecture.machine import register, sent

FIRST, SECOND, THIRD = (code for code, _ in TOWNSHIPS)
TURN = date(2024, 2, 29)
GRID = f"{FIRST}001003"
PLAIN = dict.fromkeys((FIRST, SECOND, THIRD), ways.AS_SAVED)


@pytest.fixture
def paths(tmp_path):
    return Paths(tmp_path)


@pytest.fixture
def con(paths):
    with connect(paths) as connection:
        fill(connection)
        write_return_sets(paths, connection, AS_OF)
        yield connection


ANSWERS = [
    row
    for code in (FIRST, SECOND, THIRD)
    for row in (
        (code, 0, "确认已死亡", None, "dispute"),
        (code, 1, "确认已死亡", None, "right"),
        (code, 2, None, None, "none"),
        (code, 3, "更正网格", f"{code}001003", "right"),
        (code, 4, "更正网格", f"{code}001998", "wrong"),
        (code, 5, "更正网格", f"{code}001003", "late"),
    )
]


def accepted(con):
    return dict(con.execute(
        "select ticket_id, answer_text || '/' || new_value from lake.ledger.answer where outcome = 'accepted'"
    ).fetchall())  # fmt: skip


def right(code):
    """What a township says that is to be accepted."""
    return {
        ticket(code, 0): "确认已死亡/",
        ticket(code, 1): "确认已死亡/死亡注销",
        ticket(code, 3): f"更正网格/{code}001003",
    }


@pytest.mark.parametrize("three", [ways.FAST[i : i + 3] for i in range(0, len(ways.FAST), 3)])
def test_every_fast_way_delivers_every_planned_answer_in_its_turn(paths, con, three):
    """On this the expectations of the sample rest: nothing right is lost, nothing else is accepted."""
    players = (FIRST, SECOND, THIRD)
    register(paths, ANSWERS, players)
    report = play(paths, AS_OF, given=dict(zip(players, three, strict=True)))
    assert report.answers == 4 * 3
    intake(paths, con, TURN)
    assert accepted(con) == right(FIRST) | right(SECOND) | right(THIRD)


def test_the_report_and_the_register_say_the_same(paths, con):
    register(paths, ANSWERS, players=(FIRST, SECOND))
    report = play(paths, AS_OF, given=PLAIN | {SECOND: ways.NEVER})
    assert str(report).startswith("1 townships sent 1 workbooks with 4 answers (rows: dispute 2, ")
    assert counted(sent(paths, AS_OF)) == report
    assert sum(report.behaviours.values()) == 12
    assert [report.behaviours[k] for k in ("dispute", "right", "wrong")] == [2, 4, 2]
    assert report.ways == {ways.AS_SAVED: 1, ways.NEVER: 1}
    assert "  never                       1" in report.table()


def test_playing_twice_sends_the_same_bytes(paths, con):
    register(paths, ANSWERS, players=(FIRST, THIRD))
    given = {FIRST: ways.TWICE, THIRD: ways.LOCKED}
    drop = paths.inbox / "drop"

    def files():
        return {p.relative_to(drop).as_posix(): (p.read_bytes(), p.stat().st_mtime) for p in drop.rglob("*.xlsx")}

    play(paths, AS_OF, given=given)
    first, said = files(), sent(paths, AS_OF)
    assert len(first) == 3
    time.sleep(1.1)  # the moment of saving must not be in the file
    play(paths, AS_OF, given=given)
    assert files() == first
    assert sent(paths, AS_OF).equals(said)
    plain = next(drop.glob(f"{FIRST}/*.xlsx"))
    sheets = {s.title: s.sheet_state for s in openpyxl.load_workbook(plain)}
    assert sheets["_meta"] == sheets["_codes"] == "veryHidden"


def test_another_seed_deals_other_ways():
    codes = [f"3706020{n:02}" for n in range(20)]
    dealt = ways.deal(codes, 1, AS_OF, office=False, losses=False)
    assert dealt == ways.deal(reversed(codes), 1, AS_OF, office=False, losses=False)
    assert dealt != ways.deal(codes, 2, AS_OF, office=False, losses=False)
    assert dealt != ways.deal(codes, 1, TURN, office=False, losses=False)
    assert set(dealt.values()) == set(ways.FAST)
    everything = set(ways.deal(codes, 1, AS_OF, office=True, losses=True).values())
    assert everything == {*ways.FAST, *ways.OFFICE, *ways.LOSSES}


def test_a_late_township_sends_no_answer_yet(paths, con):
    register(paths, [(FIRST, 5, "更正网格", GRID, "late")], players=(FIRST,))
    assert play(paths, AS_OF, given=PLAIN).answers == 0
    intake(paths, con, TURN)
    assert accepted(con) == {}


def test_townships_without_a_set_send_nothing(paths, con):
    register(paths, ANSWERS, players=("370602099",))
    report = play(paths, AS_OF)
    assert (report.workbooks, report.ways) == (0, {})
    assert not list((paths.inbox / "drop").rglob("*.xlsx"))


def test_wanted_without_libreoffice_it_says_so_and_sends_nothing(paths, con, monkeypatch):
    register(paths, ANSWERS, players=(FIRST,))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(RuntimeError, match="NOT installed.*NOTHING was sent"):
        play(paths, AS_OF, given={FIRST: ways.OFFICE_ODS})
    assert not (paths.inbox / "drop").exists()


KNOWN = {
    f"t{n}": {"behaviour": kind, "answer_code": None if kind == NONE else "更正网格", "true_answer": "更正网格",
              "given_value": None if kind == NONE else GRID, "true_value": GRID}
    for n, kind in enumerate((RIGHT, LATE, NONE) * 40)
}  # fmt: skip


def planned(group, **more):
    asked = [Asked(n + 4, t, "R11", group(n)) for n, t in enumerate(KNOWN)]
    return {s.ticket_id: s for s in plan(asked, KNOWN, load_rules(), 7, FIRST, **more)}


def test_partial_rows_are_made_only_where_nothing_was_to_be_said():
    said = planned(group=str)
    partial = {t for t, s in said.items() if s.behaviour == PARTIAL}
    assert 20 < len(partial) < 60
    assert {KNOWN[t]["behaviour"] for t in partial} == {LATE, NONE}
    shapes = {(s.answer, s.value, bool(s.note)) for t, s in said.items() if t in partial}
    assert shapes == {("更正网格", None, False), (None, GRID, False), (None, None, True)}
    assert all(s.answer and s.value for t, s in said.items() if KNOWN[t]["behaviour"] == RIGHT)
    assert len({s.note for s in said.values() if s.behaviour == RIGHT}) == 2
    assert planned(group=str) == said


def test_no_partial_row_stands_beside_an_answered_one_of_its_group():
    said = planned(group=lambda n: str(n // 3))
    assert not [s for s in said.values() if s.behaviour == PARTIAL]


def test_what_was_answered_late_meanwhile_stays_blank():
    said = planned(group=str, meanwhile=frozenset({"t1"}))
    assert said["t1"].is_blank and said["t1"].behaviour == NONE


def test_a_ticket_the_register_does_not_know_is_begun_at_most():
    asked = [Asked(n, f"new{n}", rule, str(n)) for n, rule in enumerate(["R11", "R22"] * 40)]
    said = plan(asked, {}, load_rules(), 7, FIRST)
    kinds = {(a.rule_id, s.behaviour, s.answer, s.value) for a, s in zip(asked, said, strict=True)}
    assert kinds == {
        ("R11", NONE, None, None), ("R11", PARTIAL, None, None), ("R11", PARTIAL, "更正网格", None),
        ("R22", NONE, None, None), ("R22", PARTIAL, None, None),
    }  # fmt: skip


def test_the_register_is_not_touched_otherwise(paths, con):
    register(paths, ANSWERS, players=(FIRST,))
    play(paths, AS_OF, given=PLAIN)
    assert sorted(p.name for p in register_of(paths).iterdir()) == [
        "answers.parquet", "players.parquet", "sent_2024-01-31.parquet"
    ]  # fmt: skip
    assert pl.read_parquet_schema(register_of(paths) / "sent_2024-01-31.parquet") == pl.Schema({
        "township_code": pl.String, "file": pl.String, "ticket_id": pl.String, "behaviour": pl.String,
        "workbook_behaviour": pl.String, "answer_code": pl.String, "value": pl.String, "note": pl.String,
        "sent_on": pl.Date, "set_as_of": pl.Date,
    })  # fmt: skip
