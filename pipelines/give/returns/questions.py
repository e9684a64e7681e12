"""What the rule catalogue asks townships, in the words of the workbook.

Belongs here: rule -> question, and what each answer leads to. Does not belong here: rules themselves.
"""

from collections.abc import Mapping

from pipelines.give.returns.model import Choice, Question
from pipelines.judge.rules import ALIVE, DEAD, Answer, Rule

SEVERITY_ORDER = "CHMLI"


def questions(rules: Mapping[str, Rule]) -> tuple[Question, ...]:
    """The rules that ask townships, the most severe first."""
    asking = [rule for rule in rules.values() if rule.asks_township]
    asking.sort(key=lambda r: (SEVERITY_ORDER.index(r.severity), r.rule_id))
    return tuple(
        Question(
            rule_id=rule.rule_id,
            title=rule.title_zh,
            severity=rule.severity,
            text=rule.problem_zh + rule.question_zh,
            working_days=rule.working_days,
            version=rule.version,
            choices=tuple(
                Choice(a.words, meaning(rule, a), a.needs_value, a.value_list) for a in rule.answers
            ),
        )
        for rule in asking
    )


def meaning(rule: Rule, answer: Answer) -> str:
    """What happens when the township picks this answer."""
    if answer.asserts == ALIVE:
        return (
            "立即按健在处理，并注明「生死有异议」，不据此停发；转登记死亡的部门核实。部门不采纳的，下期再请您核实；部门再次登记的，由部门负责。"
        )
    if answer.asserts == DEAD and answer.kind == "confirm":
        return "按已死亡处理，转发放补贴的部门办理（仍在发放的停发）；不算异议。"
    if answer.kind == "confirm":
        return "核实情况转责任部门办理；不算异议。"
    if answer.kind == "dispute":
        return f"值不变，注明「{answer.marks}有异议」；转数据源部门核实，答复情况列入下次「回执」。"
    if answer.kind == "not_error":
        return f"保留现有数据，{rule.waiver_months} 个月内不再就此询问。"
    if answer.correction is None:
        later = f"{rule.fix_grace_days} 天后" if rule.fix_grace_days else "之后"
        return f"记为「已办理，待核对」；{later}的数据仍有同样问题时再询问。"
    given = f"改为「{answer.correction.value}」" if answer.correction.value else "按您选的「更正值」改"
    return f"{given}；核对通过后办结。以后部门数据又变回原值时，由部门负责，不再麻烦您。"
