"""The answers as the workbook they would have been written into: what goes into the inbox.

Belongs here: the issued workbook's sheets with the answers in them, as cells and as a file. Does not belong here:
judging. It holds the sheets intake looks at, and its rows where they stood, so that receipts speak of the same rows.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from pipelines.give.inbox.reader import Book, Cell
from pipelines.give.page.asked import Asked
from pipelines.give.page.said import Answer
from pipelines.give.returns.columns import ANOMALIES, RECEIPT, SIGN_OFF, SIGN_OFF_COLUMN, SIGN_OFF_ROW
from pipelines.kit.office.styles import workbook_bytes

_COLUMNS = ("answer", "new_value", "note")


def answered(asked: Asked, answers: Mapping[str, Answer], officer: str, today: date) -> Book:
    """The cells of the set's workbook with these answers, by ticket id, and who gave them."""
    places, sheet = asked.identity.form.places, [list(row) for row in asked.book.sheets[ANOMALIES]]
    for ticket_id, answer in answers.items():
        line = sheet[asked.rows[ticket_id].number - 1]
        line += [""] * (max(places.values()) + 1 - len(line))
        for name in _COLUMNS:
            line[places[name]] = getattr(answer, name)
    receipt = [list(row) for row in asked.book.sheets.get(RECEIPT, [])]
    _sign(receipt, {"officer": officer, "date": today.isoformat()})
    return replace(asked.book, sheets={**asked.book.sheets, ANOMALIES: sheet, RECEIPT: receipt})


def file_of(book: Book, as_of: date, title: str) -> bytes:
    """The workbook; equal cells give equal bytes."""
    with workbook_bytes(as_of, title) as (written, formats, out):
        for name, rows in book.sheets.items():
            sheet = written.add_worksheet(name)
            for r, row in enumerate(rows):
                for c, cell in enumerate(row):
                    _write(sheet, r, c, cell, formats)
    return out.getvalue()


def _sign(receipt: list[list[Cell]], given: Mapping[str, str]) -> None:
    for place, (name, _) in enumerate(SIGN_OFF):
        if name in given and len(receipt) > SIGN_OFF_ROW + place:
            line = receipt[SIGN_OFF_ROW + place]
            line += [""] * (SIGN_OFF_COLUMN + 1 - len(line))
            line[SIGN_OFF_COLUMN] = given[name]


def _write(sheet, row: int, column: int, cell: Cell, formats: dict) -> None:
    if isinstance(cell, bool | datetime | date):
        raise TypeError(f"a workbook of ours holds texts and numbers, not {type(cell).__name__}")
    if isinstance(cell, int | float):
        sheet.write_number(row, column, cell)
    elif cell != "":
        sheet.write_string(row, column, str(cell))
