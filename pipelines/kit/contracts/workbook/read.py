"""Reading a filled-in workbook: a feed file, or everything that is wrong with it, by sheet, row and column.

Belongs here: cells to facts, and the checks whose answer is a place in the workbook. Does not belong here: writing
the feed file (feed_text.py, __main__.py).
"""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from python_calamine import CalamineError, CalamineWorkbook

from pipelines.kit.contracts.elements import Element
from pipelines.kit.contracts.feed_file import FeedFile, resolve
from pipelines.kit.contracts.heading import normal
from pipelines.kit.contracts.load import read_contract
from pipelines.kit.contracts.model import BY_KEY
from pipelines.kit.contracts.odcs import contract
from pipelines.kit.contracts.vocabulary import is_tag
from pipelines.kit.contracts.workbook.layout import (
    BASIC_FACTS,
    BASICS,
    COLUMNS,
    ELEMENTS,
    LISTS,
    TOP,
    Fact,
    option,
)
from pipelines.kit.house_files import HouseFileError

_MAX_ROWS = 1_000


@dataclass(frozen=True)
class Problem:
    """Something wrong at a place of the workbook; row from 1, 0 for the sheet as a whole."""

    sheet: str
    row: int
    column: str
    reason: str

    def __str__(self) -> str:
        place = f"第 {self.row} 行" if self.row else ""
        column = f"“{self.column}”" if self.column else ""
        return f"「{self.sheet}」{place}{column}：{self.reason}"


Entry = tuple[int, dict[str, Any]]


def read_feed(
    blob: bytes, elements: Mapping[str, Element], feeds: Iterable[FeedFile]
) -> tuple[FeedFile | None, list[Problem]]:
    """The feed a workbook describes, or None and all its problems. `feeds` are those there are already."""
    feeds = list(feeds)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(blob)) as book:
            wanted = (BASICS, *(title for title, _, _ in LISTS.values()))
            sheets = {n: book.get_sheet_by_name(n).to_python(skip_empty_area=False, nrows=_MAX_ROWS)
                      for n in wanted if n in book.sheet_names}  # fmt: skip
    except CalamineError:
        return None, [Problem(BASICS, 0, "", "文件打不开；请用最新的模板填写，另存为 xlsx 后再交")]
    if problems := list(_of_template(wanted, sheets)):
        return None, problems
    facts = _basics(sheets[BASICS], problems)
    entries = {name: _entries(sheets[title], title, given, problems) for name, (title, given, _) in LISTS.items()}
    _use_elements(entries["columns"], elements, problems)
    has_key = facts.get("identity", BY_KEY) == BY_KEY
    problems += [*_of_basics(facts, feeds), *_of_columns(entries["columns"], elements, has_key)]
    if problems:
        return None, sorted(problems, key=lambda p: (wanted.index(p.sheet), p.row))
    lists = {name: [_without_repeats(entry, elements) for _, entry in found] for name, found in entries.items()}
    return _feed({**facts, **lists}, feeds, elements)


def _of_template(wanted: Iterable[str], sheets: Mapping[str, list[list[Any]]]) -> Iterator[Problem]:
    """What is missing of the template itself; nothing else can be said before it is there."""
    for name in wanted:
        if name not in sheets:
            yield Problem(name, 0, "", "缺少这张工作表；请用最新的模板填写")
    for title, facts, _ in LISTS.values():
        heads = _heads(sheets.get(title, []))
        missing = [fact.title for fact in facts if normal(fact.title) not in heads]
        if title in sheets and missing:
            yield Problem(title, TOP, "", f"缺少列 {'、'.join(missing)}；请用最新的模板填写")


def _feed(
    facts: dict[str, Any], feeds: Sequence[FeedFile], elements: Mapping[str, Element]
) -> tuple[FeedFile | None, list[Problem]]:
    """The last word has what every feed file must pass; what it says has no place in the workbook. Whom its rows speak
    about is not the department's to say: a feed there is already keeps that."""
    says = next((f.says for f in feeds if f.code == facts["code"]), None)
    slug = facts.get("slug") or _slug_of(facts["department"], feeds)
    try:
        feed = FeedFile.model_validate({**facts, "slug": slug, **({"says": says} if says else {})})
        resolve(feed, elements)
        read_contract(contract(feed, elements), f"{feed.slug}/{feed.entity}.yaml")
    except (HouseFileError, ValidationError) as error:
        return None, [Problem(BASICS, 0, "", f"合同不成立：{error}")]
    return feed, []


def _basics(sheet: list[list[Any]], problems: list[Problem]) -> dict[str, Any]:
    rows = {normal(_text(cells[0])): (row, _text(cells[1])) for row, cells in enumerate(sheet, 1) if len(cells) > 1}
    found: dict[str, Any] = {"delivery": {}, "breakers": {}}
    for fact in BASIC_FACTS:
        row, cell = rows.get(normal(fact.title), (0, ""))
        outer, _, name = fact.name.rpartition(".")
        _take(found[outer] if outer else found, name, fact, cell, Problem(BASICS, row, fact.title, ""), problems)
    return found


def _entries(sheet: list[list[Any]], title: str, facts: Sequence[Fact], problems: list[Problem]) -> list[Entry]:
    heads = _heads(sheet)
    places = [heads.index(normal(fact.title)) for fact in facts]
    entries = []
    for row, cells in enumerate(sheet[TOP:], TOP + 1):
        texts = [_text(cells[place]) for place in places]
        if any(texts):
            entry: dict[str, Any] = {}
            for fact, cell in zip(facts, texts, strict=True):
                _take(entry, fact.name, fact, cell, Problem(title, row, fact.title, ""), problems)
            entries.append((row, entry))
    return entries


