"""Units stated above, below and beside numbers; months and shares that a spreadsheet keeps as other numbers."""

import io
import zipfile
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import polars as pl
import pytest
import xlsxwriter
import xlwt
from hypothesis import given
from hypothesis import strategies as st

from pipelines.ingest.values.units import in_format, stated, times
from pipelines.kit.contracts.elements import load_elements
from pipelines.kit.contracts.feed_file import FEEDS as FEED_FILES
from pipelines.kit.contracts.feed_file import load_feed_file
from pipelines.kit.contracts.load import read_contract
from pipelines.kit.contracts.model import Column
from pipelines.kit.contracts.odcs import contract
from pipelines.kit.contracts.units import UNITS
from tests.ingest import made_files as formats
from tests.ingest.conftest import FEEDS, Office

NAME = "F10_高龄津贴发放_370602_202401.xlsx"
F18 = "F18_居民养老待遇发放_370600_202401.xlsx"


@pytest.fixture
def bare(allowance_header) -> list[str]:
    """A heading row that says no unit."""
    return ["发放金额" if h == "发放金额(元)" else h for h in allowance_header]


@pytest.mark.parametrize(
    "title",
    [
        ["单位：万元"],
        ["高龄津贴发放表", "", "", "单位:万元"],
        ["（单位：人、千元）"],
        ["金额单位：人民币百元 填表日期：2024年1月"],
        ["高龄津贴发放表（万元）"],
        ["", "单位：", "", "亿元"],
        ["计量单位为万元"],
        ["单位：分"],
    ],
)
def test_another_unit_above_the_header_refuses_the_file(office, workbook, allowance, bare, title):
    rows = [title, bare, *(allowance(n, c4="0.01") for n in range(3))]
    result = office.deliver("F10", NAME, workbook(rows))
    assert (result.breaker_code, result.rows_in, result.rows_quarantined) == ("E_UNIT", 3, 3)
    assert "「发放金额」列约定为「元」" in result.breaker_message


@pytest.mark.parametrize(
    "title",
    [
        ["单位：元"],
        ["单位：人、元"],
        ["单位：元、万元"],
        ["填报单位：元宝镇人民政府"],
        ["填报单位：万元户服务中心"],
        ["单位：亩"],
        ["单位：烟台市民政局"],
        ["2024年1月（含补发）"],
        ["考核办法（千分）"],
    ],
)
def test_words_that_state_no_other_unit_do_no_harm(office, workbook, allowance, bare, title):
    result = office.deliver("F10", NAME, workbook([title, bare, allowance(0)]))
    assert (result.status, office.rows("F10")["amount"].to_list()) == ("accepted", [Decimal("200.00")])


def test_a_heading_with_its_unit_says_more_than_the_title(office, workbook, allowance, allowance_header):
    result = office.deliver("F10", NAME, workbook([["单位：万元"], allowance_header, allowance(0)]))
    assert (result.status, office.rows("F10")["amount"].to_list()) == ("accepted", [Decimal("200.00")])
    assert "表中写明单位为「万元」，「发放金额(元)」列约定为「元」，已按列名中的单位读取，请核对" in result.notices
    assert "N_UNIT" in result.notice_codes


def test_a_note_below_the_rows_states_a_unit_too(office, workbook, allowance, bare):
    rows = [bare, allowance(0), ["注：本表金额单位为万元"]]
    assert office.deliver("F10", NAME, workbook(rows)).breaker_code == "E_UNIT"


def test_the_unit_behind_the_name_of_a_sheet(office, workbook, allowance, bare):
    assert office.deliver("F10", NAME, workbook([bare, allowance(0)], sheet_name="发放(万元)")).breaker_code == "E_UNIT"


def test_a_csv_states_its_unit_above_the_header(office, allowance, bare):
    lines = [["单位：万元"] + [""] * 9, bare, allowance(0)]
    content = "".join(",".join(line) + "\n" for line in lines).encode()
    assert office.deliver("F10", NAME, content).breaker_code == "E_UNIT"


@pytest.mark.parametrize("heading", ["发放金额(万元)", "发放金额（千元）"])
def test_another_unit_in_the_heading_is_no_heading_of_the_contract(office, workbook, allowance, bare, heading):
    rows = [[heading if h == "发放金额" else h for h in bare], *(allowance(n, c4="0.01") for n in range(3))]
    assert office.deliver("F10", NAME, workbook(rows)).breaker_code == "E_COLUMN_MISSING"


