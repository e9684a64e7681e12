"""Reading the lake and handing out one township after another.

Belongs here: the queries behind a return set. Does not belong here: the shape of the file. The lists are read
county by county, as columns; only one township at a time becomes rows.
"""

import json
from collections.abc import Container, Iterator, Mapping
from datetime import date
from itertools import groupby
from pathlib import Path

import duckdb

from pipelines.give.returns import columns as layout
from pipelines.give.returns.guide import NIL, STALE
from pipelines.give.returns.model import Anomaly, Cells, TownshipReturn
from pipelines.give.returns.own_rows import SOURCE_REF
from pipelines.give.returns.questions import SEVERITY_ORDER, questions
from pipelines.ingest.arrivals.freshness import FAILED
from pipelines.ingest.arrivals.model import MISSING, PRESUMED_NIL, REFUSED
from pipelines.judge.ledger.freshness import month
from pipelines.judge.ledger.ticket import REOPENED, RETURNED, SOURCE
from pipelines.judge.ledger.ticket_numbers import short
from pipelines.judge.rules import Rule
from pipelines.judge.wording import Wording, named_codes
from pipelines.kit.contracts import Feed
from pipelines.kit.file_names import without_numbers
from pipelines.kit.office.sheets import Sheet, SheetColumn, ValueList, load_lists, load_sheets
from pipelines.kit.office.styles import clean

_COUNTY_DIGITS = 6
# By what of the evidence a question is known to people: whom it is about, a place, the holder of a contract.
_NAMES = ("name", "place_name", "head_name")
OUTCOMES = {
    "accepted": "已受理",
    "rejected": "未通过",
    "duplicate": "已答复，只计一次",
    "superseded": "已被后一次代替",
    "unanswered": "未答复",
}
STATES = {
    "detected": "待核实",
    "returned": "待核实",
    "township_fixed": "已办理，待核对",
    "not_an_error": "已确认不是错误",
    "disputed_to_source": "有异议，已转数据源部门",
    "confirmed_to_source": "已核实，已转部门办理",
    "source_accepted_fixed": "部门已受理，待核对",
    "source_rejected": "部门未采纳",
    "closed": "已办结",
    "reopened": "再次出现",
}
# Of a ticket that is open again and held by the department: flipped back, or not mended as it had said.
_FLIPPED, _AT_SOURCE = "来源报来的还是原值，已转数据来源部门，您的更正继续有效", "再次出现，已转数据来源部门"


def township_returns(
    con: duckdb.DuckDBPyConnection, as_of: date, rules: Mapping[str, Rule], feeds: Mapping[str, Feed],
    wanted: Container[str] | None = None,
) -> Iterator[TownshipReturn]:  # fmt: skip
    """The content of the return set of every township in force (of those `wanted`), by code; issue 1, superseding
    nothing."""
    townships = [row for row in con.execute(_TOWNSHIPS).fetchall() if wanted is None or row[0] in wanted]
    if not townships:
        return
    sheets = [sheet for sheet in load_sheets(layout.TOWNSHIP).values() if sheet.table]
    values = {name: _Partition(con, _value_query(value)) for name, value in load_lists().items()}
    open_tickets = _Partition(con, _TICKETS)
    answers = _Partition(con, _ANSWERS, [as_of])
    fresh = con.execute(_FRESH, [as_of]).fetchall()
    nil = set(con.execute(_NIL, [as_of, PRESUMED_NIL]).fetchall())
    asked, wording = questions(rules), Wording(feeds, named_codes(con))
    for county_code, here in groupby(townships, key=lambda row: row[0][:_COUNTY_DIGITS]):
        lists = {sheet.code: _Partition(con, _list_query(sheet), [county_code]) for sheet in sheets}
        for code, name, county in here:
            yield TownshipReturn(
                township_code=code,
                township_name=clean(name),
                county_name=clean(county),
                as_of=as_of,
                questions=asked,
                anomalies=_anomalies(open_tickets.take(code), rules, wording),
                lists={name: rows.take(code) for name, rows in lists.items()},
                values={name: entries.take(code) for name, entries in values.items()},
                previous_answers=tuple(_previous(row, rules) for row in answers.take(code)),
                sources=_sources(fresh, code, feeds),
                periods={sheet.code: _period(fresh, nil, code, sheet.feed) for sheet in sheets if sheet.feed},
            )


class _Partition:
    """The result of a query whose first column is a township code, in code order; given out by township."""

    def __init__(self, con: duckdb.DuckDBPyConnection, query: str, values: list | None = None) -> None:
        self._frame = con.execute(query, values or []).pl()
        runs = self._frame.to_series(0).rle().struct.unnest()
        starts = runs["len"].cum_sum() - runs["len"]
        self._place = dict(zip(runs["value"], zip(starts, runs["len"], strict=True), strict=True))

    def take(self, township_code: str) -> tuple[Cells, ...]:
        """The township's rows without the code."""
        start, count = self._place.get(township_code, (0, 0))
        return tuple(row[1:] for row in self._frame.slice(start, count).rows())


