"""Letters of objection (异议函): what each source department is asked to put right in its own data.

Belongs here: one workbook per department and business date, never edited once it stands. Does not belong
here: who has to answer a ticket (`pipelines.ledger`). The department finds a row by file and line, so no name
and no id number is in the file and it needs no password.
"""

import hashlib
import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path

import duckdb

from pipelines.contracts import Feed, load_contracts
from pipelines.paths import Paths
from pipelines.returns.assemble import STATES
from pipelines.returns.columns import SEVERITY
from pipelines.returns.questions import SEVERITY_ORDER
from pipelines.returns.styles import clean, page, workbook_bytes, write_table
from pipelines.verify.rules import Rule, load_rules

DISPUTE, FLIP_BACK, PLAIN = "镇街异议", "更正后复现", "待更正"
_KINDS = (DISPUTE, FLIP_BACK, PLAIN)
_TITLES = (
    "序号", "类别", "工单号", "规则", "严重程度", "数据文件", "行号", "字段", "依据", "当前值", "镇街",
    "镇街意见", "镇街更正值", "首次提出", "目前状态",
)  # fmt: skip
_WIDTHS = (6, 11, 34, 24, 6, 32, 8, 14, 40, 18, 18, 22, 18, 12, 16)
_CENTRED = (True, True, True, False, True, False, True, True, False, False, False, False, False, True, True)
_LETTER = (
    "请按「数据文件」和「行号」在源系统中找到该行，核对并更正；下次交付时以更正后的数据为准。",
    "「镇街异议」「更正后复现」排在前面，请优先办理。答复请写明工单号、采纳或不采纳、理由，送数据局。",
)
_HIDDEN = "（见源数据该行）"
# GB 11643: a last guard, should a rule word an identity number in a way that no contract masks.
_ID_NO = re.compile(r"(?<!\d)\d{17}[\dXx]")
_SOURCE_REF = re.compile(r"(?P<feed>F\d{2})/(?P<delivery>\d{8}-[0-9a-f]{8})/(?P<line>\d+)")

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
    files = dict(
        con.execute("select feed || '/' || delivery_id, file_name from lake.ledger.delivery").fetchall()
    )
    rows = con.execute(_QUERY, {"as_of": as_of}).fetchall()
    for department, group in groupby(rows, key=lambda row: row[0]):
        lines = [_line(row, rules, feeds, files, hidden) for row in group]
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
    row: tuple,
    rules: Mapping[str, Rule],
    feeds: Mapping[str, Feed],
    files: Mapping[str, str],
    hidden: frozenset[str],
) -> tuple[str, ...]:
    (department, ticket_id, rule_id, severity, state, is_disputed, is_flipped, source_ref, field, evidence,
     value, feed_code, place, answer, note, correction, opened_on) = row  # fmt: skip
    kind = DISPUTE if is_disputed or state == "disputed_to_source" else FLIP_BACK if is_flipped else PLAIN
    feed = feeds.get(feed_code)
    column = feed.by_name.get(field) if feed and field else None
    facts = json.loads(evidence)
    delivery, line = _own_row(department, [source_ref or "", *map(str, facts.values())], feeds)
    if column is None or column.mask is not None:
        value = _HIDDEN if value else ""
    shown = (
        f"{k}：{column.label if column and v == field else _ID_NO.sub('…', str(v))}"
        for k, v in facts.items()
        if k not in hidden and not _SOURCE_REF.fullmatch(str(v))
    )
    rule = f"{rule_id} {rules[rule_id].title_zh}" if rule_id in rules else rule_id
    return tuple(
        clean(text)
        for text in (
            kind, severity or "I", ticket_id, rule, SEVERITY.get(severity or "I", ""),
            files.get(delivery, ""), line, column.label if column else "", "；".join(shown), value, place,
            "：".join(t for t in (answer, note) if t), correction, opened_on or "", STATES.get(state, state),
        )
    )  # fmt: skip


def _own_row(department: str, references: list[str], feeds: Mapping[str, Feed]) -> tuple[str, str]:
    """('F04/<delivery>', line) of the first reference into the department's own feeds, else of the first."""
    found = [m for m in map(_SOURCE_REF.fullmatch, references) if m]
    own = [m for m in found if m["feed"] in feeds and feeds[m["feed"]].department == department]
    best = next(iter(own or found), None)
    return (f"{best['feed']}/{best['delivery']}", best["line"]) if best else ("", "")


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
        scratch.rename(standing)
    disputes = sum(row[0] == DISPUTE for row in rows)
    return Notice(department, name, len(rows), disputes, issue, next(standing.glob("*.xlsx")), is_new)
