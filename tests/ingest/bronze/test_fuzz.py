"""1,500 files that went wrong on the way, of every kind we know: nothing wrong comes in, nothing is lost unseen.

Belongs here: mutants made by seed, and what must hold of each. Does not belong here: single cases with their codes
(test_corruptions.py, the tests of each reader). Whatever a mutant does, a row in bronze is a row that was sent, value
for value, and a row that is not there is in quarantine, refused with its file, or told.
"""

import io
import json
import random
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from tests.ingest import made_files as f
from tests.ingest.bronze.test_corruptions import PEOPLE, TOWNSHIPS, Desk

Grid = list[list[str]]
Change = Callable[[random.Random, Grid], Grid]
SEEDS = range(17)


def grid() -> Grid:
    return [list(f.LABELS), *(f.texts(row) for row in PEOPLE)]


def at(rng: random.Random, rows: Grid) -> int:
    """A place among the data rows, heading excluded."""
    return rng.randrange(1, len(rows))


def insert(line: Callable[[random.Random, int], list[str]]) -> Change:
    def change(rng: random.Random, rows: Grid) -> Grid:
        place = at(rng, rows)
        return [*rows[:place], line(rng, len(rows[0])), *rows[place:]]

    return change


def second_order(rng: random.Random, rows: Grid) -> Grid:
    """The rest of the list under a heading of its own, in another order of columns."""
    place, order = at(rng, rows), rng.sample(range(len(rows[0])), len(rows[0]))
    return [*rows[:place], *([row[i] for i in order] for row in [rows[0], *rows[place:]])]


def other_order(rng: random.Random, rows: Grid) -> Grid:
    order = rng.sample(range(len(rows[0])), len(rows[0]))
    return [[row[i] for i in order] for row in rows]


def column(heading: str, cell: str) -> Change:
    def change(rng: random.Random, rows: Grid) -> Grid:
        place = rng.randrange(len(rows[0]) + 1)
        return [[*row[:place], cell if n else heading, *row[place:]] for n, row in enumerate(rows)]

    return change


def side_by_side(rng: random.Random, rows: Grid) -> Grid:
    half = at(rng, rows)
    left, right = rows[:half], [rows[0], *rows[half:]]
    height, blank = max(len(left), len(right)), [""] * len(rows[0])
    return [(left[n] if n < len(left) else blank) + (right[n] if n < len(right) else blank) for n in range(height)]


def one_cell(*columns: int, become: Callable[[random.Random, str], str]) -> Change:
    def change(rng: random.Random, rows: Grid) -> Grid:
        place, cell = at(rng, rows), rng.choice(columns)
        rows[place][cell] = become(rng, rows[place][cell])
        return rows

    return change


def within(sign: str) -> Callable[[random.Random, str], str]:
    def become(rng: random.Random, text: str) -> str:
        place = rng.randrange(1, max(len(text), 2))
        return text[:place] + sign + text[place:]

    return become


def choose(*signs: str) -> Callable[[random.Random, str], str]:
    return lambda rng, _: rng.choice(signs)


TITLES = ("2024年1月发放名册", "第 2 页 共 9 页", "填报单位：某街道办事处")
NUMBERS = ("1,5", "10，25", "1 2", "10²", "①", "1,23,456", "壹佰", "1e", "--5", "5-", "0x1F", "1.2.3")
DATES = ("2023-1-1 8", "2023-13-01", "2023-02-30", "24:00", "2024-01-03 99:99", "01/02/2024", "明年", "45294")
# What is done to the table, whatever its format.
TABLES: dict[str, Change] = {
    "second table, other order": second_order,
    "heading again": insert(lambda _, __: list(f.LABELS)),
    "columns in another order": other_order,
    "unknown column": column("备用", "甲"),
    "column without heading": column("", "乙"),
    "blank column": column("", ""),
    "blank line": insert(lambda _, width: [""] * width),
    "title between": insert(lambda rng, width: [rng.choice(TITLES), *[""] * (width - 1)]),
    "total between": insert(lambda rng, width: [rng.choice(("合计", "小计", "总计")), *[""] * (width - 1)]),
    "titles above": lambda rng, rows: [[t, *[""] * (len(rows[0]) - 1)] for t in rng.sample(TITLES, 2)] + rows,
    "side by side": side_by_side,
    "a row twice": lambda rng, rows: [*rows, rows[at(rng, rows)]],
    "a number that is none": one_cell(4, 5, become=choose(*NUMBERS)),
    "a date that is none": one_cell(2, 3, become=choose(*DATES)),
    "an error cell": one_cell(0, 1, 2, 4, become=choose("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?")),
    "a required cell blank": one_cell(0, 1, become=choose("", " ", "\u3000", "\u00a0")),
    "a zero-width sign": one_cell(0, 1, become=within("\u200b")),
    "a control sign": one_cell(0, 1, become=within("\x01")),
    "a sign that turns the direction": one_cell(0, 1, become=within("\u202e")),
    "a placeholder for a number": one_cell(0, become=choose("无", "不详", "000000000000000000", "111111111111111111")),
}


