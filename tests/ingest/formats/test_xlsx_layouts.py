"""Workbooks as they really look: titles, merged headers of two rows, totals, footnotes, several sheets."""

import io
from datetime import date, datetime

import pytest
import xlsxwriter

from pipelines.ingest.formats import workbook_reader
from tests.ingest.conftest import Office

DEATHS = "F04_死亡医学证明_370600_202401.xlsx"
UPPER = ["死亡证编号", "死者信息", "", "", "", "", "死亡信息", ""]
LOWER = ["", "姓名", "性别", "公民身份号码", "出生日期", "常住地区划", "死亡日期", "死亡地点"]


def merge(book, sheet):
    sheet.merge_range("A1:H1", "烟台市死亡医学证明汇总表")
    sheet.merge_range("A2:A3", "死亡证编号")
    sheet.merge_range("B2:F2", "死者信息")
    sheet.merge_range("G2:H2", "死亡信息")


def death(n: int, when: object) -> list:
    return [
        f"D2024{n:04d}",
        f"赵{n}",
        "男",
        f"3706021940010100{n:02d}",
        "1940-01-01",
        "370602001001",
        when,
        "家中",
    ]


@pytest.fixture
def sheet_of_deaths(workbook):
    day = date(2024, 1, 3)
    forms = [
        "2024-01-03",
        "2024.1.3",
        "2024/1/3",
        "2024年1月3日",
        "20240103",
        day,
        datetime(2024, 1, 3),
        20240103,
    ]
    rows = [["烟台市死亡医学证明汇总表"], UPPER, LOWER, *(death(n, form) for n, form in enumerate(forms))]
    tail = [["合计", len(forms)], ["注：本表由各医疗机构填报"], ["填表人：孙某", "", "审核人：钱某"]]
    return workbook(rows + tail, merge, sheet_name="死亡证明")


def test_a_merged_header_of_two_rows_with_title_total_and_footnotes(office: Office, sheet_of_deaths: bytes):
    result = office.deliver("F04", DEATHS, sheet_of_deaths)
    assert (result.status, result.rows_in, result.rows_bronze) == ("accepted", 8, 8)
    rows = office.rows("F04")
    assert rows["_row"].to_list() == list(range(4, 12))
    assert rows["_sheet"].unique().to_list() == ["死亡证明"]
    assert rows["death_date"].to_list() == [date(2024, 1, 3)] * 8
    assert rows["cert_no"].to_list()[0] == "D20240000"
    assert result.notices == (
        "标题：烟台市死亡医学证明汇总表",
        "工作表「死亡证明」第 12 行不是数据，未入库：合计",
        "工作表「死亡证明」第 13 行不是数据，未入库：注：",
        "工作表「死亡证明」第 14 行不是数据，未入库：填表人：",
    )


ASSISTANCE = "F08_社会救助发放_370602_202401.xlsx"
LAYOUTS = [
    ["身份证号", "姓名", "户主身份证号", "救助类别", "发放金额(元)", "发放月份", "享受开始日期", "村居代码"],
    [
        "救助对象姓名",
        "公民身份号码",
        "救助类型",
        "金额(元)",
        "发放年月",
        "户主身份证号码",
        "开始日期",
        "区划代码",
    ],
    [
        "姓 名",
        "身份证\n号码",
        "*救助类别",
        "发放金额（元）",
        "所属月份",
        "户主身份号码",
        "享受起始日期",
        "行政区划代码",
    ],
    [
        "序号",
        "姓名",
        "身份证件号码",
        "保障类别",
        "补助金额(元)",
        "月份",
        "户主公民身份号码",
        "纳入日期",
        "村居代码",
    ],
]
CELLS = {
    "name": "周一",
    "id": "370602195001010011",
    "head": "370602195001010011",
    "category": "低保",
    "amount": "650",
    "month": "202401",
    "start": "2020.5.1",
    "division": "370602001001",
    "number": "1",
}
KINDS = [
    "id name head category amount month start division",
    "name id category amount month head start division",
    "name id category amount month head start division",
    "number name id category amount month head start division",
]


