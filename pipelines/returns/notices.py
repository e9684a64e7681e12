"""Letters of objection (异议函): what each source department is asked to put right in its own data.

Belongs here: one workbook per department and business date, never edited once it stands. Does not belong
here: who has to answer a ticket (`pipelines.ledger`), which row is the department's (own_rows.py). The department
finds a row by file, sheet and line and by masked words, so no name and no id number is in the file and it needs no
password.
"""

import hashlib
import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby
from pathlib import Path

import duckdb

from pipelines.contracts import Feed, load_contracts
from pipelines.ledger.ticket import CONFIRMED, DISPUTED
from pipelines.paths import Paths
from pipelines.returns.assemble import STATES
from pipelines.returns.columns import SEVERITY
from pipelines.returns.own_rows import NOWHERE, SOURCE_REF, OwnRow, own_reference, own_rows
from pipelines.returns.questions import SEVERITY_ORDER
from pipelines.returns.styles import clean, page, workbook_bytes, write_table
from pipelines.verify.rules import ALIVE, Rule, load_rules
from pipelines.whole_files import publish_folder

DISPUTE, FLIP_BACK, AGREED, PLAIN = "镇街异议", "更正后复现", "镇街已核实", "待更正"
_KINDS = (DISPUTE, FLIP_BACK, AGREED, PLAIN)
_TITLES = (
    "序号", "类别", "工单号", "规则", "严重程度", "数据文件", "工作表", "行号", "记录", "字段", "依据",
    "当前值", "镇街", "镇街意见", "镇街更正值", "首次提出", "目前状态",
)  # fmt: skip
_WIDTHS = (6, 11, 34, 24, 6, 32, 12, 8, 26, 14, 40, 18, 18, 22, 18, 12, 16)
_CENTRED = (
    True, True, True, False, True, False, True, True, False, True, False, False, False, False, False, True, True,
)  # fmt: skip
_LETTER = (
    "请按「数据文件」「工作表」「行号」在贵单位报送的文件中找到该行，在源系统中核对并更正；下次交付时以更正后的数据为准。",
    "「镇街异议」「更正后复现」排在前面，请优先办理。答复请写明工单号、采纳或不采纳、理由，送数据局。",
)
_HIDDEN = "（见源数据该行）"
# GB 11643: a last guard, should a rule word an identity number in a way that no contract masks.
_ID_NO = re.compile(r"(?<!\d)\d{17}[\dXx]")

_QUERY = """
    with latest_answer as (
        select ticket_id, arg_max(answer_code, as_of) as answer_code, arg_max(note, as_of) as note
        from lake.ledger.answer where outcome = 'accepted' and as_of <= $as_of group by ticket_id
    ),
    flipped as (select distinct ticket_id from lake.ledger.ticket_event where event = 'flip_back'),
    standing as (
        select ticket_id, max(new_value) as new_value from lake.ledger.correction_standing group by ticket_id
    ),
    township as (
        select distinct township_code, county_name || township_name as place
        from lake.unified.division where level_name = '乡镇' and is_current
    )
    select t.department, t.ticket_id, t.rule_id, t.severity, t.state, t.is_disputed, f.ticket_id is not null,
        t.source_ref, t.field, coalesce(t.evidence, '{}'), coalesce(t.value, ''), t.feed,
        coalesce(p.place, ''), coalesce(a.answer_code, ''), coalesce(a.note, ''), coalesce(s.new_value, ''),
        cast(t.opened_on as varchar)
    from lake.ledger.ticket t
    left join latest_answer a on a.ticket_id = t.ticket_id
    left join flipped f on f.ticket_id = t.ticket_id
    left join standing s on s.ticket_id = t.ticket_id
    left join township p on p.township_code = t.township_code
    where t.assignee = 'source' and t.department is not null and t.state not in ('closed', 'not_an_error')
    order by t.department, t.ticket_id"""


@dataclass(frozen=True)
class _Ticket:
    """One row of `_QUERY`."""

    department: str
    ticket_id: str
    rule_id: str
    severity: str | None
    state: str
    is_disputed: bool
    is_flipped: bool
    source_ref: str | None
    field: str | None
    evidence: str
    value: str
    feed: str | None
    place: str
    answer: str
    note: str
    correction: str
    opened_on: str | None

    @cached_property
    def facts(self) -> dict[str, str]:
        return json.loads(self.evidence)

    @property
    def references(self) -> list[str]:
        """Rows it may be about: that of the rule, and those in the evidence."""
        return [self.source_ref or "", *map(str, self.facts.values())]

    @property
    def kind(self) -> str:
        """What the township agrees with is no dispute, unless it has said since that the person lives."""
        is_agreed = self.state == CONFIRMED and ALIVE not in self.facts.values()
        if self.is_disputed or self.state == DISPUTED or (self.state == CONFIRMED and not is_agreed):
            return DISPUTE
        return FLIP_BACK if self.is_flipped else AGREED if is_agreed else PLAIN


@dataclass(frozen=True)
class Notice:
    """One letter as it stands. `department`: slug; `tickets`: rows in it."""

    department: str
    department_name: str
    tickets: int
    disputes: int
    issue: int
    file: Path
    is_new: bool