@pytest.mark.parametrize("word", ["百元", "(千元)", "【分】", "人民币万元"])
def test_a_row_of_units_below_the_heading(office, workbook, allowance, allowance_header, word):
    rows = [allowance_header, ["", "", "", "", word], *(allowance(n) for n in range(3))]
    result = office.deliver("F10", NAME, workbook(rows))
    assert (result.breaker_code, result.rows_bronze, result.rows_in) == ("E_UNIT", 0, 4)


def test_a_row_of_the_agreed_units_is_a_row_that_says_nothing(office, workbook, allowance, allowance_header):
    rows = [allowance_header, ["", "", "", "", "(元)"], *(allowance(n) for n in range(3))]
    result = office.deliver("F10", NAME, workbook(rows))
    assert (result.status, result.rows_bronze, result.rows_quarantined) == ("accepted", 3, 1)


@pytest.mark.parametrize(("upper", "code"), [("金额（百元）", "E_UNIT"), ("金额（元）", None), ("金额", None)])
def test_the_upper_of_two_headings_states_a_unit(office, workbook, allowance, bare, upper, code):
    above = [upper if place == 4 else "" if place == 5 else heading for place, heading in enumerate(bare)]
    below = [heading if place in (4, 5) else "" for place, heading in enumerate(bare)]
    rows = [above, below, *(allowance(n) for n in range(3))]
    result = office.deliver("F10", NAME, workbook(rows, lambda book, sheet: sheet.merge_range(0, 4, 0, 5, upper)))
    assert (result.breaker_code, result.rows_in) == (code, 3)


def test_a_column_that_only_its_unit_keeps_out(office, workbook):
    headings = [c.label for c in FEEDS["F18"].columns]
    sent = ["个人账户养老金（百元）" if h == "个人账户养老金" else h for h in headings]
    result = office.deliver("F18", F18, workbook([sent, ["x"] * len(sent)]))
    assert result.breaker_code == "E_UNIT"
    assert "「个人账户养老金（百元）」列写明单位为「百元」，约定为「元」" in result.breaker_message


FORMATS = [
    ('0.00"万元"', "万元"),
    ('#,##0"元"', "元"),
    ('#,##0.00\\元', "元"),
    ('"¥"#,##0.00"（千元）"', "千元"),
    ("0.00百元;[红色]-0.00百元", "百元"),
    ('[$¥-804]#,##0.00" 元"', "元"),
    ('0!.0,"万元"', "元"),
    ('0\\.0,"万元"', "元"),
    ('0"."0000"万元"', "元"),
    ('0.00,"千元"', "元"),
    ('0!.00,,"亿元"', "元"),
    ('0"岁"', "岁"),
    ('General"万"', "万元"),
    ('G/通用格式"万"', "万元"),
    ('0.00"亿"', "亿元"),
    ('0!.0,"万"', "元"),
    ('0.00"美元"', "美元"),
    ("[$$-409]0.00", "$"),
    ("[$US$-409]#,##0.00", "US$"),
    ("$#,##0.00", "$"),
    ('0"厘"', "厘"),
    ('"¥"0.00"万"', "万元"),
    ("[$¥-804]#,##0.00", None),
    ("[$CNY]\\ 0.00", None),
    ('_ "¥"* #,##0.00_ ', None),
    ('"人民币"0.00', None),
    ('0.00"元整"', "元"),
    ("[$-804]0.00", None),
    ("0.00E+00", None),
    ('yyyy"年"', None),
    ("[h]:mm", None),
    ("#,##0.00", None),
    ("0.00%", None),
    ("yyyy年m月", None),
]


@pytest.mark.parametrize(("code", "unit"), FORMATS)
def test_what_a_number_format_says_of_the_number(code, unit):
    assert in_format(code) == unit


@pytest.mark.parametrize(
    ("code", "breaker"), [('0.00"万元"', "E_UNIT"), ('#,##0"百元"', "E_UNIT"), ('0"元"', None), ('0!.0,"万元"', None),
     ('General"万"', "E_UNIT"), ('0.00"亿"', "E_UNIT"), ('0.00"美元"', "E_UNIT"), ("[$$-409]0.00", "E_UNIT"),
     ('0"厘"', "E_UNIT"), ("[$¥-804]0.00", None), ("[$CNY]0.00", None), ('0!.0,"万"', None)],
)  # fmt: skip
@pytest.mark.parametrize("is_old", [False, True])
def test_a_unit_shown_behind_the_number(office, workbook, allowance, allowance_header, code, breaker, is_old):
    rows = [allowance_header, *(allowance(n, c4=200.0) for n in range(3))]
    if is_old:
        style = xlwt.easyxf(num_format_str=code)
        content = formats.sheet_xls(rows, lambda book, sheet: [sheet.write(n, 4, 200.0, style) for n in (1, 2, 3)])
    else:
        content = workbook(rows, lambda b, s: s.write(2, 4, 200.0, b.add_format({"num_format": code})))
    result = office.deliver("F10", NAME, content)
    assert (result.breaker_code, result.rows_in) == (breaker, 3)
    assert breaker is None or "单元格写明单位为" in result.breaker_message