def web_page(rows: Grid) -> bytes:
    def cells(row: list[str], tag: str) -> str:
        escaped = (c.replace("&", "&amp;").replace("<", "&lt;") for c in row)
        return "<tr>" + "".join(f"<{tag}>{c}</{tag}>" for c in escaped) + "</tr>"

    return ("<html><table>" + "".join(cells(row, "td") for row in rows) + "</table></html>").encode()


def workbook(rows: Grid) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("Sheet1")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return out.getvalue()


WRITERS: dict[str, Callable[[Grid], bytes]] = {
    "csv": lambda rows: f.csv(rows[1:], rows[0]),
    "csv of Excel": lambda rows: f.csv(rows[1:], rows[0], encoding="gb18030"),
    "semicolons": lambda rows: f.csv(rows[1:], rows[0], encoding="utf-8-sig", separator=";", ending="\n"),
    "xlsx": workbook,
    "web page": web_page,
}


def line(change: Callable[[random.Random, str], str]) -> Callable[[random.Random, list[str]], list[str]]:
    def damage(rng: random.Random, lines: list[str]) -> list[str]:
        place = rng.randrange(1, len(lines) - 1)
        return [*lines[:place], change(rng, lines[place]), *lines[place + 1 :]]

    return damage


def outside_quotes(text: str) -> list[int]:
    """Places before which a sign would stand between or within cells that are not quoted."""
    return [n for n in range(1, len(text)) if text[:n].count('"') % 2 == 0]


def separator_more(rng: random.Random, text: str) -> str:
    place = rng.choice(outside_quotes(text))
    return text[:place] + "," + text[place:]


def separator_less(rng: random.Random, text: str) -> str:
    place = rng.choice([n for n in outside_quotes(text) if text[n] == ","])
    return text[:place] + text[place + 1 :]


def without(sign: str) -> Callable[[random.Random, str], str]:
    def change(rng: random.Random, text: str) -> str:
        places = [n for n, c in enumerate(text) if c == sign]
        place = rng.choice(places) if places else len(text)
        return text[:place] + text[place + 1 :]

    return change


def joined(rng: random.Random, lines: list[str]) -> list[str]:
    place = rng.randrange(1, len(lines) - 2)
    return [*lines[:place], lines[place] + lines[place + 1], *lines[place + 2 :]]


def broken(rng: random.Random, lines: list[str]) -> list[str]:
    place = rng.randrange(1, len(lines) - 1)
    cut = rng.randrange(1, len(lines[place]))
    return [*lines[:place], lines[place][:cut], lines[place][cut:], *lines[place + 1 :]]


# What is done to the lines of a CSV.
LINES: dict[str, Callable[[random.Random, list[str]], list[str]]] = {
    "a separator too many": line(separator_more),
    "a separator lost": line(separator_less),
    "a quote too many": line(within('"')),
    "a quote lost": line(without('"')),
    "separators behind one line": line(lambda rng, text: text + "," * rng.randrange(1, 3)),
    "separators behind all lines": lambda rng, lines: [text and text + ",," for text in lines],
    "two lines in one": joined,
    "one line in two": broken,
    "a line twice": lambda rng, lines: [*lines[:-1], lines[rng.randrange(1, len(lines) - 1)], ""],
    "a byte order mark within": line(lambda _, text: "\ufeff" + text),
    "a nought": line(within("\x00")),
}


def cut(rng: random.Random, content: bytes) -> bytes:
    """Anywhere but at the end of a line, where what is left is a whole file."""
    return content[: rng.choice([n for n in range(1, len(content)) if content[n - 1] not in b"\r\n"])]


def one_line_in_another_encoding(rng: random.Random, content: bytes) -> bytes:
    lines = content.split(b"\r\n")
    place = rng.randrange(1, len(lines) - 1)
    lines[place] = lines[place].decode().encode("gb18030")
    return b"\r\n".join(lines)



BYTES: dict[str, Callable[[random.Random, bytes], bytes]] = {
    "cut": cut,
    "one line in another encoding": one_line_in_another_encoding,
}


