"""The pictures of docs/镇街使用说明.md, drawn from the workbook and the receipt as they are now.

Belongs here: what each picture shows and how it is drawn. `python -m tests.give.returns.pictures` draws all of them
anew and records in shown.json what they show, by which test_pictures.py knows them to be out of date. Does not belong
here: any word of the workbook. Needs LibreOffice and poppler (pdftoppm, pdftotext). All people are invented.
"""

import hashlib
import html
import io
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet
from PIL import Image, ImageChops, ImageDraw, ImageFont

from pipelines.give.inbox.receipt import Handed, build_receipt
from pipelines.give.returns.columns import ANOMALIES, ANOMALY_SHEET, COL, GUIDE, RECEIPT, TOWNSHIP
from pipelines.give.returns.own_rows import SOURCE_REF
from pipelines.give.returns.workbook import build_workbook
from pipelines.judge.ledger.ticket_numbers import short
from pipelines.judge.rules import load_rules
from pipelines.judge.wording import Wording
from pipelines.kit.contracts import load_contracts
from pipelines.kit.office.sheets import load_sheets
from pipelines.kit.paths import PROJECT_ROOT, Paths
from pipelines.kit.security.keys import KeyProvider
from tests.give.inbox.desk import GRID, R11, R11_B, R17, R20, R22, edit, fill_in, judge
from tests.give.returns.sample import AS_OF, township_return

FOLDER = PROJECT_ROOT / "docs" / "pictures"
RECORD = FOLDER / "shown.json"
BOOK, SLIP = "workbook", "receipt"
_DPI, _MARGIN, _FOOTER = 130, 12, 0.06
_RED, _COLOURS = "#C00000", 64
_MISSING = {"grid_defect": "missing", "grid_code": ""}
# Of the rules' examples, what differs between the three of R11.
_ASKED = (
    {}, {}, {},
    {"house_address": "北大街12号3单元201", "living_type": "自有", "house_grid_code": "370602001001002", **_MISSING},
    {"house_address": "北大街15号1单元102"},
    {"house_address": "北大街18号2单元301", "living_type": "自有", **_MISSING},
)
_VALUES = {"R20": "", "R22": ""}  # they ask about no value of a column
_APART = ("feed", "name", "id_no", "village_name")
_ANSWERS = {R20: ("确认健在", "", "上门见到本人"), R17: ("确认已死亡",), R22: ("已通知申领",), R11: ("更正网格", GRID)}


@dataclass(frozen=True)
class Picture:
    """A part of a sheet. `landmark`: how a word of its page begins; `since`: the heading of its first column, `until`:
    how a word of the line it ends before begins, '' for all; `marks`: headings that are numbered; `opened`: the row of
    异常清单 whose drop-down is open, as the spreadsheet numbers it."""

    name: str
    book: str
    sheet: str
    landmark: str
    since: str = ""
    until: str = ""
    marks: tuple[str, ...] = ()
    opened: int = 0


# What people see of 异常清单: its running number and its columns.
_COLUMNS = (ANOMALY_SHEET.written[0], *ANOMALY_SHEET.columns)
_FILLED = tuple(c.heading for c in _COLUMNS if c.is_filled)
PICTURES = (
    Picture("guide", BOOK, GUIDE, "数据返还说明", until="三、"),
    Picture("list", BOOK, ANOMALIES, "异常清单（"),
    Picture("answering", BOOK, ANOMALIES, "异常清单（", since="问题说明", marks=_FILLED, opened=R11_B),
    Picture("sign_off", BOOK, RECEIPT, "上一次答复的处理情况"),
    Picture("receipt", SLIP, RECEIPT, "数据返还回执"),
)