def _heads(sheet: list[list[Any]]) -> list[str]:
    return [normal(_text(cell)) for cell in sheet[TOP - 1]] if len(sheet) >= TOP else []


def _take(
    facts: dict[str, Any], name: str, fact: Fact, cell: str, place: Problem, problems: list[Problem]
) -> None:
    """Put what a cell says under its name, or note what is wrong with it."""
    if not cell:
        if fact.is_needed:
            problems.append(Problem(place.sheet, place.row, place.column, "必须填写"))
        return
    try:
        facts[name] = fact.form.read(cell)
    except ValueError as error:
        problems.append(Problem(place.sheet, place.row, place.column, str(error)))


def _use_elements(entries: list[Entry], elements: Mapping[str, Element], problems: list[Problem]) -> None:
    """Replace what people chose by the element's name: `名称 编码`, the code, or a name only one element has."""
    known: dict[str, list[str]] = {}
    for name, element in elements.items():
        for words in (option(element), element.code, element.label):
            known.setdefault(normal(words), []).append(name)
    for row, entry in entries:
        if "element" not in entry:
            continue
        words = entry.pop("element")
        match known.get(normal(words), []):
            case [name]:
                entry["element"] = name
            case []:
                reason = f"{ELEMENTS}中没有“{words}”，先向市大数据局申请登记数据元"
                problems.append(Problem(COLUMNS, row, "数据元", reason))
            case several:
                codes = "、".join(option(elements[name]) for name in several)
                problems.append(Problem(COLUMNS, row, "数据元", f"有几个数据元叫这个名称，请选其中一个：{codes}"))


def _of_basics(facts: dict[str, Any], feeds: Sequence[FeedFile]) -> Iterator[Problem]:
    department = facts.get("department", "")
    slug = facts.get("slug") or _slug_of(department, feeds)
    if department and not slug:
        yield Problem(BASICS, 0, "部门英文名", "这个部门还没有数据源，请市大数据局填写英文名")
    code, path = facts.get("code"), (slug, facts.get("entity"))
    if other := next((f for f in feeds if f.code == code and (f.slug, f.entity) != path), None):
        yield Problem(BASICS, 0, "数据源代码", f"{code} 已经是{other.department}的“{other.title}”")
    elif code and (other := next((f for f in feeds if f.code != code and (f.slug, f.entity) == path), None)):
        yield Problem(BASICS, 0, "数据表英文名", f"已经用于 {other.code} “{other.title}”")
    sent = facts["delivery"]
    if sent.get("format") == "csv" and "encoding" not in sent:
        yield Problem(BASICS, 0, "文本编码", "文本文件要写明编码")


def _of_columns(
    entries: list[Entry], elements: Mapping[str, Element], has_key: bool
) -> Iterator[Problem]:
    if not entries:
        yield Problem(COLUMNS, 0, "", "一列也没有填")
        return
    keys = sorted(e["key"] for _, e in entries if "key" in e)
    if not has_key and keys:
        yield Problem(COLUMNS, 0, "主键顺序", "“行的身份”选了没有主键，不应再填")
    elif has_key and (keys != list(range(1, len(keys) + 1)) or not keys):
        yield Problem(COLUMNS, 0, "主键顺序", "合起来能认出一行的列，应依次填 1、2、3，至少有一列")
    names: dict[str, int] = {}
    headings: dict[str, int] = {}
    for row, entry in entries:
        if "element" not in entry:
            continue
        element = elements[entry["element"]]
        name, label = entry.get("name", entry["element"]), entry.get("label", element.label)
        if name in names:
            reason = f"{name} 与第 {names[name]} 行重复；同一数据元用两次时，请填写不同的英文名"
            yield Problem(COLUMNS, row, "字段英文名", reason)
        names.setdefault(name, row)
        for heading in {normal(h): h for h in (label, *entry.get("aliases", ()))}.values():
            if normal(heading) in headings:
                yield Problem(COLUMNS, row, "表头", f"“{heading}”与第 {headings[normal(heading)]} 行重复")
            headings.setdefault(normal(heading), row)
        if strange := [tag for tag in entry.get("tags", ()) if not is_tag(tag)]:
            yield Problem(COLUMNS, row, "标记", f"没有这样的标记：{'、'.join(strange)}")
        if entry.get("classification", "L9") < element.classification:
            yield Problem(COLUMNS, row, "分级", f"不能低于数据元的分级 {element.classification}")


def _without_repeats(entry: dict[str, Any], elements: Mapping[str, Element]) -> dict[str, Any]:
    """An entry without what its element says already, or its key."""
    if "element" not in entry:
        return entry
    element = elements[entry["element"]]
    said = {"label": element.label, "name": entry["element"], "classification": element.classification,
            "max_length": element.max_length}  # fmt: skip
    kept = {name: value for name, value in entry.items() if said.get(name) != value}
    return {**kept, "required": bool(kept.get("required")) and "key" not in kept}


def _slug_of(department: str, feeds: Sequence[FeedFile]) -> str:
    return next((f.slug for f in feeds if f.department == department), "")


def _text(cell: Any) -> str:
    """A cell as text; whole numbers without a point."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip()