def test_text_is_not_shown_by_a_number_format(office, workbook, allowance, allowance_header):
    rows = [allowance_header, *(allowance(n, c4=200.0) for n in range(3))]
    content = workbook(rows, lambda b, s: s.write(1, 4, "200.00", b.add_format({"num_format": '0"万元"'})))
    assert office.deliver("F10", NAME, content).status == "accepted"


@pytest.fixture
def in_wan(tmp_path) -> Office:
    """An office that agreed with the department on 万元 for whole sheets."""
    return Office(tmp_path / "data", {"F10": replace(FEEDS["F10"], sheet_unit="万元")})


@pytest.mark.parametrize("title", [[], [["单位：万元"]]])
@pytest.mark.parametrize(("sent", "amount"), [("0.01", "100.00"), ("1,234.5", "12345000.00"), (0.02, "200.00")])
def test_a_unit_agreed_on_for_the_whole_sheet_is_converted(in_wan, workbook, allowance, bare, title, sent, amount):
    result = in_wan.deliver("F10", NAME, workbook([*title, bare, allowance(0, c4=sent)]))
    assert (result.status, in_wan.rows("F10")["amount"].to_list()) == ("accepted", [Decimal(amount)])


def test_what_cannot_be_said_in_the_contracts_digits_is_told(in_wan, workbook, allowance, bare):
    rows = [bare, *(allowance(n) for n in range(9)), allowance(9, c4="0.0000001"), allowance(10, c4="若干")]
    in_wan.deliver("F10", NAME, workbook(rows))
    told = in_wan.quarantine("F10")
    assert told.select("row", "code").rows() == [(11, "E_NUMBER"), (12, "E_NUMBER")]
    assert "0.0000001" in told["raw"][0]


def test_the_heading_says_more_than_what_holds_for_the_sheet(in_wan, workbook, allowance, allowance_header):
    in_wan.deliver("F10", NAME, workbook([allowance_header, allowance(0)]))
    assert in_wan.rows("F10")["amount"].to_list() == [Decimal("200.00")]


def test_a_sheet_in_yuan_is_refused_where_ten_thousands_were_agreed_on(in_wan, workbook, allowance, bare):
    result = in_wan.deliver("F10", NAME, workbook([["单位：元"], bare, allowance(0)]))
    assert result.breaker_code == "E_UNIT"


def test_the_unit_of_whole_sheets_is_a_word_in_the_feeds_file():
    file = load_feed_file(FEED_FILES / "civil_affairs" / "old_age_allowance.yaml")
    elements = load_elements()

    def with_unit(unit: str):
        sent = file.model_copy(update={"delivery": file.delivery.model_copy(update={"unit": unit})})
        return read_contract(contract(sent, elements), "F10")

    assert with_unit("万元").sheet_unit == "万元"
    with pytest.raises(ValueError, match="no unit"):
        with_unit("大洋")


@given(number=st.decimals(-(10**9), 10**9, places=4), unit=st.sampled_from(["百元", "千元", "万元", "亿元", "角"]))
def test_conversion_is_exact(number: Decimal, unit: str):
    factor = UNITS[unit][1]
    (product,) = times(pl.Series([str(number)]), factor, Column("x", "x", type="decimal", scale=8))
    assert Fraction(product) == Fraction(number) * factor
    assert "E" not in product


def test_an_area_in_mu_is_rounded_to_the_digits_of_the_contract():
    column = Column("area", "面积", type="decimal", unit="平方米", scale=2)
    assert times(pl.Series(["1.5", "1", None, "x"]), UNITS["亩"][1], column).to_list() == ["1000", "666.67", None, "x"]


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("单位：㎡", ("m2",)), ("单位：万㎡、亩", ("万m2", "亩")), ("单位：元/人", ("元",)),
        ("单位：万元/亩", ("万元",)),
        ("单位：", ()), ("单位：元宝", ()), ("面积(公顷)", ("公顷",)), ("单位：吨 2024", ("吨",)), ("占比(%)", ("%",)),
    ],
)  # fmt: skip
def test_units_are_found_in_words(text: str, units: tuple):
    assert stated(text) == units


