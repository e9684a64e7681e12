"""What a person sees in the terminal while a run goes on.

Belongs here: the logger of the runs that are launched from a terminal. Does not belong here: launching them.
"""

import logging
import sys
import time
from collections import Counter
from collections.abc import Mapping
from typing import ClassVar, TextIO

import dagster as dg

# What the metadata `built` of a model says.
ANEW, STANDS = "anew", "stands as it was: nothing it is made of has changed"
# Dagster says so of every step behind one that failed; the failure itself is what matters.
_NOT_RUN = "Dependencies for step"


class Progress(logging.Handler):
    """One line per finished asset, with its row count; warnings and waiting as they come."""

    terminal: TextIO = sys.stdout
    started: float = 0.0
    said: ClassVar[set[str]] = set()
    made: ClassVar[Counter[str]] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        meta = getattr(record, "dagster_meta", {})
        event = meta.get("dagster_event")
        if event is None:
            said = meta.get("orig_message") or ""
            if record.levelno >= logging.WARNING and said and not said.startswith(_NOT_RUN):
                _say(f"{'':11}{said.splitlines()[0][:300]}")
        elif event.event_type_value == "ASSET_MATERIALIZATION":
            asset = event.asset_key.to_user_string()
            _count(event.materialization.metadata)
            rows = event.materialization.metadata.get("dagster/row_count")
            if asset not in self.said:
                say_rows(asset, rows.value if rows is not None else None)
        elif event.event_type_value == "STEP_FAILURE":
            error = event.step_failure_data.error
            cause = error.cause or error if error else None
            _say(f"{_clock()}{event.step_key} FAILED: {cause.message.strip() if cause else ''}")


def begin(terminal: TextIO) -> None:
    """A run starts: nothing is said or made yet."""
    Progress.terminal, Progress.started = terminal, time.monotonic()
    Progress.said, Progress.made = set(), Counter()


def end() -> None:
    """The last line of a run that built models or issued sets: how many became new, and how many stayed."""
    made = Progress.made
    said = [words_of_built(made[ANEW], made[STANDS])] if made[ANEW] + made[STANDS] else []
    if made["sets"]:
        said.append(f"return sets: {made['issued']} issued, {made['sets'] - made['issued']} unchanged")
    if said:
        _say(f"{_clock()}{'; '.join(said)}")


def words_of_built(anew: int, stand: int) -> str:
    """How many tables of the models a build made."""
    return f"tables: {anew} built anew, {stand} stand as they were"


def _count(metadata: Mapping[str, dg.MetadataValue]) -> None:
    if "built" in metadata:
        Progress.made[metadata["built"].value] += 1
    if "written_in_this_run" in metadata:
        Progress.made["issued"] += metadata["written_in_this_run"].value
        Progress.made["sets"] += metadata["dagster/row_count"].value


def say_rows(asset: str, rows: int | None) -> None:
    """Tell of an asset as soon as it is made, where that is before its step has ended; once a run."""
    Progress.said.add(asset)
    _say(f"{_clock()}{asset:<52}{'' if rows is None else f'{rows:>12,} rows'}")


def _clock() -> str:
    return f"{time.monotonic() - Progress.started:7.1f} s  "


def _say(line: str) -> None:
    print(line, file=Progress.terminal, flush=True)


@dg.logger(description="One line per finished asset.")
def progress(_: dg.InitLoggerContext) -> logging.Logger:
    logger = logging.getLogger("zhenjie.progress")
    logger.handlers, logger.propagate = [Progress()], False
    logger.setLevel(logging.DEBUG)
    return logger
