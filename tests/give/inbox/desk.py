"""Editing a workbook as a person would, and judging it without a lake."""

import io
from collections.abc import Callable
from dataclasses import replace

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.give.inbox.check import RowResult, check_rows
from pipelines.give.inbox.identity import check_addressee, identify
from pipelines.give.inbox.reader import Book, Cell, read_book
from pipelines.give.returns.columns import ANOMALIES, COL
from pipelines.judge.rules import load_rules
from pipelines.kit.security.keys import KeyProvider
from pipelines.kit.security.signature import RowSigner

OPEN = ("returned", "township")
# Rows of the sample workbook, as the spreadsheet numbers them.
R20, R17, R22, R11, R11_B = range(4, 9)
GRID = "370602001001002 北大街社区第2网格"


def edit(content: bytes, change: Callable[[openpyxl.Workbook], None]) -> bytes:
    """The workbook after a person has changed something and saved it."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def fill_in(content: bytes, answers: dict[int, tuple]) -> bytes:
    """Sheet row -> (answer, value, note), written into the answer columns."""

    def write(book: openpyxl.Workbook) -> None:
        for row, given in answers.items():
            for name, value in zip(("answer", "new_value", "note"), given, strict=False):
                cell(book[ANOMALIES], row, name).value = value

    return edit(content, write)


def cell(sheet: Worksheet, row: int, column: str):
    """A cell of 异常清单 by sheet row and column name."""
    return sheet.cell(row, COL[column] + 1)


def judge(
    content: bytes, keys: KeyProvider, addressed: tuple[str, ...] = ("",), tickets: dict | None = None
) -> list[RowResult]:
    """What intake would say about the rows of one file. Raises Refused."""
    return judge_book(read_book(content), keys, addressed, tickets)


def judge_book(
    book: Book,
    keys: KeyProvider,
    addressed: tuple[str, ...] = ("",),
    tickets: dict | None = None,
    rules: dict | None = None,
    known: dict | None = None,
) -> list[RowResult]:
    """The same of cells that were read already. Raises Refused."""
    identity = identify(book, keys)
    check_addressee(identity, addressed)
    states = dict.fromkeys(identity.groups, OPEN) | (tickets or {})
    return check_rows(book, identity, RowSigner(keys, identity.set_id), rules or load_rules(), states, known or {})


def with_cell(book: Book, row: int, column: str, value: Cell, sheet: str = ANOMALIES) -> Book:
    """The book with another value in one cell of 异常清单 (sheet row, column name)."""
    rows = [list(cells) for cells in book.sheets[sheet]]
    rows[row - 1][COL[column]] = value
    return replace(book, sheets={**book.sheets, sheet: rows})


def by_row(results: list[RowResult]) -> dict[int, RowResult]:
    """Results by sheet row."""
    return {r.sheet_row: r for r in results}
