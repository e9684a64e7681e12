"""What the search page shows beside elements and feeds: tables, rules, sheets, exports, questions, packs.

Belongs here: from each of them to one shape, facts and sections of rows. Does not belong here: the page.
A cell that is a list holds codes of other entries: the page makes links of them.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from pipelines.generate.catalogue import rule_words
from pipelines.generate.catalogue.tables import SHOWN, Table
from pipelines.generate.catalogue.uses import AUDIENCES, EXPORT, PACK, QUESTION, RULE, SHEET, House
from pipelines.give.exports.contract import Export
from pipelines.give.queries.catalogue import Question
from pipelines.give.returns.questions import meaning
from pipelines.judge.rules import Rule
from pipelines.kit.contracts.words import FORMATS, type_words
from pipelines.kit.disclosure.columns import facts
from pipelines.kit.office.sheets import Sheet
from pipelines.kit.packs.load import Pack, read_by
from pipelines.kit.packs.shapes import SHAPES

TABLE = "数据表"
OWNER = "市大数据局"
_EVERY_TURN = "每期（每个数据截至日）全部重算"
_TITLE_ENDS = re.compile(r"[：。，（]")
Thing = dict[str, Any]


def things(house: House) -> Iterator[Thing]:
    """All of them, by kind, in the order of the files."""
    yield from (_rule(rule, house) for rule in house.rules.values())
    yield from (_table(table, house) for table in house.tables.values())
    yield from (_sheet(sheet, house) for sheet in house.sheets.values())
    yield from (_export(export, house) for export in house.exports.values())
    yield from (_question(question, house) for question in house.queries.questions.values())
    yield from (_pack(pack, house) for pack in house.packs.values())


def _thing(kind: str, code: str, title: str, owner: str, group: str, level: str, told: list, sections: list) -> Thing:
    """Facts without content and sections without rows stay out."""
    return {
        "kind": kind, "code": code, "title": title, "department": owner, "group": group, "level": level,
        "facts": [fact for fact in told if fact[1]],
        "sections": [section for section in sections if section[2]],
    }  # fmt: skip


def _feeds(house: House, origins: Iterable[str]) -> list[str]:
    """Codes of the feeds of feed columns, in the order of feeds."""
    behind = {origin.partition(".")[0] for origin in origins}
    return [code for code in house.feeds if code in behind]


def _rule(rule: Rule, house: House) -> Thing:
    (user,) = [u for u in house.everybody if u.kind == RULE and u.code == rule.rule_id]
    answers = [[a.words, meaning(rule, a)] for a in rule.answers]
    sections = [
        ("镇街可以怎样答复", ["选项", "之后会怎样"], answers),
        ("发现的问题去哪里", [], [[place] for place in rule_words.goes_to(rule, house)]),
        ("依据来自哪些数据", ["依据", "数据源和列"], [list(row) for row in rule_words.grounds(rule, house)]),
        ("示例（虚构，按数据合同遮蔽）", ["依据", "内容"], [list(r) for r in rule_words.example(rule, house).items()]),
    ]
    told = [*rule_words.facts(rule, house), ("用到的数据源", _feeds(house, user.all_feeds))]
    owner, group = rule_words.department(rule, house), rule_words.FIXERS[rule.fixer]
    return _thing(RULE, rule.rule_id, rule.title_zh, owner, group, "", told, sections)


def _table(table: Table, house: House) -> Thing:
    schema = SHOWN[table.schema]
    rows = [
        [words or name, name, _level(table.name, name), _feeds(house, house.origins(table.name, name))]
        for name, words in table.columns.items()
    ]
    origins = house.behind(table.name, table.columns)
    told = [
        ("一行是", table.words), ("维护", OWNER), ("更新", _EVERY_TURN), ("来自", _feeds(house, origins)),
        ("谁在读", _readers(table.name, house)),
    ]  # fmt: skip
    title = _TITLE_ENDS.split(table.words)[0] or table.name
    level = max((row[2] for row in rows), default="")
    return _thing(TABLE, table.name, title, OWNER, schema, level, told, [("列", ["内容", "列", "分级", "来自"], rows)])


def _level(table: str, column: str) -> str:
    return max((fact.classification for fact in facts(table, column) or ()), default="L1")


def _readers(table: str, house: House) -> list[str]:
    """Codes of sheets, exports and questions that read a table by its name."""
    return [
        *(s.code for s in house.sheets.values() if s.table == table),
        *(x.code for x in house.exports.values() if table in x.source),
        *(q.question_id for q in house.queries.questions.values() if table in q.true_of),
    ]


def _sheet(sheet: Sheet, house: House) -> Thing:
    rows = [
        [c.heading, c.name, "填写" if c.is_filled else "", _feeds(house, house.origins(sheet.table, c.name))]
        for c in sheet.columns
    ]
    asking = [rule.rule_id for rule in house.rules.values() if rule.asks_township] if not sheet.table else []
    told = [
        ("给谁", AUDIENCES[sheet.audience]), ("怎么填", sheet.hint), ("来自", [sheet.table] if sheet.table else []),
        ("列出的规则", asking), ("维护", OWNER), ("更新", "每期一份"),
    ]  # fmt: skip
    audience = AUDIENCES[sheet.audience]
    return _thing(SHEET, sheet.code, sheet.title, OWNER, audience, "", told, [("列", ["表头", "列", "", "来自"], rows)])


def _export(export: Export, house: House) -> Thing:
    rows = [
        [i.column.label, i.column.name, type_words(i.column), i.column.classification, _feeds(house, i.origins)]
        for i in export.items
    ]
    told = [
        ("接收单位", export.receiver.name), ("用途", export.feed.description), ("使用限制", export.feed.limitations),
        ("一行是", export.feed.grain), ("更新", export.feed.cadence), ("格式", FORMATS[export.feed.format]),
        ("文件名", export.file_name), ("依据", export.legal_basis), ("共享属性", export.sharing),
        ("读的表", [name for name in map(".".join, export.tables) if name in house.tables]), ("维护", OWNER),
        ("版本", export.feed.version),
    ]  # fmt: skip
    heads = ["名称", "列", "类型", "分级", "来自"]
    return _thing(
        EXPORT, export.code, export.feed.title, OWNER, export.receiver.name, export.highest_class, told,
        [("列", heads, rows)],
    )  # fmt: skip


def _question(question: Question, house: House) -> Thing:
    told = [
        ("只答", "「是」或「否」，不返回数值、日期或名单"), ("依据的数据源", [*question.feeds]),
        ("可用于", "、".join(house.queries.purposes)), ("有异议时", question.dispute_says),
        ("每份清单最多", f"{house.queries.rows_per_list} 行"), ("谁能问", "镇街"), ("维护", OWNER),
        ("更新", "按最近一期数据作答"),
    ]  # fmt: skip
    return _thing(QUESTION, question.question_id, question.text, OWNER, "镇街", "", told, [])


def _pack(pack: Pack, house: House) -> Thing:
    names = [f"packs.{pack.table(shape)}" for shape in pack.gives]
    origins = frozenset().union(*(house.behind(name) for name in names))
    rows = [[SHAPES[s].title, SHAPES[s].row, [n]] for s, n in zip(pack.gives, names, strict=True)]
    read = [f"unified.{name}" for name in read_by(pack.code) if f"unified.{name}" in house.tables]
    told = [
        ("回答", pack.answers), ("方案", pack.section), ("牵头单位", pack.lead), ("责任单位", "、".join(pack.units)),
        ("维护", pack.owner), ("更新", pack.cadence), ("数据来源", _feeds(house, origins)), ("读的表", read),
    ]  # fmt: skip
    return _thing(PACK, pack.code, pack.name, pack.lead, "场景包", "", told, [("给出", ["形式", "一行是", "表"], rows)])