def _text(expression: str) -> str:
    """SQL of a cell: text, '' for null, no control characters."""
    text = f"coalesce(cast({expression} as varchar), '')"
    return f"regexp_replace({text}, '[\\x00-\\x08\\x0b-\\x1f\\x7f]', '', 'g')"


def _list_query(sheet: Sheet) -> str:
    columns = [c.name for c in sheet.listed]
    chosen = ", ".join(f"{_text(_in_words(c))} as {c.name}" for c in sheet.listed)
    return (
        f"select township_code, {chosen} from lake.{sheet.table} where starts_with(township_code, ?) "
        f"order by {', '.join(dict.fromkeys(['township_code', *sheet.order, *columns]))}"
    )


def _in_words(column: SheetColumn) -> str:
    """SQL of a column's value: codes as people read them, a number without empty decimals."""
    if column.type == "decimal":
        return rf"regexp_replace(cast(cast({column.name} as decimal(18, 2)) as varchar), '\.?0*$', '')"
    cases = " ".join(f"when '{code}' then '{word}'" for code, word in column.words.items())
    return f"case {column.name} {cases} else {column.name} end" if cases else column.name


def _value_query(values: ValueList) -> str:
    return (
        f"select township_code, {_text(values.code)} as code, {_text(values.label)} as label from lake.{values.table} "
        f"where township_code is not null order by township_code, {values.code}"
    )


_TOWNSHIPS = """
    select distinct township_code, township_name, county_name from lake.unified.division
    where level_name = '乡镇' and is_current order by township_code"""
# What a department said last where it did not follow the township.
_REFUSED = """
    select ticket_id, arg_max(cast(as_of as varchar), seq) as refused_on, arg_max(reason, seq) as reason
    from lake.ledger.ticket_event where event = 'source_reject' group by ticket_id"""
# The village a rule's row is about, where the rule says one; else that of the person, if it is in the township.
_TICKETS = f"""
    with refused as ({_REFUSED}),
    home as (
        select person.person_id, substr(person.village_code, 1, 9) as township_code,
            min(village.division_name) as village_name
        from lake.unified.person as person
        join lake.unified.division as village
            on village.division_code = person.village_code and village.level_name = '村'
        group by person.person_id, substr(person.village_code, 1, 9)
    )
    select ticket.township_code, ticket.ticket_id, coalesce(group_key, ticket_id), rule_id, severity,
        coalesce(found_by, rule_id), coalesce(evidence, '{{}}'),
        feed, field, coalesce(value, ''), coalesce(home.village_name, ''),
        coalesce(refused.refused_on || ' 部门未采纳：' || refused.reason, '')
    from lake.ledger.ticket as ticket
    left join home on ticket.subject_kind = 'person' and home.person_id = ticket.subject_id
        and home.township_code = ticket.township_code
    left join refused using (ticket_id)
    where assignee = 'township' and state = 'returned' and ticket.township_code is not null
    order by ticket.township_code, ticket.ticket_id"""
# What a township said last, in whichever turn that was. A value the department reported since is told: it won.
_ANSWERS = f"""
    with refused as ({_REFUSED}),
    last as (
        select township_code, max(as_of) as as_of from lake.ledger.answer where as_of <= ? group by township_code
    ),
    overtaken as (
        select ticket_id, max(redelivered_value) as value from lake.verify.corrected_value
        where source_state = 'superseded' and redelivered_value <> '' group by ticket_id
    ),
    flipped as (select distinct ticket_id from lake.ledger.ticket_event where event = 'flip_back'),
    -- Who it is about: what a flip-back says of a ticket names nobody, its own rule did.
    named as (
        select ticket_id, arg_max(evidence ->> '$.name', last_seen) as name from lake.ledger.anomaly
        where ticket_id in (select ticket_id from flipped) group by ticket_id
    )
    select a.township_code, cast(a.as_of as varchar), a.file_name, coalesce(a.ticket_id, ''), coalesce(t.rule_id, ''),
        coalesce(t.evidence ->> '$.name', named.name, ''), coalesce(a.answer_text, ''), coalesce(a.new_value, ''),
        a.outcome, coalesce(t.state, ''), coalesce(t.assignee, ''), flipped.ticket_id is not null,
        case when a.outcome = 'accepted' and overtaken.ticket_id is not null
            then '部门此后另报 ' || overtaken.value || '，现用部门的新值；仍不对的，请告知区市数据专员，转该部门。'
            when a.outcome = 'accepted' and t.state = 'returned' and t.assignee = 'township'
                and cast(a.as_of as varchar) < refused.refused_on
            then refused.refused_on || ' 部门未采纳：' || refused.reason || '。请在「异常清单」里再核实一次。'
            else coalesce(a.reason, '') end,
        a.sheet_row
    from lake.ledger.answer a
    inner join last on last.township_code = a.township_code and last.as_of = a.as_of
    left join lake.ledger.ticket t on t.ticket_id = a.ticket_id
    left join overtaken on overtaken.ticket_id = a.ticket_id
    left join flipped on flipped.ticket_id = a.ticket_id
    left join named on named.ticket_id = a.ticket_id
    left join refused on refused.ticket_id = a.ticket_id
    where a.outcome in ('accepted', 'rejected') or a.note <> ''
    order by a.township_code, a.file_name, a.workbook_sha256, a.sheet_row, a.ticket_id"""
