"""A real browser on a page of ours.

Belongs here: starting chromium and what a page looks like after its script ran. Does not belong here: any page.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

_OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


def chromium() -> str:
    """Where the browser is. Skips the test where it is not installed, and fails it there in CI."""
    program = shutil.which("chromium")
    if program is None:
        reason = "chromium is not installed (apt-get install chromium)"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"NOT TESTED: {reason}")
    return program


def after_scripts(page: Path) -> str:
    """HTML of a page opened from the file system, as its scripts left it."""
    program = chromium()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [program, *_OPTIONS, f"--user-data-dir={profile}", "--dump-dom", page.as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout
