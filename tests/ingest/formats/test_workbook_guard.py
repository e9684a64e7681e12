import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
import xlwt

from pipelines.ingest.formats import ods_guard, workbook_guard, xls_guard
from pipelines.ingest.formats.workbook_guard import Caps, odd_cells
from pipelines.ingest.formats.xls_guard import _read
from pipelines.ingest.values.table import UnreadableError
from tests.ingest import made_files as f
from tests.ingest import raw_workbooks as raw


@pytest.fixture
def book(tmp_path: Path) -> Path:
    file = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(file) as workbook:
        first, second = workbook.add_worksheet("甲"), workbook.add_worksheet("乙")
        first.write("A1", "text <f> is text")
        second.write_formula("B3", "=1+1")
        second.write_formula("AA10", "=SUM(B1:B3)")
    return file


def refusal(file: Path, content: bytes, look=odd_cells) -> str | None:
    file.write_bytes(content)
    try:
        look(file)
    except UnreadableError as refused:
        return f"{refused.code} {refused.detail}"
    return None


def test_formulas_are_found_by_cell(book: Path):
    odd = odd_cells(book)
    assert (odd("乙").formulas, odd("乙").shown) == ({1: {2}, 26: {9}}, {})
    assert odd("甲").count == odd("丙").count == 0


def test_cells_without_references_count_on_from_the_one_before(tmp_path: Path):
    file = tmp_path / "bare.xlsx"
    rows = "<row><c><v>1</v></c><c><f>1+1</f><v>2</v></c></row><row><c><f>2</f></c></row>"
    file.write_bytes(raw.workbook(raw.sheet(rows)))
    odd = odd_cells(file)("甲1")
    assert (odd.formulas, odd.shown) == ({1: {0}, 0: {1}}, {1: {0: "=2"}})


@pytest.mark.parametrize("caps", [Caps(unpacked=1000), Caps(entries=3), Caps(ratio=1, ratio_from=100)])
def test_each_cap_refuses(book: Path, caps: Caps):
    with pytest.raises(UnreadableError) as refused:
        odd_cells(book, caps)
    assert refused.value.code == "E_ZIP_BOMB"


def test_a_size_the_file_lies_about_is_found_out(tmp_path: Path, book: Path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            new.writestr(item.filename, old.read(item))
        new.writestr("xl/media/big.bin", bytes(100_000))
        entry = new.getinfo("xl/media/big.bin")
        entry.file_size = 10
    assert refusal(tmp_path / "liar.xlsx", buffer.getvalue()) == "E_XLSX_DAMAGED "


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path):
    assert refusal(tmp_path / "other.xlsx", f.zipped({"readme.txt": "hello"})) == "E_XLSX_FORM "


STYLED = '<row r="1048576"><c r="{}1048576" s="1"{}></row>'
FIVE = raw.table([["a", "b"]] * 5)


@pytest.mark.parametrize("end", ["/", "></c", "><v></v></c", ' t="n"></c'])
@pytest.mark.parametrize("letters", ["A", "J", "AZ", "XFD"])
def test_a_sheet_is_as_large_as_its_cells_with_content(tmp_path: Path, letters: str, end: str):
    content = raw.workbook(raw.sheet(FIVE + STYLED.format(letters, end)))
    assert refusal(tmp_path / "styled.xlsx", content) is None


@pytest.mark.parametrize("far", [
    '<row r="1048576"><c r="AZ1048576"><v>1</v></c></row>',
    '<row r="1048576"><c r="az1048576" t="inlineStr"><is><t>x</t></is></c></row>',
    '<row r="1048576"><c r="AZ1048576" t="e"><v>#N/A</v></c></row>',
    '<row r="1048576">' + "<c/>" * 60 + "<c><v>1</v></c></row>",
    '<row r="2000000000"><c><v>1</v></c></row>',
    "<row r='1048576'><c  r = 'AZ1048576'><v>1</v></c></row>",
])  # fmt: skip
def test_a_cell_far_out_makes_its_sheet_too_large(tmp_path: Path, far: str):
    assert refusal(tmp_path / "far.xlsx", raw.workbook(raw.sheet(FIVE + far))).startswith("E_ZIP_BOMB 展开后")


def test_many_sheets_together_are_too_large(tmp_path: Path):
    far = raw.sheet(FIVE + '<row r="1000000"><c r="J1000000"><v>1</v></c></row>')
    assert refusal(tmp_path / "five.xlsx", raw.workbook(*[far] * 4)) is None
    assert refusal(tmp_path / "six.xlsx", raw.workbook(*[far] * 6)).startswith("E_ZIP_BOMB 展开后")
    hidden = raw.workbook(*[far] * 6, states=["", "hidden", "veryHidden"])
    assert refusal(tmp_path / "hidden.xlsx", hidden) is None, "nobody reads hidden sheets"