def books(folder: Path) -> dict[str, bytes]:
    """The workbook half answered and signed, and the receipt of one that was sent with a mistake."""
    data = township_return(periods=dict.fromkeys(load_sheets(TOWNSHIP), "2024年1月"))
    others = zip(data.anomalies, _ASKED, strict=True)
    asked = tuple(replace(a, evidence=_evidence(a.rule_id, other), value=_VALUES.get(a.rule_id, a.value))
                  for a, other in others)  # fmt: skip
    keys = KeyProvider(Paths(folder))
    blank = build_workbook(replace(data, anomalies=asked), keys)
    sent = fill_in(blank, {**_ANSWERS, R11_B: ("更正网格", "第三网格")})
    rows = judge(sent, keys)
    handed = Handed("返还_向阳街道_20240131.xlsx", 1, data.place, data.due_on.isoformat())
    slip = build_receipt(AS_OF, handed, "", rows, load_rules())
    return {BOOK: edit(fill_in(blank, _ANSWERS), _sign), SLIP: slip}


def _evidence(rule_id: str, other: Mapping[str, str]) -> str:
    """依据 of a rule's example, as the workbook words it."""
    rule = load_rules()[rule_id]
    facts = {k: v for k, v in (dict(rule.example) | other).items() if k not in _APART and not SOURCE_REF.fullmatch(v)}
    told = Wording(load_contracts(), {}).evidence(rule, facts, rule.example["feed"])
    return "；".join(f"{label}：{words}" for label, words in told.items())


def _sign(book: openpyxl.Workbook) -> None:
    for row, text in enumerate(("李明（虚构）", "0535-0000000", "2024-02-05", "王芳（虚构）"), 4):
        book[RECEIPT].cell(row, 2).value = text


def shown(made: Mapping[str, bytes]) -> dict[str, str]:
    """Picture -> SHA-256 of all that people see in its sheet, and of what is drawn on it."""
    opened = {name: openpyxl.load_workbook(io.BytesIO(content)) for name, content in made.items()}
    drawn = {p.name: [vars(p), _choices() if p.opened else []] for p in PICTURES}
    return {p.name: _digest([*drawn[p.name], _seen(opened[p.book][p.sheet])]) for p in PICTURES}


def _digest(content: list) -> str:
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def _seen(sheet: Worksheet) -> list:
    """Widths, texts and colours of the columns that are not hidden."""
    told = [(c.min, c.max, c.width) for c in sheet.column_dimensions.values() if not c.hidden]
    cells = [
        (cell.coordinate, cell.value, cell.fill.fgColor.rgb, cell.font.b)
        for row in sheet.iter_rows() for cell in row
        if cell.value is not None and any(first <= cell.column <= last for first, last, _ in told)
    ]  # fmt: skip
    return [sorted(told), cells]


def _choices() -> list[str]:
    """What the drop-down of R11 offers."""
    return [choice.code for question in township_return().questions if question.rule_id == "R11"
            for choice in question.choices]  # fmt: skip


def main() -> int:
    """Draw all pictures anew and record what they show."""
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        made = books(folder)
        for name, content in made.items():
            (folder / f"{name}.xlsx").write_bytes(content)
            _office(folder, f"{name}.xlsx")
        FOLDER.mkdir(exist_ok=True)
        for picture in PICTURES:
            _drawn(picture, folder / f"{picture.book}.pdf").save(FOLDER / f"{picture.name}.png", optimize=True)
    RECORD.write_text(json.dumps(shown(made), indent=1) + "\n", encoding="utf-8")
    return 0


