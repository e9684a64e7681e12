"""Who uses what: from a feed's column to tables of the lake, sheets, exports, rules, questions and packs.

Belongs here: reading the files of the house once, and following the lineage of columns. Does not belong here: how any
of it is shown.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pipelines.generate.catalogue.reads import readers
from pipelines.generate.catalogue.tables import GOLDEN, LEDGER, STAGING, Table, tables
from pipelines.generate.catalogue.terms import Term, load_terms
from pipelines.generate.tags import TAGS, Tag, load_tags
from pipelines.give.exports.contract import Export, load_exports
from pipelines.give.published.answers import Answer, load_answers
from pipelines.give.queries.catalogue import Catalogue, load_catalogue
from pipelines.judge.measured import Measured, load_measured
from pipelines.judge.rules import Rule, load_rules
from pipelines.judge.verify.suites import load_suites
from pipelines.kit.contracts import Feed, load_contracts
from pipelines.kit.contracts.elements import Element, load_elements, load_standards
from pipelines.kit.contracts.feed_file import load_feed_files
from pipelines.kit.contracts.generate import FEEDS
from pipelines.kit.disclosure.columns import load_lineage
from pipelines.kit.office.sheets import Sheet, load_sheets
from pipelines.kit.packs import load_packs
from pipelines.kit.packs.load import Pack, read_by
from pipelines.kit.paths import PROJECT_ROOT

RULE, SHEET, EXPORT, QUESTION, PACK = KINDS = "规则", "返还表页", "导出", "查询核验", "场景包"
TABLE, TAG, ANALYSIS, TERM = "数据表", "标签", "分析问题", "术语"
# What is said of where feed columns come to.
COMES_TO = "列出内容由它得来的列，含参与取值、排序的；只在关联（join）时用来对照、查找的，没有列出。"
AUDIENCES = {"township": "镇街", "department": "部门", "receiver": "接收单位"}
# Columns by which rows find each other, and where a row belongs: made of nearly everything, they tell nothing.
_BY_THE_WAY = re.compile(r"_(id|key|ref)$|^(township|village|county)_code$")
_BRONZE = "bronze."


def pack_code(pack: Pack) -> str:
    """Its code here: a sheet of a pack may bear the pack's own."""
    return f"packs.{pack.code}"


@dataclass(frozen=True)
class User:
    """One thing that uses data. `reads`: feed columns ('F01.id_no'); `feeds`: feeds as a whole."""

    kind: str
    code: str
    title: str
    reads: frozenset[str] = frozenset()
    feeds: frozenset[str] = frozenset()

    @property
    def all_feeds(self) -> frozenset[str]:
        """Every feed it rests on."""
        return self.feeds | {column.partition(".")[0] for column in self.reads}


