"""What the terminal says last of a run."""

import io
import logging
from types import SimpleNamespace

import dagster as dg

from pipelines.defs import progress
from pipelines.kit.terminal import Screen


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
    progress.begin(Screen(terminal))
    for name, built in (("a", progress.ANEW), ("b", progress.STANDS), ("c", progress.STANDS)):
        handler.emit(_made(["staging", name], {"built": built}))
    handler.emit(_made(["returns", "return_sets"], {"dagster/row_count": 159, "written_in_this_run": 4}))
    progress.end()
    assert terminal.getvalue().splitlines()[-1].split(" s  ")[1] == (
        "tables: 1 built anew, 0 in the rows that changed, 2 stand as they were; return sets: 4 issued, 155 unchanged"
    )


def test_a_run_that_makes_neither_has_no_such_line():
    terminal = io.StringIO()
    progress.begin(Screen(terminal))
    progress.end()
    assert terminal.getvalue() == ""


class _Heard(Screen):
    """A screen that keeps what goes on."""

    def __init__(self):
        super().__init__(io.StringIO())
        self.heard = []

    def doing(self, what):
        self.heard.append(what)


def _record(level, words="", event=None):
    record = logging.LogRecord("run", level, "", 0, "", (), None)
    record.dagster_meta = {"dagster_event": event, "orig_message": words}
    return record


def test_the_screen_shows_the_step_and_how_far_it_is():
    screen, handler = _Heard(), progress.Progress()
    progress.begin(screen)
    handler.emit(_record(logging.INFO, event=SimpleNamespace(event_type_value="STEP_START", step_key="bronze")))
    handler.emit(_record(logging.INFO, "waiting for 2024-01-31 of the same backfill"))
    handler.emit(_record(logging.DEBUG, "what Dagster tells itself"))
    assert screen.heard == ["bronze", "waiting for 2024-01-31 of the same backfill"]


def test_how_far_a_step_is_goes_to_the_screen_at_once_and_to_the_log_now_and_then(monkeypatch):
    clock, logged, screen = [100.0], [], _Heard()
    monkeypatch.setattr(progress.time, "monotonic", lambda: clock[0])
    progress.begin(screen)
    advance = progress.Advance(SimpleNamespace(info=logged.append), "return sets")
    for seconds, done in ((0, 0), (2, 40), (2, 80), (2, 120), (2, 159)):
        clock[0] += seconds
        advance(done, 159)
    assert screen.heard == [
        "return sets ░░░░░░░░░░░░░░░░░░░░ 0 / 159", "return sets █████░░░░░░░░░░░░░░░ 40 / 159",
        "return sets ██████████░░░░░░░░░░ 80 / 159", "return sets ███████████████░░░░░ 120 / 159",
        "return sets ████████████████████ 159 / 159",
    ]  # fmt: skip
    assert logged == [screen.heard[2], screen.heard[4]]
    advance(0, 0, "F01")
    assert screen.heard[-1] == "return sets ████████████████████ 0 / 0 F01"


def _checked(key, name, passed, severity):
    told = dg.AssetCheckEvaluation(dg.AssetKey(key), name, passed, metadata={}, severity=severity)
    event = SimpleNamespace(event_type_value="ASSET_CHECK_EVALUATION", asset_check_evaluation_data=told)
    return _record(logging.DEBUG, event=event)


def test_a_run_that_succeeds_names_the_checks_somebody_should_look_at():
    terminal, handler = io.StringIO(), progress.Progress()
    progress.begin(Screen(terminal))
    for number in range(14):
        handler.emit(_checked(["bronze", f"feed_{number}"], "breakers", False, dg.AssetCheckSeverity.ERROR))
    handler.emit(_checked(["ledger", "anomaly"], "R01", False, dg.AssetCheckSeverity.WARN))
    handler.emit(_checked(["ledger", "anomaly"], "R02", True, dg.AssetCheckSeverity.ERROR))
    progress.end()
    (line,) = terminal.getvalue().splitlines()
    assert "14 checks are red (in the UI: Checks of the asset): bronze/feed_0 breakers, bronze/feed_1 breakers," in line
    assert line.endswith("bronze/feed_11 breakers … 14")
    assert "R01" not in line and "R02" not in line
