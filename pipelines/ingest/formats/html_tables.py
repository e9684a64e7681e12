"""Tables of web pages: what many systems export as "Excel".

Belongs here: cells of the tables of an HTML file, or of one wrapped up as a message (MHTML, "single file web page"), as
a sheet has them. Does not belong here: the contract. Opening such a file in Excel and saving it anew turns its ids into
numbers, so it is read as it is.
"""

import email
import email.policy
import re
from html.parser import HTMLParser
from pathlib import Path

from pipelines.ingest.formats import encoding as enc
from pipelines.ingest.formats.grids import Grid, squared
from pipelines.ingest.values.table import UnreadableError

_CELLS = ("td", "th")
_PAGE = ("body", "html")
_HIDDEN = ("script", "style")
# Parts of a cell that a page may hide, as export tools do with keys to sort by.
_INLINE = ("span", "div", "p", "a", "b", "i", "em", "strong", "font", "small", "label")
_UNSEEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all)", re.I)
_SPAN = 1_000
# Cells that merged ones cover: each is remembered by itself, and one tag may claim a million.
_MOST_COVERED = 5_000_000
_LARGEST = 256 << 20


def tables(file: Path) -> tuple[list[Grid], list[str]]:
    """(tables with a cell, no hidden ones). Raises UnreadableError: E_WEB_PAGE without a table, E_HTML for a page cut
    inside one, E_ENCODING, E_ZIP_BOMB."""
    return _tables([_content(file)])


def wrapped_tables(file: Path) -> tuple[list[Grid], list[str]]:
    """Likewise of every page in a message."""
    message = email.message_from_bytes(_content(file).lstrip(), policy=email.policy.default)
    pages = [part.get_payload(decode=True) for part in message.walk() if part.get_content_type() == "text/html"]
    return _tables(pages)


def _content(file: Path) -> bytes:
    if file.stat().st_size > _LARGEST:
        raise UnreadableError("E_ZIP_BOMB")
    return file.read_bytes()


def _tables(pages: list[bytes]) -> tuple[list[Grid], list[str]]:
    found: list[Grid] = []
    for page in pages:
        parser = _Parser()
        parser.feed(page.decode(enc.sniff(page)))
        parser.close()
        if parser.is_cut:
            raise UnreadableError("E_HTML")
        found += parser.found
    found = squared(found)
    if not found:
        raise UnreadableError("E_WEB_PAGE")
    for number, table in enumerate(found, start=1):
        table.name = f"表{number}"
    return found, []


class _Parser(HTMLParser):
    """Cells of all tables in order; a table inside a cell is a table of its own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Grid] = []
        self._open: list[tuple[Grid, set[tuple[int, int]]]] = []
        self._text: list[str] | None = None
        self._span = (1, 1)
        self._covered = 0
        self._muted = 0
        self._unseen: list[str] = []  # tags open since one that is not shown
        self._ended = False

    @property
    def is_cut(self) -> bool:
        """Whether the page ends inside a table; one that is never closed is sloppy, when the page itself is."""
        return bool(self._open) and not self._ended

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _INLINE and (self._unseen or _is_unseen(attrs)):
            self._unseen.append(tag)
        elif tag in _HIDDEN:
            self._muted += 1
        elif tag == "table":
            self._end_cell()
            self._open.append((Grid(), set()))
            self.found.append(self._open[-1][0])
        elif tag == "tr" and self._open:
            self._end_cell()
            self._open[-1][0].grid.append([])
        elif tag in _CELLS and self._open:
            self._end_cell()
            if not self._open[-1][0].grid:
                self._open[-1][0].grid.append([])
            said = dict(attrs)
            self._text, self._span = [], (_count(said.get("rowspan")), _count(said.get("colspan")))
        elif tag == "br" and self._text is not None:
            self._text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self._unseen and tag == self._unseen[-1]:
            self._unseen.pop()
        elif tag in _HIDDEN:
            self._muted = max(0, self._muted - 1)
        elif tag in (*_CELLS, "tr"):
            self._end_cell()
        elif tag == "table" and self._open:
            self._end_cell()
            self._open.pop()
        elif tag in _PAGE:
            self._ended = True

    def handle_data(self, data: str) -> None:
        if self._text is not None and not self._muted and not self._unseen:
            self._text.append(data)

    def _end_cell(self) -> None:
        self._unseen.clear()
        if self._text is None or not self._open:
            return
        table, taken = self._open[-1]
        grid, row = table.grid, len(table.grid) - 1
        while (row, len(grid[row])) in taken:
            grid[row].append("")
        column = len(grid[row])
        down, right = self._span
        self._covered += down * right - 1
        if self._covered > _MOST_COVERED:
            raise UnreadableError("E_ZIP_BOMB", "合并的单元格过多")
        grid[row] += ["".join(self._text).strip()] + [""] * (right - 1)
        for below in range(row + 1, row + down):
            taken |= {(below, c) for c in range(column, column + right)}
        if down > 1 or right > 1:
            table.merged_cell_ranges.append(((row, column), (row + down - 1, column + right - 1)))
        self._text = None


def _count(span: str | None) -> int:
    return min(int(span), _SPAN) if span and span.isdecimal() and int(span) > 0 else 1


def _is_unseen(attrs: list[tuple[str, str | None]]) -> bool:
    said = dict(attrs)
    return "hidden" in said or _UNSEEN.search(said.get("style") or "") is not None
