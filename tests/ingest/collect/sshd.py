"""An OpenSSH server of one's own that serves files.

Belongs here: starting and stopping it, its keys. Does not belong here: what is in it.
"""

import getpass
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.ingest.collect.programs import free_port, listens, program, wait_for


@dataclass(frozen=True)
class Server:
    """Its address, the key of the one who may come in, the file that knows the server's own, and its files."""

    address: str
    key: Path
    known_hosts: Path
    root: Path


@contextmanager
def server() -> Iterator[Server]:
    """A server on a port of 127.0.0.1 for the user who runs the tests. Skips the test where OpenSSH's server is not
    installed, and fails it there in CI."""
    daemon, keygen = program("sshd", "openssh-server"), program("ssh-keygen", "openssh-client")
    with tempfile.TemporaryDirectory(prefix="sshd") as scratch:
        folder, port, user = Path(scratch), free_port(), getpass.getuser()
        for name in ("host", "user"):
            subprocess.run([keygen, "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
        (folder / "authorized").write_bytes((folder / "user.pub").read_bytes())
        known = folder / "known_hosts"
        known.write_text(f"[127.0.0.1]:{port} {(folder / 'host.pub').read_text()}")
        (folder / "config").write_text(
            f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder / 'host'}\nPidFile none\n"
            f"AuthorizedKeysFile {folder / 'authorized'}\nStrictModes no\nPasswordAuthentication no\nUsePAM no\n"
            f"PermitRootLogin prohibit-password\nSubsystem sftp internal-sftp\n"
        )
        if not os.geteuid():
            Path("/run/sshd").mkdir(exist_ok=True)  # where sshd of root locks up what it does not trust
        log = folder / "log"
        with log.open("w") as out, subprocess.Popen(
            [daemon, "-D", "-e", "-f", str(folder / "config")], stdout=out, stderr=out
        ) as running:
            try:
                wait_for(lambda: listens(port), log)
                (folder / "files").mkdir()
                yield Server(f"sftp://{user}@127.0.0.1:{port}", folder / "user", known, folder / "files")
            finally:
                running.terminate()
