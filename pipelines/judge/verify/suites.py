"""The suites `expectations/suites/*.json` as plain dictionaries, checked against the rule catalogue.

Belongs here: reading and checking JSON without Great Expectations. Does not belong here: running it.
One suite per table: {"name", "expectations": [{"type", "kwargs", "severity", "meta"}]}. A kwarg
{"$PARAMETER": "grace_days"} stands for the dated value of that parameter of the rule. Meta:
  rule_id      rule of the catalogue; one expectation per rule
  subject      {kind, id}: whom or what it speaks about, one of SUBJECTS and the column with its key; where that is
               null, the record itself
  evidence     columns whose values go into the anomaly's evidence
  value        column holding the value that is wrong
  place        column with the division code that says which scope's feeds a row depends on (default: township_code)
  field        standard name of that value, or field_column: the column that names it
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pipelines.judge.rules import Rule
from pipelines.kit.packs import of_packs
from pipelines.kit.paths import PROJECT_ROOT

SUITES_FOLDER = PROJECT_ROOT / "expectations" / "suites"
SUBJECTS = ("person", "household", "enterprise", "delivery", "record")


Parameters = Mapping[tuple[str, str], float]


class SuiteError(ValueError):
    """A suite contradicts the catalogue; the message names suite and rule."""


def load_suites(folder: Path = SUITES_FOLDER) -> list[dict[str, Any]]:
    """Every suite of a folder (not of folders below it), by file name; behind those of the house those of packs.

    Raises SuiteError.
    """
    suites = []
    of_others = of_packs("suites/*.json") if folder == SUITES_FOLDER else ()
    for path in (*sorted(folder.glob("*.json")), *of_others):
        suite = json.loads(path.read_text(encoding="utf-8"))
        if suite["name"] != path.stem:
            raise SuiteError(f"{path.name}: name {suite['name']!r} differs from the file name")
        suites.append(suite)
    return suites


def check_suites(suites: Iterable[Mapping[str, Any]], rules: Mapping[str, Rule]) -> None:
    """Raises SuiteError unless every rule has one expectation and every evidence column a Chinese label."""
    seen: dict[str, str] = {}
    for suite in suites:
        for expectation in suite["expectations"]:
            meta = expectation["meta"]
            rule_id = meta["rule_id"]
            if rule_id not in rules:
                raise SuiteError(f"{suite['name']}: rule {rule_id} is not in rules.yaml")
            if "mostly" in expectation["kwargs"]:
                raise SuiteError(f"{suite['name']}: {rule_id}: a rule is about every row, `mostly` is not known")
            if rule_id in seen:
                raise SuiteError(f"{suite['name']}: rule {rule_id} is already in {seen[rule_id]}")
            seen[rule_id] = suite["name"]
            if meta["subject"]["kind"] not in SUBJECTS:
                raise SuiteError(f"{suite['name']}: {rule_id}: its subject is not one of {list(SUBJECTS)}")
            unnamed = [c for c in meta["evidence"] if c not in {*rules[rule_id].labels, *rules[rule_id].beside}]
            if unnamed:
                raise SuiteError(f"{suite['name']}: {rule_id}: no label in rules.yaml for {unnamed}")
    if missing := [r for r in rules if r not in seen]:
        raise SuiteError(f"rules without an expectation in any suite: {missing}")


def fill_parameters(expectation: Mapping[str, Any], parameters: Parameters) -> dict[str, Any]:
    """The expectation with (rule id, parameter) -> value put in. Raises SuiteError for an unknown one."""
    rule_id = expectation["meta"]["rule_id"]
    kwargs = dict(expectation["kwargs"])
    for key, value in kwargs.items():
        if isinstance(value, Mapping) and "$PARAMETER" in value:
            name = value["$PARAMETER"]
            if (rule_id, name) not in parameters:
                raise SuiteError(f"{rule_id}: no value of parameter {name} is valid on this date")
            kwargs[key] = parameters[rule_id, name]
    return {**expectation, "kwargs": kwargs}
