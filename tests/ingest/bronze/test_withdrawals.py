"""Withdrawal files: taken in by a turn, read by that turn and all later ones, never by earlier ones."""

from datetime import date

import pytest

from pipelines.ingest.bronze import withdrawals
from pipelines.kit.paths import Paths
from tests.ingest.deliveries.known import known

JAN, FEB, MAR = date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31)
ENTRY = """- feed: F01
  delivery_id: {id}
  decision: {decision}
  reason: 误报
  by: 张主任
  on: {on}
"""


@pytest.fixture
def paths(tmp_path) -> Paths:
    return Paths(tmp_path)


def hand_in(paths: Paths, name: str, delivery_id: str, decision: str, on: date) -> None:
    folder = paths.decisions / "withdrawals"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(ENTRY.format(id=delivery_id, decision=decision, on=on), encoding="utf-8")


def test_the_turn_that_took_it_in_and_later_ones_know_of_it(paths):
    hand_in(paths, "a.yaml", "d1", "withdraw", JAN)
    assert withdrawals.withdrawn(paths, "F01", FEB) == {}
    (moved,) = withdrawals.take_in(paths, FEB)
    assert moved.parent.name == "2024-02-29"
    assert withdrawals.withdrawn(paths, "F01", JAN) == {}
    assert withdrawals.withdrawn(paths, "F01", FEB) == withdrawals.withdrawn(paths, "F01", MAR) == {"d1": JAN}
    assert withdrawals.withdrawn(paths, "F03", MAR) == {}


def test_the_last_decision_counts(paths):
    hand_in(paths, "b.yaml", "d1", "withdraw", JAN)
    hand_in(paths, "a.yaml", "d1", "reinstate", FEB)
    withdrawals.take_in(paths, FEB)
    assert withdrawals.withdrawn(paths, "F01", FEB) == {}


def test_a_file_of_the_future_and_one_nobody_can_use_wait(paths):
    hand_in(paths, "future.yaml", "d1", "withdraw", MAR)
    hand_in(paths, "nameless.yaml", "", "withdraw", JAN)
    hand_in(paths, "other.yaml", "d1", "delete", JAN)
    assert withdrawals.take_in(paths, FEB) == []
    assert withdrawals.unread(paths) == [
        "nameless.yaml 第1条：缺少 delivery_id。",
        "other.yaml 第1条：decision 只能是 withdraw（撤回） 或 reinstate（恢复）。",
    ]


def test_a_withdrawal_of_nothing_is_told(paths):
    hand_in(paths, "a.yaml", "d9", "withdraw", JAN)
    withdrawals.take_in(paths, FEB)
    (told,) = withdrawals.problems(paths, "F01", [known(1, "d1", "202401", "full")], FEB)
    assert "F01 没有交付 d9" in told
    assert withdrawals.problems(paths, "F03", [], FEB) == []