def _object(change: Callable[[random.Random, list[dict]], object]) -> Callable[[random.Random], bytes]:
    def write(rng: random.Random) -> bytes:
        records = f.objects(PEOPLE)
        made = change(rng, records)
        return json.dumps(records if made is None else made, ensure_ascii=False).encode()

    return write


def _cut_json(write: Callable) -> Callable[[random.Random], bytes]:
    return lambda rng: cut(rng, write(PEOPLE))


SEPARATOR = "\u2028"
ANSWERS = ("code", "status", "errcode", "resultCode", "success", "ret")
# What interfaces send.
JSON: dict[str, Callable[[random.Random], bytes]] = {
    "an array cut": _cut_json(f.array),
    "a page cut": _cut_json(f.page),
    "lines cut": _cut_json(f.lines),
    "a name left out": _object(lambda rng, r: r[rng.randrange(10)].pop(rng.choice(f.LABELS)) and None),
    "an id as a number": _object(lambda rng, r: r[rng.randrange(10)].update(身份证号=370602194001010011)),
    "nested": _object(lambda rng, r: r[rng.randrange(10)].update(姓名={"姓": "王"})),
    "records deep inside": _object(
        lambda rng, r: {"code": 0, rng.choice(("data", "result")): {rng.choice(("records", "rows", "list")): r}}
    ),
    "two lists": _object(lambda rng, r: {"fields": [{"id": n} for n in f.LABELS], rng.choice(("records", "rows")): r}),
    "an error with rows": _object(lambda rng, r: {rng.choice(ANSWERS[:4]): 500, "msg": "系统异常", "data": r}),
    "an error without rows": _object(
        lambda rng, _: {rng.choice(ANSWERS[:4]): rng.choice((500, "500", 401, -1)), "msg": "未登录", "data": []}
    ),
    "fewer than told": _object(lambda rng, r: {"code": 0, "total": 10, "data": r[: rng.randrange(1, 10)]}),
    "a line separator in a text": lambda rng: f.lines(PEOPLE).replace("李四".encode(), f"李{SEPARATOR}四".encode()),
}


def mutants() -> dict[str, bytes]:
    """Name (with its seed) -> bytes."""
    found: dict[str, bytes] = {}
    for seed in SEEDS:
        for name, change in TABLES.items():
            for writer, write in WRITERS.items():
                rng = random.Random(f"{name}|{seed}")
                if seed < 4 or writer == "csv":
                    found[f"{name} / {writer} / {seed}"] = write(change(rng, grid()))
        for name, damage in LINES.items():
            rng = random.Random(f"{name}|{seed}")
            lines = damage(rng, f.csv(PEOPLE).decode().split("\r\n"))
            found[f"{name} / lines / {seed}"] = "\r\n".join(lines).encode()
        for name, write in JSON.items():
            found[f"{name} / json / {seed}"] = write(random.Random(f"{name}|{seed}"))
    for seed in range(260):
        for name, harm in BYTES.items():
            found[f"{name} / bytes / {seed}"] = harm(random.Random(f"{name}|{seed}"), f.csv(PEOPLE))
    return found


ALL = mutants()
# A desk has as many names for files as there are townships.
PARTS = -(-len(ALL) // len(TOWNSHIPS))
# Here one value may come in as another, and the department is told where: a sign for "no value" is a blank, the half of
# a torn line that looks whole is a row, and in a file cut behind a separator the last cell is blank.
TOLD_WITH_ONE_WRONG = ("a placeholder", "an error cell", "a name left out", "one line in two", "cut / bytes")


def test_there_are_enough() -> None:
    assert len(ALL) >= 1500
    assert len({name.partition(" / ")[0] for name in ALL}) >= 40


@pytest.mark.parametrize("part", range(PARTS))
def test_no_mutant_is_silent(tmp_path: Path, part: int) -> None:
    desk = Desk(tmp_path)
    files = {name: content for n, (name, content) in enumerate(ALL.items()) if n % PARTS == part}
    found = desk.judge(files)
    bad = []
    for name, (result, wrong) in found.items():
        kept = pl.read_parquet(desk.paths.bronze / "F98" / result.folder / "rows.parquet")["id_no"].to_list()
        wrong = [row for row in wrong if SEPARATOR not in row[1]]  # as it was sent
        lost = {row[0] for row in PEOPLE} - set(kept)
        is_told = result.status == "quarantined" or result.rows_quarantined or result.notices
        most = 1 if is_told and name.startswith(TOLD_WITH_ONE_WRONG) else 0
        if len(wrong) > most or (lost and not is_told):
            bad.append((name, result.status, result.breaker_code, len(wrong), len(lost), result.notices, wrong[:1]))
    assert not bad, f"{len(bad)} silent\n" + "\n".join(map(str, bad[:40]))
