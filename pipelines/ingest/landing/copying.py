"""One dropped thing copied, or why it cannot be.

Belongs here: opening what others put there, warily: links, pipes and folders are no files. Does not belong here: where
it goes and what is recorded (land.py).
"""

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from pipelines.ingest.landing.delivery import FOLDER, LINK, SPECIAL, UNREADABLE
from pipelines.kit.sent_files import open_sent

_CHUNK = 1 << 20


class NotAFileError(Exception):
    """A thing in the drop folder that has no bytes for us. `kind`: why, as in `Delivery.kind`."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class ChangingError(Exception):
    """The file was written to, or taken away, while it was copied."""


def copy(source: Path, target: Path) -> tuple[str, int]:
    """Copy, with the time it bears. Returns the SHA-256 in hexadecimal and the number of bytes.

    Raises NotAFileError and ChangingError; OSError when *we* cannot write.
    """
    before = _facts(source)
    _check(before)
    digest, size = hashlib.sha256(), 0
    with target.open("wb") as writer:
        for chunk in _chunks(source):
            digest.update(chunk)
            size += len(chunk)
            writer.write(chunk)
    after = _facts(source)
    if (size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise ChangingError
    # by name, size and time a collector knows what need not be fetched again
    os.utime(target, ns=(after.st_mtime_ns, after.st_mtime_ns))
    target.chmod(0o400)
    return digest.hexdigest(), size


def _facts(source: Path) -> os.stat_result:
    try:
        return source.lstat()
    except FileNotFoundError:
        raise ChangingError from None


def _check(found: os.stat_result) -> None:
    if stat.S_ISREG(found.st_mode):
        return
    if stat.S_ISLNK(found.st_mode):
        raise NotAFileError(LINK)
    raise NotAFileError(FOLDER if stat.S_ISDIR(found.st_mode) else SPECIAL)


def _chunks(source: Path) -> Iterator[bytes]:
    try:
        with open_sent(source) as reader:
            while chunk := reader.read(_CHUNK):
                yield chunk
    except FileNotFoundError:
        raise ChangingError from None
    except OSError as error:
        raise NotAFileError(UNREADABLE) from error
