"""Formulas and errors in workbooks of every kind: what shows something though no value is stored is told."""

from pathlib import Path

import pytest
import xlwt

from tests.ingest import made_files as f
from tests.ingest import raw_workbooks as raw
from tests.ingest.conftest import Office

PEOPLE = f.people(6)
ANY = "F98_测试_370600_202401.dat"
ROWS = [f.LABELS, *map(f.texts, PEOPLE)]


@pytest.fixture
def desk(tmp_path: Path) -> Office:
    return Office(tmp_path / "data", {"F98": f.FEED})


def with_cells(cells: dict[tuple[int, int], str]) -> list[list[str]]:
    """The sound rows with cells (row of the sheet, column from 0) replaced by XML."""
    rows = [list(row) for row in ROWS]
    for (row, column), cell in cells.items():
        rows[row - 1][column] = cell
    return rows


def nowhere(row: int, column: int) -> str:
    return ""


def prefixed(content: str) -> str:
    """The sheet as programs write it that give every element a prefix."""
    for name in ("worksheet", "sheetData", "row", "c", "v", "f", "is", "t"):
        content = content.replace(f"<{name} ", f"<x:{name} ").replace(f"<{name}>", f"<x:{name}>")
        content = content.replace(f"</{name}>", f"</x:{name}>")
    return content.replace("xmlns=", "xmlns:x=")


ODD = {
    "uncalculated": ('<c{}><f>DATE(2023,12,1)</f><v></v></c>', "E_FORMULA"),
    "no value at all": ('<c{}><f>"a"&amp;"b"</f></c>', "E_FORMULA"),
    "text without a value": ('<c{} t="str"><f>B1</f></c>', "E_FORMULA"),
    "shared": ('<c{}><f t="shared" si="0"/><v/></c>', "E_FORMULA"),
    "error": ('<c{} t="e"><v>#N/A</v></c>', "E_VALUE"),
    "error in single quotes": ("<c{} t='e'><v>#REF!</v></c>", "E_VALUE"),
    "error of a formula": ('<c{} t="e"><f>1/0</f><v>#DIV/0!</v></c>', "E_VALUE"),
    "error without a word": ('<c{} t="e"/>', "E_VALUE"),
}  # fmt: skip


