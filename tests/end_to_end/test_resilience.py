"""Runs that are repeated, simultaneous, killed or robbed of their lake end in the same content."""

import shutil
import signal
import threading
import time

import pytest

from pipelines.kit.paths import Paths
from tests.end_to_end.conftest import TELL, content, copy_inputs, run, start


def test_the_story_told_twice_changes_nothing_and_says_so(story, undisturbed):
    paths, _ = story
    sets = {p: p.stat().st_mtime_ns for p in paths.returns.rglob("*") if p.is_file()}
    printed = run(paths, *TELL)
    assert "Nothing changed" in printed
    assert content(paths) == undisturbed
    assert {p: p.stat().st_mtime_ns for p in paths.returns.rglob("*") if p.is_file()} == sets


def test_a_deleted_lake_is_rebuilt_with_equal_content(story, undisturbed, tmp_path):
    rebuilt = copy_inputs(story[0], tmp_path / "data")
    run(rebuilt, "turn", "2024-02-29")
    assert content(rebuilt) == undisturbed


@pytest.fixture(scope="module")
def disturbed(story, tmp_path_factory):
    """A copy of the story whose second turn is run again and killed with SIGKILL: while reading feeds, while dbt
    builds (dbt outlives its parent), and when the tickets have just moved on."""
    paths = Paths(tmp_path_factory.mktemp("killed") / "data")
    shutil.copytree(story[0].root, paths.root)
    for asset, seconds in (("bronze/health__death_certificates", 0), ("ledger/correction", 6), ("ledger/ticket", 0)):
        process = start(paths, "turn", "2024-02-29")
        watchdog = threading.Timer(600, process.kill)
        watchdog.start()
        seen = next((line for line in process.stdout if asset in line), None)
        watchdog.cancel()
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=30)
        assert seen, f"{asset} was never materialised"
    return paths


def test_two_runs_at_once_after_three_kills_end_like_an_undisturbed_one(disturbed, undisturbed):
    assert content(disturbed)["ledger.return_set"] != undisturbed["ledger.return_set"], "the kills did no harm"
    both = [start(disturbed, "turn", "2024-02-29") for _ in range(2)]
    outputs = [p.communicate(timeout=900)[0] for p in both]
    assert [p.returncode for p in both] == [0, 0], outputs
    assert sum("waiting for it to finish" in o for o in outputs) == 1
    assert content(disturbed) == undisturbed
