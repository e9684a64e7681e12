"""Writing the workbook a department fills in, empty or with what a feed says today.

Belongs here: sheets, drop-downs, what is filled in beforehand. Does not belong here: which facts there are (layout.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from pipelines.kit.contracts.elements import Element
from pipelines.kit.contracts.feed_file import FeedFile
from pipelines.kit.contracts.workbook.layout import (
    BASIC_FACTS,
    BASICS,
    COLUMNS,
    CONTENT,
    ELEMENTS,
    FETCHED,
    GUIDE,
    ITEM,
    LISTS,
    TOP,
    Fact,
    option,
)
from pipelines.kit.office.column import NUMBER, Column
from pipelines.kit.office.styles import clean, page, row_points, workbook_bytes
from pipelines.kit.office.table import write_head, write_lines, write_table, write_title

_CHOICES = "选项"
# The same content gives the same bytes; the date inside a workbook means nothing here.
_DATE = date(2024, 1, 1)
_TITLE = "基层治理数据合同"
_STEPS = (
    ("用途", "本部门要报送的一种数据，在这里约定：谁报、多久报一次、有哪些列、什么情况整份退回。"),
    ("怎么填", f"只填黄色单元格：先填「{BASICS}」，再填「{COLUMNS}」，文件里的每一列占一行，顺序与文件一致。"),
    ("数据元", f"每一列都要对应一个数据元，点单元格从下拉框里选，或到「{ELEMENTS}」里查找，复制“名称 编码”。"),
    ("没有合适的", "数据元目录里没有的，先向市大数据局申请登记数据元，登记后再填。不要用意思相近的代替。"),
    ("不用填的", "标着“市大数据局填写”的不用管；不填即按数据元的规定（分级、代码、长度、单位）。"),
    ("系统取数", f"由系统到前置库、接口或目录里取数的填「{FETCHED}」；报送文件的不填。地址和密码不写在这里。"),
    ("交给谁", "填好后把文件交市大数据局。有填错的地方，会按工作表、行、列一次列出。"),
)  # fmt: skip
_GUIDE_WIDTHS = (16, 84)
_FACTS = Column(ITEM, 24), Column(CONTENT, 48), Column("说明", 52)
_CATALOGUE = (
    Column("名称 编码", 34), Column("英文名", 26), Column("分类", 18), Column("类型", 10), Column("分级", 7),
    Column("数源部门", 24), Column("标准", 24),
)  # fmt: skip


def contract_workbook(
    elements: Mapping[str, Element], feeds: Iterable[FeedFile], feed: FeedFile | None = None
) -> bytes:
    """The workbook as bytes; departments and domains of `feeds` are offered, `feed` is filled in."""
    offered = _offered(list(feeds))
    with workbook_bytes(_DATE, _TITLE) as (book, formats, out):
        sheets = {name: book.add_worksheet(name) for name in (GUIDE, BASICS, COLUMNS, FETCHED, ELEMENTS, _CHOICES)}
        _guide(sheets[GUIDE], formats)
        _catalogue(sheets[ELEMENTS], formats, elements)
        lists = _Lists(sheets[_CHOICES], formats, len(elements))
        _basics(sheets[BASICS], formats, offered, lists, feed)
        given = feed.model_dump(exclude_defaults=True) if feed else {}
        for name, (title, facts, room) in LISTS.items():
            rows = [_cells(facts, _with_names(entry, elements)) for entry in given.get(name, ())]
            _list(sheets[title], formats, title, facts, rows, room, lists)
        sheets[_CHOICES].hide()
        sheets[BASICS].activate()
        _tabs(book)
    return out.getvalue()


class _Lists:
    """The hidden sheet of drop-downs, a list a column; the elements' list is their catalogue."""

    def __init__(self, sheet: Worksheet, formats: dict[str, Format], elements: int) -> None:
        self._sheet, self._format, self._used, self._elements = sheet, formats["hidden"], 0, elements

    def validation(self, fact: Fact, choices: Sequence[str]) -> dict[str, Any] | None:
        """What xlsxwriter wants for a cell of this fact; None where there is nothing to choose or say."""
        message = {"input_title": fact.title[:32], "input_message": fact.hint[:250]} if fact.hint else {}
        if fact.name == "element":
            source = f"={ELEMENTS}!$A$2:$A${self._elements + 1}"
        elif choices:
            for row, word in enumerate(choices):
                self._sheet.write_string(row, self._used, word, self._format)
            letter = chr(ord("A") + self._used)
            self._used += 1
            source = f"={_CHOICES}!${letter}$1:${letter}${len(choices)}"
        else:
            return {"validate": "any", **message} if message else None
        style = "stop" if fact.form.is_closed else "information"
        wrong = "请从下拉框中选择。" if fact.form.is_closed else "下拉框中没有这一项，请确认。"
        return {"validate": "list", "source": source, "error_type": style, "error_title": fact.title[:32],
                "error_message": wrong, **message}  # fmt: skip


