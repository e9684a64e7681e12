"""Every rule of the ledger of arrivals, each with the cells it must and must not touch."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.ingest.arrivals import arrivals, coverage
from pipelines.ingest.arrivals import model as m
from tests.ingest.arrivals.made import CITY, CITY_FEED, COUNTIES, DIVISIONS, all_counties, feed, result

APRIL = date(2024, 4, 1)


def ledger(feeds, results, as_of=APRIL):
    return arrivals(feeds, DIVISIONS, results, as_of)


def states(lines, *wanted):
    return {(a.feed, a.scope, a.period) for a in lines if a.state in wanted}


def test_without_one_county_file_exactly_that_cell_is_missing():
    came = all_counties("202401", "202402", but=[("370683", "202402")])
    lines = ledger([feed()], came)
    assert states(lines, m.MISSING) == {("F31", "370683", "202402")}
    # March came nowhere and is due on 10 April; April has begun today
    assert Counter(a.state for a in lines) == {m.ON_TIME: 25, m.MISSING: 1, m.NOT_YET_DUE: 26}
    (hole,) = [a for a in lines if a.state == m.MISSING]
    assert (hole.scope_name, hole.due_on, hole.deliveries) == ("莱州市", date(2024, 3, 10), 0)
    assert coverage(lines, lambda a: a.county_code)["370683"].share == 1 / 2


@pytest.mark.parametrize(
    ("day", "state"),
    [(date(2024, 3, 9), m.NOT_YET_DUE), (date(2024, 3, 10), m.NOT_YET_DUE), (date(2024, 3, 11), m.MISSING)],
)
def test_with_a_shifted_clock_a_hole_turns_red_the_day_after_it_was_due(day, state):
    came = all_counties("202401", "202402", but=[("370683", "202402")])
    lines = ledger([feed()], came, day)
    assert [a.state for a in lines if (a.scope, a.period) == ("370683", "202402")] == [state]
    assert len(states(lines, m.MISSING)) == (state == m.MISSING)


def test_an_early_date_does_not_see_later_deliveries():
    came = [*all_counties("202401", but=[("370683", "202401")]), result("370683", "202401", date(2024, 2, 20), seq=99)]
    assert states(ledger([feed()], came, date(2024, 2, 19)), m.MISSING) == {("F31", "370683", "202401")}
    lines = ledger([feed()], came, date(2024, 2, 20))
    assert states(lines, m.LATE) == {("F31", "370683", "202401")}
    assert states(lines, m.MISSING) == set()


def test_the_due_day_itself_is_on_time_and_the_next_is_late():
    came = [result("370683", "202401", date(2024, 2, 10), seq=1), result("370602", "202401", date(2024, 2, 11), seq=2)]
    found = {a.scope: a.state for a in ledger([feed()], came) if a.period == "202401"}
    assert (found["370683"], found["370602"]) == (m.ON_TIME, m.LATE)


def test_a_refused_delivery_is_refused_until_a_good_one_comes_and_later_refusals_undo_nothing():
    bad = result("370602", "202401", status="quarantined", rows=7)
    good = result("370602", "202401", date(2024, 2, 5), seq=2)
    worse = result("370602", "202401", date(2024, 3, 1), status="quarantined", seq=3)

    def cell(*came):
        return next(a for a in ledger([feed()], came) if (a.scope, a.period) == ("370602", "202401"))

    refused = cell(bad)
    assert (refused.state, refused.rows, refused.reason) == (m.REFUSED, 0, "文件「x」：没有数据行")
    for came in ([bad, good], [bad, good, worse]):
        line = cell(*came)
        assert (line.state, line.arrived_on, line.delivery_id, line.deliveries) == (
            m.ON_TIME, date(2024, 2, 5), good.delivery_id, len(came),
        )  # fmt: skip


def test_a_delivery_sent_again_counts_once_and_its_newest_rows_stand():
    came = [result("370602", "202401"), result("370602", "202401", date(2024, 3, 5), rows=8, seq=2)]
    (line,) = [a for a in ledger([feed()], came) if a.state in m.ARRIVED]
    assert (line.state, line.arrived_on, line.rows, line.deliveries) == (m.ON_TIME, date(2024, 1, 31), 8, 2)


def test_pages_of_a_set_count_once_when_all_are_there():
    pages = [
        result("370602", "202401", page="_p0001", seq=1),
        result("370602", "202401", date(2024, 2, 12), page="_p0002", rows=3, seq=2),
    ]
    (line,) = [a for a in ledger([feed()], pages) if a.deliveries]
    assert (line.state, line.arrived_on, line.rows) == (m.LATE, date(2024, 2, 12), 8)
    torn = [pages[0], result("370602", "202401", page="_p0002", status="quarantined", seq=3)]
    (line,) = [a for a in ledger([feed()], torn) if a.deliveries]
    assert line.state == m.REFUSED
    (line,) = [a for a in ledger([feed()], [*torn, replace(pages[1], delivery_seq=4)]) if a.deliveries]
    assert line.state == m.LATE


@pytest.mark.parametrize(("day", "state"), [(date(2024, 2, 10), m.NOT_YET_DUE), (date(2024, 2, 11), m.MISSING)])
def test_a_set_that_lacks_a_page_has_not_come(day, state):
    said = replace(result("370602", "202401", page="_p0001"), pages=3)
    came = [said, result("370602", "202401", page="_p0003", seq=2)]
    (line,) = [a for a in ledger([feed()], came, day) if a.deliveries]
    assert (line.state, line.reason, line.arrived_on) == (state, "缺第 2 页", None)


def test_a_delivery_released_by_a_person_came_when_it_came():
    held = replace(result("370602", "202401"), released_on="2024-02-20")
    (line,) = [a for a in ledger([feed()], [held]) if a.deliveries]
    assert (line.state, line.arrived_on) == (m.ON_TIME, date(2024, 1, 31))


@pytest.mark.parametrize(
    ("scope", "period", "why"),
    [
        (CITY, "202401", "范围 370600 不是当期的县（市、区）"),
        ("370699", "202401", "范围 370699 不是当期的县（市、区）"),
        ("370602001", "202401", "范围 370602001 不是当期的县（市、区）"),
        ("370602", "202312", "早于约定的首期 202401（历史数据）"),
        ("370602", "202405", "期次尚未开始"),
        ("370602", "000001", "早于约定的首期 202401（历史数据）"),
        ("370602", "999912", "期次尚未开始"),
        (None, None, "文件名不符合约定，看不出范围和期次"),
    ],
)
def test_what_nobody_expected_is_seen_and_fills_no_cell(scope, period, why):
    lines = ledger([feed()], [result(scope, period, date(2024, 2, 1))])
    (stray,) = [a for a in lines if a.state == m.UNEXPECTED]
    assert (stray.reason, stray.deliveries, stray.period) == (why, 1, period or "")
    assert not states(lines, *m.ARRIVED)


def test_a_quarterly_feed_is_due_for_every_third_month():
    quarterly = feed(period_months=3)
    lines = ledger([quarterly], [result("370602", "202401"), result("370602", "202402", seq=2)], date(2024, 7, 1))
    assert {a.period for a in lines if a.state != m.UNEXPECTED} == {"202401", "202404", "202407"}
    (stray,) = [a for a in lines if a.state == m.UNEXPECTED]
    assert stray.reason == "不在约定的期次内（每 3 个月一期，首期 202401）"


def test_townships_are_scopes_of_their_own_with_their_county():
    lines = ledger([feed(scope_kind="township")], [result("370602001", "202401")], date(2024, 2, 20))
    january = [a for a in lines if a.period == "202401"]
    assert Counter(a.state for a in january) == {m.ON_TIME: 1, m.MISSING: 158}
    (line,) = [a for a in january if a.state == m.ON_TIME]
    assert (line.scope_name, line.county_code, line.county_name) == ("向阳街道", "370602", "芝罘区")


def test_a_city_feed_has_one_scope():
    lines = ledger([CITY_FEED], [result(CITY, "202401", feed="F11")], date(2024, 2, 20))
    assert [(a.scope, a.county_code, a.state) for a in lines] == [
        (CITY, "", m.ON_TIME), (CITY, "", m.NOT_YET_DUE),
    ]  # fmt: skip


@pytest.mark.parametrize("sent_as", ["370672", "370676"])
def test_a_recoded_county_leaves_no_ghost_whichever_code_it_uses(sent_as):
    """开发区 was 370672 until the cut-off of June 2023, 370676 from then on."""
    months = ["202304", "202305", "202306", "202307"]
    came = [result(sent_as, p, seq=n) for n, p in enumerate(months, 1)]
    lines = ledger([feed(first_period="202304")], came, date(2023, 7, 31))
    zone = [a for a in lines if a.scope_name == "烟台经济技术开发区"]
    assert [(a.scope, a.period, a.state) for a in zone] == [
        ("370672", "202304", m.ON_TIME), ("370672", "202305", m.ON_TIME),
        ("370676", "202306", m.ON_TIME), ("370676", "202307", m.ON_TIME),
    ]  # fmt: skip
    assert states(lines, m.UNEXPECTED) == set()
    assert len(lines) == 4 * 13


def test_a_merged_county_is_no_scope_any_more():
    lines = ledger([feed(first_period="202001")], [result("370684", "202001"), result("370684", "202401", seq=2)])
    assert ("F31", "370684", "202001") in states(lines, m.ON_TIME)
    assert [(a.scope, a.reason) for a in lines if a.state == m.UNEXPECTED] == [
        ("370684", "范围 370684 不是当期的县（市、区）")
    ]


class TestNilReturns:
    """What silence means is said by the contract."""

    @pytest.mark.parametrize("rule", ["never", "required"])
    def test_silence_is_missing_unless_the_contract_allows_it(self, rule):
        lines = ledger([feed(nil_return=rule)], [], date(2024, 2, 20))
        assert len(states(lines, m.MISSING)) == 13

    def test_a_file_without_rows_is_a_return(self):
        lines = ledger([feed(nil_return="required")], [result("370602", "202401", rows=0)], date(2024, 2, 20))
        assert states(lines, m.ON_TIME) == {("F31", "370602", "202401")}

    def test_whoever_never_had_rows_may_keep_silent_and_whoever_had_may_not(self):
        came = [
            result("370602", "202401", seq=1), result("370611", "202401", rows=0, seq=2),
            result("370612", "202401", seq=3), result("370612", "202402", rows=0, seq=4),
        ]  # fmt: skip
        lines = ledger([feed(nil_return="optional")], came, date(2024, 4, 20))
        assert states(lines, m.MISSING) == {("F31", "370602", "202402"), ("F31", "370602", "202403")}
        assert len(states(lines, m.PRESUMED_NIL)) == 10 * 4 + 3 + 2  # all others; 福山 since February, 牟平 since March
        assert coverage(lines, lambda a: "")[""].due == 4 + 2

    def test_a_recoded_county_that_had_rows_still_may_not(self):
        came = [result("370672", "202305")]
        lines = ledger([feed(nil_return="optional", first_period="202305")], came, date(2023, 7, 20))
        assert states(lines, m.MISSING) == {("F31", "370676", "202306")}


_results = st.lists(
    st.builds(
        result,
        st.sampled_from([*COUNTIES[:3], CITY, "370699"]), st.sampled_from(["202312", "202401", "202402", "202403"]),
        st.dates(date(2024, 1, 1), date(2024, 5, 1)), status=st.sampled_from(["accepted", "quarantined"]),
        rows=st.integers(0, 2), seq=st.integers(1, 99), page=st.sampled_from(["", "_p0001", "_p0002"]),
    ),
    max_size=12,
)  # fmt: skip


@settings(max_examples=50)
@given(_results, st.dates(date(2024, 1, 1), date(2024, 5, 1)), st.sampled_from(["never", "required", "optional"]))
def test_states_partition_the_expected_cells_and_coverage_is_arrived_of_due(came, as_of, nil_return):
    lines = ledger([feed(nil_return=nil_return)], came, as_of)
    cells = [(a.scope, a.period) for a in lines if a.state != m.UNEXPECTED]
    months = [f"2024{n:02d}" for n in range(1, as_of.month + 1)]
    assert sorted(cells) == sorted((c, p) for c in COUNTIES for p in months)
    counted = Counter(a.state for a in lines)
    whole = coverage(lines, lambda a: "").get("")
    if whole:
        assert whole.expected == sum(counted[s] for s in m.EXPECTED)
        assert whole.arrived == counted[m.ON_TIME] + counted[m.LATE]
        assert whole.due == whole.expected - counted[m.NOT_YET_DUE]
        assert whole.share == (whole.arrived / whole.due if whole.due else None)
    by_county = coverage(lines, lambda a: a.county_code).values()
    assert sum(c.expected for c in by_county) == (whole.expected if whole else 0)
    known = [r for r in came if r.delivered_on <= as_of.isoformat()]
    assert sum(a.deliveries for a in lines) == len(known)
    assert not states(lines, m.PRESUMED_NIL) or nil_return == "optional"
