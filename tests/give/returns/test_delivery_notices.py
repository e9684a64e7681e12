"""The notice a department gets about a delivery: what it says, which rows are in it, and when it is written anew."""

import io
from dataclasses import replace
from datetime import date

import openpyxl
import pytest

from pipelines.give.returns import refused_rows
from pipelines.give.returns.delivery_notices import build_delivery_notice, write_delivery_notices
from pipelines.give.returns.refused_rows import bad_rows
from pipelines.ingest.bronze.result import Check
from pipelines.ingest.bronze.rulings import take_in
from pipelines.kit.contracts import load_contracts
from pipelines.kit.security.workbook_lock import is_locked, unlock
from tests.ingest.bronze.test_breakers_planted import number, people
from tests.ingest.bronze.test_release import decide
from tests.ingest.conftest import Office, card, cards  # noqa: F401  fixtures

FEEDS = load_contracts()
T1, T2, T3 = (date(2024, month, 28) for month in (1, 2, 3))


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path / "data", FEEDS)


def opened(office, keys, notice):
    blob = notice.file.read_bytes()
    assert is_locked(blob)
    return openpyxl.load_workbook(io.BytesIO(unlock(blob, keys.password(notice.department))))


def facts(book) -> dict[str, str]:
    return {row[0].value: row[1].value for row in book["说明"].iter_rows(min_row=3) if row[0].value}


def rows(book) -> list[dict]:
    head, *body = book["问题行"].iter_rows(values_only=True)
    return [dict(zip(head, line, strict=True)) for line in body]


@pytest.fixture
def keys(office):
    from pipelines.kit.security.keys import KeyProvider

    return KeyProvider(office.paths)


def test_a_refused_delivery_tells_why_and_shows_the_rows_that_were_counted(office, keys):
    bad = people(range(60, 100), False).split(b"\n", 1)[1]
    result = office.deliver("F01", "F01_户籍人口_370600_202401_全量.csv", people(range(60)) + bad, T1)
    (notice,) = write_delivery_notices(office.paths, T1, FEEDS)
    assert (notice.department, notice.issue, notice.is_new) == ("public_security", 1, True)
    assert notice.file.name == f"数据退回通知_F01_户籍人口_{result.delivery_id}.xlsx"
    book = opened(office, keys, notice)
    told = facts(book)
    assert (told["结果"], told["行数"]) == ("整份退回，暂不使用", "共 100 行，入库 0 行，未入库 100 行")
    assert told["原因"] == result.breaker_message and "具名决定" in told["谁来决定"]
    assert told["「公民身份号码」校验位不对的值"] == "「公民身份号码」100 个值中 40 个，占 40%"
    listed = rows(book)
    assert [r["行号"] for r in listed] == [str(n) for n in range(62, 102)]
    assert {r["原因和下一步"] for r in listed} == {"「公民身份号码」列校验位不对"}
    assert listed[0]["公民身份号码"] == number(60, False)
    assert book["问题行"]["F2"].data_type == "s"


def test_it_is_written_once_and_anew_only_after_a_decision(office, keys, cards):  # noqa: F811
    office.deliver("F11", "F11_残疾人证_370600_202401.csv", cards(10), T1)
    refused = office.deliver("F11", "F11_残疾人证_370600_202402.csv", cards(30), T2)
    (first,) = write_delivery_notices(office.paths, T2, FEEDS)
    before = first.file.read_bytes()
    (again,) = write_delivery_notices(office.paths, T3, FEEDS)
    assert not again.is_new and again.file == first.file
    book = opened(office, keys, first)
    assert rows(book) == [] and "列出 0 行；其余的行逐行检查没有发现问题" in facts(book)["问题行"]
    decide(office, refused.delivery_id, "reject")
    take_in(office.paths, T3)
    (second,) = write_delivery_notices(office.paths, T3, FEEDS)
    assert (second.issue, second.is_new, second.file.parent.name) == (2, True, f"F11_{refused.delivery_id}_2")
    told = facts(opened(office, keys, second))
    assert told["结果"] == "整份退回，已决定不再使用"
    assert told["决定"] == "2024-03-28 张三：退回。理由：县里合并，已核实"
    assert first.file.read_bytes() == before


