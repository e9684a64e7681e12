"""The guard that everything asks before it writes: the lake shows one date, and its turn has come so far."""

from datetime import date

import pytest

from pipelines.judge.ledger import schema, shown
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths

T1, T2 = date(2024, 1, 31), date(2024, 3, 5)


def test_a_lake_without_a_ledger_shows_nothing(tmp_path):
    with connect(Paths(tmp_path)) as con, pytest.raises(shown.NotShown, match="shows no turn"):
        shown.require(con, T1, shown.OPENED)


@pytest.mark.parametrize("reached", shown.STEPS)
@pytest.mark.parametrize("asked", shown.STEPS)
def test_a_step_stands_on_those_before_it_and_only_on_its_own_date(con, asked, reached):
    shown.reach(con, T2, reached)
    if shown.STEPS.index(asked) <= shown.STEPS.index(reached):
        shown.require(con, T2, asked)
    else:
        with pytest.raises(shown.NotShown, match=f"'{reached}', this needs '{asked}'.*partition 2024-03-05"):
            shown.require(con, T2, asked)
    with pytest.raises(shown.NotShown, match="shows 2024-03-05, not 2024-01-31.*partition 2024-01-31"):
        shown.require(con, T1, asked)


def test_a_turn_that_is_done_again_in_part_is_not_closed(con):
    shown.reach(con, T1, shown.CLOSED)
    assert con.execute("SELECT as_of FROM lake.ledger.turn").fetchall() == [(T1,)]
    shown.reach(con, T1, shown.ANSWERED)
    with pytest.raises(shown.NotShown):
        shown.require(con, T1, shown.CLOSED)
    assert con.execute("SELECT as_of FROM lake.ledger.turn").fetchall() == []


def test_while_a_turn_is_opened_the_lake_shows_no_date(con):
    shown.reach(con, T1, shown.CLOSED)
    schema.open_turn(con, T2)
    assert shown.look(con) is None
    assert con.execute("SELECT as_of FROM lake.ledger.turn").fetchall() == [(T1,)]
