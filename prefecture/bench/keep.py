"""Keep how precise every rule was: from a result of the benchmark to `measured.yaml` beside the rules.

Belongs here: taking those figures out of a result. Does not belong here: what the file holds
(pipelines/judge/measured.py).
"""

from pathlib import Path
from typing import NotRequired

from typing_extensions import TypedDict

from pipelines.judge.measured import NAME, MeasuredFile
from pipelines.judge.rules import RULES_FILE
from pipelines.kit.house_files import document, name_of, parsed, typed
from pipelines.kit.packs import of_packs

_HEAD = "# Written by `python -m prefecture.bench keep` (docs/benchmark.md); on synthetic data. Do not edit.\n"
# Figure of the file -> count of a score.
_COUNTS = {
    "planted": "planted", "found": "found", "false_alarms": "false_alarms", "traps": "hard_negatives",
    "traps_fired": "hard_negatives_fired",
}  # fmt: skip


class _Score(TypedDict):
    rule_id: str
    planted: int
    found: int
    false_alarms: int
    hard_negatives: int
    hard_negatives_fired: int


class _Turn(TypedDict):
    scores: NotRequired[list[_Score]]


class Result(TypedDict):
    """What is read of a result."""

    is_changed: bool
    share: float
    commit: str
    measured_at: str
    turns: dict[str, _Turn]


class CannotKeep(ValueError):
    """A result says nothing of rules, or nobody could measure it again."""


def read_result(file: Path) -> Result:
    """A result of the benchmark. Raises HouseFileError."""
    return typed(Result, document(file), name_of(file))


def keep(result: Result, rules: tuple[Path, ...] | None = None) -> list[Path]:
    """Write what the last turn of a result says of every rule beside the files of `rules`, by default the house's and
    those of packs; returns the files. Raises CannotKeep, and HouseFileError of figures that cannot be."""
    if result["is_changed"]:
        raise CannotKeep("the files were changed when this was measured, so its commit says nothing: commit, measure")
    as_of = max((day for day, turn in result["turns"].items() if turn.get("scores")), default=None)
    if as_of is None:
        raise CannotKeep("this result scores no rule; a `run` does")
    scores = {score["rule_id"]: score for score in result["turns"][as_of]["scores"]}
    when = {"share": result["share"], "as_of": as_of, "measured_on": result["measured_at"][:10]}
    head = _HEAD + "".join(f"{key}: {value}\n" for key, value in when.items()) + f'commit: "{result["commit"]}"\n'
    texts = {}
    for file in rules or (RULES_FILE, *of_packs("rules.yaml")):
        scored = [rule_id for rule_id in document(file)["rules"] if rule_id in scores]
        lines = [f"  {rule_id}: {_figures(scores[rule_id])}\n" for rule_id in scored]
        if lines:
            texts[file.with_name(NAME)] = f"{head}rules:\n{''.join(lines)}"
    for file, text in texts.items():  # what the house could not read is not written
        typed(MeasuredFile, parsed(text, file.name), file.name)
    for file, text in texts.items():
        file.write_text(text, encoding="utf-8")
    return list(texts)


def _figures(score: _Score) -> str:
    return "{" + ", ".join(f"{name}: {score[count]}" for name, count in _COUNTS.items()) + "}"
