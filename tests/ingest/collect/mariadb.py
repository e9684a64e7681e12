"""A MariaDB server of one's own.

Belongs here: starting and stopping it. Does not belong here: what is in it.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.ingest.collect.programs import free_port, other_user, program, wait_for

PASSWORD = "qzk-mima-8151"
_OPTIONS = (
    "--skip-log-bin", "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=64M", "--skip-name-resolve",
    "--character-set-server=utf8mb4", "--innodb-doublewrite=0", "--innodb-use-native-aio=0",
)  # fmt: skip
_DATABASE = f"""
    CREATE DATABASE qzk; CREATE USER qzk@'127.0.0.1' IDENTIFIED BY '{PASSWORD}'; GRANT ALL ON qzk.* TO qzk@'127.0.0.1'
"""


@contextmanager
def server() -> Iterator[str]:
    """The address of the empty database `qzk` in a new server on a port of 127.0.0.1, with a password.
    Skips the test where MariaDB is not installed, and fails it there in CI."""
    daemon, install = program("mariadbd", "mariadb-server"), program("mariadb-install-db", "mariadb-server")
    client = program("mariadb", "mariadb-client")
    user = other_user("mysql")
    folder = Path(tempfile.mkdtemp(prefix="maria", dir="/tmp"))
    if user:
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    data, socket, port = folder / "data", folder / "s", free_port()
    try:
        made = [install, "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal"]
        made += ["--skip-test-db", "--innodb-use-native-aio=0"]  # a busy machine runs out of its native requests
        for _ in range(3):  # beside a busy suite it has failed once without a trace
            done = subprocess.run(made, user=user, cwd=folder, capture_output=True, text=True, check=False)
            if done.returncode == 0:
                break
            shutil.rmtree(data, ignore_errors=True)
        assert done.returncode == 0, f"{done.stdout[-2000:]}{done.stderr[-2000:]}"
        command = [daemon, "--no-defaults", f"--datadir={data}", f"--socket={socket}", f"--port={port}"]
        command += ["--bind-address=127.0.0.1", f"--pid-file={folder / 'pid'}", *_OPTIONS]
        log = folder / "log"
        with log.open("w") as out, subprocess.Popen(command, user=user, cwd=folder, stdout=out, stderr=out) as running:
            try:
                ask = [client, "--no-defaults", "-u", "root", f"--socket={socket}", "-e", _DATABASE]
                wait_for(lambda: not subprocess.run(ask, capture_output=True, check=False).returncode, log)
                yield f"mysql://qzk:{PASSWORD}@127.0.0.1:{port}/qzk"
            finally:
                running.terminate()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
