import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from pipelines.bronze.table import UnreadableError
from pipelines.bronze.workbook_guard import Caps, formula_cells, inspect


@pytest.fixture
def book(tmp_path: Path) -> Path:
    file = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(file) as workbook:
        first, second = workbook.add_worksheet("甲"), workbook.add_worksheet("乙")
        first.write("A1", "text <f> is text")
        second.write_formula("B3", "=1+1")
        second.write_formula("AA10", "=SUM(B1:B3)")
    return file


def test_formulas_are_found_by_cell(book: Path):
    entries = inspect(book)
    assert entries == {"xl/worksheets/sheet2.xml"}
    assert formula_cells(book, "乙", entries) == {(2, 1), (9, 26)}
    assert formula_cells(book, "甲", entries) == set()


def test_cells_without_references_count_on_from_the_one_before(tmp_path: Path, book: Path):
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b"<row><c><v>1</v></c><c><f>1+1</f></c></row><row><c><f>2</f></c></row></sheetData></worksheet>"
    )
    file = tmp_path / "bare.xlsx"
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(file, "w") as new:
        for item in old.infolist():
            data = sheet if item.filename == "xl/worksheets/sheet2.xml" else old.read(item)
            new.writestr(item.filename, data)
    assert formula_cells(file, "乙", inspect(file)) == {(0, 1), (1, 0)}


@pytest.mark.parametrize("caps", [Caps(unpacked=1000), Caps(entries=3), Caps(ratio=1, ratio_from=100)])
def test_each_cap_refuses(book: Path, caps: Caps):
    with pytest.raises(UnreadableError) as refused:
        inspect(book, caps)
    assert refused.value.code == "E_ZIP_BOMB"


def test_a_size_the_file_lies_about_is_found_out(tmp_path: Path, book: Path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            new.writestr(item.filename, old.read(item))
        new.writestr("xl/media/big.bin", bytes(100_000))
        entry = new.getinfo("xl/media/big.bin")
        entry.file_size = 10
    file = tmp_path / "liar.xlsx"
    file.write_bytes(buffer.getvalue())
    with pytest.raises(UnreadableError) as refused:
        inspect(file)
    assert refused.value.code == "E_XLSX_DAMAGED"


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path):
    file = tmp_path / "other.xlsx"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(UnreadableError) as refused:
        inspect(file)
    assert refused.value.code == "E_XLSX_FORM"
