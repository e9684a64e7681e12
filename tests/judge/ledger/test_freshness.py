"""What goes out says how old its sources are."""

from datetime import date

import pytest

from pipelines.judge.ledger.freshness import facts, lines, sources
from pipelines.kit.contracts import load_contracts

AS_OF = date(2024, 3, 20)
FRESHNESS = [
    ("F01", "370600", "烟台市", "202402", date(2024, 2, 29), None, 0, "current"),
    ("F10", "370602", "芝罘区", "202402", date(2024, 2, 29), None, 0, "current"),
    ("F10", "370685", "招远市", "202401", date(2024, 1, 31), "202402", 15, "refused"),
    ("F26", "370685001", "罗峰街道", None, None, "202402", 0, "missing"),
    ("F26", "370602001", "向阳街道", None, None, None, 0, "current"),
]


@pytest.fixture
def lake(con):
    for row in FRESHNESS:
        con.execute(
            "INSERT INTO lake.ledger.freshness BY NAME SELECT ?::DATE AS as_of, ? AS feed, ? AS scope, "
            "? AS scope_name, ? AS last_good_period, ?::DATE AS last_good_on, ? AS behind_period, ? AS days_behind, "
            "? AS state",
            [AS_OF, *row],
        )  # fmt: skip
    return con


@pytest.mark.parametrize(("feeds", "place", "scopes"), [
    ((), "", ["370600", "370602", "370685", "370685001"]),
    (("F01", "F10"), "370685001", ["370600", "370685"]),
    (("F26",), "370685", ["370685001"]),
    (("F10", "F26"), "370602", ["370602"]),
    ((), "370600", ["370600", "370602", "370685", "370685001"]),
])  # fmt: skip
def test_only_what_an_answer_rests_on_is_told(lake, feeds, place, scopes):
    assert [s.scope for s in sources(lake, AS_OF, feeds, place)] == scopes


def test_the_oldest_comes_first_and_who_owes_what_is_named(lake):
    assert lines(sources(lake, AS_OF, ()), load_contracts()) == [
        "市消防救援支队 九小场所台账：尚无可用的数据（陈旧：罗峰街道从未报送，欠2024年2月）",
        "市民政局 高龄津贴发放：数据到2024年2月（陈旧：招远市只到2024年1月，欠2024年2月，逾期 15 天）",
        "市公安局 户籍人口：数据到2024年2月",
    ]


def test_a_feed_that_could_not_be_brought_up_to_date_is_stale_though_nothing_is_owed(lake):
    lake.execute("UPDATE lake.ledger.freshness SET state = 'failed' WHERE feed = 'F01'")
    (register,) = sources(lake, AS_OF, ("F01",))
    assert register.is_stale
    assert lines([register], load_contracts()) == [
        "市公安局 户籍人口：数据到2024年2月（陈旧：烟台市只到2024年2月，本次未能更新）"
    ]


def test_another_date_is_not_told(lake):
    assert sources(lake, date(2024, 1, 31), ()) == []


def test_a_manifest_gets_plain_facts(lake):
    assert facts(sources(lake, AS_OF, ("F10",), "370685")) == [{
        "feed": "F10", "scope": "370685", "scope_name": "招远市", "newest_period": "202401",
        "newest_on": "2024-01-31", "due_period": "202402", "days_behind": 15, "state": "refused", "is_stale": True,
    }]  # fmt: skip
