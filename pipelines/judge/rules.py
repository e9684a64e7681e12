"""The rule catalogue `expectations/rules.yaml` as frozen objects.

Belongs here: reading and checking the catalogue. Does not belong here: what makes a row fail (the suites),
and what becomes of a ticket (pipelines.judge.ledger).
"""

import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pipelines.kit import yaml_text
from pipelines.kit.office.sheets import load_lists
from pipelines.kit.packs import of_packs
from pipelines.kit.paths import PROJECT_ROOT

RULES_FILE = PROJECT_ROOT / "expectations" / "rules.yaml"
TYPED = "输入"
ANSWER_KINDS = ("fix", "not_error", "dispute", "confirm")
ALIVE, DEAD = "健在", "死亡"
_RULE_ID = re.compile(r"[A-Z]\d{2}")
_ANSWER_CODE = re.compile(r"[a-z_]+")


class RuleCatalogueError(ValueError):
    """rules.yaml contradicts itself; the message names the rule and the key."""


@dataclass(frozen=True)
class Correction:
    """What an answer changes: `field` of the newest row of `feed`; `value` None = the township types it."""

    feed: str
    field: str
    value: str | None


@dataclass(frozen=True)
class Answer:
    """One entry of the drop-down 处理结果. `code` never changes; `words` is the text the township picks, `formerly`
    what it was in workbooks that are out.

    What it does once accepted: `correction`, `asserts` (ALIVE or DEAD) and `marks` (what is then under dispute);
    without any of them it is only recorded.
    """

    code: str
    words: str
    kind: str
    formerly: tuple[str, ...] = ()
    needs_value: bool = False
    value_list: str | None = None
    correction: Correction | None = None
    dispute_to: str | None = None
    asserts: str | None = None
    marks: str | None = None


@dataclass(frozen=True)
class Shown:
    """How the value of an evidence column is told where the contracts do not say: its `unit`, or `like` a column of
    the row's feed. `unit_in`, `label_in`, `like_in`: the evidence column whose value is that unit, its label, that
    column's name."""

    unit: str = ""
    like: str = ""
    unit_in: str = ""
    label_in: str = ""
    like_in: str = ""


@dataclass(frozen=True)
class Rule:
    """One rule. `labels`: evidence column -> Chinese label; `value_labels`: column -> code -> word; `shown`: column ->
    how its value is told. `needs`: feeds without whose present state it would speak falsely. `problem_zh` says what is
    wrong, `question_zh` what townships are asked then, `fix_zh` what departments might do; `days` both have for it."""

    rule_id: str
    title_zh: str
    title_en: str
    severity: str
    fixer: str
    source: str
    version: str
    valid_from: date
    asks_township: bool
    problem_zh: str
    question_zh: str
    fix_zh: str
    days: int
    answers: tuple[Answer, ...]
    waiver_months: int
    fix_grace_days: int
    ticket: str
    needs: tuple[str, ...]
    labels: MappingProxyType = field(repr=False)
    value_labels: MappingProxyType = field(repr=False)
    shown: MappingProxyType = field(repr=False)

    @property
    def beside(self) -> frozenset[str]:
        """Evidence columns that are told with others, as their unit or their label."""
        return frozenset(column for form in self.shown.values() for column in (form.unit_in, form.label_in) if column)

    def answer(self, code: str) -> Answer | None:
        """The answer with this code, or None."""
        return next((a for a in self.answers if a.code == code), None)

    def said(self, words: str) -> Answer | None:
        """The answer a township means by a drop-down text of today or of former times, or None."""
        return next((a for a in self.answers if words in (a.words, *a.formerly)), None)


def load_rules(path: Path = RULES_FILE) -> dict[str, Rule]:
    """The catalogue and what packs add to it, rule id -> Rule in the order of the files. Raises RuleCatalogueError."""
    core = yaml_text.parse(path.read_text(encoding="utf-8"))
    rules = _rules_of(core, core)
    for file in of_packs("rules.yaml") if path == RULES_FILE else ():
        try:
            added = _rules_of(yaml_text.parse(file.read_text(encoding="utf-8")), core)
            if twice := sorted(added.keys() & rules.keys()):
                raise RuleCatalogueError(f"rules.yaml: {twice} are rules already")
        except RuleCatalogueError as error:
            raise RuleCatalogueError(f"packs/{file.parent.name}/{error}") from None
        rules |= added
    return rules


def answer_days(path: Path = RULES_FILE) -> int:
    """Calendar days townships and departments have for a ticket, where its rule does not say otherwise."""
    return yaml_text.parse(path.read_text(encoding="utf-8"))["days"]


