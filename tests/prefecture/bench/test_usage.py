"""What samples of a process say about stretches of time; and that a real process is seen whole."""

import pytest

from prefecture.bench.process import python
from prefecture.bench.procfs import Sample
from prefecture.bench.usage import gaps, rising, used

SERIES = [
    Sample(10.0, 0.0, 100, 0, 0),
    Sample(12.0, 4.0, 900, 200, 20),
    Sample(14.0, 6.0, 300, 200, 40),
]


def test_counters_between_samples_run_evenly_and_the_peak_is_the_highest_sample():
    usage = used(SERIES, [(11.0, 13.0)])
    assert (usage.wall, usage.cpu, usage.read, usage.written) == (2.0, 3.0, 100, 20)
    assert usage.peak == 900


def test_a_stretch_between_two_samples_has_a_peak_of_its_own():
    assert used(SERIES, [(13.0, 13.5)]).peak == 600


def test_several_stretches_add_up_and_share_one_peak():
    usage = used(SERIES, [(10.0, 11.0), (13.0, 14.0)])
    assert (usage.wall, usage.cpu, usage.peak) == (2.0, 3.0, 600)


def test_a_counter_that_falls_for_a_moment_is_held():
    fallen = [*SERIES, Sample(16.0, 5.0, 10, 100, 10)]
    assert rising(fallen)[-1] == Sample(16.0, 6.0, 10, 200, 40)


def test_gaps_are_what_the_intervals_leave():
    assert gaps((0.0, 10.0), [(6.0, 8.0), (1.0, 5.0)]) == [(0.0, 1.0), (5.0, 6.0), (8.0, 10.0)]


def test_a_child_counts_after_it_has_ended(tmp_path):
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', %r])"
    child = f"bytearray(150_000_000); open({str(tmp_path / 'out')!r}, 'wb').write(bytes(7_000_000)); " + (
        "import time, os; end = os.times().user + 0.3\nwhile os.times().user < end: pass"
    )
    watched = python(["-c", code % child], tmp_path / "log", {})
    assert (watched.code, watched.over_limit) == (0, False)
    assert watched.usage.written >= 7_000_000
    assert watched.usage.cpu >= 0.3


def test_a_process_beyond_its_memory_is_ended(tmp_path):
    hungry = "kept = bytearray(300_000_000)\nimport time; time.sleep(60)"
    watched = python(["-c", hungry], tmp_path / "log", {}, memory_limit=200_000_000)
    assert watched.over_limit and watched.code == -9


def test_a_failing_process_tells_its_code(tmp_path):
    assert python(["-c", "raise SystemExit(3)"], tmp_path / "log", {}).code == 3


@pytest.mark.parametrize("moment", [5.0, 20.0])
def test_outside_the_series_nothing_is_made_up(moment):
    assert used(SERIES, [(moment, moment + 1)]).cpu == 0
