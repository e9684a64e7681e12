"""One more feed is one YAML file and its data, through to linkage, the rules and corrections; no SQL is written."""

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.generate.__main__ import write
from pipelines.ingest.arrivals.daily import known
from pipelines.judge.ledger import deliveries, schema
from pipelines.judge.ledger.corrections import rebuild_standing
from pipelines.kit import models
from pipelines.kit.build import build
from pipelines.kit.contracts import load_contracts
from pipelines.kit.keys import entity_key, record_key
from pipelines.kit.lake import connect
from pipelines.kit.paths import PROJECT_ROOT, Paths
from pipelines.kit.reference.load import load_reference
from tests.dbt import bronze_files
from tests.dbt import small_prefecture as small
from tests.ingest.conftest import Office

LIVING_ALONE = """
code: F37
title: 独居老人登记
department: 市民政局
domain: 民生
grain: 每编号一行
purpose: 独居老人底册
delivery: {format: csv, encoding: utf-8-sig, scope: city, mode: full, every: 1m, due: 5}
columns:
  - {element: record_no, label: 编号, key: 1}
  - {element: id_no, label: 身份证号}
  - {name: name, element: person_name}
  - {element: sex_name}
  - {element: birth_date}
  - {name: visit_date, element: event_date, label: 走访日期}
  - {element: division_code}
  - {element: living_type, correctable: true}
  - {element: household_no}
  - {element: relation_code}
  - {name: status_name, element: hukou_status}
  - {element: house_no}
  - {name: helper_code, element: uscc, label: 信用代码}
says:
  person:
    - {id: id_no, name: name, sex: sex_name, birth: birth_date, seen: visit_date, rank: {name: 41, sex: 41}}
  place: {code: division_code, day: visit_date}
  enterprise:
    - {role: helper, code: helper_code}
  household: {number: household_no, relation: relation_code, status: status_name}
  dwelling: {number: house_no, living: living_type, day: visit_date}
"""
MEALS = """
code: F38
title: 助餐补贴
department: 市民政局
domain: 民生
grain: 每人每月一行
purpose: 助餐补贴核对
delivery: {format: csv, encoding: utf-8-sig, scope: city, mode: append, every: 1m, due: 5}
columns:
  - {element: id_no, label: 身份证号, key: 1}
  - {name: name, element: person_name}
  - {element: pay_month, key: 2}
  - {element: division_code}
  - {element: amount, label: 金额}
  - {name: status_name, element: benefit_status, label: 状态, tags: [], codes: [发放, 停发]}
says:
  person:
    - {id: id_no, name: name, elsewhere: true, rank: 42}
  place: {code: division_code, month: pay_month, of: id_no}
  benefit: {scheme: {word: 助餐补贴}, month: pay_month, amount: amount, paid: {status_name: 发放}}
"""
ONLY_THERE = small.id_no("19390909", 43)
WRONG = ONLY_THERE[:17] + ("1" if ONLY_THERE[17] != "1" else "2")
HELPER = "91370600MA3C4T5L05"
HEADINGS = "编号,身份证号,姓名,性别,出生日期,走访日期,村居代码,居住类型,户号,与户主关系代码,户口状态,房屋编号,信用代码"
ROWS = (
    f"R1,{ONLY_THERE},独居甲,男,1939-09-09,2024-01-10,{small.VILLAGE},自有,H37,01,正常,A9,{small.USCC}",
    f"R2,{small.HEAD},王建国,女,1960-01-02,2023-12-30,{small.OLD_VILLAGE},自有,,,,,{HELPER}",
    f"R3,{WRONG},独居乙,男,1939-09-09,2023-12-31,{small.OLD_VILLAGE},自有,,,,,",
    "R4,,独居丙,女,1940-01-01,2024-01-10,370602001555,自有,,,,,",
)
PAID = (
    f"{small.HEAD},王建国,2023-12,{small.OLD_VILLAGE},90,发放", f"{small.HEAD},王建国,2024-01,{small.VILLAGE},90,停发",
    f"{small.WIFE},陈秀英,2023-12,{small.OLD_VILLAGE},90.5,发放",
)  # fmt: skip


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with two feeds more, generated."""
    made = tmp_path_factory.mktemp("project")
    shutil.copytree(PROJECT_ROOT / "dbt_project", made / "dbt_project", ignore=shutil.ignore_patterns("target", "logs"))
    for name in ("elements.yaml", "standards.yaml"):
        (made / "expectations").mkdir(exist_ok=True)
        shutil.copyfile(PROJECT_ROOT / "expectations" / name, made / "expectations" / name)
    for name in ("feeds", "tags"):
        shutil.copytree(PROJECT_ROOT / "expectations" / name, made / "expectations" / name)
    for name, text in (("living_alone", LIVING_ALONE), ("meals", MEALS)):
        (made / f"expectations/feeds/civil_affairs/{name}.yaml").write_text(text, encoding="utf-8")
    write(made)
    return made


@pytest.fixture(scope="module")
def ask(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable]:
    """Rows of a query against the lake built with the two feeds, of which the first came twice and is corrected."""
    feeds = load_contracts(root / "expectations/contracts")
    paths = Paths(tmp_path_factory.mktemp("lake"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(models, "DBT_PROJECT", root / "dbt_project")
        patch.setattr(models, "TARGET", root / "compiled")
        for code in ("F37", "F38"):
            patch.setitem(bronze_files.FEEDS, code, feeds[code])
        small.build(paths)
        office = Office(paths.root, feeds)
        for day in (small.FIRST, small.SECOND):
            content = "\n".join((HEADINGS, *ROWS)) + "\n"
            result = office.deliver("F37", f"F37_独居老人登记_370600_{day:%Y%m}.csv", content.encode(), day)
            assert (result.status, result.rows_bronze) == ("accepted", 4)
        content = "\n".join(("身份证号,姓名,发放月份,村居代码,金额,状态", *PAID)) + "\n"
        assert office.deliver("F38", "F38_助餐补贴_370600_202401.csv", content.encode(), small.FIRST).rows_bronze == 3
        with connect(paths) as con:
            load_reference(con, paths)
            schema.ensure(con)
            con.execute(
                "INSERT INTO lake.ledger.correction VALUES "
                "(?, 't-alone', 'F37', ?, 'living_type', '自有', '独居', 1, ?, 'book', 1)",
                [small.FIRST, record_key("F37", "R1"), small.XIANGYANG],
            )
            rebuild_standing(con, small.SECOND)
            deliveries.record_standing(con, paths, known(paths, feeds.values(), small.SECOND))
        build(paths, small.SECOND)
        with connect(paths, read_only=True) as con:
            yield lambda sql, *values: con.execute(sql, list(values)).fetchall()


def test_somebody_known_only_there_is_a_person(ask) -> None:
    rows = ask(
        "SELECT person_id, name, name_source_ref[:3], sex_code, birth_date, township_code "
        "FROM lake.unified.person WHERE id_no = ?", ONLY_THERE,
    )  # fmt: skip
    assert rows == [(entity_key("person", ONLY_THERE), "独居甲", "F37", "1", date(1939, 9, 9), small.XIANGYANG)]
    assert ask("SELECT name FROM lake.unified.person WHERE id_no = ?", small.HEAD) == [("王建国",)]


def test_its_rows_are_claims_of_whom_they_name(ask) -> None:
    rows = ask(
        "SELECT record_key, person_id, basis, seen_date, township_code FROM lake.unified.person_claim "
        "WHERE feed = 'F37' ORDER BY source_ref"
    )
    assert rows == [
        (record_key("F37", "R1"), entity_key("person", ONLY_THERE), "own_id", date(2024, 1, 10), small.XIANGYANG),
        (record_key("F37", "R2"), entity_key("person", small.HEAD), "own_id", date(2023, 12, 30), small.XIANGYANG),
        (record_key("F37", "R3"), None, "no_candidate", date(2023, 12, 31), small.XIANGYANG),
        (record_key("F37", "R4"), None, "no_candidate", date(2024, 1, 10), small.XIANGYANG),
    ]
    places = ask("SELECT DISTINCT township_code FROM lake.unified.person_claim WHERE feed = 'F38'")
    assert places == [(None,)]  # a canteen is not where its guests live


def test_its_numbers_are_judged_and_held_against_its_columns(ask) -> None:
    rows = ask(
        "SELECT entity_key, id_defect, identity_conflict FROM lake.verify.identity_claim "
        "WHERE feed = 'F37' ORDER BY source_ref"
    )
    assert rows == [
        (record_key("F37", "R1"), None, None),
        (record_key("F37", "R2"), None, "birth_and_sex"),
        (record_key("F37", "R3"), "checksum", None),
    ]


def test_its_places_are_checked_on_the_day_they_speak_of(ask) -> None:
    rows = ask(
        "SELECT entity_key, claimed_on, division_defect FROM lake.verify.division_claim "
        "WHERE feed IN ('F37', 'F38') ORDER BY feed, source_ref"
    )
    assert rows == [
        (record_key("F37", "R1"), date(2024, 1, 10), None),
        (record_key("F37", "R2"), date(2023, 12, 30), None),
        (record_key("F37", "R3"), date(2023, 12, 31), "retired_on_date"),
        (record_key("F37", "R4"), date(2024, 1, 10), "unknown"),
        # Who is paid speaks through the latest month: an old code there is history.
        (entity_key("payee_division", "F38", small.HEAD, small.VILLAGE), date(2024, 1, 31), None),
        (entity_key("payee_division", "F38", small.WIFE, small.OLD_VILLAGE), date(2023, 12, 31), "retired_on_date"),
    ]


def test_its_credit_codes_are_judged(ask) -> None:
    rows = ask("SELECT uscc, uscc_defect FROM lake.verify.credit_code WHERE feed = 'F37' ORDER BY uscc")
    assert rows == [(small.USCC, None), (HELPER, "checksum")]


def test_what_it_pays_is_a_benefit_of_whom_it_names(ask) -> None:
    rows = ask(
        "SELECT person_id, scheme_name, pay_month, amount, is_paid, county_code, id_no FROM lake.unified.benefit "
        "WHERE feed = 'F38' ORDER BY source_ref"
    )
    assert rows == [
        (entity_key("person", small.HEAD), "助餐补贴", "2023-12", Decimal(90), True, "370600", small.HEAD),
        (entity_key("person", small.HEAD), "助餐补贴", "2024-01", Decimal(90), False, "370600", small.HEAD),
        (entity_key("person", small.WIFE), "助餐补贴", "2023-12", Decimal("90.5"), True, "370600", small.WIFE),
    ]


def test_its_members_and_houses_are_those_of_the_unified_database(ask) -> None:
    alone = entity_key("person", ONLY_THERE)
    rows = ask(
        "SELECT household_no, relation_code, is_active FROM lake.unified.household_member WHERE person_id = ?", alone
    )
    assert rows == [("H37", "01", True)]
    rows = ask("SELECT member_count, head_state, head_person_id FROM lake.unified.household WHERE household_no = 'H37'")
    assert rows == [(1, "one_head", alone)]
    rows = ask(
        "SELECT house_no, dwelling.township_code, living.living_type, living.living_type_source_ref[:7], is_vacant "
        "FROM lake.unified.person_dwelling AS living JOIN lake.unified.dwelling USING (dwelling_id) "
        "WHERE person_id = ?", alone,
    )
    assert rows == [("A9", small.XIANGYANG, "独居", "ticket/", False)]


def test_a_correction_is_laid_over_it_and_its_coming_back_is_seen(ask) -> None:
    rows = ask(
        "SELECT record_no, living_type, living_type_delivered, living_type_source_ref[:7], corrected_fields "
        "FROM lake.staging.stg_civil_affairs__living_alone ORDER BY record_no LIMIT 2"
    )
    assert rows == [
        ("R1", "独居", "自有", "ticket/", "living_type"),
        ("R2", "自有", "自有", "F37/202", None),
    ]
    rows = ask("SELECT feed, source_state, redelivered_value FROM lake.verify.corrected_value")
    assert rows == [("F37", "flip_back", "自有")]


def test_a_feed_that_is_no_more_takes_its_models_along(root: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(root, tmp_path / "project")
    (copy / "expectations/feeds/civil_affairs/living_alone.yaml").unlink()
    write(copy)
    assert not list((copy / "dbt_project/models/staging").glob("stg_civil_affairs__living_alone.*"))
    assert "living_alone" not in (copy / "dbt_project/models/said/said_person.sql").read_text(encoding="utf-8")
