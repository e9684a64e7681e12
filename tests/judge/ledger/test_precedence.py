"""Whose word counts first: decisions of stewards, and which stand."""

from datetime import date

import pytest

from pipelines.judge.ledger import schema
from pipelines.judge.ledger.precedence import problems, record_precedence, take_in

DESK = "precedence"
T1, T2, T3 = date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31)
TOLD = {("F01", "name"), ("F04", "name"), ("F03", "death_date"), ("F31", "residence")}


def entry(feed="F04", field="name", decision="order", rank="1", months="", on="2024-02-10", by="李主任") -> str:
    return (
        f"- {{feed: {feed}, field: {field}, decision: {decision}, rank: '{rank}', trusted_months: '{months}', "
        f"reason: 核对过, by: {by}, on: {on}}}\n"
    )


def standing(con, paths, as_of):
    schema.ensure(con)
    record_precedence(con, paths, as_of)
    return con.execute(
        "SELECT feed, field, decision, rank, trusted_months, turn FROM lake.ledger.precedence ORDER BY 1, 2"
    ).fetchall()


def test_the_last_decision_stands_from_its_turn_on_and_can_be_undone(con, paths, hand_in):
    hand_in("a.yaml", entry(), entry(field="residence", feed="F31", rank="", months="6"))
    take_in(paths, T1)  # decided after that turn
    assert standing(con, paths, T1) == []
    take_in(paths, T2)
    first = [("F04", "name", "order", 1, None, T2), ("F31", "residence", "order", None, 6, T2)]
    assert standing(con, paths, T2) == first
    stopped = entry(feed="F01", decision="stop", rank="", on="2024-03-02")
    hand_in("b.yaml", entry(decision="default", rank="", on="2024-03-01"), stopped)
    take_in(paths, T3)
    assert standing(con, paths, T3) == [
        ("F01", "name", "stop", None, None, T3), ("F31", "residence", "order", None, 6, T2),
    ]  # fmt: skip
    assert standing(con, paths, T2) == first
    assert problems(paths, T3, TOLD) == []


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (entry(feed="F99"), "F99 不提供姓名"),
        (entry(field="height"), "F04 不提供height"),
        (entry(rank="0"), "新序号“0”应是 1 到 98 的整数"),
        (entry(rank="一"), "新序号“一”应是"),
        (entry(rank="1.5"), "新序号“1.5”应是"),
        (entry(rank="9" * 5000), f"新序号“{'9' * 20}”应是"),  # Python refuses to read so long a number
        (entry(rank="", months="601"), "新有效月数“601”应是 1 到 600 的整数"),
        (entry(rank=""), "没有填新序号，也没有填新有效月数"),
        (entry(feed="F03", field="死亡日期", decision="stop", rank=""), "死亡记录只能调整先后"),
        (entry(feed="F03", field="death_date", months="3"), "死亡记录只能调整先后"),
    ],
)
def test_a_decision_without_effect_is_told_and_stops_no_other(con, paths, hand_in, wrong, why):
    hand_in("a.yaml", wrong, entry(feed="F01", rank="2"))
    take_in(paths, T2)
    assert ("F01", "name", "order", 2) in [row[:4] for row in standing(con, paths, T2)]
    (told,) = problems(paths, T2, TOLD)
    assert why in told and "第1条" in told and "未生效" in told


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (entry(by="''"), "缺少 by"),
        (entry(decision="first"), "decision 只能是 order（调整）"),
        ("x: 1", "应是一个列表"),
        (entry(on="3月5日"), "on 应是日期"),
    ],
)
def test_a_file_that_says_too_little_is_not_taken_in(con, paths, hand_in, text, why):
    hand_in("a.yaml", text)
    take_in(paths, T2)
    assert standing(con, paths, T2) == []
    assert any(why in told for told in problems(paths, T2, TOLD))
