"""Decisions of people on whom a row means hold from turn to turn: over merges, slips, numbers that come later."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from pipelines.ingest.arrivals.daily import known
from pipelines.judge.ledger import deliveries, linkage_decisions, person_keys
from pipelines.kit.build import build
from pipelines.kit.keys import entity_key
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths
from tests.dbt import small_prefecture as small
from tests.dbt.bronze_files import FEEDS, deliver
from tests.dbt.conftest import before_the_build

DAY = small.SECOND
NUMBERS = [small.id_no("19900101", order) for order in (101, 103, 105)]
FIRST, SECOND, THIRD = (entity_key("person", number) for number in NUMBERS)
CERTIFICATE = {
    "cert_no": "C7", "name": "人不明", "sex_name": "男", "id_no": None, "birth_date": date(1950, 1, 1),
    "division_code": small.VILLAGE, "death_date": date(2024, 2, 2),
}  # fmt: skip


@pytest.fixture
def lake(tmp_path: Path) -> Iterator["Lake"]:
    made = Lake(before_the_build(Paths(tmp_path)))
    people = [small.person(number, name, f"HX{i}", change_type="新增")
              for i, (number, name) in enumerate(zip(NUMBERS, ("人甲", "人乙", "人丙"), strict=True))]  # fmt: skip
    deliver(made.paths, "F01", people[:1], seq=50, on=DAY, mode="delta")
    deliver(made.paths, "F17", [{"id_no": number, "name": "人甲", "employer_code": small.USCC, "insurance_kind": "养老",
                                 "period_month": "2024-01", "status_name": "参保"} for number in NUMBERS[1:]],
            seq=50, on=DAY)  # fmt: skip
    deliver(made.paths, "F04", [CERTIFICATE], seq=51, on=DAY, mode="append")
    made.turn(0)
    yield made


class Lake:
    """Turns by the day after the first."""

    def __init__(self, paths: Paths) -> None:
        self.paths = paths

    def turn(self, number: int) -> list[str]:
        """What stewards are told."""
        as_of = DAY + timedelta(days=number)
        with connect(self.paths) as con:
            deliveries.record_standing(con, self.paths, known(self.paths, FEEDS.values(), as_of))
            linkage_decisions.take_in(self.paths, as_of)
            linkage_decisions.record_decisions(con, self.paths, as_of)
            standing = deliveries.in_force(con, self.paths)
        build(self.paths, as_of, standing=standing)
        with connect(self.paths) as con:
            person_keys.append(con, as_of)
            person_keys.append_events(con, as_of)
            linkage_decisions.append_ruled_out(con, as_of)
            told = linkage_decisions.problems(con, self.paths, as_of)
        out = self.paths.decisions / "turns" / f"{as_of}.json"
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text("{}")
        return told

    def decide(self, number: int, person: str, decision: str) -> None:
        file = self.paths.decisions / "linkage" / f"{number}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        on = DAY + timedelta(days=number)
        what = f"claim_id: {self.whose()[0]}, person_id: {person}, decision: {decision}"
        file.write_text(f"- {{{what}, reason: 核实, by: 李, on: {on}}}", encoding="utf-8")

    def change(self, number: int, old: str, new: str) -> None:
        """What is told later happened earlier, else the number would be one that was given again."""
        on, happened = DAY + timedelta(days=number), DAY - timedelta(days=number)
        event = {"event_no": f"M{number}", "event_type": "身份证号变更", "id_no": new, "old_id_no": old, "name": "人甲",
                 "event_date": happened, "division_code": small.VILLAGE}  # fmt: skip
        deliver(self.paths, "F03", [event], seq=60 + number, on=on, mode="append", scope=f"37060{number}")

    def whose(self) -> tuple[str, str, str]:
        """Key, person and basis of the certificate."""
        with connect(self.paths, read_only=True) as con:
            return con.execute(
                "SELECT claim_id, person_id, basis FROM lake.unified.person_claim WHERE name = '人不明'"
            ).fetchone()


def test_a_decision_follows_each_merge_in_the_turn_that_sees_it_and_comes_back_when_it_is_undone(lake):
    lake.decide(1, THIRD, "same")
    assert lake.turn(1) == [] and lake.whose()[1:] == (THIRD, "decided")
    lake.change(2, NUMBERS[1], NUMBERS[2])
    for _ in range(2):  # the same turn again
        lake.turn(2)
        assert lake.whose()[1:] == (SECOND, "decided")
    lake.change(3, NUMBERS[0], NUMBERS[1])
    lake.turn(3)
    assert lake.whose()[1:] == (FIRST, "decided")
    for sent in (lake.paths.bronze / "F03").glob("*/delivery.json"):
        sent.unlink()
    lake.turn(4)
    assert lake.whose()[1:] == (THIRD, "decided")


def test_a_slip_of_the_key_leaves_the_decision_that_stands(lake):
    lake.decide(1, FIRST, "same")
    lake.turn(1)
    lake.decide(2, "0" * 32, "same")
    assert ["库中没有人员" in told for told in lake.turn(2)] == [True]
    lake.decide(3, SECOND, "same")
    assert ["已经认定为人员" in told for told in lake.turn(3)] == [True]
    assert lake.whose()[1:] == (FIRST, "decided")
    lake.decide(4, FIRST, "open")
    assert lake.turn(4) == [] and lake.whose()[1:] == (SECOND, "decided")


def test_a_number_that_comes_after_somebody_was_ruled_out_wins_until_that_is_said_again(lake):
    lake.decide(1, FIRST, "not_same")
    lake.turn(1)
    numbered = CERTIFICATE | {"id_no": NUMBERS[0]}
    deliver(lake.paths, "F04", [numbered], seq=70, on=DAY + timedelta(days=2), mode="append")
    for number in (2, 3):
        assert ["有效证号" in told for told in lake.turn(number)] == [True]
        assert lake.whose()[1] == FIRST
    lake.decide(4, FIRST, "not_same")
    assert lake.turn(4) == [] and lake.whose()[1:] == (None, "ruled_out")
    lake.turn(5)
    assert lake.whose()[1:] == (None, "ruled_out")
