"""Four eyes: who decides about a critical ticket alone decides nothing, and is told."""

from datetime import date

import duckdb
import pytest

from pipelines.judge.ledger.decisions import Decision
from pipelines.judge.ledger.four_eyes import seconded

CRITICAL, PLAIN = "c" * 32, "d" * 32


@pytest.fixture
def con():
    with duckdb.connect() as made:
        made.execute("ATTACH ':memory:' AS lake")
        made.execute("CREATE SCHEMA lake.ledger")
        made.execute("CREATE TABLE lake.ledger.ticket (ticket_id VARCHAR, severity VARCHAR)")
        made.execute("INSERT INTO lake.ledger.ticket VALUES (?, 'C'), (?, 'H')", [CRITICAL, PLAIN])
        yield made


def decided(ticket: str, second: str, sheet: str = "") -> Decision:
    return Decision(ticket, "accepted", "已核实", "王五", date(2024, 2, 10), "答复.xlsx", 9, second, sheet)


@pytest.mark.parametrize(
    ("ticket", "second", "counts"),
    [
        (CRITICAL, "", False),
        (CRITICAL, "王五", False),
        (CRITICAL, "赵六", True),
        (PLAIN, "", True),
        ("f" * 32, "", True),
    ],
)
def test_a_critical_ticket_takes_two(con, ticket, second, counts):
    made = decided(ticket, second, "异议函")
    counting, told = seconded(con, [made])
    assert counting == ([made] if counts else [])
    where = "答复.xlsx 工作表“异议函”第9行：工单 cccccccccccc "
    alone = "属紧急，须由答复人以外的一人复核，该决定未生效；请补填“复核人”后另交。"
    assert told == ([] if counts else [where + alone])


def test_one_alone_does_not_undo_what_two_have_decided(con):
    both, alone = decided(CRITICAL, "赵六"), decided(CRITICAL, "")
    assert seconded(con, [both, alone])[0] == [both]
    assert seconded(con, []) == ([], [])