def used(string: int, times: int, cell: str = '<c r="{}" t="s"><v>{}</v></c>') -> str:
    """Rows of ten cells that use one string."""
    return "".join(
        f'<row r="{r}">' + "".join(cell.format(f"{c}{r}", string) for c in "ABCDEFGHIJ") + "</row>"
        for r in range(1, times // 10 + 1)
    )


LONG = "<si><t>%s</t></si>" % ("长" * 10_000)


@pytest.mark.parametrize("cell", [
    '<c r="{}" t="s"><v>{}</v></c>', '<c r="{}" s="1" t="s"><v>{}</v></c>', "<c t='s' r='{}'><v>{}</v></c>",
])  # fmt: skip
def test_text_counts_as_often_as_cells_use_it(tmp_path: Path, cell: str):
    short = "<si><t>短</t></si>"
    bomb = raw.workbook(raw.sheet(used(1, 10_000, cell)), strings=short + LONG)
    assert refusal(tmp_path / "bomb.xlsx", bomb).startswith("E_ZIP_BOMB 各格文字合计约 28")
    assert len(bomb) < 60_000
    other = raw.workbook(raw.sheet(used(0, 10_000, cell)), strings=short + LONG)
    assert refusal(tmp_path / "used_once.xlsx", other) is None, "a long string few cells use"


def test_text_counts_over_all_sheets(tmp_path: Path):
    content = raw.workbook(*[raw.sheet(used(0, 2_500))] * 4, strings=LONG)
    assert refusal(tmp_path / "four.xlsx", content).startswith("E_ZIP_BOMB 各格文字")
    assert refusal(tmp_path / "two.xlsx", raw.workbook(*[raw.sheet(used(0, 2_500))] * 2, strings=LONG)) is None


def test_text_of_old_workbooks_counts_as_often_as_cells_use_it(tmp_path: Path):
    def text_in(cells: int) -> bytes:
        book = xlwt.Workbook()
        sheet = book.add_sheet("甲")
        for place in range(cells):
            sheet.write(*divmod(place, 10), "长" * 30_000)
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    assert refusal(tmp_path / "few.xls", text_in(1_000), xls_guard.odd_cells) is None
    assert refusal(tmp_path / "bomb.xls", text_in(4_000), xls_guard.odd_cells).startswith("E_ZIP_BOMB 各格文字")


def test_sizes_of_strings_that_run_on_from_record_to_record():
    book = xlwt.Workbook()
    sheet = book.add_sheet("甲")
    texts = ["长" * 5_000, "b" * 9_000, "短", "c" * 20_000, "赵", "d" * 8_223, "e"]
    for row, text in enumerate(texts):
        sheet.write(row, 0, text)
    rich = (("长" * 3, xlwt.easyfont("bold true")), "x" * 6)
    sheet.write_rich_text(len(texts), 0, rich)
    sheet.write(len(texts) + 1, 0, "last")
    found = _read(book.get_biff_data())
    assert found.text() == 3 * sum(map(len, [*texts, "长长长xxxxxx", "last"]))


def test_text_of_open_documents_counts_as_often_as_it_is_said_to_repeat(tmp_path: Path):
    def row(times: int, wide: int) -> str:
        cell = f.ods_cell("长" * 1_000, f' table:number-columns-repeated="{wide}"')
        return f'<table:table-row table:number-rows-repeated="{times}">{cell}</table:table-row>'

    assert refusal(tmp_path / "few.ods", f.ods([], row(100, 10)), ods_guard.odd_cells) is None
    assert refusal(tmp_path / "bomb.ods", f.ods([], row(10_000, 10)), ods_guard.odd_cells).startswith(
        "E_ZIP_BOMB 各格文字"
    )


def test_a_long_sheet_may_hold_as_much_text_as_short_cells_come_to(monkeypatch):
    monkeypatch.setattr(workbook_guard, "MAX_TEXT", 1_000)
    workbook_guard.check_unfolded(cells=100, text=3_200)
    with pytest.raises(UnreadableError):
        workbook_guard.check_unfolded(cells=100, text=3_201)


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"])
def test_utf16_the_parser_would_read_as_nothing_is_refused(tmp_path: Path, part: str):
    content = raw.workbook(raw.sheet(FIVE), parts={part: raw.sheet(FIVE).encode("utf-16")})
    assert refusal(tmp_path / "wide.xlsx", content) == "E_XLSX_FORM "
