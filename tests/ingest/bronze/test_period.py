"""A period nobody can mean is refused with the reason, and freezes nothing; a person may release it."""

from dataclasses import replace
from datetime import date

import pytest

from pipelines.ingest.bronze.rulings import take_in
from pipelines.ingest.deliveries import known_deliveries
from tests.ingest.bronze.test_release import decide
from tests.ingest.conftest import FEEDS, Office

DAY = date(2024, 4, 30)
NAME = "F11_残疾人证_370600_{}_全量.csv"


FAR = ("204402", "202406", "202412", "202504", "999912", "201404", "201312", "190001", "000101")


@pytest.mark.parametrize("period", FAR)
def test_a_far_period_is_refused_and_later_months_count(office: Office, cards, period):
    refused = office.deliver("F11", NAME.format(period), cards(10), DAY)
    assert (refused.status, refused.breaker_code, refused.rows_quarantined) == ("quarantined", "E_PERIOD", 10)
    assert period in refused.breaker_message and "2024-04-30" in refused.breaker_message
    office.deliver("F11", NAME.format("202404"), cards(10), DAY)
    standings = known_deliveries(office.paths, FEEDS["F11"], DAY)
    assert [(s.period, s.state) for s in standings] == [(period, "refused"), ("202404", "in_force")]


@pytest.mark.parametrize("period", ["202404", "202405", "202403", "202304", "201405", "201612"])
def test_late_and_slightly_early_periods_are_taken(office: Office, cards, period):
    assert office.deliver("F11", NAME.format(period), cards(10), DAY).status == "accepted"


def test_a_yearly_list_is_named_by_the_end_of_its_year(office: Office, cards):
    office.feeds = {"F11": replace(FEEDS["F11"], period_months=12)}
    assert office.deliver("F11", NAME.format("202412"), cards(10), date(2024, 1, 31)).status == "accepted"


def test_an_empty_list_of_a_far_month_is_refused_too(office: Office, cards):
    refused = office.deliver("F11", NAME.format("204402"), cards(0), DAY)
    assert (refused.status, refused.breaker_code) == ("quarantined", "E_PERIOD")


def test_a_person_may_release_it(office: Office, cards):
    refused = office.deliver("F11", NAME.format("201201"), cards(10), DAY)
    decide(office, refused.delivery_id, on=DAY)
    take_in(office.paths, DAY)
    (released,) = office.run("F11", DAY)
    assert (released.status, released.rows_bronze, released.period) == ("accepted", 10, "201201")


def test_a_release_of_bytes_that_were_changed_is_not_made(office: Office, cards):
    refused = office.deliver("F11", NAME.format("201201"), cards(10), DAY)
    file = next((office.paths.landing / "F11").glob("*/F11*"))
    file.chmod(0o600)
    file.write_bytes(b"other")
    decide(office, refused.delivery_id, on=DAY)
    take_in(office.paths, DAY)
    (still,) = office.run("F11", DAY)
    assert still.status == "quarantined" and "放行未成" in still.breaker_message and "改动" in still.breaker_message
