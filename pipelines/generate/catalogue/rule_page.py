"""A rule's page in `docs/catalogue/rules/`, in Markdown, and the list of them.

Belongs here: the tables of those pages. Does not belong here: the words in them (rule_words.py).
"""

from pipelines.generate.catalogue import precision
from pipelines.generate.catalogue import rule_words as words
from pipelines.generate.catalogue.markdown import NOTE, cell, head
from pipelines.generate.catalogue.uses import House
from pipelines.give.returns.columns import SEVERITY
from pipelines.give.returns.questions import meaning
from pipelines.judge.rules import Rule

_HEADS = ("规则", "名称", "严重程度", "由谁解决", "责任部门", "问镇街", "自设问题", "精确率（自设）", "召回率（自设）")
_SHARES = (
    "精确率：查出的有多少是真的；召回率：真有的查出了多少。在合成样本上测得，真实数据可能不同；自设问题是我们自己"
    "有意放进样本的问题数。规模和日期见各规则的页，"
    "怎么测见 [docs/benchmark.md](../../benchmark.md)。\n"
)


def page(rule: Rule, house: House) -> str:
    """Markdown of one rule: what it asks of whom, from what, by which figures, how precisely, and what becomes of its
    findings."""
    lines = [NOTE, f"# {rule.rule_id} {rule.title_zh}", "", *head(("项目", "内容"))]
    lines += [f"| {item} | {cell(content)} |" for item, content in words.facts(rule, house)]
    if rule.answers:
        lines += ["", "## 镇街可以怎样答复", "", *head(("选项", "之后会怎样"))]
        lines += [f"| {a.words} | {cell(meaning(rule, a))} |" for a in rule.answers]
    lines += ["", "## 发现的问题去哪里", "", *(f"- {place}" for place in words.goes_to(rule, house))]
    lines += ["", f"## {precision.TITLE}", "", *head(("项目", "结果"))]
    lines += [f"| {item} | {told} |" for item, told in precision.rows(house.measured.get(rule.rule_id))]
    lines += ["", "## 依据来自哪些数据", "", *head(("依据", "数据源和列（含参与取值、排序的列）"))]
    grounds = words.grounds(rule, house) or [("归集台账", "交付记录")]
    lines += [f"| {label} | {cell(told)} |" for label, told in grounds]
    if rule.example:
        lines += ["", "## 示例（虚构，按数据合同遮蔽）", "", *head(("依据", "内容"))]
        lines += [f"| {label} | {cell(told)} |" for label, told in words.example(rule, house).items()]
    lines += ["", "相关数据源：" + ("、".join(f"[{c}](../{c}.md)" for c in _feeds(rule, house)) or "全部")]
    return "\n".join(lines) + "\n"


def _feeds(rule: Rule, house: House) -> list[str]:
    (user,) = [u for u in house.everybody if u.code == rule.rule_id]
    return sorted(user.all_feeds)


def index(house: House) -> str:
    """Markdown list of all rules with links to their pages."""
    lines = [NOTE, "# 校核规则", "", _SHARES, *head(_HEADS)]
    lines += [
        f"| [{r.rule_id}]({r.rule_id}.md) | {r.title_zh} | {SEVERITY[r.severity]} | {words.FIXERS[r.fixer]} "
        f"| {words.department(r, house)} | {'是' if r.asks_township else ''} "
        f"| {' | '.join(precision.cells(house.measured.get(r.rule_id)))} |"
        for r in house.rules.values()
    ]
    return "\n".join(lines) + "\n"
