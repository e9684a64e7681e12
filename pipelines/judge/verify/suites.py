"""The suites `expectations/suites/*.json` as plain dictionaries, checked against the rule catalogue.

Belongs here: reading and checking JSON without Great Expectations. Does not belong here: running it.
One suite per table: {"name", "expectations": [{"type", "kwargs", "severity", "meta"}]}. A kwarg
{"$PARAMETER": "grace_days"}, and {grace_days} in SQL, stand for the dated value of that parameter of the rule. Meta:
  rule_id      rule of the catalogue; one expectation per rule
  subject      {kind, id}: whom or what it speaks about, one of SUBJECTS and the column with its key; where that is
               null, the record itself
  evidence     columns whose values go into the anomaly's evidence
  value        column holding the value that is wrong
  place        column with the division code that says which scope's feeds a row depends on (default: township_code)
  defect       evidence column that holds the code of the first of the kwarg `defects` that holds (not in the table)
  field        standard name of that value, or field_column: the column that names it
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from pipelines.judge.rules import Rule, RuleId
from pipelines.kit.house_files import HouseFileError, Name, document, each, name_of, refuse, typed
from pipelines.kit.packs import of_packs
from pipelines.kit.paths import PROJECT_ROOT

SUITES_FOLDER = PROJECT_ROOT / "expectations" / "suites"
SUBJECTS = ("person", "household", "enterprise", "delivery", "record")
_STRICT = ConfigDict(extra="forbid")

_IN_SQL = re.compile(r"\{([a-z_]+)\}")
Parameters = Mapping[tuple[str, str], float]


@dataclass(frozen=True)
class _Subject:
    __pydantic_config__ = _STRICT
    kind: Literal[*SUBJECTS]
    id: Name


@dataclass(frozen=True)
class _Meta:
    __pydantic_config__ = _STRICT
    rule_id: RuleId
    subject: _Subject
    evidence: tuple[Name, ...]
    value: Name
    field: Name | None = None
    field_column: Name | None = None
    place: Name | None = None
    defect: Name | None = None


@dataclass(frozen=True)
class _Expectation:
    __pydantic_config__ = _STRICT
    type: Annotated[str, Field(pattern=r"^expect_[a-z_]+$")]
    kwargs: dict[Name, Any]
    severity: Literal["critical", "warning", "info"]
    meta: _Meta

    def __post_init__(self) -> None:
        if "mostly" in self.kwargs:
            raise ValueError("kwargs: a rule is about every row, so `mostly` is not known; leave it out")
        if ("defects" in self.kwargs) != (self.meta.defect is not None):
            raise ValueError("meta: `defect` goes with the kwarg `defects`; give both or neither")
        if self.meta.defect and self.meta.defect not in self.meta.evidence:
            raise ValueError(f"meta: defect: {self.meta.defect} is no evidence column; name it under evidence")


@dataclass(frozen=True)
class _Suite:
    __pydantic_config__ = _STRICT
    name: Name
    expectations: tuple[_Expectation, ...]


def load_suites(folder: Path = SUITES_FOLDER) -> list[dict[str, Any]]:
    """Every suite of a folder (not of folders below it), by file name; behind those of the house those of packs.

    Raises HouseFileError.
    """
    of_others = of_packs("suites/*.json") if folder == SUITES_FOLDER else ()
    return each((*sorted(folder.glob("*.json")), *of_others), load_suite)


def load_suite(file: Path) -> dict[str, Any]:
    """One suite as it is written. Raises HouseFileError."""
    suite = document(file)
    typed(_Suite, suite, name_of(file))
    if suite["name"] != file.stem:
        raise HouseFileError(f"{name_of(file)}: name: {suite['name']!r} differs from the file name; write {file.stem}")
    return suite


def check_suites(suites: Iterable[Mapping[str, Any]], rules: Mapping[str, Rule]) -> None:
    """Raises HouseFileError unless every rule has one expectation and every evidence column a Chinese label."""
    refuse([*_contradictions(suites, rules)])


def _contradictions(suites: Iterable[Mapping[str, Any]], rules: Mapping[str, Rule]) -> Iterator[str]:
    seen: dict[str, str] = {}
    for suite in suites:
        for expectation in suite["expectations"]:
            meta = expectation["meta"]
            rule_id, where = meta["rule_id"], f"suites/{suite['name']}.json: {meta['rule_id']}"
            if rule_id in seen:
                yield f"{where}: rule is already in {seen[rule_id]}; give it one expectation"
            elif rule_id not in rules:
                yield f"{where}: rule is not in any rules.yaml; known are {', '.join(rules)}"
            elif unnamed := [c for c in meta["evidence"] if c not in {*rules[rule_id].labels, *rules[rule_id].beside}]:
                yield f"{where}: evidence: no label in rules.yaml for {unnamed}; give them one under labels"
            elif unworded := _unworded_defects(expectation, rules[rule_id]):
                yield f"{where}: defects: no word in rules.yaml for {unworded}; give them one under value_labels"
            seen[rule_id] = suite["name"]
    if missing := [r for r in rules if r not in seen]:
        yield f"suites: rules without an expectation in any suite: {missing}; give each one"


def _unworded_defects(expectation: Mapping[str, Any], rule: Rule) -> list[str]:
    words = rule.value_labels.get(expectation["meta"].get("defect", ""), {})
    return [code for code in expectation["kwargs"].get("defects", {}) if code not in words]


def fill_parameters(expectation: Mapping[str, Any], parameters: Parameters) -> dict[str, Any]:
    """The expectation with (rule id, parameter) -> value put in. Raises HouseFileError for an unknown one."""
    rule_id, meta = expectation["meta"]["rule_id"], expectation["meta"]

    def value(name: str) -> float:
        if (rule_id, name) not in parameters:
            raise HouseFileError(f"{rule_id}: no value of parameter {name} is valid on this date")
        return parameters[rule_id, name]

    def in_sql(sql: str) -> str:
        return _IN_SQL.sub(lambda found: repr(value(found[1])), sql)

    kwargs = dict(expectation["kwargs"])
    for key, given in kwargs.items():
        if isinstance(given, Mapping) and "$PARAMETER" in given:
            kwargs[key] = value(given["$PARAMETER"])
    if "sql" in kwargs:
        kwargs["sql"] = in_sql(kwargs["sql"])
    if "defects" in kwargs:
        kwargs["defects"] = {code: in_sql(sql) for code, sql in kwargs["defects"].items()}
        meta = {**meta, "defects": kwargs["defects"]}  # for anomalies.cell_sql, which sees the meta only
    return {**expectation, "kwargs": kwargs, "meta": meta}
