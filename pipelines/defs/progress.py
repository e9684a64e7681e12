"""What a person sees in the terminal while a run goes on.

Belongs here: the logger of the runs that are launched from a terminal. Does not belong here: launching them.
"""

import logging
import sys
import time
from typing import TextIO

import dagster as dg

# Dagster says so of every step behind one that failed; the failure itself is what matters.
_NOT_RUN = "Dependencies for step"


class Progress(logging.Handler):
    """One line per finished asset, with its row count; warnings and waiting as they come."""

    terminal: TextIO = sys.stdout
    started: float = 0.0

    def emit(self, record: logging.LogRecord) -> None:
        meta = getattr(record, "dagster_meta", {})
        event = meta.get("dagster_event")
        seconds = f"{time.monotonic() - self.started:7.1f} s  "
        if event is None:
            said = meta.get("orig_message") or ""
            if record.levelno >= logging.WARNING and said and not said.startswith(_NOT_RUN):
                self._say(f"{'':11}{said.splitlines()[0][:300]}")
        elif event.event_type_value == "ASSET_MATERIALIZATION":
            rows = event.materialization.metadata.get("dagster/row_count")
            text = f"{rows.value:>12,} rows" if rows is not None else ""
            self._say(f"{seconds}{event.asset_key.to_user_string():<52}{text}")
        elif event.event_type_value == "STEP_FAILURE":
            error = event.step_failure_data.error
            cause = error.cause or error if error else None
            self._say(f"{seconds}{event.step_key} FAILED: {cause.message.strip() if cause else ''}")

    def _say(self, line: str) -> None:
        print(line, file=self.terminal, flush=True)


@dg.logger(description="One line per finished asset.")
def progress(_: dg.InitLoggerContext) -> logging.Logger:
    logger = logging.getLogger("zhenjie.progress")
    logger.handlers, logger.propagate = [Progress()], False
    logger.setLevel(logging.DEBUG)
    return logger
