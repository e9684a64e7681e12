"""How precise each rule was where the truth is known: `measured.yaml` beside every `rules.yaml`, written from a result
of the benchmark on synthetic data (docs/benchmark.md).

Belongs here: the shape of that file, and what its figures come to. Does not belong here: measuring, or writing it
(prefecture/bench/keep.py), words about it.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import ConfigDict, Field

from pipelines.judge.rules import RULES_FILE, RuleId
from pipelines.kit.house_files import document, each, name_of, read, refuse
from pipelines.kit.packs import of_packs

NAME = "measured.yaml"
_STRICT = ConfigDict(extra="forbid")
_Count = Annotated[int, Field(ge=0)]


@dataclass(frozen=True)
class Figures:
    """Entities of one rule. `false_alarms`: found and not planted, `traps_fired` of them `traps`: what looks like a
    finding and is none."""

    __pydantic_config__ = _STRICT
    planted: _Count
    found: _Count
    false_alarms: _Count
    traps: _Count
    traps_fired: _Count

    def __post_init__(self) -> None:
        if self.found > self.planted or self.traps_fired > min(self.traps, self.false_alarms):
            raise ValueError("no part is more than its whole: found of planted, traps_fired of traps and false_alarms")


@dataclass(frozen=True)
class Measuring:
    """When a file's figures were taken: on a `share` of the real prefecture's size, after the turn of `as_of`, on the
    day `measured_on`, by the code of `commit`."""

    __pydantic_config__ = _STRICT
    share: Annotated[float, Field(gt=0, le=1)]
    as_of: date
    measured_on: date
    commit: Annotated[str, Field(pattern=r"^[0-9a-f]{7,40}$")]


@dataclass(frozen=True)
class MeasuredFile(Measuring):
    """One file."""

    rules: dict[RuleId, Figures]


@dataclass(frozen=True)
class Measured:
    """One rule's figures, and when they were taken."""

    figures: Figures
    when: Measuring


def load_measured(rules: Path = RULES_FILE) -> dict[str, Measured]:
    """Rule id -> what was measured, for the rules of the house's file and of packs; a rule that was not measured is not
    there. Raises HouseFileError, also of a rule that the file beside does not have."""
    files = rules, *(of_packs("rules.yaml") if rules == RULES_FILE else ())
    found = each((file for file in files if file.with_name(NAME).exists()), _beside)
    return {rule_id: Measured(figures, told) for told in found for rule_id, figures in told.rules.items()}


def _beside(rules: Path) -> MeasuredFile:
    file = rules.with_name(NAME)
    told = read(MeasuredFile, file)
    known = document(rules).get("rules", {})
    refuse([f"{name_of(file)}: rules.{rule_id}: is no rule of {rules.name} beside it; measure again (docs/benchmark.md)"
            for rule_id in told.rules if rule_id not in known])  # fmt: skip
    return told
