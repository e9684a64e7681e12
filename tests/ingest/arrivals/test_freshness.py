"""Up to where a feed is good in a scope, and what is owed."""

from datetime import date

from pipelines.ingest.arrivals import arrivals, freshness
from tests.ingest.arrivals.made import CITY, CITY_FEED, DIVISIONS, all_counties, feed, result


def fresh(feeds, came, as_of):
    return freshness(arrivals(feeds, DIVISIONS, came, as_of), DIVISIONS, as_of)


def test_a_hole_ages_from_the_day_it_was_due_and_the_last_good_period_stands():
    came = all_counties("202401", "202402", but=[("370683", "202402")])
    for day, behind in ((date(2024, 3, 10), 0), (date(2024, 3, 11), 1), (date(2024, 4, 2), 23)):
        found = {f.scope: f for f in fresh([feed()], came, day)}
        assert len(found) == 13
        hole = found["370683"]
        assert (hole.last_good_period, hole.last_good_on, hole.days_behind) == ("202401", date(2024, 1, 31), behind)
        assert hole.is_stale is (behind > 0)
        assert {f.last_good_period for s, f in found.items() if s != "370683"} == {"202402"}
        assert not any(f.is_stale for s, f in found.items() if s != "370683")


def test_a_refused_delivery_makes_stale_at_once_and_the_last_good_one_stands():
    came = [result(CITY, "202401", feed="F11"), result(CITY, "202402", feed="F11", status="quarantined", seq=2)]
    (line,) = fresh([CITY_FEED], came, date(2024, 2, 29))
    assert (line.state, line.behind_period, line.days_behind) == ("refused", "202402", 0)
    assert (line.last_good_period, line.last_good_delivery) == ("202401", came[0].delivery_id)
    assert line.is_stale
    assert "没有数据行" in line.reason


def test_a_later_good_period_makes_a_feed_fresh_again():
    came = all_counties("202401", "202403", but=[])
    assert not any(f.is_stale for f in fresh([feed()], came, date(2024, 4, 5)))


def test_nothing_good_yet_is_behind_since_the_first_period():
    (line,) = fresh([CITY_FEED], [], date(2024, 3, 1))
    assert (line.last_good_period, line.behind_period, line.days_behind) == (None, "202401", 20)


def test_a_recoded_county_goes_on_under_its_new_code():
    came = all_counties("202305") + [result("370672", "202305", seq=50)]
    found = {f.scope: f for f in fresh([feed(first_period="202305")], came, date(2023, 7, 11))}
    assert "370672" not in found
    assert (found["370676"].last_good_period, found["370676"].days_behind) == ("202305", 1)


def test_whoever_may_keep_silent_is_not_stale():
    assert fresh([feed(nil_return="optional")], [], date(2024, 6, 1)) == []


def test_a_hole_in_a_row_of_differences_is_owed_until_a_whole_list_comes():
    mixed = feed(code="F11", scope_kind="city", mode="full_delta")
    came = [
        result(CITY, "202401", feed="F11", seq=1),
        result(CITY, "202402", feed="F11", seq=2, status="quarantined", mode="delta"),
        result(CITY, "202403", feed="F11", seq=3, mode="delta"),
    ]
    (line,) = fresh([mixed], came, date(2024, 4, 5))
    assert (line.state, line.behind_period, line.last_good_period) == ("refused", "202402", "202403")
    (line,) = fresh([mixed], [*came, result(CITY, "202403", feed="F11", seq=4)], date(2024, 4, 5))
    assert (line.state, line.behind_period) == ("current", None)


def test_events_of_a_month_that_never_came_are_owed_for_ever():
    events = feed(code="F11", scope_kind="city", mode="append")
    came = [result(CITY, p, feed="F11", seq=n, mode="append") for n, p in enumerate(("202401", "202403"))]
    (line,) = fresh([events], came, date(2024, 4, 5))
    assert (line.state, line.behind_period) == ("missing", "202402")
