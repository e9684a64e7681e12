"""What others put into a drop folder: found and opened without following anything it may point to.

Belongs here: which entries are there to be taken, and opening one. Does not belong here: whether they are finished
(pipelines.kit.quiet), what becomes of them.
"""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

from pipelines.kit.quiet import is_hidden, is_marker, is_unfinished, marker


class NotAFile(OSError):
    """A link, a pipe, a folder, a device: nothing that holds what somebody sent."""


def sent(folder: Path) -> list[Path]:
    """Everything in the folder and its subfolders, whatever it is, in order of time, then name; an empty folder that is
    named like a file too, since somebody believes he sent it. Links are listed and never entered."""
    closed: list[OSError] = []
    found: list[Path] = []
    for here, folders, files in os.walk(folder, onerror=closed.append):
        at = Path(here)
        found += [at / name for name in files]
        found += [at / name for name in folders if (at / name).is_symlink()]
        if at != folder and at.suffix and not folders and not files:
            found.append(at)
    found += [Path(error.filename) for error in closed]
    wanted = [p for p in found if p != folder and _is_wanted(p.name)]
    return sorted(wanted, key=lambda p: (_changed(p), os.fsencode(p)))


def _is_wanted(name: str) -> bool:
    return not (is_hidden(name) or is_unfinished(name) or is_marker(name))


def open_sent(path: Path) -> BinaryIO:
    """The file, for reading. Raises NotAFile without having touched what it points to, or another OSError."""
    try:
        opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO):  # a link; a socket or a device without a driver
            raise NotAFile(error.errno, "not a file") from error
        raise
    if not stat.S_ISREG(os.fstat(opened).st_mode):
        os.close(opened)
        raise NotAFile(errno.EINVAL, "not a file")
    return os.fdopen(opened, "rb")


def remove_sent(path: Path) -> None:
    """The file and the mark of its end beside it. Raises OSError where somebody may not."""
    mark = marker(path)
    path.unlink()
    if mark:
        mark.unlink()


def _changed(path: Path) -> int:
    try:
        return path.lstat().st_mtime_ns
    except OSError:  # gone meanwhile, or not ours to look at: opening it will tell
        return 0