def _offered(feeds: list[FeedFile]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(sorted({getattr(f, name) for f in feeds})) for name in ("department", "domain")}


def _with_names(entry: dict[str, Any], elements: Mapping[str, Element]) -> dict[str, Any]:
    """An entry with its element as the drop-down has it, and its heading where that is the element's."""
    if "element" not in entry:
        return entry
    element = elements[entry["element"]]
    return {"label": element.label, **entry, "element": option(element)}


def _cells(facts: Sequence[Fact], given: Mapping[str, Any]) -> list[str]:
    return [fact.form.show(given[fact.name]) if fact.name in given else "" for fact in facts]


def _basics(
    sheet: Worksheet, formats: dict[str, Format], offered: Mapping[str, tuple[str, ...]], lists: _Lists,
    feed: FeedFile | None,
) -> None:  # fmt: skip
    _head(sheet, formats, BASICS, _FACTS)
    values = _flat(feed.model_dump(exclude_none=True)) if feed else {}
    for row, (fact, text) in enumerate(zip(BASIC_FACTS, _cells(BASIC_FACTS, values), strict=True), TOP):
        title = fact.title + "*" * fact.is_needed
        for column, (cell, style) in enumerate(((title, "label"), (text, "answer"), (fact.hint, "cell"))):
            sheet.write_string(row, column, clean(cell), formats[style])
        sheet.set_row(row, row_points(((text, 48), (fact.hint, 52))))
        if rule := lists.validation(fact, fact.form.choices or offered.get(fact.name, ())):
            sheet.data_validation(row, 1, row, 1, {k: v for k, v in rule.items() if not k.startswith("input")})


def _flat(given: Mapping[str, Any]) -> dict[str, Any]:
    inner = {f"{name}.{key}": v for name in ("delivery", "breakers") for key, v in given[name].items()}
    return {**given, **inner}


def _list(
    sheet: Worksheet, formats: dict[str, Format], title: str, facts: Sequence[Fact], rows: list[list[str]], room: int,
    lists: _Lists,
) -> None:  # fmt: skip
    _head(sheet, formats, title, (NUMBER, *(Column(fact.title + "*" * fact.is_needed, fact.width) for fact in facts)))
    last = TOP + len(rows) + room - 1
    for row in range(TOP, last + 1):
        cells = rows[row - TOP] if row - TOP < len(rows) else [""] * len(facts)
        sheet.write_string(row, 0, str(row - TOP + 1), formats["cell_centred"])
        for column, text in enumerate(cells, 1):
            sheet.write_string(row, column, clean(text), formats["answer"])
        sheet.set_row(row, row_points(zip(cells, (f.width for f in facts), strict=True)))
    for column, fact in enumerate(facts, 1):
        if rule := lists.validation(fact, fact.form.choices):
            sheet.data_validation(TOP, column, last, column, rule)
    sheet.freeze_panes(TOP, 2)


def _head(sheet: Worksheet, formats: dict[str, Format], title: str, columns: Sequence[Column]) -> None:
    page(sheet, f"{_TITLE} {title}", is_landscape=title != BASICS, title_rows=(TOP - 1, TOP - 1))
    write_title(sheet, formats, f"{_TITLE}：{title}", points=26)
    sheet.write_string(1, 0, "填写黄色单元格；带 * 的必须填。", formats["hint"])
    write_head(sheet, formats, TOP - 1, columns)
    sheet.ignore_errors({"number_stored_as_text": "A1:Z200"})


def _guide(sheet: Worksheet, formats: dict[str, Format]) -> None:
    page(sheet, _TITLE, is_landscape=False)
    write_title(sheet, formats, f"{_TITLE} {GUIDE}", points=30)
    write_lines(sheet, formats, 2, _STEPS, _GUIDE_WIDTHS)


def _catalogue(sheet: Worksheet, formats: dict[str, Format], elements: Mapping[str, Element]) -> None:
    page(sheet, f"{_TITLE} {ELEMENTS}", title_rows=(0, 0))
    rows = [
        (option(e), name, e.group, e.type, e.classification, e.source, e.standard or "") for name, e in elements.items()
    ]
    write_table(sheet, formats, 0, _CATALOGUE, rows, is_numbered=False, fits_rows=True)
    sheet.freeze_panes(1, 1)


def _tabs(book: Workbook) -> None:
    for sheet in book.worksheets():
        sheet.set_tab_color("#FFD966" if sheet.get_name() in (BASICS, COLUMNS, FETCHED) else "#7F9DB9")
