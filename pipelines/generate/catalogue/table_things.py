"""Tables of the lake as the search page shows them.

Belongs here: what a table holds, how fresh it is, what is made of it and who reads it. Does not belong here: the words
in it (tables.py), lineage (uses.py, reads.py).
"""

from pipelines.generate.catalogue.tables import LEDGER, SHOWN, Table
from pipelines.generate.catalogue.thing import EVERY_TURN, OWNER, Thing, described, feeds, thing
from pipelines.generate.catalogue.uses import TABLE, House, pack_code
from pipelines.judge.ledger.schema import STATE_TABLES
from pipelines.kit.contracts.words import CLASSES
from pipelines.kit.disclosure.columns import facts
from pipelines.kit.models import REFERENCE

_HIGHEST_COUNTS = "整表按其中最高级别管理（就高）"
_COUNT, _COUNTS = "按行计数", "不含按行计数的列，这些列不单独定级，来自所读的表；"
_PERSONAL = "L3"  # from here on a row is about a person, whatever a single column tells
_UNKNOWN = "L4"  # as disclosure takes a column that nobody has classed


def of_table(table: Table, house: House) -> Thing:
    """A table with its columns, each with its class and the feeds behind it."""
    feed = next((f for f in house.feeds.values() if table.name == house.staged(f)), None)
    behind = [feed.code] if feed else feeds(house, house.feeding(table.name))
    counts = [name for name in table.columns if house.counts(table.name, name)]
    levels = {name: _level(table.name, name) for name in table.columns}
    level = max((known or _UNKNOWN for known in levels.values()), default="")
    told = [
        ("一行是", "" if table.words.rstrip("。") == table.title else table.words),
        ("分级", f"{level} {CLASSES[level]}；{_COUNTS if counts else ''}{_HIGHEST_COUNTS}" if level else ""),
        ("所在层", SHOWN[table.schema]), ("维护", OWNER), ("更新", _fresh(table.name)),
        ("来源周期", f"{feed.department_name}，{feed.cadence}" if feed else ""), ("来自", behind),
        ("读的表", house.read(table.name)), ("往下做成", house.readers[table.name]),
        ("谁在用", _users(table.name, house)),
    ]  # fmt: skip
    rows = [
        [described(house, name, words), name, _COUNT if name in counts else _shown(levels[name], level),
         feeds(house, house.origins(table.name, name))]
        for name, words in table.columns.items()
    ]
    sections = [("列", ["内容", "列", "分级", "来自"], rows)]
    return thing(TABLE, table.name, table.title, OWNER, SHOWN[table.schema], told, sections, level)


def _fresh(table: str) -> str:
    schema, _, name = table.partition(".")
    if schema == LEDGER:
        return "每期重写，只有最近一期的现状" if name in STATE_TABLES else "每期追加，各期都在"
    return "随版本发布，平时不变" if schema == REFERENCE else EVERY_TURN


def _level(table: str, column: str) -> str:
    """The highest class behind a column; '' when nobody knows it."""
    known = facts(table, column)
    return "" if known is None else max((fact.classification for fact in known), default="L1")


def _shown(level: str, whole: str) -> str:
    """A column's class; where its table's is higher and personal, with that beside it."""
    if not level:
        return f"未定级，按 {_UNKNOWN}"
    return f"{level}（整表按 {whole}）" if level < whole >= _PERSONAL else level


def _users(table: str, house: House) -> list[str]:
    """Codes of whatever reads a table by its name."""
    return [
        *(rule for rule, (looked_at, _) in house.checks.items() if looked_at == table),
        *(s.code for s in house.sheets.values() if s.table == table),
        *(x.code for x in house.exports.values() if table in map(".".join, x.tables)),
        *(q.question_id for q in house.queries.questions.values() if table in q.true_of),
        *(tag.code for tag in house.tags.values() if tag.table == table),
        *(a.name for a in house.answers if table in (f"published.{name}" for name in a.reads)),
        *(pack_code(p) for code, p in house.packs.items() if table in (*house.packs_read[code], *house.given(code))),
    ]
