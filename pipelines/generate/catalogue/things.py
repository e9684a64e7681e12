"""What the search page shows beside elements and feeds: rules, sheets, exports, questions, packs; tables of the lake
(table_things.py); tags, analysts' questions, terms (word_things.py).

Belongs here: the order of all kinds, and from rules, sheets, exports, questions and packs to one shape. Does not belong
here: that shape (thing.py), the page.
"""

from collections.abc import Iterator

from pipelines.generate.catalogue import precision, rule_words, table_things, word_things
from pipelines.generate.catalogue.thing import OWNER, Thing, feeds, thing
from pipelines.generate.catalogue.uses import AUDIENCES, EXPORT, PACK, QUESTION, RULE, SHEET, House, pack_code
from pipelines.give.exports.contract import Export
from pipelines.give.queries.catalogue import Question
from pipelines.give.returns.questions import meaning
from pipelines.judge.rules import Rule
from pipelines.kit.contracts.words import FORMATS, type_words
from pipelines.kit.office.sheets import Sheet
from pipelines.kit.packs.load import Pack
from pipelines.kit.packs.shapes import SHAPES


def things(house: House) -> Iterator[Thing]:
    """All of them, by kind, in the order of the files."""
    yield from (_rule(rule, house) for rule in house.rules.values())
    yield from (table_things.of_table(table, house) for table in house.tables.values())
    yield from (word_things.of_tag(tag, house) for tag in house.tags.values())
    yield from (_sheet(sheet, house) for sheet in house.sheets.values())
    yield from (_export(export, house) for export in house.exports.values())
    yield from (_question(question, house) for question in house.queries.questions.values())
    yield from (word_things.of_answer(answer, house) for answer in house.answers)
    yield from (_pack(pack, house) for pack in house.packs.values())
    yield from (word_things.of_term(code, term) for code, term in house.terms.items())


def _rule(rule: Rule, house: House) -> Thing:
    (user,) = [u for u in house.everybody if u.kind == RULE and u.code == rule.rule_id]
    answers = [[a.words, meaning(rule, a)] for a in rule.answers]
    measured = precision.rows(house.measured.get(rule.rule_id))
    sections = [
        ("镇街可以怎样答复", ["选项", "之后会怎样"], answers),
        ("发现的问题去哪里", [], [[place] for place in rule_words.goes_to(rule, house)]),
        (precision.TITLE, ["项目", "结果"], [list(row) for row in measured]),
        ("依据来自哪些数据", ["依据", "数据源和列"], [list(row) for row in rule_words.grounds(rule, house)]),
        ("示例（虚构，按数据合同遮蔽）", ["依据", "内容"], [list(r) for r in rule_words.example(rule, house).items()]),
    ]
    facts = [(item, [told] if told in house.tables else told) for item, told in rule_words.facts(rule, house)]
    told = [*facts, ("用到的数据源", feeds(house, user.all_feeds))]
    owner, group = rule_words.department(rule, house), rule_words.FIXERS[rule.fixer]
    return thing(RULE, rule.rule_id, rule.title_zh, owner, group, told, sections)


def _sheet(sheet: Sheet, house: House) -> Thing:
    rows = [
        [c.heading, c.name, "填写" if c.is_filled else "", feeds(house, house.origins(sheet.table, c.name))]
        for c in sheet.columns
    ]
    asking = [rule.rule_id for rule in house.rules.values() if rule.asks_township] if not sheet.table else []
    told = [
        ("给谁", AUDIENCES[sheet.audience]), ("怎么填", sheet.hint), ("来自", [sheet.table] if sheet.table else []),
        ("列出的规则", asking), ("维护", OWNER), ("更新", "每期一份"),
    ]  # fmt: skip
    audience = AUDIENCES[sheet.audience]
    return thing(SHEET, sheet.code, sheet.title, OWNER, audience, told, [("列", ["表头", "列", "", "来自"], rows)])


def _export(export: Export, house: House) -> Thing:
    rows = [
        [i.column.label, i.column.name, type_words(i.column), i.column.classification, feeds(house, i.origins)]
        for i in export.items
    ]
    told = [
        ("接收单位", export.receiver.name), ("用途", export.feed.description), ("使用限制", export.feed.limitations),
        ("一行是", export.feed.grain), ("更新", export.feed.cadence), ("格式", FORMATS[export.feed.format]),
        ("文件名", export.file_name), ("依据", export.legal_basis), ("共享属性", export.sharing),
        ("读的表", [name for name in map(".".join, export.tables) if name in house.tables]), ("维护", OWNER),
        ("版本", export.feed.version),
    ]  # fmt: skip
    sections = [("列", ["名称", "列", "类型", "分级", "来自"], rows)]
    receiver, level = export.receiver.name, export.highest_class
    return thing(EXPORT, export.code, export.feed.title, OWNER, receiver, told, sections, level)


def _question(question: Question, house: House) -> Thing:
    told = [
        ("只答", "「是」或「否」，不返回数值、日期或名单"), ("依据的数据源", [*question.feeds]),
        ("可用于", "、".join(house.queries.purposes)), ("有异议时", question.dispute_says),
        ("每份清单最多", f"{house.queries.rows_per_list} 行"), ("谁能问", "镇街"), ("维护", OWNER),
        ("更新", "按最近一期数据作答"),
    ]  # fmt: skip
    return thing(QUESTION, question.question_id, question.text, OWNER, "镇街", told, [])


def _pack(pack: Pack, house: House) -> Thing:
    names = house.given(pack.code)
    origins = frozenset().union(*(house.behind(name) for name in names))
    given = [[SHAPES[s].title, SHAPES[s].row, [n]] for s, n in zip(pack.gives, names, strict=True)]
    told = [
        ("回答", pack.answers), ("方案", pack.section), ("牵头单位", pack.lead), ("责任单位", "、".join(pack.units)),
        ("维护", pack.owner), ("更新", pack.cadence), ("数据来源", feeds(house, origins)),
        ("读的表", house.packs_read[pack.code]),
    ]  # fmt: skip
    sections = [("给出", ["形式", "一行是", "表"], given)]
    return thing(PACK, pack_code(pack), pack.name, pack.lead, "场景包", told, sections)
