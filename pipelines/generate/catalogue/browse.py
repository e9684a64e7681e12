"""The catalogue as one HTML page that opens by double click: data, style and script in a single file.

Belongs here: the data handed to that page. Does not belong here: how it looks and searches (browse/*.html, css, js).
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pypinyin import Style, lazy_pinyin

from pipelines.generate.catalogue.tables import SHOWN, STAGING
from pipelines.generate.catalogue.things import things
from pipelines.generate.catalogue.uses import COMES_TO, House
from pipelines.kit.contracts.elements import SHARING, Element
from pipelines.kit.contracts.model import Column, Feed
from pipelines.kit.contracts.words import CLASSES, facts, marks, refusals, type_words

_PARTS = Path(__file__).with_name("browse")


def browse(house: House) -> str:
    """HTML of the whole catalogue."""
    feeds, codes = house.feeds.values(), {e.code: e.codes for e in house.elements.values()}
    known = [*things(house)]
    named = (*house.elements.values(), *(c for f in feeds for c in f.columns))
    headings = {heading for thing in named for heading in _headings(thing)}
    titles = {*(f.title for f in feeds), *(name for t in known for name in (t["title"], *t["aliases"]))}
    data = {
        "classes": CLASSES,
        "comes_to": {"note": COMES_TO},
        "standards": house.standards,
        "elements": [_element(name, element, house) for name, element in house.elements.items()],
        "feeds": [_feed(feed, codes, house) for feed in feeds],
        "things": [_filled(**thing) for thing in known],
        "initials": {h: _initials(h) for h in sorted(headings | titles)},
    }
    text = _part("index.html")
    parts = {"/*style*/": _part("style.css"), "/*data*/": _json(data), "/*script*/": _part("script.js")}
    for place, content in parts.items():
        text = text.replace(place, content, 1)
    return text


def _part(name: str) -> str:
    return (_PARTS / name).read_text(encoding="utf-8").rstrip("\n")


def _json(data: Mapping[str, Any]) -> str:
    """JSON with a line a record, so that a change shows as one; safe inside a script element."""

    def dump(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")

    def lines(value: Any) -> str:
        if isinstance(value, list):
            return "[\n" + ",\n".join(map(dump, value)) + "\n]"
        return "{\n" + ",\n".join(f"{dump(k)}:{dump(v)}" for k, v in value.items()) + "\n}"

    return "{" + ",\n".join(f"{dump(name)}:{lines(value)}" for name, value in data.items()) + "}"


def _headings(thing: Element | Column) -> tuple[str, ...]:
    return (thing.label, *thing.aliases)


def _initials(text: str) -> str:
    """`swrq` of 死亡日期: what people type who do not want to write it out."""
    return re.sub("[^a-z]", "", "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).lower())


def _element(name: str, element: Element, house: House) -> dict[str, Any]:
    columns = {f"{f.code}.{c.name}" for f in house.feeds.values() for c in f.columns if c.element == element.code}
    return _filled(
        code=element.code,
        name=name,
        label=element.label,
        group=element.group,
        type=type_words(element),
        level=element.classification,
        sharing=element.sharing,
        source=element.source,
        frequency=element.frequency,
        standard=element.standard,
        codes=list(element.codes.items()),
        aliases=element.aliases,
        marks=marks(element.tags),
        note=element.description,
        made=_comes_to(columns, house),
        used=[user.code for user in house.everybody if user.reads & columns],
    )


def _comes_to(columns: set[str], house: House) -> list[tuple[str, str]]:
    """By code; the page knows the titles."""
    return [(code, "、".join(told)) for code, _, told in house.comes_to(columns)]


def _feed(feed: Feed, codes: Mapping[str, Mapping[str, str]], house: House) -> dict[str, Any]:
    return _filled(
        code=feed.code,
        title=feed.title,
        department=feed.department_name,
        domain=feed.domain,
        cadence=feed.cadence,
        purpose=feed.description,
        level=max(c.classification for c in feed.columns),
        sharing=max((c.sharing for c in feed.columns), key=SHARING.index),
        facts=[*facts(feed), (SHOWN[STAGING], [*filter(None, [house.staged(feed)])])],
        columns=[_column(c, codes.get(c.element, {})) for c in feed.columns],
        refusals=refusals(feed),
        made=_comes_to({f"{feed.code}.{c.name}" for c in feed.columns}, house),
        used=[user.code for user in house.users(feed.code)],
    )


def _column(column: Column, codes: Mapping[str, str]) -> dict[str, Any]:
    """A column; codes only where they are not its element's."""
    labels = dict(column.code_labels)
    own = {code: labels.get(code, "") for code in column.code_list}
    return _filled(
        element=column.element,
        name=column.name,
        label=column.label,
        type=type_words(column),
        key=column.key,
        required=column.required,
        level=column.classification,
        codes=[] if own == codes else list(own.items()),
        aliases=column.aliases,
        marks=marks(column.tags),
        note=column.description,
    )


def _filled(**given: Any) -> dict[str, Any]:
    """What is there; the page takes what is not for empty."""
    return {name: value for name, value in given.items() if value}