_FRESH = """
    select feed, scope, last_good_on, last_good_period, behind_period, state, as_of - cast(days_behind as integer),
        days_behind
    from lake.ledger.freshness where as_of = ? order by feed, scope"""
_NIL = "select distinct feed, scope from lake.ledger.arrival where as_of = ? and state = ?"


def _anomalies(rows: tuple[tuple, ...], rules: Mapping[str, Rule], wording: Wording) -> tuple[Anomaly, ...]:
    made = []
    for ticket_id, group_key, rule_id, severity, found_by, evidence, feed, field, value, village, refused in rows:
        # Where a row stands in a department's file tells the township nothing.
        known = json.loads(evidence).items()
        facts = {k: clean(str(v)) for k, v in known if not SOURCE_REF.fullmatch(str(v))}
        shown = wording.value(wording.column(field, feed), value) if field else ""
        called = next((name for name in _NAMES if facts.get(name)), "name")
        who = {k: facts.pop(k, "") for k in (called, "id_no", "village_name")}
        told = [f"{k}：{v}" for k, v in wording.evidence(rules[found_by], facts, feed).items()]
        made.append(
            Anomaly(
                ticket_id=ticket_id,
                group_key=group_key,
                rule_id=rule_id,
                severity=severity,
                name=who[called],
                id_no=who["id_no"],
                village_name=who["village_name"] or clean(village),
                evidence="；".join(filter(None, (clean(refused), *told))),
                value=clean(shown),
            )
        )
    made.sort(
        key=lambda a: (SEVERITY_ORDER.index(a.severity), a.rule_id, a.village_name, a.name, a.ticket_id)
    )
    return tuple(made)


def _previous(row: tuple, rules: Mapping[str, Rule]) -> Cells:
    (said_on, file_name, ticket_id, rule_id, name, answer, new_value, outcome, state, holder, is_flipped, reason,
     sheet_row) = row  # fmt: skip
    # A line without a ticket is about the file (row 0), or about a row that was never ours.
    rule = f"{rule_id} {rules[rule_id].title_zh}" if rule_id in rules else "—" if sheet_row else "整个文件"
    handed_in = clean(without_numbers(Path(file_name).name))
    return (
        said_on, handed_in, short(ticket_id), rule, clean(name), clean(answer), clean(new_value),
        OUTCOMES.get(outcome, outcome), _state(state, holder, is_flipped), clean(reason),
    )  # fmt: skip


def _state(state: str, holder: str, is_flipped: bool) -> str:
    """Where a ticket stands, as the township reads it: 待核实 only where it is the township's turn."""
    if state in (RETURNED, REOPENED) and holder == SOURCE:
        return _FLIPPED if is_flipped else _AT_SOURCE
    return STATES.get(state, state)


def _scopes(township_code: str) -> tuple[str, ...]:
    """The city, the county and the township, as deliveries name them."""
    return f"{township_code[:4]}00", township_code[:_COUNTY_DIGITS], township_code


def _period(fresh: list[tuple], nil: set[tuple], township_code: str, feed: str) -> str:
    """The newest month of a feed's data about the township; '' where none came, NIL where none has to."""
    scopes = _scopes(township_code)
    lines = [line for line in fresh if line[0] == feed and line[1] in scopes]
    newest = max((line[3] or "" for line in lines), default="")
    is_nil = any((feed, scope) in nil for scope in scopes) and not any(line[4] for line in lines)
    return month(newest) if newest else NIL if is_nil else ""


def _sources(fresh: list[tuple], township_code: str, feeds: Mapping[str, Feed]) -> tuple[Cells, ...]:
    """(department and title, newest accepted delivery and its period) of the feeds of the city, the county and the
    township; says so when the data is stale. What never came and is not due yet is not named."""
    scopes = _scopes(township_code)
    lines = []
    for code, scope, good, newest, period, state, due, days in fresh:
        if code not in feeds or scope not in scopes or not (good or period):
            continue
        text = f"最近交付 {good}" if good else "尚无可用的交付"
        text += f"，数据到{month(newest)}" if newest else ""
        if state == REFUSED:
            text += f"{STALE}：{month(period)}的交付未通过检查" + ("，仍用此前的数据" if good else "")
        elif state == FAILED:
            text += f"{STALE}：本次未能更新，仍用此前的数据"
        elif state == MISSING:
            text += f"{STALE}：{month(period)}的数据按约定应在 {due} 前报送，尚未收到，逾期 {days} 天"
        lines.append((f"{feeds[code].department_name} {feeds[code].title}", text))
    return tuple(lines)
