"""Workbooks as no township should send them: cells, hidden sheets, rows and bytes changed at random.

Belongs here: the changes, each drawn from a random.Random. Does not belong here: what intake must make of them
(test_mutants.py).
"""

import io
import random
import zipfile
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from pipelines.give.inbox.reader import Book
from pipelines.give.returns.columns import ANOMALIES, ANOMALY_SHEET, CODES, COL, META, RECEIPT
from tests.give.inbox.desk import GRID

FIRST_ROW, WIDTH = ANOMALY_SHEET.first_row, len(ANOMALY_SHEET.written)
GRID_CODE = GRID.split()[0]
BLANKS = ("", " ", "\u00a0", "\u2003", "\u2028", "\u2029", "\u0085", "\u3000", "\t\n", "\x1c", "\u00a0\u2003 ")
ANSWERS = (
    "更正网格", "不是错误", "数据源有误", "确认健在", "确认已死亡", "已通知申领", "本人放弃", "更正 网格", "更正网格。",
)  # fmt: skip
VALUES = (
    GRID, GRID_CODE, f" {GRID_CODE}\u00a0", GRID.replace(" ", "\u2003"), f"{GRID_CODE} 应为 370602001001003",
    f"{GRID} 应为 370602001001003", "370602001001999", "370602002001001", f"{GRID_CODE}0", GRID_CODE[:-1],
    "北大街社区第2网格", f"{GRID_CODE}\u200b", f"'{GRID_CODE}", f"{GRID_CODE}\n370602001001003",
    "３７０６０２００１００１００２",
)  # fmt: skip
TEXTS = (
    "\0", "\x07", "\u202e", "\ufffe", "\u200b", "🀄", "=1+1", "{0}{x}%s", "../../etc/passwd", "a" * 40_000, "NULL",
    "nan", "０", "e\u0301", "\r\n", "_x000D_", "<a>&amp;", "\u0661\u0662",
)  # fmt: skip
ODD = (
    0, 1, -1.5, 10**20, float("nan"), float("inf"), True, False, int(GRID_CODE), float(GRID_CODE), date(2024, 2, 3),
    datetime(2024, 2, 3, 4, 5), time(1, 2), timedelta(days=3), 370602194001011234,
)  # fmt: skip
DOCUMENTS = (
    "", "null", "[]", "{}", "1e999", "NaN", '"key_id"', "[" * 20_000, '{"key_id":' * 3_000, '{"key_id": "\\ud800"}',
    '{"key_id": null}', '{"key_id": ' + "9" * 5_000 + "}", '{"key_id": {}}', '{"key_id": "k00000000"}',
    '{"key_id": "\\u0000"}',
)  # fmt: skip


def anything(lot: random.Random):
    """The content of a cell."""
    kind = lot.randrange(5)
    if kind == 0:
        return lot.choice(BLANKS)
    if kind == 1:
        return lot.choice(ANSWERS)
    if kind == 2:
        return lot.choice(VALUES)
    if kind == 3:
        return lot.choice(ODD)
    return lot.choice(TEXTS) + lot.choice(BLANKS)


def answer_like(lot: random.Random, column: int):
    """What people write into one of the three columns: mostly what belongs there."""
    if lot.random() < 0.25:
        return anything(lot)
    belonging = {COL["answer"]: ANSWERS, COL["new_value"]: (*VALUES, *BLANKS), COL["note"]: ("已核实", *BLANKS)}
    return lot.choice(belonging[column])


def mutant(book: Book, lot: random.Random) -> Book:
    """The book after one to six changes; most are answers."""
    sheets = {name: [list(row) for row in rows] for name, rows in book.sheets.items()}
    formulas = set(book.formulas)
    for _ in range(lot.randint(1, 6)):
        lot.choices((_answer, _cell, _row, _hidden, _sheet, _formula), (12, 3, 3, 1, 0.3, 1))[0](sheets, formulas, lot)
    return replace(book, sheets=sheets, formulas=frozenset(formulas))


def _answer(sheets: dict, _: set, lot: random.Random) -> None:
    rows = sheets.get(ANOMALIES, [])[FIRST_ROW:]
    for row in lot.sample(rows, min(len(rows), lot.randint(1, 4))):
        for column in (COL["answer"], COL["new_value"], COL["note"]):
            _put(row, column, answer_like(lot, column))


