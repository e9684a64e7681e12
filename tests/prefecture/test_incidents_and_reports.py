"""Incidents on three platforms, houses of the survey and confirmed reports: judges find what is planted."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from pipelines.kit.paths import Paths
from prefecture.feeds import FEEDS
from prefecture.months import MONTHS
from prefecture.register import register_of
from tests.prefecture.judges.confirmed import wrongly_confirmed
from tests.prefecture.judges.houses import contradictory_houses, crowded_houses, impossible_house_numbers
from tests.prefecture.judges.platforms import repeated_reports
from tests.prefecture.readback import Outbox

CODES: Path = Paths.default().reference / "codes"
DELIVERED = (0, 1, 2, 3)
JUDGES: dict[str, Callable] = {
    "R12": contradictory_houses,
    "R13": impossible_house_numbers,
    "R14": crowded_houses,
    "R45": lambda outbox, month: repeated_reports(outbox, month, CODES),
    "R48": wrongly_confirmed,
}


@dataclass(frozen=True)
class Inbox(Outbox):
    """An outbox whose files are read once."""

    sent = cache(Outbox.sent)
    known = cache(Outbox.known)


@dataclass(frozen=True)
class Delivery:
    outbox: Inbox
    cases: pl.DataFrame

    def planted(self, rule: str, month: int) -> set[str]:
        at = MONTHS[month].as_of
        shows = (pl.col("as_of") <= at) & (pl.col("last_as_of").is_null() | (pl.col("last_as_of") >= at))
        rows = self.cases.filter(pl.col("rule_id") == rule, pl.col("kind") == "defect", shows)
        return set(rows["entity_key"])


@pytest.fixture(scope="module")
def delivery(city) -> Delivery:
    register = register_of(city.paths)
    return Delivery(Inbox(city.out, register), pl.read_parquet(register / "defects.parquet"))


@pytest.fixture(scope="module")
def found(delivery) -> dict[tuple[str, int], set[str]]:
    return {(r, m): judge(delivery.outbox, MONTHS[m]) for r, judge in JUDGES.items() for m in DELIVERED}


@pytest.mark.parametrize("month", DELIVERED)
@pytest.mark.parametrize("rule", JUDGES)
def test_a_judge_finds_what_is_planted_and_nothing_else(delivery, found, rule, month):
    assert found[rule, month] == delivery.planted(rule, month)


@pytest.mark.parametrize("rule", JUDGES)
def test_lookalikes_are_never_found(delivery, found, rule):
    cases = delivery.cases.filter(pl.col("rule_id") == rule, pl.col("kind") == "hard_negative")
    assert cases["description"].n_unique() >= 2
    assert not set(cases["entity_key"]) & set().union(*(found[rule, m] for m in DELIVERED))


def test_the_one_percent_prefecture_has_enough_of_everything(cases_at_one_percent):
    cases = cases_at_one_percent.filter(pl.col("rule_id").is_in(list(JUDGES)))
    assert not cases.select("rule_id", "entity_key").is_duplicated().any()
    defects = cases.filter(pl.col("kind") == "defect")
    for rule in JUDGES:
        mine = defects.filter(pl.col("rule_id") == rule)
        assert mine.filter(pl.col("as_of") == MONTHS[0].as_of).height >= 15, rule
        assert mine.filter(pl.col("as_of") == MONTHS[1].as_of).height >= 3, rule
        assert mine.filter(pl.col("as_of") > MONTHS[1].as_of).height >= 5, rule
        assert mine["last_as_of"].is_not_null().sum() >= 3, rule


def test_platforms_hear_of_as_much_as_in_the_city(delivery):
    for feed, a_year in (("F28", 2500), ("F29", 1600), ("F30", 900)):
        rows = delivery.outbox.sent(feed, MONTHS[0])
        assert 0.85 * a_year < rows.height < 1.15 * a_year, feed
        assert not rows[FEEDS[feed].keys[0]].is_duplicated().any()


def test_one_person_has_one_number_on_every_platform(delivery):
    surveyed = set(delivery.outbox.known("F31", MONTHS[0])["phone"].drop_nulls())
    heard = delivery.outbox.sent("F30", MONTHS[0])["reporter_phone"].drop_nulls()
    assert heard.len() > 50
    assert heard.is_in(list(surveyed)).mean() > 0.95