def _rules_of(doc: dict[str, Any], core: dict[str, Any]) -> dict[str, Rule]:
    """A pack's words come before those of the core, for its own rules."""
    words = {key: {**core[key], **doc.get(key, {})} for key in ("labels", "value_labels", "shown")}
    shown = {column: Shown(**form) for column, form in words["shown"].items()}
    return {
        rule_id: _rule(rule_id, {"days": core["days"], **body}, {**words, "shown": shown})
        for rule_id, body in doc["rules"].items()
    }


def _rule(rule_id: str, body: dict[str, Any], words: dict[str, dict]) -> Rule:
    if not _RULE_ID.fullmatch(rule_id):
        raise RuleCatalogueError(f"rules.yaml: rule id {rule_id!r} is not a letter and two digits")
    answers = tuple(_answer(rule_id, a) for a in body.get("answers", ()))
    rule = Rule(
        rule_id=rule_id,
        title_zh=body["title_zh"],
        title_en=body["title_en"],
        severity=_one_of(rule_id, "severity", body["severity"], "CHMLI"),
        fixer=_one_of(rule_id, "fixer", body["fixer"], "TDJ"),
        source=body.get("source", "row"),
        version=str(body.get("version", "1")),
        valid_from=body.get("valid_from", date(2023, 1, 1)),
        asks_township=bool(body.get("asks_township", False)),
        problem_zh=body["problem_zh"],
        question_zh=body.get("question_zh", ""),
        fix_zh=body["fix_zh"],
        days=int(body["days"]),
        answers=answers,
        waiver_months=int(body.get("waiver_months", 12)),
        fix_grace_days=int(body.get("fix_grace_days", 0)),
        ticket=_one_of(rule_id, "ticket", body.get("ticket", "own"), ("own", "original")),
        needs=tuple(body.get("needs", ())),
        labels=MappingProxyType({**words["labels"], **body.get("labels", {})}),
        value_labels=MappingProxyType(words["value_labels"]),
        shown=MappingProxyType(words["shown"]),
    )
    for named in ([a.code for a in answers], [w for a in answers for w in (a.words, *a.formerly)]):
        if len(set(named)) < len(named):
            raise RuleCatalogueError(f"rules.yaml: {rule_id} has two answers of one code or of the same words")
    if not rule.asks_township == bool(answers) == bool(rule.question_zh):
        raise RuleCatalogueError(
            f"rules.yaml: {rule_id} must have question_zh and answers exactly when asks_township is true"
        )
    return rule


def _answer(rule_id: str, body: dict[str, Any]) -> Answer:
    correction = None
    if "correction" in body:
        feed, _, column = body["correction"]["field"].partition(".")
        value = body["correction"]["value"]
        correction = Correction(feed, column, None if value == TYPED else value)
    answer = Answer(
        code=body["code"],
        words=body["words"],
        formerly=tuple(body.get("formerly", ())),
        kind=_one_of(rule_id, "answer kind", body["kind"], ANSWER_KINDS),
        needs_value=bool(body.get("needs_value", False)),
        value_list=body.get("value_list"),
        correction=correction,
        dispute_to=body.get("dispute_to"),
        asserts=_one_of(rule_id, "asserts", body.get("asserts"), (ALIVE, DEAD, None)),
        marks=body.get("marks"),
    )
    where = f"rules.yaml: {rule_id} {answer.code}"
    if not _ANSWER_CODE.fullmatch(answer.code):
        raise RuleCatalogueError(f"{where}: a code is made of small letters and underscores")
    if len({answer.kind == "dispute", answer.dispute_to is not None, answer.marks is not None}) > 1:
        raise RuleCatalogueError(f"{where}: a dispute has dispute_to and marks, and nothing else has")
    if bool(answer.correction or answer.asserts or answer.marks) == bool(body.get("only_recorded", False)):
        raise RuleCatalogueError(f"{where}: either correction, asserts or marks, or only_recorded")
    if answer.needs_value != (correction is not None and correction.value is None):
        raise RuleCatalogueError(f"{where}: needs_value and a typed value go together")
    if answer.needs_value != (answer.value_list in load_lists()):
        raise RuleCatalogueError(f"{where}: a typed value is one of {list(load_lists())}")
    return answer


def _one_of(rule_id: str, key: str, value: Any, allowed: Any) -> Any:
    if value not in tuple(allowed):
        raise RuleCatalogueError(f"rules.yaml: {rule_id}: {key} {value!r} is not one of {list(allowed)}")
    return value
