"""A PostgreSQL server of one's own.

Belongs here: starting and stopping it. Does not belong here: what is in it.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_DRIVER = "duckdb_extension_postgres_scanner"
_OPTIONS = "-c listen_addresses='' -c fsync=off -c full_page_writes=off -c synchronous_commit=off"


@contextmanager
def server() -> Iterator[str]:
    """The address of an empty database in a new server that listens on a socket only. Skips the test where
    PostgreSQL is not installed, and fails it there in CI."""
    programs = _programs()
    user = _user()
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    if user:
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)

    def run(program: str, *options: str) -> None:
        command = [str(programs / program), "-D", str(folder / "data"), *options]
        done = subprocess.run(command, user=user, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stdout}{done.stderr}")

    try:
        run("initdb", "-A", "trust", "-U", "qzk", "-E", "UTF8", "--no-locale", "--no-sync")
        run("pg_ctl", "-w", "-l", str(folder / "log"), "-o", f"-k {folder} {_OPTIONS}", "start")
        try:
            yield f"postgresql://qzk@/postgres?host={folder}"
        finally:
            run("pg_ctl", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    """The folder of initdb and pg_ctl."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).parent] if on_path else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    missing = [] if folders else ["PostgreSQL's initdb is not installed (apt-get install postgresql)"]
    if not importlib.util.find_spec(_DRIVER):
        missing.append(f"the wheel {_DRIVER} is not installed (pip install -r requirements.lock)")
    if missing and os.environ.get("CI"):
        pytest.fail("; ".join(missing))
    if missing:
        pytest.skip("NOT TESTED: " + "; ".join(missing))
    return folders[-1]


def _user() -> str | None:
    """PostgreSQL does not run as root: whom to run it as instead."""
    if os.geteuid():
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"
