"""xlsxwriter, with long lists of text written five times as fast into the same bytes.

Belongs here: the one thing xlsxwriter is slow at, a cell at a time: many rows of text that all look alike. Does not
belong here: looks (styles.py), what a table is (table.py). How a row and a cell are spelled is asked of xlsxwriter
itself, once a list, so the two cannot part; a test holds them side by side.
"""

import io
import re
from collections.abc import Sequence

from xlsxwriter.format import Format
from xlsxwriter.packager import Packager
from xlsxwriter.sharedstrings import SharedStrings, SharedStringTable
from xlsxwriter.utility import _utf16_truncate
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import CellStringTuple, Worksheet

# The last row of a sheet stands in the pattern for the row; no number in a pattern is as long.
_LAST = 1_048_575
_MOST_UNITS = 32_767
# Text that stands in XML as it is, and needs no word about blanks at its ends.
_PLAIN = re.compile(r"(?!\s)[^\x00-\x1f&<>_\ufffe\uffff]*(?<!\s)")


class TextSheet(Worksheet):
    """A sheet that may end in one list of text."""

    _ends_in: tuple[int, list[tuple[int, ...]], Sequence[Format]] | None = None

    def end_in(self, top: int, rows: Sequence[Sequence[str]], styles: Sequence[Format]) -> None:
        """Text cells from row `top` on, as wide as `styles`, which format the columns. The row above is as wide, and
        nothing is written below or over them."""
        known = _Indexes(self.str_table)
        places = [tuple(map(known.__getitem__, row)) for row in rows]
        self.str_table.count += len(rows) * len(styles) - len(known)
        self._check_dimensions(top, 0)
        self._check_dimensions(top + len(rows) - 1, len(styles) - 1)
        self._ends_in = top, places, styles

    def _write_rows(self) -> None:
        if self._ends_in is None:
            super()._write_rows()
            return
        top, places, styles = self._ends_in
        last, self.dim_rowmax = self.dim_rowmax, top - 1
        super()._write_rows()
        self.dim_rowmax = last
        pattern = self._pattern(styles)
        self.fh.writelines(pattern.replace("#", str(r)) % cells for r, cells in enumerate(places, top + 1))

    def _pattern(self, styles: Sequence[Format]) -> str:
        """A row as xlsxwriter writes it: # is its number, each %d a text's place in the table of texts."""
        out, self.fh = self.fh, io.StringIO()
        self._write_row(_LAST, f"1:{len(styles)}")
        for c, style in enumerate(styles):
            self._write_cell(_LAST, c, CellStringTuple("%d", style))
        self._xml_end_tag("row")
        out, self.fh = self.fh, out
        return out.getvalue().replace(str(_LAST + 1), "#")


class _Indexes(dict):
    """Text -> its place in the table of texts, which is asked once a text; what no cell can hold is cut."""

    def __init__(self, table: SharedStringTable) -> None:
        super().__init__()
        self._table = table

    def __missing__(self, text: str) -> int:
        fits = text if len(text) <= _MOST_UNITS // 2 else _utf16_truncate(text, _MOST_UNITS)
        place = self[text] = self._table._get_shared_string_index(fits)
        return place


class _Texts(SharedStrings):
    def _write_sst_strings(self) -> None:
        for text in self.string_table.string_array:
            if _PLAIN.fullmatch(text):
                self.fh.write(f"<si><t>{text}</t></si>")
            else:
                self._write_si(text)


class _Parts(Packager):
    def _write_shared_strings_file(self) -> None:
        if self.workbook.str_table.count:
            texts = _Texts()
            texts.string_table = self.workbook.str_table
            texts._set_xml_writer(self._filename("xl/sharedStrings.xml"))
            texts._assemble_xml_file()


class TextBook(Workbook):
    """A workbook of such sheets."""

    worksheet_class = TextSheet

    def _get_packager(self) -> Packager:
        return _Parts()