@dataclass(frozen=True)
class House:
    """All that the catalogue shows, as the files of the house say it. `checks`: rule id -> (table, expectation);
    `readers`: table -> the tables made straight from it; `schemes`: names of benefits."""

    feeds: Mapping[str, Feed]
    elements: Mapping[str, Element]
    standards: Mapping[str, str]
    rules: Mapping[str, Rule]
    measured: Mapping[str, Measured]
    checks: Mapping[str, tuple[str, Mapping[str, Any]]]
    tables: Mapping[str, Table]
    readers: Mapping[str, list[str]]
    tags: Mapping[str, Tag]
    sheets: Mapping[str, Sheet]
    exports: Mapping[str, Export]
    queries: Catalogue
    answers: Iterable[Answer]
    packs: Mapping[str, Pack]
    terms: Mapping[str, Term]
    schemes: tuple[str, ...]
    lineage: Mapping[str, Mapping[str, Iterable[str]]] = field(repr=False)

    def origins(self, table: str, column: str) -> frozenset[str]:
        """Feed columns behind a column of the lake ('F01.id_no')."""
        known = self.lineage.get(table, {}).get(column, ())
        return frozenset(o.removeprefix(_BRONZE) for o in known if o.startswith(_BRONZE) and "._" not in o)

    def behind(self, table: str, columns: Iterable[str] | None = None) -> frozenset[str]:
        """Feed columns behind what some columns of a table tell, all of them where none are named."""
        told = (c for c in columns or self.lineage.get(table, {}) if not _BY_THE_WAY.search(c))
        return frozenset().union(*(self.origins(table, c) for c in told))

    def counts(self, table: str, column: str) -> bool:
        """Whether a column counts rows: such a one is made of no column, but of the rows of what its table reads."""
        return column.endswith("_count") and not self.lineage.get(table, {}).get(column, (column,))

    def read(self, table: str) -> list[str]:
        """The tables a table is made straight from."""
        return [name for name in self.tables if table in self.readers[name]]

    def feeding(self, table: str) -> frozenset[str]:
        """Feed columns behind what a table tells; where it counts rows, also those behind the rows."""
        columns = self.tables[table].columns
        rows = self.read(table) if any(self.counts(table, c) for c in columns) else ()
        return self.behind(table, columns).union(*map(self.feeding, rows))

    def telling(self, table: str, columns: set[str]) -> list[str]:
        """Columns of a table that tell anything of feed columns."""
        told = (c for c in self.lineage.get(table, {}) if not _BY_THE_WAY.search(c))
        return [c for c in told if self.origins(table, c) & columns]

    def comes_to(self, columns: set[str]) -> list[tuple[str, str, list[str]]]:
        """Where people meet feed columns, by code and title: tables, sheets, exports, and which of their columns tell
        anything of them."""
        tables = ((t.name, t.title, self.telling(t.name, columns)) for t in self.tables.values() if t.schema in GOLDEN)
        sheets = ((s.code, s.title, self._shown(s, columns)) for s in self.sheets.values())
        exports = (
            (x.code, x.feed.title, [i.column.label for i in x.items if columns.intersection(i.origins)])
            for x in self.exports.values()
        )
        return [(code, title, told) for code, title, told in (*tables, *sheets, *exports) if told]

    def _shown(self, sheet: Sheet, columns: set[str]) -> list[str]:
        told = (c for c in sheet.columns if not _BY_THE_WAY.search(c.name))
        return [c.heading for c in told if self.origins(sheet.table, c.name) & columns]

    def staged(self, feed: Feed) -> str:
        """The staging table of a feed; '' where it says nothing yet (`says:`)."""
        name = f"{STAGING}.stg_{feed.table}"
        return name if name in self.tables else ""

    def given(self, pack: str) -> list[str]:
        """Tables of a pack, one a shape."""
        return [f"packs.{self.packs[pack].table(shape)}" for shape in self.packs[pack].gives]

    @cached_property
    def packs_read(self) -> dict[str, list[str]]:
        """Pack -> tables that its models read, but its own."""
        read = {code: set(read_by(code)) for code in self.packs}
        models = {t.name: t.name.partition(".")[2] for t in self.tables.values() if t.schema != LEDGER}
        return {code: [name for name, model in models.items() if model in names] for code, names in read.items()}

    @cached_property
    def everybody(self) -> tuple[User, ...]:
        """Every user, by kind, in the order of the files."""
        return (
            *(User(RULE, r.rule_id, r.title_zh, self.behind(*self.evidence(r)), frozenset(r.needs))
              for r in self.rules.values()),
            *(User(SHEET, s.code, s.title, self.behind(s.table, [c.name for c in s.columns]))
              for s in self.sheets.values()),
            *(User(EXPORT, x.code, x.feed.title, frozenset(o for i in x.items for o in i.origins))
              for x in self.exports.values()),
            *(User(QUESTION, q.question_id, q.text, feeds=frozenset(q.feeds)) for q in self.queries.questions.values()),
            *(User(PACK, pack_code(p), p.name, frozenset().union(*map(self.behind, self.given(p.code))))
              for p in self.packs.values()),
        )  # fmt: skip

    def users(self, feed: str) -> list[User]:
        """Who uses anything of a feed."""
        return [user for user in self.everybody if feed in user.all_feeds]

    def evidence(self, rule: Rule) -> tuple[str, list[str]]:
        """The table a rule looks at, and the columns it decides by and shows."""
        table, check = self.checks[rule.rule_id]
        meta, kwargs = check["meta"], check["kwargs"]
        said = [kwargs.get(k, "") for k in ("column", "sql")]
        asked = re.findall(r"\w+", " ".join((*said, *kwargs.get("defects", {}).values())))
        decides = [c for c in asked if c in self.lineage.get(table, {})]
        told = (*meta["evidence"], *decides, meta["value"])
        return table, [*dict.fromkeys(c for c in told if c != meta.get("defect"))]


def house() -> House:
    """Everything, read now. Raises HouseFileError."""
    known, contracts = tables(), load_contracts()
    return House(
        feeds=contracts,
        elements=load_elements(),
        standards=load_standards(),
        rules=dict(sorted(load_rules().items())),
        measured=load_measured(),
        checks={e["meta"]["rule_id"]: (f"verify.{s['name']}", e) for s in load_suites() for e in s["expectations"]},
        tables=known,
        readers=readers(known),
        tags={tag.code: tag for tag in load_tags(PROJECT_ROOT / TAGS)},
        sheets={code: sheet for audience in AUDIENCES for code, sheet in load_sheets(audience).items()},
        exports=load_exports(),
        queries=load_catalogue(),
        answers=load_answers(),
        packs=load_packs(),
        terms=load_terms(),
        schemes=tuple(dict.fromkeys(_schemes(contracts))),
        lineage=load_lineage(),
    )


def _schemes(contracts: Mapping[str, Feed]) -> Iterator[str]:
    for file in load_feed_files(PROJECT_ROOT / FEEDS):
        if file.says and file.says.benefit:
            scheme, columns = file.says.benefit.scheme, contracts[file.code].by_name
            yield from scheme.names(columns[scheme.column].code_list if scheme.column else ())
