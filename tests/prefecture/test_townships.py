"""The answering machine against the real reader."""

import time
from datetime import date

import openpyxl
import polars as pl
import pytest

from pipelines.inbox.intake import intake
from pipelines.lake import connect
from pipelines.paths import Paths
from pipelines.prefecture.townships import play
from pipelines.returns.sets import write_return_sets
from tests.returns.small_lake import AS_OF, TOWNSHIPS, entity, fill, ticket

FIRST, SECOND, THIRD = (code for code, _ in TOWNSHIPS)
TURN = date(2024, 2, 29)


@pytest.fixture
def paths(tmp_path):
    return Paths(tmp_path)


@pytest.fixture
def con(paths):
    with connect(paths) as connection:
        fill(connection)
        write_return_sets(paths, connection, AS_OF)
        yield connection


def register(paths, answers, players=(FIRST, SECOND)):
    paths.register.mkdir(parents=True, exist_ok=True)
    pl.DataFrame({"township_code": players}).write_parquet(paths.register / "players.parquet")
    columns = ["township_code", "rule_id", "entity_key", "answer_code", "given_value", "behaviour"]
    rows = [(t, rule, entity(t, n), answer, value, kind) for t, n, rule, answer, value, kind in answers]
    pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row").write_parquet(
        paths.register / "answers.parquet"
    )


ANSWERS = [
    (FIRST, 0, "R20", "确认已死亡", None, "dispute"),
    (FIRST, 1, "R17", "确认已死亡", None, "right"),
    (FIRST, 3, "R11", "更正网格", f"{FIRST}001003", "right"),
    (FIRST, 4, "R11", "更正网格", f"{FIRST}001998", "wrong"),
    (FIRST, 5, "R11", "更正网格", f"{FIRST}001003", "late"),
    (SECOND, 2, "R22", None, None, "none"),
    (THIRD, 2, "R22", "本人放弃", None, "right"),
]


def test_what_is_played_is_what_is_taken_in(paths, con):
    register(paths, ANSWERS)
    report = play(paths, AS_OF)
    assert str(report) == "1 townships sent 4 answers (dispute 1, late 1, none 7, right 2, wrong 1)"
    taken = intake(paths, con, TURN)
    assert taken.answers == 3
    assert [p.split("：")[-1] for p in taken.problems] == ["更正值不是本镇街现有的网格。请从下拉列表选择。"]
    rows = dict(con.execute(
        "select ticket_id, answer_code || '/' || new_value from lake.ledger.answer where outcome = 'accepted'"
    ).fetchall())  # fmt: skip
    assert rows == {
        ticket(FIRST, 0): "确认已死亡/",
        ticket(FIRST, 1): "确认已死亡/死亡注销",
        ticket(FIRST, 3): f"更正网格/{FIRST}001003",
    }


def test_playing_twice_sends_the_same_bytes(paths, con):
    register(paths, ANSWERS)
    play(paths, AS_OF)
    (sent,) = (paths.inbox / "drop").rglob("*.xlsx")
    first = sent.read_bytes()
    time.sleep(1.1)  # the moment of saving must not be in the file
    play(paths, AS_OF)
    assert sent.read_bytes() == first
    sheets = {s.title: s.sheet_state for s in openpyxl.load_workbook(sent)}
    assert sheets["_meta"] == sheets["_codes"] == "veryHidden"


def test_a_late_township_sends_nothing_yet(paths, con):
    register(paths, [(FIRST, 5, "R11", "更正网格", f"{FIRST}001003", "late")])
    assert play(paths, AS_OF).workbooks == 0


def test_townships_without_a_set_send_nothing(paths, con):
    register(paths, ANSWERS, players=("370602099",))
    assert play(paths, AS_OF).workbooks == 0
