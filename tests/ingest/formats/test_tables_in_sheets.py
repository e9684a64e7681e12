"""Where tables lie: below each other, side by side, over several sheets, with cells merged over rows."""

import io
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import polars as pl
import pytest
import xlsxwriter
import xlwt

from pipelines.ingest.formats import csv_reader, workbook_reader
from pipelines.kit.contracts.model import Column, Thresholds
from tests.ingest import made_files as formats
from tests.ingest.conftest import Office

NAME = "F10_高龄津贴发放_370602_202401.xlsx"
CSV = NAME.replace("xlsx", "csv")
SWAPPED = [0, 1, 7, 3, 4, 5, 6, 2, 8, 9]
TURNED = [8, 7, 6, 5, 4, 3, 2, 1, 0]
BORN, CERTIFIED = date(1940, 1, 1), date(2023, 12, 1)


def moved(row: list, order: list[int]) -> list:
    return [row[place] for place in order]


def csv(rows: list[list]) -> bytes:
    return "".join(",".join(row) + "\r\n" for row in rows).encode()


def sheets(**rows: list[list]) -> bytes:
    """A workbook of several sheets."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        for name, lines in rows.items():
            sheet = book.add_worksheet(name)
            for number, line in enumerate(lines):
                sheet.write_row(number, 0, line)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def stacked(allowance, allowance_header):
    """A table of rows 0 to 2, and below it one of rows 3 to 5 with its columns in another order."""

    def make(order: list[int], heading: list[str] | None = None) -> list[list]:
        below = [heading or moved(allowance_header, order), *(moved(allowance(n), order) for n in range(3, 6))]
        return [allowance_header, *(allowance(n) for n in range(3)), *below]

    return make


@pytest.mark.parametrize("block", [1, 2, 1000])
@pytest.mark.parametrize("order", [SWAPPED, TURNED])
def test_a_second_table_in_a_sheet_is_read_in_its_own_order(office, workbook, stacked, monkeypatch, order, block):
    monkeypatch.setattr(workbook_reader, "BLOCK_ROWS", block)
    result = office.deliver("F10", NAME, workbook(stacked(order)))
    assert (result.status, result.rows_in, result.rows_bronze) == ("accepted", 6, 6)
    rows = office.rows("F10")
    assert rows["_row"].to_list() == [2, 3, 4, 6, 7, 8]
    assert rows["id_no"].to_list() == [f"3706021940010100{n:02d}" for n in range(6)]
    assert rows.select("birth_date", "certified_date", "division_code").unique().rows() == [
        (BORN, CERTIFIED, "370602001001")
    ]
    assert "工作表「Sheet1」第 5 行起表头的列次不同，以下各行按该行表头读取" in result.notices


@pytest.mark.parametrize("block", [200, 1 << 20])
def test_a_second_table_in_a_csv_is_read_in_its_own_order(office, stacked, monkeypatch, block):
    monkeypatch.setattr(csv_reader, "BLOCK_BYTES", block)
    result = office.deliver("F10", CSV, csv(stacked(SWAPPED)))
    assert (result.status, result.rows_in, result.rows_bronze) == ("accepted", 6, 6)
    rows = office.rows("F10")
    assert rows["_row"].to_list() == [2, 3, 4, 6, 7, 8]
    assert rows.select("birth_date", "certified_date").unique().rows() == [(BORN, CERTIFIED)]


def test_an_id_that_is_a_number_is_told_below_the_second_heading_too(office, workbook, stacked):
    rows = stacked(TURNED)
    rows[-1][8] = 370602194001010005
    office.deliver("F10", NAME, workbook(rows))
    assert office.quarantine("F10").select("row", "column", "code").rows() == [(8, "身份证号", "E_ID_NUMERIC")]


def test_tables_may_take_turns(office, workbook, stacked, allowance, allowance_header):
    rows = [*stacked(SWAPPED), allowance_header, allowance(6), allowance_header, allowance(7)]
    result = office.deliver("F10", NAME, workbook(rows))
    assert (result.status, result.rows_in, result.rows_bronze) == ("accepted", 8, 8)
    assert office.rows("F10").select("birth_date", "certified_date").unique().rows() == [(BORN, CERTIFIED)]
    assert "工作表「Sheet1」第 11 行不是数据" in "".join(result.notices)


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_second_table_without_a_required_column_refuses_the_file(office, workbook, stacked, form):
    rows = stacked(SWAPPED, ["身份证号", "姓名", "最近认证日期", "年龄段", "", "发放月份", "状态", "出生日期", "", ""])
    content = workbook(rows) if form == "xlsx" else csv(rows)
    result = office.deliver("F10", NAME, content)
    assert (result.breaker_code, result.rows_in, result.rows_quarantined) == ("E_COLUMN_MISSING", 6, 6)
    assert "第 5 行表头缺少「发放金额(元)」" in result.breaker_message


def test_the_same_heading_once_more_goes_on(office, workbook, allowance, allowance_header):
    rows = [allowance_header, allowance(0), [], allowance_header, allowance(1)]
    result = office.deliver("F10", NAME, workbook(rows))
    assert (result.status, result.rows_in, result.rows_bronze) == ("accepted", 2, 2)
    assert not [n for n in result.notices if "列次不同" in n]


def test_rows_go_on_in_a_second_sheet(office, allowance, allowance_header):
    content = sheets(
        一=[["高龄津贴"], allowance_header, *(allowance(n) for n in range(4))],
        二=[allowance(n)[:9] for n in range(4, 9)],
        三=[allowance(9), allowance(10, c0=370602194001010010)],
    )
    result = office.deliver("F10", NAME, content)
    assert (result.status, result.rows_in, result.rows_bronze) == ("accepted", 11, 10)
    assert sorted(office.rows("F10")["id_no"]) == [f"3706021940010100{n:02d}" for n in range(10)]
    assert office.quarantine("F10").select("sheet", "row", "code").rows() == [("三", 2, "E_ID_NUMERIC")]
    assert "工作表「二」没有表头，按前一张表的表头读取" in result.notices


def test_rows_of_a_sheet_nobody_can_place_are_counted(office, allowance, allowance_header):
    strangers = [["接上表"], *(moved(allowance(n), TURNED) for n in range(4, 6))]
    content = sheets(一=[allowance_header, *(allowance(n) for n in range(4))], 二=strangers)
    result = office.deliver("F10", NAME, content)
    assert (result.rows_in, result.rows_bronze, result.breaker_code) == (7, 0, "E_QUARANTINE_SHARE")
    told = office.quarantine("F10").filter(sheet="二")
    assert told["code"].to_list() == ["E_NO_HEADING"] * 3
    assert "370602194001010004" in told["raw"][1]


@pytest.mark.parametrize(
    "notes",
    [
        [["填表说明"], ["1. 每月 5 日前报送"], ["2. 金额以元计"]],
        [["代码", "含义"], ["1", "发放"], ["2", "停发"]],
        [["镇街", "人数", "金额"], ["向阳街道", 12, 2400], ["东山街道", 8, 1600]],
        [["姓名", "身份证号", "住址", "电话", "邮编", "年份", "备注"], ["某", "3706", "某路", "1", "2", "2024", "无"]],
        [["汇总"], ["镇街", "一月", "二月", "三月", "四月", "五月", "六月"], ["向阳街道", 1, 2, 3, 4, 5, 6]],
    ],
)
def test_a_sheet_of_other_things_does_no_harm(office, allowance, allowance_header, notes):
    content = sheets(名单=[allowance_header, *(allowance(n) for n in range(4))], 说明=notes)
    result = office.deliver("F10", NAME, content)
    assert (result.status, result.rows_in, result.rows_bronze) == ("accepted", 4, 4)
    assert result.notices == ("工作表「说明」没有约定的表头，未读取",)


WORDS = replace(
    formats.FEED,
    code="F97",
    file_pattern=formats.FEED.file_pattern.replace("F98", "F97"),
    columns=(
        Column("id_no", "身份证号", required=True, key=True, tags=("identifier",)),
        Column("name", "姓名", required=True),
    ),
)


@pytest.mark.parametrize("notes", [[["代码", "含义"], ["1", "在岗"], ["2", "离岗"]], [["说明", "每月报送"]]])
def test_notes_of_two_columns_are_no_rows_of_a_list_of_two(tmp_path, notes):
    office = Office(tmp_path / "data", {"F97": WORDS})
    content = sheets(名单=[["身份证号", "姓名"], ["370602194001010011", "某"]], 说明=notes)
    result = office.deliver("F97", "F97_测试_370600_202401.xlsx", content)
    assert (result.status, result.rows_in) == ("accepted", 1)


def test_a_short_sheet_goes_on_between_a_title_and_a_total(office, allowance, allowance_header):
    second = [["高龄津贴"], [], allowance(1), ["合计", "", "", "", "200"]]
    content = sheets(一=[allowance_header, allowance(0)], 二=second)
    office.deliver("F10", NAME, content)
    assert office.rows("F10")["id_no"].sort().to_list() == ["370602194001010000", "370602194001010001"]


def test_the_heading_in_a_web_page_may_be_a_table_of_its_own(office, allowance, allowance_header):
    def table(rows: list[list]) -> str:
        return "<table>" + "".join("<tr><td>" + "</td><td>".join(r) + "</td></tr>" for r in rows) + "</table>"

    page = table([allowance_header]) + table([allowance(n) for n in range(3)])
    result = office.deliver("F10", NAME, f"<html><body>{page}</body></html>".encode())
    assert (result.status, result.rows_in, result.rows_bronze) == ("accepted", 3, 3)


@pytest.mark.parametrize("count", [6, 9])
@pytest.mark.parametrize("gap", [0, 1])
@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_blocks_side_by_side_are_refused(office, workbook, allowance, allowance_header, count, gap, form):
    lines = [(allowance_header, allowance_header), *((allowance(n), allowance(n + 4)) for n in range(4))]
    rows = [left[:count] + [""] * gap + right[:count] for left, right in lines]
    result = office.deliver("F10", NAME, workbook(rows) if form == "xlsx" else csv(rows))
    assert (result.breaker_code, result.rows_bronze, result.rows_quarantined) == ("E_SIDE_BY_SIDE", 0, 4)


def test_a_second_person_in_a_row_is_no_second_list(office, workbook, allowance, allowance_header):
    agent = ["姓名", "身份证号", "与老人关系"]
    rows = [allowance_header + agent, allowance(0) + ["赵一", "370602197001010010", "子女"]]
    result = office.deliver("F10", NAME, workbook(rows))
    assert (result.status, result.rows_in, office.rows("F10")["name"][0]) == ("accepted", 1, "王0")


def merged_xlsx(workbook, rows: list[list], column: int, first: int, last: int) -> bytes:
    value = rows[first][column]
    shown = [["" if c == column and first < r <= last else v for c, v in enumerate(row)] for r, row in enumerate(rows)]
    return workbook(shown, lambda _, sheet: sheet.merge_range(first, column, last, column, value))


def merged_xls(rows: list[list], column: int, first: int, last: int) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1", cell_overwrite_ok=True)
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if c != column or not first <= r <= last:
                sheet.write(r, c, value)
    sheet.write_merge(first, last, column, column, rows[first][column])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def merged_html(rows: list[list], column: int, first: int, last: int) -> bytes:
    def cells(number: int, row: list) -> str:
        span = f' rowspan="{last - first + 1}"' if number == first else ""
        kept = [(c, v) for c, v in enumerate(row) if c != column or not first < number <= last]
        return "".join(f"<td{span if c == column else ''}>{v}</td>" for c, v in kept)

    body = "".join(f"<tr>{cells(n, row)}</tr>" for n, row in enumerate(rows))
    return f"<html><body><table>{body}</table></body></html>".encode()


@pytest.mark.parametrize("form", ["xlsx", "xls", "html"])
@pytest.mark.parametrize(
    ("column", "name"), [(8, "division_code"), (3, "band_name"), (2, "birth_date"), (5, "pay_month")]
)
def test_a_value_merged_downwards_is_every_rows(office, workbook, allowance, allowance_header, form, column, name):
    rows = [allowance_header, *(allowance(n) for n in range(6))]
    write = {"xlsx": lambda *a: merged_xlsx(workbook, *a), "xls": merged_xls, "html": merged_html}[form]
    result = office.deliver("F10", NAME, write(rows, column, 2, 4))
    assert (result.status, result.rows_in, result.rows_bronze) == ("accepted", 6, 6)
    assert office.rows("F10")[name].null_count() == 0
    assert office.rows("F10")[name].n_unique() == 1
    assert f"「{allowance_header[column]}」列有 1 处向下合并的单元格，已按每一行同值读取，请核对" in result.notices[-1]


def test_an_amount_merged_downwards_is_not_multiplied(office, workbook, allowance, allowance_header):
    rows = [allowance_header, *(allowance(n) for n in range(8))]
    result = office.deliver("F10", NAME, merged_xlsx(workbook, rows, 4, 2, 3))
    assert office.quarantine("F10").select("row", "code").rows() == [(4, "E_REQUIRED")]
    assert "「发放金额(元)」列有 1 处向下合并的单元格，数值只计在第一行，请核对" in result.notices[-1]


def test_an_id_merged_downwards_is_doubted_in_every_row(office, workbook, allowance, allowance_header):
    def edit(_, sheet):
        sheet.merge_range("A3:A4", "")
        sheet.write_formula("A3", '="37060219400101"&"0001"', None, "370602194001010001")

    rows = [allowance_header, *(allowance(n, c0="" if n in (1, 2) else f"3706021940010100{n:02d}") for n in range(9))]
    office.deliver("F10", NAME, workbook(rows, edit))
    assert office.quarantine("F10").select("row", "code").rows() == [(3, "E_FORMULA"), (4, "E_FORMULA")]


@pytest.mark.parametrize("block", [1, 1000])
def test_merged_titles_and_notes_are_no_rows(office, workbook, allowance, allowance_header, monkeypatch, block):
    monkeypatch.setattr(workbook_reader, "BLOCK_ROWS", block)

    def edit(_, sheet):
        sheet.merge_range("A1:J2", "高龄津贴发放表")
        sheet.merge_range("A6:J8", "注：本表由民政局填报")

    rows = [[], [], allowance_header, allowance(0), allowance(1)]
    result = office.deliver("F10", NAME, workbook(rows, edit))
    assert (result.status, result.rows_in, result.rows_bronze) == ("accepted", 2, 2)
    assert [n for n in result.notices if "合并" in n] == []


REGIONS = replace(
    formats.FEED,
    code="F97",
    file_pattern=formats.FEED.file_pattern.replace("F98", "F97"),
    columns=(Column("region", "地区", required=True, key=True), Column("count", "户数", type="integer")),
    key_columns=("region",),
)
PAGES = [["地区", "户数"], ["一、市区"], ["甲区", 3], ["乙区", 4], ["二、县市（续表）"], ["丙县", 5], ["合计", 12]]


def test_a_line_of_nothing_but_the_key_is_a_title_between_pages(tmp_path, workbook):
    office = Office(tmp_path / "data", {"F97": REGIONS})
    result = office.deliver("F97", "F97_测试_370600_202401.xlsx", workbook(PAGES[:-1]))
    assert (result.status, result.rows_in) == ("accepted", 3)
    assert office.rows("F97")["region"].to_list() == ["甲区", "乙区", "丙县"]
    assert sum("第 5 行不是数据，未入库：页间标题" in n for n in result.notices) == 1


def test_a_record_of_nothing_but_the_key_is_a_record(tmp_path):
    office = Office(tmp_path / "data", {"F97": REGIONS})
    content = '[{"地区": "甲区", "户数": 3}, {"地区": "乙区"}]'.encode()
    assert office.deliver("F97", "F97_测试_370600_202401.json", content).rows_bronze == 2


def test_a_feed_may_say_that_such_a_line_is_a_row(tmp_path, workbook):
    office = Office(tmp_path / "data", {"F97": replace(REGIONS, has_bare_keys=True)})
    result = office.deliver("F97", "F97_测试_370600_202401.xlsx", workbook(PAGES[:-1]))
    assert (result.status, result.rows_in, result.rows_bronze) == ("accepted", 5, 5)


def test_an_id_alone_is_a_row_that_lacks_the_rest(office, workbook, allowance, allowance_header):
    rows = [allowance_header, *(allowance(n) for n in range(8)), ["第二页"], ["370602194001010099"], allowance(8)]
    result = office.deliver("F10", NAME, workbook(rows))
    assert (result.status, result.rows_in, result.rows_bronze) == ("accepted", 10, 9)
    assert office.quarantine("F10").select("row", "code").rows() == [(11, "E_REQUIRED")]
    assert "工作表「Sheet1」第 10 行不是数据，未入库：页间标题" in result.notices


INDENTED = replace(REGIONS, columns=(replace(REGIONS.columns[0], has_indent=True), REGIONS.columns[1]))
STEPS = [["地区", "户数"], ["全市", "9"], ["  市区", "5"], ["    甲区", "2"], ["    乙区", "3"], ["地区", "户数"],
         ["  县市", "4"], ["    乙区", "4"], ["合计", "9"], ["另计", "1"]]  # fmt: skip
PATHS = ["全市", "全市/市区", "全市/市区/甲区", "全市/市区/乙区", "全市/县市", "全市/县市/乙区", "另计"]


@pytest.mark.parametrize("blank", [" ", "\u3000", "\t"])
@pytest.mark.parametrize("block", [1, 1000])
@pytest.mark.parametrize("form", ["xlsx", "xls", "csv"])
def test_indent_may_say_what_belongs_to_what(tmp_path, workbook, monkeypatch, blank, block, form):
    monkeypatch.setattr(workbook_reader, "BLOCK_ROWS", block)
    monkeypatch.setattr(csv_reader, "BLOCK_BYTES", 40 * block)
    rows = [[name.replace(" ", blank), count] for name, count in STEPS]
    content = {"xlsx": workbook, "xls": formats.sheet_xls, "csv": csv}[form](rows)
    office = Office(tmp_path / "data", {"F97": INDENTED})
    result = office.deliver("F97", "F97_测试_370600_202401.xlsx", content)
    assert (result.status, result.rows_in) == ("accepted", 7)
    assert office.rows("F97")["region"].to_list() == PATHS


def indented_xlsx() -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, (name, count) in enumerate(STEPS):
            depth = (len(name) - len(name.lstrip())) // 2
            sheet.write(number, 0, name.strip(), book.add_format({"indent": depth}))
            sheet.write(number, 1, count)
    return buffer.getvalue()


def indented_xls() -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    for number, (name, count) in enumerate(STEPS):
        style = xlwt.XFStyle()
        style.alignment.inde = (len(name) - len(name.lstrip())) // 2
        sheet.write(number, 0, name.strip(), style)
        sheet.write(number, 1, count)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("write", [indented_xlsx, indented_xls])
def test_indent_of_cells_counts_as_blanks_do(tmp_path, write):
    office = Office(tmp_path / "data", {"F97": INDENTED})
    assert office.deliver("F97", "F97_测试_370600_202401.xlsx", write()).status == "accepted"
    assert office.rows("F97")["region"].to_list() == PATHS


def test_a_step_without_numbers_is_a_title_and_stays_in_the_paths(tmp_path, workbook):
    office = Office(tmp_path / "data", {"F97": INDENTED})
    office.deliver("F97", "F97_测试_370600_202401.xlsx", workbook([["地区", "户数"], ["市区"], ["　甲区", 2]]))
    assert office.rows("F97")["region"].to_list() == ["市区/甲区"]


def test_blanks_mean_nothing_where_the_feed_does_not_say_so(tmp_path, workbook):
    office = Office(tmp_path / "data", {"F97": REGIONS})
    office.deliver("F97", "F97_测试_370600_202401.xlsx", workbook(STEPS[:4]))
    assert office.rows("F97")["region"].to_list() == ["全市", "市区", "甲区"]


def test_rows_above_a_header_go_on_from_the_sheet_before(office, allowance, allowance_header):
    turned = [moved(row, TURNED) for row in (allowance_header, allowance(3))]
    content = sheets(一=[allowance_header, allowance(0)], 二=[allowance(1), allowance(2), *turned])
    result = office.deliver("F10", NAME, content)
    assert (result.status, result.rows_in, result.rows_bronze) == ("accepted", 4, 4)
    assert office.rows("F10")["birth_date"].unique().to_list() == [BORN]


@pytest.mark.parametrize(
    "above",
    [
        [["单位：民政局", "2024年1月", "第1页", "共2页"]],
        [["甲", "乙", "1", "2", "3", "4", "5", "6", "丙", "丁"]],
        [["证件", "人", "时间", "年龄", "钱", "月", "状态", "认证", "村", "注"]],
    ],
)
def test_titles_above_the_header_are_no_rows(office, workbook, allowance, allowance_header, above):
    result = office.deliver("F10", NAME, workbook([*above, allowance_header, allowance(0)]))
    assert (result.status, result.rows_in, result.rows_bronze) == ("accepted", 1, 1)


class Layout:
    """Sheets as chance has it: titles, tables below each other in any order of columns, totals, headings left out."""

    def __init__(self, seed: int, row, header: list[str]) -> None:
        self._chance, self._row, self._header = random.Random(seed), row, header
        self.count = 0
        self.sheets = [self._sheet(number) for number in range(self._chance.randint(1, 3))]

    def _sheet(self, number: int) -> list[list[str]]:
        lines = [["高龄津贴发放表"]] if self._chance.random() < 0.3 else []
        for part in range(self._chance.randint(1, 3)):
            lines += self._table(has_heading=part > 0 or number == 0 or self._chance.random() < 0.5)
        return lines

    def _table(self, has_heading: bool) -> list[list[str]]:
        order = list(range(10))
        if self._chance.random() < (0.6 if has_heading else 0.3):
            self._chance.shuffle(order)
        lines = [[]] if self._chance.random() < 0.3 else []
        lines += [moved(self._header, order)] if has_heading else []
        for _ in range(self._chance.randint(1, 4)):
            lines.append(moved(self._row(self.count), order))
            self.count += 1
        return lines + ([["合计", "", "", "", "200"]] if self._chance.random() < 0.3 else [])


LAYOUTS = 30


def valid(digits: str) -> str:
    """An id of 17 digits with its check character."""
    weights = (2 ** (17 - place) for place in range(17))
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11]


def test_no_layout_loses_a_row_or_reads_one_wrong(office, allowance, allowance_header):
    """Workbooks in one archive; each may cost rows their place, none may lose one without a word."""

    def person(seed: int) -> Callable[[int], list[str]]:
        def row(n: int) -> list[str]:
            id_no = valid(f"37060219400101{seed % 10}{n:02d}")
            return allowance(0, c0=id_no, c1=f"王{seed}", c2=f"1940-01-{n + 1:02d}", c7=f"2023-12-{n + 1:02d}")

        return row

    sent = {f"{seed}.xlsx": Layout(seed, person(seed), allowance_header) for seed in range(LAYOUTS)}
    files = {name: sheets(**{f"表{n}": s for n, s in enumerate(of.sheets)}) for name, of in sent.items()}
    feed = replace(office.feeds["F10"], thresholds=Thresholds(max_quarantine_share=0.9, max_duplicate_share=1))
    office.feeds = office.feeds | {"F10": feed}
    result = office.deliver("F10", NAME.replace("xlsx", "zip"), formats.zipped(files))
    assert result.status == "accepted", result.breaker_message
    kept, refused = office.rows("F10"), office.quarantine("F10")
    told = Counter(sheet.partition("/")[0] for sheet in [*kept["_sheet"], *refused["sheet"]])
    assert {name: told[name] for name, of in sent.items() if told[name] < of.count} == {}
    rows = kept.select("id_no", pl.col("birth_date").dt.day(), pl.col("certified_date").dt.day()).rows()
    assert [r for r in rows if not int(r[0][15:17]) + 1 == r[1] == r[2]] == []
    assert kept.height > 0.7 * sum(of.count for of in sent.values())