def _office(folder: Path, name: str) -> None:
    profile = f"-env:UserInstallation=file://{folder}/profile"
    subprocess.run(["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, folder / name],
                   check=True, capture_output=True)  # fmt: skip


@dataclass(frozen=True)
class _Word:
    """A word of a page and its box, in pixels."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


def _drawn(picture: Picture, pdf: Path) -> Image.Image:
    number, words = next(
        (number, words) for number, words in enumerate(_pages(pdf), 1)
        if any(w.text.startswith(picture.landmark) for w in words)
    )  # fmt: skip
    command = ["pdftoppm", "-r", str(_DPI), "-f", str(number), "-l", str(number), "-png", pdf]
    page = Image.open(io.BytesIO(subprocess.run(command, check=True, capture_output=True).stdout)).convert("RGB")
    left, top, right, bottom = _inked(page.crop((0, 0, page.width, int(page.height * (1 - _FOOTER)))))
    edges = _edges(left, right)
    if picture.opened:
        bottom = max(bottom, _drop_down(page, words, edges, picture.opened))
    for place, heading in enumerate(picture.marks, 1):
        _mark(page, next(w for w in words if w.text == heading), str(place))
    if picture.since:
        heading = next(w for w in words if w.text == picture.since)
        left = _border(page, edges[[c.heading for c in _COLUMNS].index(picture.since)], heading.top, (1, 0))[0]
    if picture.until:
        bottom = next(w.top for w in words if w.text.startswith(picture.until)) - 3 * _MARGIN
    box = (int(left - (0 if picture.since else _MARGIN)), top - _MARGIN, right + _MARGIN, int(bottom + _MARGIN))
    return page.crop(box).quantize(_COLOURS, dither=Image.Dither.NONE)


def _pages(pdf: Path) -> list[list[_Word]]:
    told = subprocess.run(["pdftotext", "-bbox", pdf, "-"], check=True, capture_output=True, text=True).stdout
    word = re.compile(r'<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)</word>')
    return [
        [_Word(html.unescape(text), *(float(n) * _DPI / 72 for n in box)) for *box, text in word.findall(page)]
        for page in told.split("</page>")
    ]


def _inked(page: Image.Image) -> tuple[int, int, int, int]:
    """The box of all that is not white."""
    return ImageChops.difference(page, Image.new("RGB", page.size, "white")).getbbox()


def _edges(left: float, right: float) -> list[float]:
    """Left edges of the columns of 异常清单 that people see, and the right edge of the last."""
    widths = [c.width for c in _COLUMNS]
    return [left + (right - left) * sum(widths[:n]) / sum(widths) for n in range(len(widths) + 1)]


def _border(page: Image.Image, x: float, y: float, step: tuple[int, int]) -> tuple[int, int]:
    """Where a cell ends, from a point of it that is not written on."""
    x, y = inside = int(x), int(y)
    while page.getpixel((x, y)) == page.getpixel(inside):
        x, y = x + step[0], y + step[1]
    return x, y


def _font(size: int) -> ImageFont.FreeTypeFont:
    command = ["fc-match", "-f", "%{file}", "sans:lang=zh-cn"]
    return ImageFont.truetype(subprocess.run(command, check=True, capture_output=True, text=True).stdout, size)


def _mark(page: Image.Image, heading: _Word, text: str) -> None:
    """A number in a circle above a heading."""
    x, y, r = (heading.left + heading.right) / 2, heading.top - 24, 13
    draw = ImageDraw.Draw(page)
    draw.ellipse((x - r, y - r, x + r, y + r), fill=_RED)
    draw.text((x, y), text, fill="white", font=_font(18), anchor="mm")


def _drop_down(page: Image.Image, words: list[_Word], edges: list[float], row: int) -> float:
    """The list of a row of R11 open below its cell, as office programs show it; returns where it ends."""
    ticket = short(township_return().anomalies[row - ANOMALY_SHEET.first_row - 1].ticket_id)
    line = next(w for w in words if w.text == ticket)
    left, right = edges[COL["answer"]], edges[COL["answer"] + 1]
    top = _border(page, left + 4, (line.top + line.bottom) / 2, (0, 1))[1]
    draw, height = ImageDraw.Draw(page), 26
    bottom = top + height * len(_choices()) + 4
    draw.rectangle((right, top - height, right + 20, top), fill="#E7E6E6", outline="#7F7F7F")
    draw.polygon([(right + 5, top - 16), (right + 15, top - 16), (right + 10, top - 9)], fill="#404040")
    draw.rectangle((left, top, right + 20, bottom), fill="white", outline="#404040")
    for place, choice in enumerate(_choices()):
        draw.text((left + 8, top + 2 + height * (place + 0.5)), choice, fill="#1F2D3D", font=_font(15), anchor="lm")
    return bottom


if __name__ == "__main__":
    sys.exit(main())
