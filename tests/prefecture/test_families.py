"""Names, numbers, births, deaths, children and marriages: the judges find exactly what is planted."""

from datetime import date

import polars as pl
import pytest

from pipelines.kit.keys import record_key
from prefecture.feeds.children_in_need import layout
from prefecture.months import MONTHS
from prefecture.register import register_of
from tests.prefecture.judges.families import r16, r23, r24, r30
from tests.prefecture.judges.known import Known
from tests.prefecture.judges.persons import r03, r04, r18
from tests.prefecture.readback import Outbox
from tests.prefecture.validity import id_valid

JUDGED = (0, 1, 2, 3, 6)
RULES = ("R03", "R04", "R16", "R18", "R23", "R24", "R30")


@pytest.fixture(scope="module")
def delivered(city) -> tuple[Outbox, pl.DataFrame]:
    return Outbox(city.out, register_of(city.paths)), pl.read_parquet(register_of(city.paths) / "defects.parquet")


@pytest.fixture(scope="module")
def found(delivered, regions) -> dict[int, set[tuple[str, str]]]:
    def at(index: int) -> set[tuple[str, str]]:
        known = Known(delivered[0], MONTHS[index])
        judges = {
            "R03": r03(known),
            "R04": r04(known, lambda number: id_valid(number, regions)),
            "R16": r16(known),
            "R18": r18(known),
            "R23": r23(known),
            "R24": r24(known),
            "R30": r30(known),
        }
        return {(rule, key) for rule, keys in judges.items() for key in keys}

    return {index: at(index) for index in JUDGED}


@pytest.mark.parametrize("index", JUDGED)
def test_everything_planted_is_there_and_nothing_else(delivered, found, index):
    at, cases = MONTHS[index].as_of, delivered[1]
    still = pl.col("last_as_of").is_null() | (pl.col("last_as_of") >= at)
    planted = cases.filter((pl.col("kind") == "defect") & (pl.col("as_of") <= at) & still)
    planted = planted.filter(pl.col("rule_id").is_in(RULES))
    assert found[index] == set(planted.select("rule_id", "entity_key").iter_rows())


def test_no_hard_negative_is_ever_found(delivered, found):
    harmless = delivered[1].filter(pl.col("kind") == "hard_negative")
    harmless = set(harmless.select("rule_id", "entity_key").iter_rows())
    for index, pairs in found.items():
        assert not harmless & pairs, index


def test_every_rule_has_a_defect_and_two_kinds_of_lookalikes(delivered):
    cases = delivered[1]
    for rule in RULES:
        mine = cases.filter(pl.col("rule_id") == rule)
        assert mine.filter(pl.col("kind") == "defect").height >= 1, rule
        assert mine.filter(pl.col("kind") == "hard_negative")["description"].n_unique() >= 2, rule


def test_cremations_follow_deaths_and_are_not_of_the_living(delivered):
    box, month = delivered[0], MONTHS[6]
    rows = box.known("F05", month)
    days = rows.select(pl.col("cremation_date", "death_date").str.to_date())
    assert ((days["cremation_date"] - days["death_date"]).dt.total_days() >= 1).all()
    dead = box.known("F01", month).filter(pl.col("status_name") == "死亡注销")
    planted = delivered[1].filter((pl.col("rule_id") == "R03") & (pl.col("feed") == "F05"))["entity_key"]
    assert planted.len() >= 2
    others = [r["id_no"] for r in rows.rows(named=True) if record_key("F05", r["cremation_no"]) not in planted]
    assert set(others) <= set(dead["id_no"])
    assert rows.height > 0.85 * dead.height


def test_the_first_birth_certificates_are_of_the_year_before(delivered):
    born = delivered[0].sent("F06", MONTHS[0])["birth_time"].str.head(10).str.to_date()
    assert date(2023, 2, 1) <= born.min() and born.max() <= MONTHS[0].as_of


def test_permits_are_extended_and_cancelled(delivered):
    box = delivered[0]
    changes = box.sent("F02", MONTHS[5])
    assert set(changes["change_type"]) <= {"新增", "变更"}
    assert (box.known("F02", MONTHS[5]).filter(pl.col("status_name") == "有效")["valid_to"] >= "2024-06-30").all()


def test_counties_keep_three_books_of_children(delivered):
    books = {tuple(h.label for h in layout(str(county))) for county in range(370602, 370688)}
    assert len(books) == 3
