"""The rule catalogue `expectations/rules.yaml` as frozen objects.

Belongs here: reading and checking the catalogue. Does not belong here: what makes a row fail (the suites),
and what becomes of a ticket (pipelines.judge.ledger).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from pipelines.kit.contracts import load_contracts
from pipelines.kit.contracts.model import CORRECTABLE
from pipelines.kit.house_files import Name, Text, each, name_of, read, refuse
from pipelines.kit.office.sheets import load_lists
from pipelines.kit.packs import of_packs
from pipelines.kit.paths import PROJECT_ROOT

RULES_FILE = PROJECT_ROOT / "expectations" / "rules.yaml"
TYPED = "输入"
ANSWER_KINDS = ("fix", "not_error", "dispute", "confirm")
ALIVE, DEAD = "健在", "死亡"
_STRICT = ConfigDict(extra="forbid")
RuleId = Annotated[str, Field(pattern=r"^[A-Z]\d{2}$")]
WorkingDays = Annotated[int, Field(ge=1, le=250)]
Labels = dict[Name, Text]
ValueLabels = dict[Name, dict[Text, Text]]


@dataclass(frozen=True)
class Correction:
    """What an answer changes: `field` of the newest row of `feed`; `value` None = the township types it."""

    __pydantic_config__ = _STRICT
    feed: str
    field: str
    value: str | None


def _correction(said: Any) -> Any:
    """`{field: F31.grid_code, value: 输入}` as a correction. Raises ValueError."""
    is_whole = isinstance(said, dict) and set(said) == {"field", "value"}
    if not is_whole or not all(isinstance(text, str) for text in said.values()):
        raise ValueError("is no correction; field and value are wanted, e.g. {field: F31.grid_code, value: 输入}")
    feed, _, column = said["field"].partition(".")
    return {"feed": feed, "field": column, "value": None if said["value"] == TYPED else said["value"]}


@dataclass(frozen=True)
class Answer:
    """One entry of the drop-down 处理结果. `code` never changes; `words` is the text the township picks, `formerly`
    what it was in workbooks that are out.

    What it does once accepted: `correction`, `asserts` (ALIVE or DEAD) and `marks` (what is then under dispute);
    without any of them it is `only_recorded`.
    """

    __pydantic_config__ = _STRICT
    code: Annotated[str, Field(pattern=r"^[a-z_]+$")]
    words: Text
    kind: Literal[*ANSWER_KINDS]
    formerly: tuple[Text, ...] = ()
    needs_value: bool = False
    value_list: str | None = None
    correction: Annotated[Correction, BeforeValidator(_correction)] | None = None
    dispute_to: Text | None = None
    asserts: Literal[ALIVE, DEAD] | None = None
    marks: Text | None = None
    only_recorded: bool = False

    def __post_init__(self) -> None:
        if len({self.kind == "dispute", self.dispute_to is not None, self.marks is not None}) > 1:
            raise ValueError("a dispute has dispute_to and marks, and nothing else has")
        if bool(self.correction or self.asserts or self.marks) == self.only_recorded:
            raise ValueError("either correction, asserts or marks is wanted, or only_recorded")
        if self.needs_value != (self.correction is not None and self.correction.value is None):
            raise ValueError("needs_value and a typed value go together")


@dataclass(frozen=True)
class Shown:
    """How the value of an evidence column is told where the contracts do not say: its `unit`, or `like` a column of
    the row's feed. `unit_in`, `label_in`, `like_in`: the evidence column whose value is that unit, its label, that
    column's name."""

    __pydantic_config__ = _STRICT
    unit: str = ""
    like: str = ""
    unit_in: str = ""
    label_in: str = ""
    like_in: str = ""


