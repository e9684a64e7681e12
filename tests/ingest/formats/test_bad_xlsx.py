"""What departments do to workbooks; each answer must name the file, the sheet, the row and the column."""

import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest

from tests.ingest.conftest import Office

NAME = "F10_高龄津贴发放_370602_202401.xlsx"
AT = f"文件「{NAME}」工作表「Sheet1」"


@pytest.fixture(scope="session")
def sound(workbook, allowance, allowance_header) -> bytes:
    return workbook([allowance_header, *(allowance(n) for n in range(10))])


def rewrite(content: bytes, entry: str, change) -> bytes:
    """The workbook with one entry changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            data = old.read(item)
            new.writestr(item.filename, change(data) if item.filename == entry else data)
    return out.getvalue()


def test_a_sound_workbook_is_taken_in_with_types(office: Office, sound: bytes):
    result = office.deliver("F10", NAME, sound)
    assert (result.status, result.rows_in, result.rows_bronze, result.notices) == ("accepted", 10, 10, ())
    row = office.rows("F10").row(0, named=True)
    assert (row["amount"], row["certified_date"]) == (Decimal("200.00"), date(2023, 12, 1))
    assert (row["_sheet"], row["_row"], row["_scope"], row["_mode"]) == ("Sheet1", 2, "370602", "append")
    assert row["_source_ref"] == f"F10/{result.delivery_id}/2"


@pytest.mark.parametrize("share", [0.2, 0.5, 0.95])
def test_a_truncated_workbook_is_refused(office: Office, sound: bytes, share: float):
    result = office.deliver("F10", NAME, sound[: int(len(sound) * share)])
    assert (result.status, result.breaker_code) == ("quarantined", "E_XLSX_DAMAGED")
    assert result.breaker_message == (
        f"文件「{NAME}」：工作簿已损坏或不完整，请确认在 Excel 中能打开，重新上传。"
    )


@pytest.mark.parametrize("entry", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"])
def test_malformed_xml_is_refused(office: Office, sound: bytes, entry: str):
    result = office.deliver("F10", NAME, rewrite(sound, entry, lambda data: data[: len(data) // 2]))
    assert result.status == "quarantined"
    assert result.breaker_code in ("E_XLSX_DAMAGED", "E_HEADER", "E_EMPTY")


def test_a_zip_bomb_is_refused_before_it_is_parsed(office: Office, sound: bytes):
    content = rewrite(sound, "xl/sharedStrings.xml", lambda data: data + b" " * (60 << 20))
    result = office.deliver("F10", NAME, content)
    assert (result.breaker_code, result.rows_in) == ("E_ZIP_BOMB", 0)
    assert result.breaker_message.startswith(f"文件「{NAME}」：压缩内容异常大，已停止读取")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "E_EMPTY"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "E_XLSX_FORM"),
        (b"<html>not found</html>", "E_WEB_PAGE"),
    ],
)
def test_what_is_no_workbook_is_refused(office: Office, content: bytes, code: str):
    assert office.deliver("F10", NAME, content).breaker_code == code


def test_a_workbook_with_macros_is_refused(office: Office, sound: bytes):
    out = io.BytesIO(sound)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macro")
    assert office.deliver("F10", NAME, out.getvalue()).breaker_code == "E_MACRO"


def test_external_entities_are_refused(office: Office, sound: bytes):
    def with_doctype(data: bytes) -> bytes:
        return data.replace(b"?>", b'?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hosts">]>', 1)

    content = rewrite(sound, "xl/sharedStrings.xml", with_doctype)
    assert office.deliver("F10", NAME, content).breaker_code == "E_XLSX_FORM"


def test_an_empty_sheet_is_refused(office: Office, workbook):
    assert office.deliver("F10", NAME, workbook([])).breaker_code == "E_EMPTY"


def test_a_missing_column_names_the_sheet_and_the_column(
    office: Office, workbook, allowance, allowance_header
):
    rows = [allowance_header, *(allowance(n) for n in range(10))]
    without_month = [[v for place, v in enumerate(row) if place != 5] for row in rows]
    result = office.deliver("F10", NAME, workbook(without_month))
    assert (result.breaker_code, result.rows_in, result.rows_quarantined) == ("E_COLUMN_MISSING", 10, 10)
    assert f"{AT}：缺少必填的列（第 1 行表头缺少「发放月份」）" in result.breaker_message
    assert office.quarantine("F10")["message"][3].startswith(f"{AT}第 5 行随整份文件退回")


def test_a_renamed_header_is_told(office: Office, workbook, allowance, allowance_header):
    header = ["证号" if h == "身份证号" else h for h in allowance_header]
    result = office.deliver("F10", NAME, workbook([header, *(allowance(n) for n in range(10))]))
    assert "缺少「身份证号」，表头中不认识「证号」" in result.breaker_message


def test_a_sheet_without_any_header_keeps_every_row(office: Office, workbook, allowance):
    result = office.deliver("F10", NAME, workbook([allowance(n) for n in range(10)]))
    assert (result.breaker_code, result.rows_in, result.rows_quarantined) == ("E_HEADER", 10, 10)
    assert '"第2列":"王0"' in office.quarantine("F10")["raw"][0]


def test_an_extra_column_is_accepted_and_told(office: Office, workbook, allowance, allowance_header):
    rows = [allowance_header + ["序"], *(allowance(n) + [n] for n in range(10))]
    result = office.deliver("F10", NAME, workbook(rows))
    assert (result.rows_bronze, result.extra_columns) == (10, ("序",))


def test_an_id_stored_as_a_number_is_refused_row_by_row(
    office: Office, workbook, allowance, allowance_header
):
    rows = [allowance_header, *(allowance(n) for n in range(10))]
    rows[4][0] = 370602194001010003
    result = office.deliver("F10", NAME, workbook(rows))
    assert (result.status, result.rows_bronze, result.rows_quarantined) == ("accepted", 9, 1)
    assert office.quarantine("F10").select("sheet", "row", "column", "code", "message").rows() == [
        ("Sheet1", 5, "身份证号", "E_ID_NUMERIC",
         f"{AT}第 5 行「身份证号」列被存成数字，号码已不可信，请将该列设为文本后重填。")
    ]  # fmt: skip


def test_an_id_column_of_numbers_refuses_the_delivery(office: Office, workbook, allowance, allowance_header):
    rows = [allowance_header, *(allowance(n, c0=370602194001010000 + n) for n in range(10))]
    result = office.deliver("F10", NAME, workbook(rows))
    assert (result.breaker_code, result.rows_bronze) == ("E_QUARANTINE_SHARE", 0)
    assert office.quarantine("F10")["code"].to_list() == ["E_ID_NUMERIC"] * 10
    assert "10 行中 10 行，占 100%，上限 30%" in result.breaker_message


def test_a_formula_in_an_id_cell_is_refused(office: Office, workbook, allowance, allowance_header):
    def edit(book, sheet):
        sheet.write_formula("A4", '="37060219400101"&"0002"', None, "370602194001010002")
        sheet.write_formula("E4", "=100+100", None, 200)

    rows = [allowance_header, *(allowance(n) for n in range(10))]
    result = office.deliver("F10", NAME, workbook(rows, edit))
    assert (result.rows_bronze, result.rows_quarantined) == (9, 1)
    assert office.quarantine("F10").select("row", "column", "code", "message").rows() == [
        (4, "身份证号", "E_FORMULA", f"{AT}第 4 行「身份证号」列是公式，请改为文本值后重填。")
    ]


def test_a_formula_elsewhere_counts_with_its_value(office: Office, workbook, allowance, allowance_header):
    rows = [allowance_header, *(allowance(n) for n in range(10))]
    office.deliver("F10", NAME, workbook(rows, lambda _, s: s.write_formula("E4", "=100+100", None, 200)))
    assert office.rows("F10")["amount"].to_list()[2] == Decimal("200.00")


def test_a_long_number_in_a_text_column_is_refused(office: Office, workbook, allowance, allowance_header):
    rows = [allowance_header, *(allowance(n) for n in range(10))]
    rows[1][8], rows[2][8] = 3706020010011234567, 370602001001
    office.deliver("F10", NAME, workbook(rows))
    assert office.quarantine("F10").select("row", "column", "code").rows() == [(2, "村居代码", "E_PRECISION")]
    assert office.rows("F10")["division_code"].to_list()[0] == "370602001001"


@pytest.mark.parametrize(
    ("place", "value", "column", "code"),
    [
        ("c1", "", "姓名", "E_REQUIRED"),
        ("c2", "四〇年", "出生日期", "E_DATE"),
        ("c2", 45294, "出生日期", "E_DATE"),
        ("c4", "二百", "发放金额(元)", "E_NUMBER"),
        ("c4", "200.005", "发放金额(元)", "E_NUMBER"),
        ("c5", "1月", "发放月份", "E_MONTH"),
    ],
)  # fmt: skip
def test_an_unreadable_cell_costs_its_row(
    office: Office, workbook, allowance, allowance_header, place: str, value: object, column: str, code: str
):
    rows = [allowance_header, *(allowance(n) for n in range(9)), allowance(9, **{place: value})]
    result = office.deliver("F10", NAME, workbook(rows))
    assert (result.rows_in, result.rows_bronze) == (10, 9)
    (entry,) = office.quarantine("F10").select("row", "column", "code", "message").rows()
    assert entry[:3] == (11, column, code)
    assert entry[3].startswith(f"{AT}第 11 行「{column}」列")


@pytest.mark.parametrize(
    ("value", "amount"),
    [("1,234.50", "1234.50"), ("￥80", "80.00"), ("80元", "80.00"), (80.5, "80.50"), (" ８０ ", "80.00")],
)
def test_written_amounts(office: Office, workbook, allowance, allowance_header, value: object, amount: str):
    office.deliver("F10", NAME, workbook([allowance_header, allowance(0, c4=value)]))
    assert office.rows("F10")["amount"].to_list() == [Decimal(amount)]
