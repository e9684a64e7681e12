"""Tickets by the short number that people are shown, and by the whole one."""

from datetime import date

import duckdb
import pytest

from pipelines.judge.ledger.decisions import Decision
from pipelines.judge.ledger.ticket_numbers import meant, short

ONE, TWINS = "a1b2c3d4e5f6" + "0" * 20, ("77" * 6 + "0" * 20, "77" * 6 + "1" * 20)


@pytest.fixture
def con():
    with duckdb.connect() as made:
        made.execute("ATTACH ':memory:' AS lake")
        made.execute("CREATE SCHEMA lake.ledger")
        made.execute("CREATE TABLE lake.ledger.ticket (ticket_id VARCHAR)")
        made.executemany("INSERT INTO lake.ledger.ticket VALUES (?)", [(t,) for t in (ONE, *TWINS)])
        yield made


@pytest.mark.parametrize(
    ("given", "ticket"),
    [
        (short(ONE), ONE),
        (ONE, ONE),
        (ONE[:20], ONE),
        (f" {short(ONE).upper()} ", ONE),
        (TWINS[1], TWINS[1]),
        (short(TWINS[0]), short(TWINS[0])),  # two begin so: neither is decided
        (ONE[:11], ONE[:11]),
        ("f" * 12, "f" * 12),
        ("", ""),
    ],
)
def test_a_decision_is_about_the_one_ticket_its_number_means(con, given: str, ticket: str):
    decision = Decision(given, "accepted", "", "张三", date(2024, 3, 1), "a.yaml", 1)
    assert [d.ticket_id for d in meant(con, [decision])] == [ticket]


def test_people_are_shown_twelve_characters():
    assert short(ONE) == "a1b2c3d4e5f6"
