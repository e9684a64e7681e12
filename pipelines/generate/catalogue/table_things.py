"""Tables of the lake as the search page shows them.

Belongs here: what a table holds, how fresh it is, what is made of it and who reads it. Does not belong here: the words
in it (tables.py), lineage (uses.py, reads.py).
"""

from pipelines.generate.catalogue.tables import LEDGER, SHOWN, Table
from pipelines.generate.catalogue.thing import EVERY_TURN, OWNER, Thing, feeds, thing
from pipelines.generate.catalogue.uses import TABLE, House, pack_code
from pipelines.judge.ledger.schema import STATE_TABLES
from pipelines.kit.disclosure.columns import facts
from pipelines.kit.models import REFERENCE


def of_table(table: Table, house: House) -> Thing:
    """A table with its columns, each with its class and the feeds behind it."""
    feed = next((f for f in house.feeds.values() if table.name == house.staged(f)), None)
    behind = [feed.code] if feed else feeds(house, house.behind(table.name, table.columns))
    told = [
        ("一行是", table.words), ("所在层", SHOWN[table.schema]), ("维护", OWNER), ("更新", _fresh(table.name)),
        ("来源周期", f"{feed.department_name}，{feed.cadence}" if feed else ""), ("来自", behind),
        ("往下做成", house.readers[table.name]), ("谁在用", _users(table.name, house)),
    ]  # fmt: skip
    rows = [
        [words or name, name, _level(table.name, name), feeds(house, house.origins(table.name, name))]
        for name, words in table.columns.items()
    ]
    level = max((row[2] for row in rows), default="")
    sections = [("列", ["内容", "列", "分级", "来自"], rows)]
    return thing(TABLE, table.name, table.title, OWNER, SHOWN[table.schema], told, sections, level)


def _fresh(table: str) -> str:
    schema, _, name = table.partition(".")
    if schema == LEDGER:
        return "每期重写，只有最近一期的现状" if name in STATE_TABLES else "每期追加，各期都在"
    return "随版本发布，平时不变" if schema == REFERENCE else EVERY_TURN


def _level(table: str, column: str) -> str:
    return max((fact.classification for fact in facts(table, column) or ()), default="L1")


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
