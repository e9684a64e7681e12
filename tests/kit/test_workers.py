"""Worker processes end with the one that started them, even when that is killed."""

import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest

from pipelines.kit.file_names import safe_name
from pipelines.kit.paths import PROJECT_ROOT
from pipelines.kit.workers import Apart, hurried, pool

STORY = """
import os, time
from pipelines.kit.workers import pool
if __name__ == "__main__":
    with pool(1) as workers:
        print(workers.submit(os.getpid).result(), flush=True)
        workers.submit(time.sleep, 600)
        time.sleep(600)
"""


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_worker_at_work_ends_when_its_parent_is_killed(tmp_path):
    script = tmp_path / "story.py"
    script.write_text(STORY)
    there = {**os.environ, "PYTHONPATH": str(PROJECT_ROOT)}
    parent = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env=there)
    worker = int(parent.stdout.readline())
    assert is_alive(worker)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    for _ in range(300):
        if not is_alive(worker):
            return
        time.sleep(0.1)
    os.kill(worker, signal.SIGKILL)
    raise AssertionError("the worker goes on without its parent")


def test_a_process_apart_dies_alone_and_is_followed_by_another():
    with Apart(memory=1 << 30) as apart:
        first = apart.call(os.getpid)
        assert apart.call(os.getpid) == first != os.getpid()
        with pytest.raises(BrokenProcessPool):
            apart.call(os._exit, 9)
        with pytest.raises(BrokenProcessPool):
            apart.call(bytes, 2 << 30)
        with pytest.raises(ZeroDivisionError):
            apart.call(divmod, 1, 0)
        second = apart.call(os.getpid)
    assert second != first and not is_alive(second)


def endless(size: int) -> None:
    """Holds Python's own lock, so that no thread of the process can end it."""
    with hurried(size):
        re.match(r"(a+)+$", "a" * 64 + "b")


def in_time(seconds: float) -> bool:
    with hurried(50_000_000):
        time.sleep(seconds)
    time.sleep(seconds)
    return True


def test_a_process_apart_that_hangs_over_a_file_is_ended():
    with Apart(1 << 30, patience=0.5) as apart:
        first = apart.call(os.getpid)
        with pytest.raises(BrokenProcessPool):
            apart.call(endless, 10)
        assert not is_alive(first)
        assert apart.call(in_time, 0.7), "a file twice as long has twice the time, and what follows is not limited"


def test_a_process_finds_our_modules_where_dagster_took_the_project_off_the_path(monkeypatch):
    monkeypatch.setattr(sys, "path", [place for place in sys.path if place not in ("", str(PROJECT_ROOT))])
    with pool(1) as workers:
        assert workers.submit(safe_name, "a/b").result(60) == "a／b"
