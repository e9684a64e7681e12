"""Programs of the system that a test runs as servers of its own.

Belongs here: finding them and the user they run as. Does not belong here: any one server.
"""

import os
import pwd
import shutil
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

PATIENCE_SECONDS = 30


def program(name: str, package: str) -> str:
    """Where a program is. Skips the test where it is not installed, and fails it there in CI."""
    found = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin")
    if found:
        return found
    missing = f"{name} is not installed (apt-get install {package})"
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(f"NOT TESTED: {missing}")


def other_user(name: str) -> str | None:
    """Servers that refuse to run as root: whom to run them as; None where the test does not run as root."""
    if os.geteuid():
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return name if name in names else "nobody"


def free_port() -> int:
    """A port of 127.0.0.1 on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(is_up: Callable[[], bool], log: Path) -> None:
    """Wait until a server answers; raises RuntimeError with its log when it does not."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_up():
        if time.monotonic() > deadline:
            raise RuntimeError(log.read_text(encoding="utf-8", errors="replace")[-2000:])
        time.sleep(0.05)


def listens(port: int) -> bool:
    """Whether a connection to the port of 127.0.0.1 is accepted."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
