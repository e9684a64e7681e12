"""What is said of turns played one after the other."""

from prefecture.bench import report, turns
from tests.prefecture.bench.result import RESULT


def turn(day: str, wall: float, landing: int, lake: int) -> dict:
    return {"day": day, "files": 3, "wall": wall, "cpu": 2 * wall, "bytes": {"landing": landing, "lake": lake}}


PLAYED = [turn("2024-01-31", 90, 10, 5), turn("2024-02-29", 70, 20, 9), turn("2024-03-31", 40, 30, 10)]


def test_the_last_turn_is_compared_with_the_first_that_is_like_it():
    later = [*PLAYED, turn("2024-04-30", 50, 50, 25)]
    assert turns.ratios(later) == {
        "turn 4 / turn 3, wall": 1.25, "turn 4 / turn 3, CPU": 1.25, "lake grown / deliveries grown, bytes": 0.75,
    }  # fmt: skip


def test_two_turns_say_nothing_about_ageing_and_three_say_they_are_one():
    assert turns.ratios(PLAYED[:2]) == {}
    assert turns.ratios(PLAYED)["lake grown / deliveries grown, bytes"] is None


def test_every_turn_is_a_line_of_the_page():
    head = {k: v for k, v in RESULT.items() if k not in ("floor", "arrivals")}
    page = report.markdown(head | {"ratios": turns.ratios(PLAYED), "turns_played": PLAYED})
    assert "| 2024-02-29 | 3 | 70.0 | 140.0 |" in page and "## Floor" not in page