@dataclass(frozen=True)
class RuleSaid:
    """One rule as its file says it. `labels`: evidence column -> Chinese label. `needs`: feeds without whose present
    state it would speak falsely. `problem_zh` says what is wrong, `question_zh` what townships are asked then, `fix_zh`
    what departments might do; `working_days` both have for it, those of the catalogue where it does not say.
    `example`: a made-up row of its table, with its `feed`, that fails."""

    __pydantic_config__ = _STRICT
    title_zh: Text
    title_en: Text
    severity: Literal["C", "H", "M", "L", "I"]
    fixer: Literal["T", "D", "J"]
    problem_zh: Text
    fix_zh: Text
    question_zh: str = ""
    working_days: WorkingDays | None = None
    source: Text = "row"
    version: Text = "1"
    valid_from: date = date(2023, 1, 1)
    asks_township: bool = False
    answers: tuple[Answer, ...] = ()
    waiver_months: Annotated[int, Field(ge=0)] = 12
    fix_grace_days: Annotated[int, Field(ge=0)] = 0
    ticket: Literal["own", "original"] = "own"
    needs: tuple[str, ...] = ()
    labels: Labels = field(default_factory=dict, repr=False)
    example: Labels = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for named in ([a.code for a in self.answers], [w for a in self.answers for w in (a.words, *a.formerly)]):
            if len(set(named)) < len(named):
                raise ValueError("two answers of one code or of the same words; give each its own")
        if not self.asks_township == bool(self.answers) == bool(self.question_zh.strip()):
            raise ValueError("must have question_zh and answers exactly when asks_township is true")


@dataclass(frozen=True, kw_only=True)
class Rule(RuleSaid):
    """A rule with its id, and every label it may need. `value_labels`: column -> code -> word; `shown`: column -> how
    its value is told."""

    rule_id: str
    working_days: int
    value_labels: ValueLabels = field(repr=False)
    shown: dict[Name, Shown] = field(repr=False)

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


@dataclass(frozen=True)
class _File:
    """A file of rules, with words that hold for all of them."""

    __pydantic_config__ = _STRICT
    rules: dict[RuleId, RuleSaid]
    labels: Labels = field(default_factory=dict)
    value_labels: ValueLabels = field(default_factory=dict)
    shown: dict[Name, Shown] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class _Catalogue(_File):
    """The file of the house: `working_days` people have for a ticket where its rule does not say otherwise."""

    working_days: WorkingDays


def load_rules(path: Path = RULES_FILE) -> dict[str, Rule]:
    """The catalogue and what packs add to it, rule id -> Rule in the order of the files. Raises HouseFileError."""
    files = path, *(of_packs("rules.yaml") if path == RULES_FILE else ())
    core, *_ = said = each(files, lambda file: read(_Catalogue if file == path else _File, file))
    rules: dict[str, Rule] = {}
    wrong: list[str] = []
    for file, doc in zip(files, said, strict=True):
        for rule_id, body in doc.rules.items():
            where = f"{name_of(file)}: rules.{rule_id}"
            wrong += [f"{where}: is a rule already; give it another id"] * (rule_id in rules)
            rules[rule_id] = _rule(rule_id, body, doc, core)
            wrong += [f"{where}.{problem}" for problem in _strangers(rules[rule_id])]
    refuse(wrong)
    return rules


def _rule(rule_id: str, said: RuleSaid, doc: _File, core: _Catalogue) -> Rule:
    """A pack's words come before those of the core, for its own rules."""
    words = {
        "labels": {**core.labels, **doc.labels, **said.labels},
        "value_labels": {**core.value_labels, **doc.value_labels},
        "shown": {**core.shown, **doc.shown},
        "working_days": said.working_days or core.working_days,
    }
    return Rule(rule_id=rule_id, **{**vars(said), **words})


def _strangers(rule: Rule) -> Iterator[str]:
    """What a rule names that nobody knows."""
    feeds, lists = load_contracts(), load_lists()
    if unknown := [feed for feed in rule.needs if feed not in feeds]:
        yield f"needs: no feed {', '.join(unknown)}; see docs/catalogue"
    departments = {feed.department for feed in feeds.values()}
    if rule.source not in ("row", *departments):
        yield f"source: {rule.source!r} is neither row nor a department; known are {', '.join(sorted(departments))}"
    for answer in rule.answers:
        if answer.needs_value != (answer.value_list in lists):
            yield f"answers.{answer.code}.value_list: a typed value is one of {list(lists)}, nothing else has one"
        if answer.dispute_to not in (None, "row", *departments, *rule.labels):
            yield f"answers.{answer.code}.dispute_to: {answer.dispute_to!r} is no department and no evidence column"
        if (change := answer.correction) and not _is_correctable(change):
            yield f"answers.{answer.code}.correction: {change.feed}.{change.field} is no correctable column of a feed"


def _is_correctable(change: Correction) -> bool:
    feed = load_contracts().get(change.feed)
    return feed is not None and change.field in feed.by_name and CORRECTABLE in feed.by_name[change.field].tags