def _cell(sheets: dict, _: set, lot: random.Random) -> None:
    if rows := sheets.get(ANOMALIES):
        _put(lot.choice(rows[FIRST_ROW:] or rows), lot.randrange(WIDTH + 2), anything(lot))


def _row(sheets: dict, formulas: set, lot: random.Random) -> None:
    rows = sheets.get(ANOMALIES, [])
    if len(rows) <= FIRST_ROW + 1:
        return
    at, kind = lot.randrange(FIRST_ROW, len(rows)), lot.randrange(6)
    if kind == 0:
        del rows[at]
    elif kind == 1:
        rows.insert(lot.randrange(FIRST_ROW, len(rows)), list(rows[at]))
    elif kind == 2:
        other = lot.randrange(FIRST_ROW, len(rows))
        rows[at], rows[other] = rows[other], rows[at]
    elif kind == 3:
        rows.insert(at, [lot.choice(BLANKS) for _ in range(lot.randrange(4))])
    elif kind == 4:
        rows[at] = rows[at][: lot.randrange(len(rows[at]) + 1)]
    else:
        rows.append([anything(lot) for _ in range(lot.randrange(1, 20))])


def _hidden(sheets: dict, _: set, lot: random.Random) -> None:
    rows = sheets.get(lot.choice((META, CODES)), [])
    if not rows:
        return
    at = lot.randrange(min(len(rows), 3))
    if lot.random() < 0.7:
        _put(rows[at], lot.randrange(3), lot.choice(DOCUMENTS) if lot.random() < 0.6 else anything(lot))
    else:
        text = str(rows[at][0])
        cut = lot.randrange(len(text) + 1)
        _put(rows[at], 0, text[:cut] + lot.choice(("", "x", '"', "}", "\0")) + text[cut + lot.randrange(3) :])


def _sheet(sheets: dict, _: set, lot: random.Random) -> None:
    name = lot.choice((ANOMALIES, RECEIPT, META, CODES))
    if lot.random() < 0.5:
        sheets.pop(name, None)
    elif name in sheets:
        sheets[name] = sheets[name][: lot.randrange(len(sheets[name]) + 1)]


def _formula(_: dict, formulas: set, lot: random.Random) -> None:
    formulas.add((lot.randrange(FIRST_ROW, FIRST_ROW + 8), lot.randrange(WIDTH + 3)))


def _put(row: list, column: int, value) -> None:
    row.extend("" for _ in range(column + 1 - len(row)))
    row[column] = value


def damaged(content: bytes, lot: random.Random) -> bytes:
    """The file with bytes or members changed, lost, doubled or cut off."""
    kind = lot.randrange(5)
    if kind == 0:
        return content[: lot.randrange(len(content))]
    if kind == 1:
        changed = bytearray(content)
        for _ in range(lot.randint(1, 8)):
            changed[lot.randrange(len(changed))] = lot.randrange(256)
        return bytes(changed)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {m.filename: archive.read(m) for m in archive.infolist()}
    name = lot.choice(sorted(members))
    if kind == 2:
        del members[name]
    elif kind == 3:
        members[name] = _other_xml(members[name], lot)
    else:
        other = lot.choice(("content.xml", "xl/workbook.bin", "XL/WORKBOOK.XML", f"{name}/", "../x", "a\\b"))
        members[other] = members[name]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for each, data in members.items():
            archive.writestr(each, data)
    return out.getvalue()


def _other_xml(data: bytes, lot: random.Random) -> bytes:
    changes = (
        (b' r="', b' q="'), (b"<v>", b"<f>1+1</f><v>"), (b't="s"', b't="str"'), (b"<row ", b"<row hidden='1' "),
        (b"<c ", b"<c s='9999' "), (b"</sheetData>", b""), (b"<si>", b"<si><t>\xc2\xa0</t>"), (b"UTF-8", b"GBK"),
    )  # fmt: skip
    old, new = lot.choice(changes)
    return data.replace(old, new, lot.choice((1, 3, -1)))