@pytest.mark.parametrize(("header", "kinds"), list(zip(LAYOUTS, KINDS, strict=True)))
def test_layouts_of_four_counties_give_the_same_row(office: Office, workbook, header: list[str], kinds: str):
    row = [CELLS[kind] for kind in kinds.split()]
    result = office.deliver("F08", ASSISTANCE, workbook([["2024年1月社会救助发放表"], header, row, ["合计"]]))
    assert (result.status, result.rows_in) == ("accepted", 1)
    row = office.rows("F08").row(0, named=True)
    assert {k: str(v) for k, v in row.items() if not k.startswith("_") and v is not None} == {
        "id_no": "370602195001010011", "name": "周一", "head_id_no": "370602195001010011", "category": "低保",
        "amount": "650.00", "pay_month": "2024-01", "start_date": "2020-05-01",
        "division_code": "370602001001",
    }  # fmt: skip


def test_a_month_cell_that_is_a_date_becomes_a_month(office: Office, workbook, allowance, allowance_header):
    rows = [allowance_header, allowance(0, c5=date(2024, 1, 1))]
    office.deliver("F10", "F10_高龄津贴发放_370602_202401.xlsx", workbook(rows))
    assert office.rows("F10")["pay_month"].to_list() == ["2024-01"]


def test_a_total_in_a_file_without_ids_is_no_row_but_a_person_is(
    office: Office, workbook, allowance, allowance_header
):
    rows = [allowance_header, allowance(0, c1="合计"), ["合 计", "", "", "", 200], allowance(1)]
    result = office.deliver("F10", "F10_高龄津贴发放_370602_202401.xlsx", workbook(rows))
    assert office.rows("F10")["_row"].to_list() == [2, 4]
    assert result.notices == ("工作表「Sheet1」第 3 行不是数据，未入库：合 计",)


def test_every_sheet_with_the_header_is_read_and_its_rows_stay_apart(
    office: Office, allowance, allowance_header
):
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        for name, numbers in (("说明", []), ("城区", [0, 1]), ("乡镇", [2])):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, allowance_header if numbers else ["本表每月 5 日前报送"])
            for place, n in enumerate(numbers, start=1):
                sheet.write_row(place, 0, allowance(n))
        book.add_worksheet("旧表").hide()
    result = office.deliver("F10", "F10_高龄津贴发放_370602_202401.xlsx", buffer.getvalue())
    prefix = f"F10/{result.delivery_id}"
    refs = office.rows("F10").select("_sheet", "_row", "_source_ref").rows()
    assert sorted(refs, key=lambda r: r[2]) == [
        ("城区", 2, f"{prefix}/2"), ("乡镇", 2, f"{prefix}/2@2"), ("城区", 3, f"{prefix}/3"),
    ]  # fmt: skip
    assert result.notices == ("工作表「说明」没有约定的表头，未读取", "工作表「旧表」是隐藏的，未读取")


def test_the_row_number_is_what_excel_shows(office: Office, workbook, allowance, allowance_header):
    rows = [[], ["高龄津贴"], [], allowance_header, allowance(0), [], [], allowance(1)]
    shifted = [["", *row] for row in rows]
    result = office.deliver("F10", "F10_高龄津贴发放_370602_202401.xlsx", workbook(shifted))
    assert result.rows_in == 2
    assert office.rows("F10")["_row"].to_list() == [5, 8]


@pytest.mark.parametrize("block", [2, 1000])
def test_a_table_away_from_the_corner_keeps_its_row_numbers_whatever_the_blocks(
    office: Office, workbook, allowance, allowance_header, monkeypatch, block
):
    monkeypatch.setattr(workbook_reader, "BLOCK_ROWS", block)
    table = [[], [], allowance_header, *(allowance(n) for n in range(5)), [], allowance(5, c0=""), allowance(6)]
    shifted = [["", "", *row] if row else [] for row in table]
    result = office.deliver("F10", "F10_高龄津贴发放_370602_202401.xlsx", workbook(shifted))
    assert (result.status, result.rows_in) == ("accepted", 7)
    assert office.rows("F10")["_row"].to_list() == [4, 5, 6, 7, 8, 11]
    assert office.quarantine("F10").select("row", "code").rows() == [(10, "E_REQUIRED")]
