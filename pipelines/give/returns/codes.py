"""The hidden sheet _codes: what drop-downs offer, a list a column.

Belongs here: which lists there are and where each stands. Does not belong here: which cells offer which (sheet.py,
anomaly_sheet.py).
"""

from collections.abc import Mapping, Sequence

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook

from pipelines.give.returns.columns import CODES
from pipelines.give.returns.model import Cells, TownshipReturn
from pipelines.kit.office.styles import clean, letter


class Codes:
    """The lists of one workbook: those of expectations/sheets/lists by name, then the answers of each rule by id."""

    def __init__(self, data: TownshipReturn) -> None:
        answers = {q.rule_id: [choice.code for choice in q.choices] for q in data.questions}
        self._lists: Mapping[str, Sequence[str]] = {
            **{name: labels(entries) for name, entries in data.values.items()}, **answers,
        }  # fmt: skip

    def offers(self, name: str) -> bool:
        """Whether there is such a list, and anything in it."""
        return bool(self._lists.get(name))

    def drop_down(self, name: str, title: str, text: str) -> dict:
        """What xlsxwriter wants for cells that offer a list; title and text are shown beside the cell."""
        column = letter(list(self._lists).index(name))
        return {
            "validate": "list",
            "source": f"={CODES}!${column}$2:${column}${len(self._lists[name]) + 1}",
            "input_title": title,
            "input_message": text[:250],
            "error_title": "请从下拉列表选择",
            "error_message": "这里只能选下拉列表中的内容。",
        }

    def write(self, book: Workbook, formats: dict[str, Format]) -> None:
        sheet = book.add_worksheet(CODES)
        for c, (name, items) in enumerate(self._lists.items()):
            for r, text in enumerate((name, *items)):
                sheet.write_string(r, c, clean(text), formats["hidden"])
        sheet.very_hidden()


def labels(entries: Sequence[Cells]) -> list[str]:
    """Drop-down texts of a list's entries: code, then label."""
    return [clean(f"{code} {label}".strip()) for code, label in entries]