@pytest.mark.parametrize("year", [2023, 2024, 1999])
@pytest.mark.parametrize("form", ["xlsx", "xls", "ods"])
def test_january_or_october_typed_as_a_number_is_doubted(office, workbook, allowance, allowance_header, year, form):
    rows = [allowance_header, *(allowance(n) for n in range(8)), allowance(8, c5=year + 0.1)]
    office.deliver("F10", NAME, {"xlsx": workbook, "xls": formats.sheet_xls, "ods": formats.sheet_ods}[form](rows))
    assert office.quarantine("F10").select("row", "column", "code").rows() == [(10, "发放月份", "E_MONTH")]


@pytest.mark.parametrize(
    ("sent", "month"),
    [(202310, "2023-10"), (202401.0, "2024-01"), (2023.12, "2023-12"), (2023.05, "2023-05"), (2023.9, "2023-09"),
     ("2023.10", "2023-10"), ("2023.1", "2023-01")],
)  # fmt: skip
def test_months_that_can_only_be_one(office, workbook, allowance, allowance_header, sent, month):
    office.deliver("F10", NAME, workbook([allowance_header, allowance(0, c5=sent)]))
    assert office.rows("F10")["pay_month"].to_list() == [month]


SHARES = replace(
    formats.FEED,
    code="F97",
    file_pattern=formats.FEED.file_pattern.replace("F98", "F97"),
    columns=(
        Column("region", "地区", required=True, key=True),
        Column("share", "占比", type="decimal", unit="%", scale=2),
        Column("ratio", "比值", type="decimal", scale=4),
    ),
    key_columns=("region",),
)
CELLS = [
    # region, number, format, per cent in bronze
    ("甲", 0.95, "0%", "95.00"), ("乙", 0.9922, "0.00%", "99.22"), ("丙", 0.0, "0%", "0.00"),
    ("丁", 1.0, "0.0%", "100.00"), ("戊", 95.0, "0", "95.00"), ("己", 95.0, '0"%"', "95.00"),
    ("庚", 0.5, "0.00", "0.50"), ("辛", -0.07, "0%;[Red]-0%", "-7.00"),
]  # fmt: skip


def shares_xlsx() -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("表")
        sheet.write_row(0, 0, ["地区", "占比", "比值"])
        for n, (region, number, code, _) in enumerate(CELLS, start=1):
            form = book.add_format({"num_format": code})
            sheet.write(n, 0, region)
            sheet.write(n, 1, number, form)
            sheet.write(n, 2, number, form)
    return buffer.getvalue()


def shares_xls() -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("表")
    for place, heading in enumerate(["地区", "占比", "比值"]):
        sheet.write(0, place, heading)
    for n, (region, number, code, _) in enumerate(CELLS, start=1):
        form = xlwt.easyxf(num_format_str=code)
        sheet.write(n, 0, region)
        sheet.write(n, 1, number, form)
        sheet.write(n, 2, number, form)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def shares_ods() -> bytes:
    rows = [["地区", "占比", "比值"], *([region, number, number] for region, number, _, _ in CELLS)]
    content = formats.sheet_ods(rows)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for _, number, code, _ in CELLS:
        if "%" in code.replace('"%"', ""):
            old = f'"float" office:value="{number}"'.encode()
            parts["content.xml"] = parts["content.xml"].replace(old, old.replace(b"float", b"percentage"))
    return formats.zipped(parts)


@pytest.mark.parametrize("write", [shares_xlsx, shares_xls, shares_ods])
def test_a_cell_of_per_cent_counts_as_what_it_shows(tmp_path, write):
    office = Office(tmp_path / "data", {"F97": SHARES})
    result = office.deliver("F97", "F97_测试_370600_202401.xlsx", write())
    assert (result.status, result.rows_bronze) == ("accepted", len(CELLS))
    rows = office.rows("F97")
    assert [str(v) for v in rows["share"]] == [share for *_, share in CELLS]
    assert [float(v) for v in rows["ratio"]] == [number for _, number, _, _ in CELLS]


@pytest.mark.parametrize(("text", "share"), [("95%", "95.00"), ("99.22 %", "99.22"), ("７％", "7.00"), ("95", "95.00")])
def test_a_text_of_per_cent(tmp_path, text, share):
    office = Office(tmp_path / "data", {"F97": SHARES})
    office.deliver("F97", "F97_测试_370600_202401.csv", f"地区,占比,比值\n甲,{text},0.5\n".encode())
    assert [str(v) for v in office.rows("F97")["share"]] == [share]
