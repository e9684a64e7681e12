"""R19, R26 to R29, R32, R33, R37 and R39: the register tells the truth about them, and all of it."""

import polars as pl
import pytest

from prefecture.months import MONTHS
from prefecture.register import register_of
from tests.prefecture.city import DELIVERED
from tests.prefecture.judges.benefits import exclusive_benefits, shared_accounts, wealthy_recipients, wrong_amounts
from tests.prefecture.judges.firms import idle_enterprises, industries
from tests.prefecture.judges.inbox import Inbox
from tests.prefecture.judges.insurance import active_after_death, two_insurances, two_pensions

JUDGES = {
    "R19": active_after_death,
    "R26": exclusive_benefits,
    "R27": wealthy_recipients,
    "R28": two_pensions,
    "R29": two_insurances,
    "R32": shared_accounts,
    "R33": wrong_amounts,
    "R37": idle_enterprises,
    "R39": industries,
}


@pytest.fixture(scope="module")
def prefecture(city) -> tuple[Inbox, pl.DataFrame]:
    return Inbox(city.out, register_of(city.paths)), pl.read_parquet(register_of(city.paths) / "defects.parquet")


@pytest.mark.parametrize("rule", JUDGES)
def test_what_is_planted_is_found_and_nothing_else(prefecture, rule):
    inbox, cases = prefecture
    mine = cases.filter(pl.col("rule_id") == rule)
    harmless = set(mine.filter(pl.col("kind") == "hard_negative")["entity_key"])
    for month in DELIVERED:
        begun = pl.col("as_of") <= month.as_of
        lasts = pl.col("last_as_of").is_null() | (pl.col("last_as_of") >= month.as_of)
        planted = set(mine.filter((pl.col("kind") == "defect") & begun & lasts)["entity_key"])
        found = JUDGES[rule](inbox, month)
        assert found == planted, month
        assert not found & harmless


@pytest.mark.parametrize("rule", JUDGES)
def test_every_rule_has_defects_and_two_kinds_of_lookalikes(prefecture, rule):
    mine = prefecture[1].filter(pl.col("rule_id") == rule)
    assert mine.filter((pl.col("kind") == "defect") & (pl.col("as_of") == MONTHS[0].as_of)).height
    assert mine.filter(pl.col("kind") == "hard_negative")["description"].n_unique() >= 2
    assert not mine.select("entity_key").is_duplicated().any()
