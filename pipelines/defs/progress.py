"""What a person sees while a run goes on: in the terminal that launched it, and how far its long steps are.

Belongs here: the logger of the runs that are launched from a terminal, the words about a step's advance. Does not
belong here: launching them, drawing on a terminal (kit/terminal.py).
"""

import logging
import sys
import time
from collections import Counter
from collections.abc import Mapping
from typing import ClassVar

import dagster as dg

from pipelines.kit.terminal import PATIENCE, Screen

# What the metadata `built` of a model says.
ANEW, PART, STANDS = "anew", "in part", "stands as it was: it would become the same"
# Dagster says so of every step behind one that failed; the failure itself is what matters.
_NOT_RUN = "Dependencies for step"
_LISTED = 12
_BAR = 20


class Progress(logging.Handler):
    """One line per finished asset, with its row count; warnings and waiting as they come; what a step is doing below
    them."""

    screen: Screen = Screen(sys.stdout)
    started: float = 0.0
    said: ClassVar[set[str]] = set()
    made: ClassVar[Counter[str]] = Counter()
    red: ClassVar[list[str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        meta = getattr(record, "dagster_meta", {})
        event = meta.get("dagster_event")
        if event is None:
            said = (meta.get("orig_message") or "").partition("\n")[0][:300]
            if record.levelno >= logging.WARNING and said and not said.startswith(_NOT_RUN):
                _say(f"{'':11}{said}")
            elif record.levelno == logging.INFO and said:
                self.screen.doing(said)
        elif event.event_type_value == "STEP_START":
            self.screen.doing(event.step_key)
        elif event.event_type_value == "ASSET_MATERIALIZATION":
            asset = event.asset_key.to_user_string()
            _count(event.materialization.metadata)
            rows = event.materialization.metadata.get("dagster/row_count")
            if asset not in self.said:
                say_rows(asset, rows.value if rows is not None else None)
        elif event.event_type_value == "ASSET_CHECK_EVALUATION":
            _judge(event.asset_check_evaluation_data)
        elif event.event_type_value == "STEP_FAILURE":
            error = event.step_failure_data.error
            cause = error.cause or error if error else None
            _say(f"{_clock()}{event.step_key} FAILED: {cause.message.strip() if cause else ''}")


class Advance:
    """How far a step is. The terminal shows it at once, the log of the run (and so the UI) every few seconds."""

    def __init__(self, log: dg.DagsterLogManager, what: str) -> None:
        self._log, self._what, self._logged = log, what, time.monotonic()

    def __call__(self, done: int, of: int, at: str = "") -> None:
        """`done` of so many are done, `at` names what is in hand."""
        words = f"{self._what} {_bar(done, of)} {done:,} / {of:,} {at}".rstrip()
        Progress.screen.doing(words)
        if time.monotonic() - self._logged >= PATIENCE:
            self._log.info(words)
            self._logged = time.monotonic()


def begin(screen: Screen) -> None:
    """A run starts: nothing is said or made yet."""
    Progress.screen, Progress.started = screen, time.monotonic()
    Progress.said, Progress.made, Progress.red = set(), Counter(), []


def end() -> None:
    """The last lines of a run: how many models and sets became new, how many stayed; which checks somebody should look
    at."""
    made = Progress.made
    said = [words_of_built(*built)] if sum(built := (made[ANEW], made[PART], made[STANDS])) else []
    if made["sets"]:
        said.append(f"return sets: {made['issued']} issued, {made['sets'] - made['issued']} unchanged")
    if said:
        _say(f"{_clock()}{'; '.join(said)}")
    if red := Progress.red:
        more = f" … {len(red)}" if len(red) > _LISTED else ""
        _say(f"{_clock()}{len(red)} checks are red (in the UI: Checks of the asset): {', '.join(red[:_LISTED])}{more}")


def words_of_built(anew: int, part: int, stand: int) -> str:
    """How many tables of the models a build made."""
    return f"tables: {anew} built anew, {part} in the rows that changed, {stand} stand as they were"


def _count(metadata: Mapping[str, dg.MetadataValue]) -> None:
    if "built" in metadata:
        Progress.made[metadata["built"].value] += 1
    if "written_in_this_run" in metadata:
        Progress.made["issued"] += metadata["written_in_this_run"].value
        Progress.made["sets"] += metadata["dagster/row_count"].value


def _judge(found: dg.AssetCheckEvaluation) -> None:
    """A check that failed and is no warning is somebody's to look at, though the run goes on."""
    if not found.passed and found.severity == dg.AssetCheckSeverity.ERROR:
        Progress.red.append(f"{found.asset_key.to_user_string()} {found.check_name}")


def say_rows(asset: str, rows: int | None) -> None:
    """Tell of an asset as soon as it is made, where that is before its step has ended; once a run."""
    Progress.said.add(asset)
    _say(f"{_clock()}{asset:<52}{'' if rows is None else f'{rows:>12,} rows'}")


def _bar(done: int, of: int) -> str:
    full = _BAR * done // of if of else _BAR
    return "█" * full + "░" * (_BAR - full)


def _clock() -> str:
    return f"{time.monotonic() - Progress.started:7.1f} s  "


def _say(line: str) -> None:
    Progress.screen.say(line)


@dg.logger(description="One line per finished asset.")
def progress(_: dg.InitLoggerContext) -> logging.Logger:
    logger = logging.getLogger("zhenjie.progress")
    logger.handlers, logger.propagate = [Progress()], False
    logger.setLevel(logging.DEBUG)
    return logger
