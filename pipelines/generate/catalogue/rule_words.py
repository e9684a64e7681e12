"""A rule in the words of an office: whom it asks, when it fires, by which figures, where its findings go.

Belongs here: wording that a rule's page and the search page share. Does not belong here: tables and pages.
"""

import csv
from collections.abc import Mapping

from pipelines.generate.catalogue.uses import House
from pipelines.give.returns.columns import SEVERITY
from pipelines.judge.rules import Rule
from pipelines.judge.wording import Wording
from pipelines.kit.contracts import Column
from pipelines.kit.contracts.masks import masked
from pipelines.kit.models import DBT_PROJECT

FIXERS = {"T": "镇街", "D": "数据源部门", "J": "镇街核实，部门办理"}
_OWNER = "市大数据局"
_WHOSE_ROW = "该行数据的来源部门"
# What more feeds tell than these is the unified database's: their columns would fill the page.
_MANY_FEEDS = 4


def facts(rule: Rule, house: House) -> list[tuple[str, str]]:
    """What a rule is, as (item, content)."""
    found = [
        ("检查什么", rule.problem_zh),
        ("问镇街", rule.question_zh),
        ("建议部门", rule.fix_zh),
        ("由谁解决", FIXERS[rule.fixer]),
        ("责任部门", department(rule, house)),
        ("严重程度", f"{rule.severity} {SEVERITY[rule.severity]}"),
        ("判定条件", condition(rule, house)),
        ("参数", "；".join(parameters(rule))),
        ("必需的数据源", "、".join(named(code, house) for code in rule.needs) or "无：有什么数据就查什么"),
        ("答复期限", f"{rule.working_days} 个工作日"),
        ("暂不重开", f"已处理的，{rule.fix_grace_days} 日内等数据更新" if rule.fix_grace_days else ""),
        ("校核表", house.checks[rule.rule_id][0]),
        ("维护", f"{_OWNER}，版本 {rule.version}，自 {rule.valid_from:%Y-%m-%d} 起"),
        ("更新", "每期全部重算；必需的数据源过期的，该范围不判定，已有工单保持原状"),
    ]
    return [(item, content) for item, content in found if content]


def department(rule: Rule, house: House) -> str:
    """Who answers for what it finds."""
    names = {feed.department: feed.department_name for feed in house.feeds.values()}
    return names.get(rule.source, _WHOSE_ROW)


def named(code: str, house: House) -> str:
    """A feed with its department and when it is due."""
    feed = house.feeds[code]
    return f"{code} {feed.title}（{feed.department_name}，{feed.cadence}，月底后 {feed.due_days} 日内）"


def condition(rule: Rule, house: House) -> str:
    """When a row is a finding; '' where only the problem itself can tell."""
    check = house.checks[rule.rule_id][1]
    given, column = check["kwargs"], check["meta"].get("defect", check["kwargs"].get("column"))
    label, words = rule.labels.get(column), rule.value_labels.get(column, {})
    match label and check["type"].removeprefix("expect_column_values_to_"):
        case "be_null" | "have_no_defect":
            return f"查出「{label}」" + (f"：{'、'.join(words.values())}" if words else "")
        case "be_between":
            return f"「{label}」{_beyond(given)}"
        case "be_in_set":
            return f"「{label}」不是{'、'.join(words.get(v, v) for v in given['value_set'])}"
    return ""


def _beyond(given: Mapping[str, object]) -> str:
    """Where a value lies that is outside of one limit."""
    if "max_value" in given:
        return f"大于 {_limit(given['max_value'])}"
    return f"{'不大于' if given.get('strict_min') else '小于'} {_limit(given['min_value'])}"


def _limit(said: object) -> str:
    return f"参数 {said['$PARAMETER']}" if isinstance(said, Mapping) else str(said)


def parameters(rule: Rule) -> list[str]:
    """Its figures with the days they hold, and what they rest on."""
    with (DBT_PROJECT / "seeds" / "rule_parameter.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["rule_id"] == rule.rule_id]
    return [f"{r['parameter']} = {r['value']}，{_days(r['valid_from'], r['valid_to'])}（{r['basis']}）" for r in rows]


def _days(first: str, until: str) -> str:
    return f"{first} 至 {until}" if until else f"{first} 起"


def goes_to(rule: Rule, house: House) -> list[str]:
    """Where people meet its findings, in the order in which they do."""
    table = house.checks[rule.rule_id][0]
    exports = [x for x in house.exports.values() if f"'{rule.rule_id}'" in x.where or table in x.source]
    return [
        "镇街返还工作簿的「异常清单」，由镇街答复" if rule.asks_township else f"{department(rule, house)}的《异议函》",
        *(["镇街有异议或认可的，转部门《异议函》"] * any(a.kind in ("dispute", "confirm") for a in rule.answers)),
        *(["不另立工单：重开原来的那张"] * (rule.ticket == "original")),
        *(f"导出 {x.code} {x.feed.title}（{x.receiver.name}）" for x in exports),
        "汇总数 published.anomaly_summary（不含个人信息）",
    ]


def example(rule: Rule, house: House) -> dict[str, str]:
    """Label -> words of the evidence of the rule's made-up row, masked as contracts say."""
    told = Wording(house.feeds, elements=house.elements)
    table, check = house.checks[rule.rule_id]
    row = rule.example
    shown = {c: _hidden(c, row[c], row["feed"], table, told, house) for c in check["meta"]["evidence"] if c in row}
    return told.evidence(rule, shown, row.get("feed"))


def _hidden(name: str, value: str, feed: str, table: str, told: Wording, house: House) -> str:
    """A value under the mask of its column; a name is one wherever it comes from."""
    known = told.column(name, feed)
    if known is None and name.endswith("_name") and _is_of_a_person(table, name, house):
        known = next(e for e in house.elements.values() if "person_name" in e.tags)
    return masked(Column(name, name, tags=known.tags), value) if known else value


def _is_of_a_person(table: str, name: str, house: House) -> bool:
    places = (origin.split(".") for origin in house.origins(table, name))
    return any("person_name" in house.feeds[feed].by_name[column].tags for feed, column in places)


def grounds(rule: Rule, house: House) -> list[tuple[str, str]]:
    """Evidence as (label, feed columns behind it), what we work out ourselves left out."""
    table, columns = house.evidence(rule)
    rows = [(rule.labels.get(c, c), sorted(house.origins(table, c))) for c in columns if c in rule.labels]
    return [(label, _told(origins, house)) for label, origins in rows if origins]


def _told(origins: list[str], house: House) -> str:
    """`F01 户籍人口：姓名、更新日期`; of many feeds their codes."""
    by_feed: dict[str, list[str]] = {}
    for origin in origins:
        feed, _, column = origin.partition(".")
        by_feed.setdefault(feed, []).append(house.feeds[feed].by_name[column].label)
    if len(by_feed) > _MANY_FEEDS:
        return f"由 {len(by_feed)} 个数据源合并：{'、'.join(by_feed)}"
    return "；".join(f"{feed} {house.feeds[feed].title}：{'、'.join(labels)}" for feed, labels in by_feed.items())
