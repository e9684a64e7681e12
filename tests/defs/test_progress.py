"""What the terminal says last of a run."""

import io
import logging
from types import SimpleNamespace

import dagster as dg

from pipelines.defs import progress


def _made(key, metadata):
    """The record Dagster logs of an asset that was made."""
    event = SimpleNamespace(
        event_type_value="ASSET_MATERIALIZATION", asset_key=dg.AssetKey(key),
        materialization=dg.AssetMaterialization(key, metadata=metadata),
    )  # fmt: skip
    record = logging.LogRecord("run", logging.INFO, "", 0, "", (), None)
    record.dagster_meta = {"dagster_event": event}
    return record


def test_the_last_line_counts_what_became_new_and_what_stayed():
    terminal, handler = io.StringIO(), progress.Progress()
    progress.begin(terminal)
    for name, built in (("a", progress.ANEW), ("b", progress.STANDS), ("c", progress.STANDS)):
        handler.emit(_made(["staging", name], {"built": built}))
    handler.emit(_made(["returns", "return_sets"], {"dagster/row_count": 159, "written_in_this_run": 4}))
    progress.end()
    assert terminal.getvalue().splitlines()[-1].split(" s  ")[1] == (
        "tables: 1 built anew, 2 stand as they were; return sets: 4 issued, 155 unchanged"
    )


def test_a_run_that_makes_neither_has_no_such_line():
    terminal = io.StringIO()
    progress.begin(terminal)
    progress.end()
    assert terminal.getvalue() == ""
