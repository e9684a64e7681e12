"""Runs that are killed and then started twice at once end in the same content."""

import signal
import threading
import time

import pytest

from tests.end_to_end.conftest import PATIENCE, content, copy, ended, start


@pytest.fixture(scope="module")
def disturbed(story, tmp_path_factory):
    """A copy of the story whose second turn is run again and killed with SIGKILL: while reading feeds, while
    models are built (in one transaction, of which nothing is left), and when the tickets have just moved on."""
    paths = copy(story[0], tmp_path_factory.mktemp("killed") / "data")
    for asset, seconds in (("bronze/health__death_certificates", 0), ("ledger/correction", 6), ("ledger/ticket", 0)):
        process = start(paths, "turn", "2024-02-29")
        watchdog = threading.Timer(PATIENCE, process.kill)
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
    with ended(start(disturbed, "turn", "2024-02-29")) as one, ended(start(disturbed, "turn", "2024-02-29")) as other:
        both = (one, other)
        outputs = [p.communicate(timeout=PATIENCE)[0] for p in both]
    assert [p.returncode for p in both] == [0, 0], outputs
    assert sum("waiting for it to finish" in o for o in outputs) == 1
    assert content(disturbed) == undisturbed