def test_an_accepted_delivery_shows_the_rows_it_lost(office, keys, cards, card, monkeypatch):  # noqa: F811
    lines = [card(n).replace("2030-01-01", "?") if n in (3, 5, 7) else card(n) for n in range(20)]
    result = office.deliver("F11", "F11_残疾人证_370600_202401.csv", cards(lines), T1)
    assert result.status == "accepted"
    monkeypatch.setattr(refused_rows, "MOST_ROWS", 2)
    shown, count = bad_rows(office.paths, FEEDS["F11"], result)
    assert ([r.row for r in shown], count) == ([5, 7], 3)
    assert shown[0].reason == "「有效期至」列不是可识别的日期，请写成 2024-01-03 的形式后重填。"
    assert (shown[0].column, shown[0].cells["有效期至"]) == ("有效期至", "?")
    plain = build_delivery_notice(FEEDS["F11"], result, None, shown, count)
    assert plain == build_delivery_notice(FEEDS["F11"], result, None, shown, count)
    told = facts(openpyxl.load_workbook(io.BytesIO(plain)))
    assert told["问题行"] == "共 3 行，只列出前 2 行；请按同样的原因检查其余 1 行。"
    assert told["结果"] == "已入库，有问题的行未入库"
    (notice,) = write_delivery_notices(office.paths, T1, FEEDS)
    assert notice.file.name == f"数据入库通知_F11_残疾人证_{result.delivery_id}.xlsx"
    assert opened(office, keys, notice)["说明"]["A1"].value.endswith("：数据入库通知")


def test_a_released_delivery_is_told_to_be_in_though_it_lost_no_row(office, keys, cards):  # noqa: F811
    office.deliver("F11", "F11_残疾人证_370600_202401.csv", cards(10), T1)
    refused = office.deliver("F11", "F11_残疾人证_370600_202402.csv", cards(30), T2)
    decide(office, refused.delivery_id, "release")
    take_in(office.paths, T3)
    office.run("F11", T3)
    office.run("F11", T3)
    (notice,) = write_delivery_notices(office.paths, T3, FEEDS)
    assert notice.file.name.startswith("数据入库通知_")
    assert rows(opened(office, keys, notice)) == []


def test_repeated_keys_and_deletions_are_shown(office, cards, card):  # noqa: F811
    result = office.deliver("F11", "F11_残疾人证_370600_202401.csv", cards([card(n // 2) for n in range(20)]), T1)
    shown, count = bad_rows(office.paths, FEEDS["F11"], result)
    assert (result.breaker_code, count, shown[0].reason) == ("E_DUPLICATE_SHARE", 20, "主键与本文件其他行重复")
    office.deliver("F01", "F01_户籍人口_370600_202401_全量.csv", people(range(100)), T1)
    delta = people(range(20), change="删除") + people([900], change="新增").split(b"\n", 1)[1]
    result = office.deliver("F01", "F01_户籍人口_370600_202402_增量.csv", delta, T2)
    shown, count = bad_rows(office.paths, FEEDS["F01"], result)
    assert (result.breaker_code, count, shown[-1].row) == ("E_DELETE_SHARE", 20, 21)


def test_a_file_nobody_can_read_has_a_notice_without_rows(office, keys):
    office.deliver("F11", "某表.csv", b"x", T1)
    (notice,) = write_delivery_notices(office.paths, T1, FEEDS)
    book = opened(office, keys, notice)
    told = facts(book)
    assert rows(book) == [] and "不能放行" in told["谁来决定"]
    assert told["问题行"] == "没有逐行检查，不列出。" and "源系统" not in told["请您做什么"]
    listed = (office.paths.keys / "department_passwords.csv").read_text(encoding="utf-8-sig")
    assert f"disabled_federation,{FEEDS['F11'].department_name},{keys.password('disabled_federation')}" in listed


def test_a_missing_column_leaves_the_rows_unjudged(office, keys, cards):  # noqa: F811
    lacking = cards(10).replace("残疾人证号".encode(), "旧号".encode())
    result = office.deliver("F11", "F11_残疾人证_370600_202401.csv", lacking, T1)
    (notice,) = write_delivery_notices(office.paths, T1, FEEDS)
    told = facts(opened(office, keys, notice))
    assert (result.breaker_code, result.rows_in) == ("E_COLUMN_MISSING", 10)
    assert told["问题行"] == "没有逐行检查，不列出。"
    assert told["请您做什么"].startswith("请按「原因」办理")


@pytest.mark.parametrize("code, said", [("F11", "上一次通过检查的数据（如有）继续使用"), ("F28", "这一期的暂缺")])
def test_what_happened_in_one_month_stands_in_for_no_other(office, keys, code, said):
    office.deliver(code, "某表.csv", b"x", T1)
    (notice,) = write_delivery_notices(office.paths, T1, FEEDS)
    assert said in facts(opened(office, keys, notice))["这段时间"]


def test_what_is_broken_stands_before_what_is_normal(office, cards):  # noqa: F811
    checks = tuple(Check("E", name, "", "", name in "乙丁") for name in "甲乙丙丁")
    office.deliver("F11", "F11_残疾人证_370600_202401.csv", cards(10), T1)
    result = replace(office.deliver("F11", "F11_残疾人证_370600_202402.csv", cards(30), T2), checks=checks)
    book = openpyxl.load_workbook(io.BytesIO(build_delivery_notice(FEEDS["F11"], result, None, [], 0)))
    assert [name for name in facts(book) if name in "甲乙丙丁"] == ["乙", "丁", "甲", "丙"]
