"""Runs that are repeated, simultaneous, killed or robbed of their lake end in the same content."""

import shutil
import signal
import threading

import pytest

from tests.end_to_end.conftest import SCALE, content, copy_inputs, run, start


def test_two_runs_at_once_both_succeed_and_change_nothing(story, undisturbed):
    paths, _ = story
    first, second = (start(paths, "turn", "2024-02-29") for _ in range(2))
    outputs = [p.communicate(timeout=900)[0] for p in (first, second)]
    assert [first.returncode, second.returncode] == [0, 0], outputs
    assert sum("waiting for it to finish" in o for o in outputs) == 1
    assert content(paths) == undisturbed


def test_the_story_told_twice_changes_nothing_and_says_so(story, undisturbed):
    paths, _ = story
    sets = {p: p.stat().st_mtime_ns for p in paths.returns.rglob("*") if p.is_file()}
    printed = run(paths, "run", "--scale", SCALE)
    assert "Nothing changed" in printed
    assert content(paths) == undisturbed
    assert {p: p.stat().st_mtime_ns for p in paths.returns.rglob("*") if p.is_file()} == sets


def test_a_deleted_lake_is_rebuilt_with_equal_content(story, undisturbed, tmp_path):
    rebuilt = copy_inputs(story[0], tmp_path / "data")
    run(rebuilt, "turn", "2024-02-29")
    assert content(rebuilt) == undisturbed


@pytest.fixture(scope="module")
def disturbed(story, tmp_path_factory):
    """The inputs of the story with an empty lake, killed with SIGKILL after three different assets."""
    paths = copy_inputs(story[0], tmp_path_factory.mktemp("killed") / "data")
    for asset in ("bronze/public_security__residents", "unified/person", "ledger/ticket"):
        process = start(paths, "turn", "2024-02-29")
        watchdog = threading.Timer(600, process.kill)
        watchdog.start()
        seen = next((line for line in process.stdout if asset in line), None)
        watchdog.cancel()
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=30)
        assert seen, f"{asset} was never materialised"
    return paths


def test_a_run_killed_three_times_ends_like_an_undisturbed_one(disturbed, undisturbed):
    run(disturbed, "turn", "2024-02-29")
    assert content(disturbed) == undisturbed
    shutil.rmtree(disturbed.root)