def write_notices(paths: Paths, con: duckdb.DuckDBPyConnection, as_of: date) -> list[Notice]:
    """Write the letter of every department that has open tickets; equal content stays untouched."""
    feeds, rules = load_contracts(), load_rules()
    names = {feed.department: feed.department_name for feed in feeds.values()}
    hidden = _identifying(feeds, rules)
    notices = []
    rows = [_Ticket(*row) for row in con.execute(_QUERY, {"as_of": as_of}).fetchall()]
    references = {t.ticket_id: own_reference(t.department, t.references, feeds) for t in rows}
    places = own_rows(paths, references.values(), feeds)
    for department, group in groupby(rows, key=lambda t: t.department):
        lines = [_line(t, rules, feeds, places.get(references[t.ticket_id], NOWHERE), hidden) for t in group]
        lines.sort(key=lambda x: (_KINDS.index(x[0]), SEVERITY_ORDER.index(x[1]), *x[2:]))
        shown = [(kind, *cells) for kind, _, *cells in lines]
        notices.append(_issue(paths, as_of, department, names.get(department, department), shown))
    return notices


def build_notice(department_name: str, as_of: date, rows: list[tuple[str, ...]]) -> bytes:
    """The letter as .xlsx; equal rows give equal bytes. `rows` are the cells after the running number."""
    with workbook_bytes(as_of, "异议函") as (book, formats, out):
        sheet = book.add_worksheet("异议函")
        sheet.set_row(0, 28)
        sheet.write_string(0, 0, f"致{department_name}：数据异议函（{as_of.isoformat()}）", formats["title"])
        for r, text in enumerate(_LETTER, 1):
            sheet.write_string(r, 0, text, formats["subtitle"])
        counts = "；".join(f"{kind} {sum(row[0] == kind for row in rows)} 条" for kind in _KINDS)
        sheet.write_string(len(_LETTER) + 1, 0, counts, formats["hint"])
        top = len(_LETTER) + 3
        page(sheet, f"数据异议函 {as_of.isoformat()} 内部资料 注意保密", title_rows=(top, top))
        sheet.freeze_panes(top + 1, 4)
        write_table(sheet, formats, top, _TITLES, _WIDTHS, _CENTRED, rows, fits_rows=True)
    return out.getvalue()


def _line(
    ticket: _Ticket, rules: Mapping[str, Rule], feeds: Mapping[str, Feed], place: OwnRow, hidden: frozenset[str]
) -> tuple[str, ...]:
    rule = rules.get(ticket.rule_id)
    feed = feeds.get(ticket.feed)
    column = feed.by_name.get(ticket.field) if feed and ticket.field else None
    value = ticket.value
    if column is None or column.mask is not None:
        value = _HIDDEN if value else ""
    shown = (
        f"{k}：{column.label if column and v == ticket.field else _ID_NO.sub('…', str(v))}"
        for k, v in ticket.facts.items()
        if k not in hidden and not SOURCE_REF.fullmatch(str(v))
    )
    severity = ticket.severity or "I"
    return tuple(
        clean(text)
        for text in (
            ticket.kind, severity, ticket.ticket_id, f"{ticket.rule_id} {rule.title_zh}" if rule else ticket.rule_id,
            SEVERITY.get(severity, ""), place.file, place.sheet, place.row, place.record,
            column.label if column else "", "；".join(shown), value, ticket.place,
            "：".join(t for t in (ticket.answer, ticket.note) if t), ticket.correction, ticket.opened_on or "",
            STATES.get(ticket.state, ticket.state),
        )
    )  # fmt: skip


def _identifying(feeds: Mapping[str, Feed], rules: Mapping[str, Rule]) -> frozenset[str]:
    """Evidence labels that name or reach a person: columns that a contract masks, in any rule's words."""
    masked = {c.name for feed in feeds.values() for c in feed.columns if c.mask is not None}
    masked |= {"head_names", "full_address"}
    return frozenset(rule.labels[n] for rule in rules.values() for n in masked if n in rule.labels)


def _issue(paths: Paths, as_of: date, department: str, name: str, rows: list[tuple[str, ...]]) -> Notice:
    content = build_notice(name, as_of, rows)
    digest = hashlib.sha256(content).hexdigest()
    day = f"{as_of:%Y%m%d}"
    folders = list((paths.notices / department).glob(f"{day}*"))
    standing = max(folders, key=lambda f: int(f.name[len(day) + 1 :] or 1), default=None)
    issue = 1 if standing is None else int(standing.name[len(day) + 1 :] or 1)
    is_new = standing is None or all(
        hashlib.sha256(f.read_bytes()).hexdigest() != digest for f in standing.glob("*.xlsx")
    )
    if is_new:
        issue += standing is not None
        standing = paths.notices / department / (day if issue == 1 else f"{day}_{issue}")
        scratch = standing.with_name(f".scratch-{standing.name}")
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        (scratch / f"异议函_{name}_{day}.xlsx").write_bytes(content)
        publish_folder(scratch, standing)
    disputes = sum(row[0] == DISPUTE for row in rows)
    return Notice(department, name, len(rows), disputes, issue, next(standing.glob("*.xlsx")), is_new)