@pytest.mark.parametrize("column", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("cell", ODD)
def test_what_has_no_value_costs_its_row(desk: Office, cell: str, column: int):
    written, code = ODD[cell]
    result = desk.deliver("F98", ANY, raw.workbook(raw.sheet(raw.table(with_cells({(3, column): written})))))
    assert (result.status, result.rows_in, result.rows_bronze) == ("accepted", 6, 5)
    *entry, message = desk.quarantine("F98").select("row", "column", "code", "message").row(0)
    assert entry == [3, f.LABELS[column], code]
    assert message.count(f.LABELS[column]) == 1, "told once"


@pytest.mark.parametrize("write", [
    lambda rows: raw.sheet(raw.table(rows, nowhere)),
    lambda rows: prefixed(raw.sheet(raw.table(rows))),
    lambda rows: raw.sheet(raw.table(rows).replace(' r="', ' s="0" r="')),
    lambda rows: raw.sheet(raw.table(rows).replace(' r="', "  r = \"")),
])  # fmt: skip
def test_however_the_sheet_is_written(desk: Office, write):
    cells = {
        (3, 0): '<c{} t="str"><f>A2</f><v>370602194001010001</v></c>',
        (4, 2): "<c{}><f>TODAY()</f></c>",
        (5, 1): '<c{} t="e"><v>#NAME?</v></c>',
    }
    result = desk.deliver("F98", ANY, raw.workbook(write(with_cells(cells))))
    assert (result.rows_in, result.rows_bronze) == (6, 3)
    assert desk.quarantine("F98").select("row", "column", "code").rows() == [
        (3, "身份证号", "E_FORMULA"), (4, "出生日期", "E_FORMULA"), (5, "姓名", "E_VALUE"),
    ]  # fmt: skip


def test_a_formula_with_a_value_counts_with_it_also_when_that_is_blank(desk: Office):
    cells = {
        (2, 2): '<c{} t="str"><f>IF(1,"","x")</f><v></v></c>',
        (3, 4): "<c{}><f>4+4</f><v>8</v></c>",
        (4, 1): '<c{} t="str"><f>"赵"</f><v>赵</v></c>',
    }
    result = desk.deliver("F98", ANY, raw.workbook(raw.sheet(raw.table(with_cells(cells)))))
    assert (result.rows_bronze, result.rows_quarantined) == (6, 0)
    rows = desk.rows("F98")
    assert (rows["born"][0], rows["count"][1], rows["name"][2]) == (None, 8, "赵")


def test_every_cell_of_an_array_formula_is_one(desk: Office):
    cells = {(2, 0): '<c{} t="str"><f t="array" ref="A2:A4">B2:B4</f><v>370602194001010001</v></c>'}
    desk.deliver("F98", ANY, raw.workbook(raw.sheet(raw.table(with_cells(cells)))))
    assert desk.quarantine("F98").select("row", "code").rows() == [(r, "E_FORMULA") for r in (2, 3, 4)]


def test_rows_that_only_show_something_are_rows(desk: Office):
    """A person sees them; the parser ends before them."""
    last = len(ROWS) + 1
    formulas = [f"<c{{}}><f>甲2!{letter}2</f></c>" for letter in "ABCDEFGH"]
    errors = ['<c{} t="e"><v>#REF!</v></c>'] * 7
    result = desk.deliver("F98", ANY, raw.workbook(raw.sheet(raw.table([*ROWS, errors, formulas]))))
    assert (result.rows_in, result.rows_bronze) == (8, 6)
    told = desk.quarantine("F98")
    assert told.select("row", "code").rows() == [(last, "E_VALUE"), (last + 1, "E_FORMULA")]
    assert "#REF!" in told["raw"][0] and "=甲2!A2" in told["raw"][1]


def test_errors_of_old_workbooks(desk: Office):
    def edit(book: xlwt.Workbook, sheet: xlwt.Worksheet) -> None:
        sheet.row(2).set_cell_error(2, "#N/A!")
        sheet.row(4).set_cell_error(1, "#REF!")

    result = desk.deliver("F98", ANY, f.xls(PEOPLE, edit))
    assert (result.rows_in, result.rows_bronze) == (6, 4)
    told = desk.quarantine("F98")
    assert told.select("row", "column", "code").rows() == [(3, "出生日期", "E_VALUE"), (5, "姓名", "E_VALUE")]
    assert "#N/A" in told["raw"][0]


_CALC = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
_ODS_ERROR = (
    '<table:table-cell table:formula="of:=NA()" office:value-type="string" office:string-value="" '
    'calcext:value-type="error"{}><text:p>#N/A</text:p></table:table-cell>'
)


def ods_rows(*odd: tuple[int, str]) -> str:
    """One row of the second person for each (column, cell)."""
    rows = []
    for column, cell in odd:
        cells = [f.ods_cell(text) for text in f.texts(PEOPLE[1])]
        cells[column] = cell
        rows.append(f"<table:table-row>{''.join(cells)}</table:table-row>")
    return "".join(rows)


def test_errors_and_formulas_of_open_documents(desk: Office):
    formula = '<table:table-cell table:formula="of:=TODAY()"/>'
    sound = f.ods_cell("370602194001010044", ' table:formula="of:=1"')
    text = f.ods_cell("李", ' table:formula="of:=[.B2]"')
    extra = ods_rows((2, _ODS_ERROR.format("")), (3, formula), (0, sound), (1, text))
    content = f.zipped({
        "mimetype": f.ODS_TYPE, "META-INF/manifest.xml": "<manifest/>",
        "content.xml": f._ODS.replace("xmlns:office", f"{_CALC} xmlns:office", 1).format(
            "".join("<table:table-row>" + "".join(map(f.ods_cell, row)) + "</table:table-row>" for row in ROWS) + extra
        ),
    })  # fmt: skip
    result = desk.deliver("F98", ANY, content)
    assert (result.rows_in, result.rows_bronze) == (10, 7)
    told = desk.quarantine("F98").select("row", "column", "code").rows()
    assert told == [(8, "出生日期", "E_VALUE"), (9, "登记时间", "E_FORMULA"), (10, "身份证号", "E_FORMULA")]


def test_a_formula_said_to_repeat_is_one_in_every_row(desk: Office):
    cells = [f.ods_cell("370602194001010099", ' table:formula="of:=1"'), *map(f.ods_cell, f.texts(PEOPLE[0])[1:])]
    row = f'<table:table-row table:number-rows-repeated="3">{"".join(cells)}</table:table-row>'
    result = desk.deliver("F98", ANY, f.ods(PEOPLE, row))
    assert (result.rows_in, result.rows_bronze) == (9, 6)
    assert desk.quarantine("F98").select("row", "code").rows() == [(r, "E_FORMULA") for r in (8, 9, 10)]


@pytest.mark.parametrize("part", ["content.xml", "xl/decoy.xml"])
def test_formulas_are_found_beside_a_decoy(desk: Office, part: str):
    cells = {(3, 0): '<c{} t="str"><f>A2</f><v>370602194001010001</v></c>'}
    content = raw.workbook(raw.sheet(raw.table(with_cells(cells))), parts={part: f._ODS.format("")})
    desk.deliver("F98", ANY, content)
    assert desk.quarantine("F98").select("row", "code").rows() == [(3, "E_FORMULA")]


def test_two_workbooks_in_one_are_refused(desk: Office):
    decoy = {"mimetype": f.ODS_TYPE, "META-INF/manifest.xml": "<manifest/>", "content.xml": f._ODS.format("")}
    content = raw.workbook(raw.sheet(raw.table(ROWS)), parts=decoy)
    result = desk.deliver("F98", ANY, content)
    assert (result.breaker_code, result.rows_in) == ("E_XLSX_FORM", 0)
    assert "既是 xlsx 又是 ods" in result.breaker_message


def test_of_two_sheets_of_one_name_none_is_read(desk: Office):
    content = raw.workbook(raw.sheet(raw.table(ROWS)), parts={"xl/Worksheets/sheet1.xml": raw.sheet("")})
    assert desk.deliver("F98", ANY, content).breaker_code == "E_XLSX_DAMAGED"


def test_what_a_merged_cell_shows_is_told_of_every_row_it_spans(desk: Office):
    content = raw.sheet(raw.table(with_cells({(3, 1): '<c{} t="e"><v>#N/A</v></c>', (4, 1): "<c{}/>"})))
    merged = '</sheetData><mergeCells count="1"><mergeCell ref="B3:B4"/></mergeCells>'
    desk.deliver("F98", ANY, raw.workbook(content.replace("</sheetData>", merged)))
    assert desk.quarantine("F98").select("row", "code").rows() == [(3, "E_VALUE"), (4, "E_VALUE")]
