"""From bronze to the unified database: who is who, where values come from, what corrections do."""

import pytest

from pipelines.kit.keys import entity_key, record_key
from tests.dbt import small_prefecture as small
from tests.dbt.small_prefecture import DONGSHAN, GRID, VILLAGE, XIANGYANG

PERSON = "SELECT {} FROM lake.unified.person WHERE person_id = ?"


def person(number: str) -> str:
    return entity_key("person", number)


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("linkage.person_claim_match", "record_key"),
        ("unified.division", "division_code"),
        ("unified.division_version", "(division_code, valid_from)"),
        ("unified.household_member", "(household_id, person_id)"),
        ("unified.dwelling", "dwelling_id"),
        ("unified.person_dwelling", "(person_id, dwelling_id)"),
        ("unified.death", "(person_id, record_key)"),
    ],
)
def test_keys_the_build_does_not_test_are_unique(ask, table: str, key: str) -> None:
    assert ask(f"SELECT count(*) - count(DISTINCT {key}) FROM lake.{table}") == [(0,)]


@pytest.mark.parametrize(
    ("child", "column", "parent", "key"),
    [
        ("household_member", "household_id", "household", "household_id"),
        ("household", "head_person_id", "person", "person_id"),
        ("person_dwelling", "dwelling_id", "dwelling", "dwelling_id"),
        ("benefit", "person_id", "person", "person_id"),
    ],
)
def test_every_reference_leads_somewhere(ask, child: str, column: str, parent: str, key: str) -> None:
    orphans = ask(
        f"SELECT {column} FROM lake.unified.{child} WHERE {column} IS NOT NULL "
        f"AND {column} NOT IN (SELECT {key} FROM lake.unified.{parent})"
    )
    assert orphans == []


def test_sql_keys_equal_python_keys(ask) -> None:
    assert ask(PERSON.format("household_id, hukou_record_key"), person(small.HEAD)) == [
        (entity_key("household", "H1"), record_key("F01", small.HEAD, "H1"))
    ]
    assert ask("SELECT enterprise_id FROM lake.unified.enterprise") == [(entity_key("enterprise", small.USCC),)]
    assert ask("SELECT DISTINCT dwelling_id FROM lake.unified.dwelling WHERE house_no = 'A1'") == [
        (entity_key("dwelling", "370602", "A1"),)
    ]


def test_residence_outranks_registration(ask) -> None:
    assert ask(PERSON.format("hukou_township_code, residence_township_code, township_code"), person(small.MOVER)) == [
        (XIANGYANG, DONGSHAN, DONGSHAN)
    ]


def test_a_retired_village_code_leads_to_the_new_one(ask) -> None:
    assert ask(PERSON.format("hukou_division_code, hukou_township_code"), person(small.OLD_NUMBER)) == [
        (VILLAGE, XIANGYANG)
    ]


@pytest.mark.parametrize(
    ("measure", "rows"),
    [
        (
            "person",
            "person WHERE is_alive AND (residence_township_code IS NOT NULL OR hukou_status_name = '正常'"
            " OR life_word = '健在')",
        ),
        ("household", "household WHERE member_count > 0"),
        ("dwelling", "dwelling"),
    ],
)
def test_units_count_every_golden_row_once_and_in_its_township(ask, measure: str, rows: str) -> None:
    told = "SELECT unit_code, value FROM lake.unified.division_count WHERE measure = ? AND level_name = '乡镇'"
    golden = f"SELECT coalesce(township_code, '未分配'), count(*) FROM lake.unified.{rows} GROUP BY 1 ORDER BY 1"
    assert ask(f"{told} ORDER BY 1", measure) == ask(golden) != []


def test_a_changed_number_is_still_one_person_under_the_registered_key(ask) -> None:
    rows = ask(
        "SELECT id_no, name FROM lake.unified.person WHERE id_no IN (?, ?)",
        small.OLD_NUMBER,
        small.NEW_NUMBER,
    )
    assert rows == [(small.NEW_NUMBER, "刘换号")]
    claims = ask(
        "SELECT feed FROM lake.unified.person_claim WHERE person_id = ? ORDER BY feed",
        person(small.OLD_NUMBER),
    )
    assert claims == [("F01",), ("F03",), ("F20",)]


def test_a_correction_counts_while_the_source_repeats_the_wrong_value(ask) -> None:
    assert ask(PERSON.format("residence_grid_code, residence_source_ref"), person(small.WIFE)) == [
        (GRID, "ticket/t-grid")
    ]
    staged = ask(
        "SELECT grid_code, grid_code_delivered, correction_ref "
        "FROM lake.staging.stg_grid_centre__grid_survey "
        "WHERE survey_no = ?",
        small.F31_FLIPPED,
    )
    assert staged == [(GRID, None, "t-grid")]


def test_a_confirmed_death_ends_registration_and_life(ask) -> None:
    assert ask(PERSON.format("hukou_status_name, hukou_status_source_ref, is_alive"), person(small.CONFIRMED)) == [
        ("死亡注销", "ticket/t-dead", False)
    ]


def test_a_certificate_without_number_finds_its_person(ask) -> None:
    rows = ask(PERSON.format("death_date::varchar, death_feed, is_alive"), person(small.DEAD))
    assert rows == [("2023-12-30", "F04", False)]


def test_a_townships_word_on_a_life_counts_at_once_and_is_marked_wherever_it_is_used(ask) -> None:
    columns = "is_alive, life_word, life_source_ref, disputed, death_source_ref"
    assert ask(PERSON.format(columns), person(small.LIVING)) == [
        (True, "健在", "ticket/t-alive", "生死", "F04/20240131-00000001/3")
    ]
    assert ask(PERSON.format("is_alive, disputed"), person(small.MOVER)) == [(True, "网格")]
    marked = ask("SELECT name, disputed FROM lake.returns.return_resident WHERE disputed IS NOT NULL ORDER BY 1")
    assert marked == [("何在", "生死有异议"), ("李迁", "网格有异议")]
    assert ask("SELECT disputed FROM lake.published.resident_profile WHERE disputed IS NOT NULL ORDER BY 1") == [
        ("生死有异议",), ("网格有异议",)
    ]  # fmt: skip


def test_delta_rows_change_and_delete_and_later_ones_are_not_there_yet(ask) -> None:
    assert ask(PERSON.format("name, ethnic_code, hukou_source_ref"), person(small.WIFE)) == [
        ("陈秀英", "11", "F01/20240229-00000002/3")
    ]
    assert ask("SELECT * FROM lake.staging.stg_public_security__residents WHERE name = '郑删'") == []


def test_a_damaged_number_still_is_somebody_in_a_household(ask) -> None:
    assert ask(
        "SELECT member_count, head_state, head_person_id FROM lake.unified.household WHERE household_no = 'H8'"
    ) == [(1, "one_head", person(small.DAMAGED))]


def test_a_lower_case_credit_code_joins_its_employees(ask) -> None:
    assert ask("SELECT uscc, insured_count, legal_rep_person_id FROM lake.unified.enterprise") == [
        (small.USCC, 1, person(small.HEAD))
    ]


def test_a_house_without_people_is_vacant(ask) -> None:
    rows = ask("SELECT house_no, resident_count, is_vacant FROM lake.unified.dwelling ORDER BY house_no")
    assert rows == [("A1", 2, False), ("A2", 1, False), ("A3", 1, False), ("A4", 0, True)]
