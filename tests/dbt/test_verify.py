"""What the rules will look at: one defect and its harmless neighbours per subject."""

import re

import pytest

from pipelines.kit import models
from pipelines.kit.contracts import load_contracts
from pipelines.kit.keys import entity_key, record_key
from tests.dbt import small_prefecture as small

EVERY_COLUMN = {"entity_key", "group_key", "township_code", "feed", "record_key", "source_ref"}
SUBJECTS = (
    "identity_claim",
    "credit_code",
    "division_claim",
    "registered_person",
    "survey_residence",
    "household_head",
    "life_state",
    "benefit_payee",
    "old_age_band",
    "old_age_entitlement",
    "disability_card",
    "enterprise_insured",
    "enterprise_site",
    "business_sign",
    "industry_claim",
    "land_subsidy",
    "grant_payment",
    "hazard",
    "inspected_item",
    "repeated_report",
    "corrected_value",
    "delivery",
)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_subject_is_named_once(ask, subject: str) -> None:
    assert ask(f"SELECT count(*) - count(DISTINCT entity_key) FROM lake.verify.{subject}") == [(0,)]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_subject_has_the_columns_of_a_ticket(ask, subject: str) -> None:
    assert {row[0] for row in ask(f"DESCRIBE lake.verify.{subject}")} >= EVERY_COLUMN


def test_identity_claims(ask) -> None:
    rows = ask("SELECT entity_key, id_defect FROM lake.verify.identity_claim WHERE id_defect IS NOT NULL")
    assert rows == [(record_key("F01", small.DAMAGED, "H8"), "damaged")]
    conflicts = ask("SELECT entity_key FROM lake.verify.identity_claim WHERE identity_conflict IS NOT NULL")
    assert conflicts == []


def test_whose_number_it_is_is_told_by_a_column_of_the_feed() -> None:
    feeds = {feed.table: feed for feed in load_contracts().values()}
    said = (models.DBT_PROJECT / "models" / "said" / "said_person.sql").read_text()
    told = re.findall(r"'(\w+)' as id_field,.*?ref\('stg_(\w+)'\)", said, re.S)
    assert [field for field, table in told if field not in feeds[table].by_name] == []
    assert [field for field, table in told if feeds[table].entity == "marriages"] == ["husband_id_no", "wife_id_no"]
    assert [field for field, table in told if feeds[table].code == "F11"] == ["card_no"]


def test_credit_codes(ask) -> None:
    rows = ask("SELECT feed, entity_key, uscc_defect FROM lake.verify.credit_code ORDER BY feed")
    assert rows == [
        ("F14", entity_key("credit_code", "F14", small.USCC), None),
        ("F17", entity_key("credit_code", "F17", small.USCC), None),
    ]


def test_division_claims(ask) -> None:
    rows = ask(
        "SELECT feed, entity_key, division_defect FROM lake.verify.division_claim WHERE division_defect IS NOT NULL"
    )
    assert rows == [("F10", entity_key("payee_division", "F10", small.WIDOW, small.OLD_VILLAGE), "retired_on_date")]


def test_one_person_in_two_households(ask) -> None:
    rows = ask("SELECT entity_key, household_nos FROM lake.verify.registered_person WHERE active_household_count > 1")
    assert rows == [(entity_key("person", small.TWICE), "H5,H6")]


def test_survey_residences(ask) -> None:
    rows = ask("SELECT entity_key, grid_defect, township_code FROM lake.verify.survey_residence ORDER BY source_ref")
    assert rows == [
        (record_key("F31", "S1"), None, small.XIANGYANG),
        (record_key("F31", "S2"), None, small.DONGSHAN),
        (record_key("F31", "S3"), None, small.XIANGYANG),
        (record_key("F31", "S4"), "retired", small.XIANGYANG),
    ]


def test_the_grid_of_the_house(ask) -> None:
    rows = ask("SELECT entity_key, house_grid_code FROM lake.verify.survey_residence ORDER BY source_ref")
    houses = {"S1": small.GRID, "S2": small.OTHER_GRID, "S3": small.GRID, "S4": None}
    assert rows == [(record_key("F31", no), grid) for no, grid in houses.items()]


def test_household_heads(ask) -> None:
    rows = ask(
        "SELECT household_no, head_state, entity_key FROM lake.verify.household_head WHERE head_state <> 'one_head'"
    )
    assert rows == [("H6", "no_head", entity_key("household", "H6"))]


def test_life_states(ask) -> None:
    rows = ask(
        "SELECT entity_key, days_since_death, life_word FROM lake.verify.life_state "
        "WHERE days_since_death IS NOT NULL ORDER BY 2"
    )
    assert rows == [
        (record_key("F01", small.DEAD, "H4"), 61, None),
        (record_key("F01", small.LIVING, "H9"), 91, "健在"),  # found as long as the source says so
    ]


def test_payees(ask) -> None:
    rows = ask(
        "SELECT entity_key, months_paid_after_death, amount_after_death::int, last_paid_month, first_month, "
        "latest_month, after_death_state "
        "FROM lake.verify.benefit_payee ORDER BY months_paid_after_death DESC"
    )
    assert rows == [
        (entity_key("payee", "F10", small.DEAD), 1, 100, "2024-02", "2023-12", "2024-02", "not_paid"),
        (entity_key("payee", "F10", small.WIDOW), 0, None, "2024-02", "2023-12", "2024-02", None),
    ]


def test_entitled_but_not_paid(ask) -> None:
    rows = ask("SELECT entity_key, last_paid_month, latest_month FROM lake.verify.old_age_entitlement ORDER BY id_no")
    assert rows == [
        (record_key("F01", small.AGED, "H7"), None, "2024-02"),
        (record_key("F01", small.WIDOW, "H4"), "2024-02", "2024-02"),
    ]


def test_employees_after_cancellation(ask) -> None:
    columns = "entity_key, insured_after_cancellation, insured_source_ref[:4]"
    rows = ask(f"SELECT {columns} FROM lake.verify.enterprise_insured")
    assert rows == [(record_key("F14", small.USCC), 1, "F17/")]


def test_flip_back(ask) -> None:
    rows = ask("SELECT entity_key, source_state FROM lake.verify.corrected_value ORDER BY entity_key")
    assert rows == [("t-dead", "not_redelivered"), ("t-grid", "flip_back")]


def test_deliveries(ask) -> None:
    rows = ask("SELECT entity_key, breaker_code FROM lake.verify.delivery")
    assert rows == [(entity_key("delivery", "F31", "370602", "202402"), "B_ROWS")]
