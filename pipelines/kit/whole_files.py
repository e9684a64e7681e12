"""Files that are there whole or not at all, whatever is cut off in between: a killed process, a full disk, power.

Belongs here: the one way records and folders come to stand under their names. Does not belong here: their content.
"""

import os
import secrets
import shutil
from contextlib import suppress
from pathlib import Path

PRIVATE = 0o600


def write_whole(
    path: Path, content: bytes | str, mode: int | None = None, keep_existing: bool = False, is_lasting: bool = True
) -> None:
    """Write `path` by a rename, after its bytes are on disk. `mode`: its rights, by umask otherwise;
    `keep_existing`: the first writer wins; `is_lasting` False: does not wait for the disk, so that a power cut may lose
    it. A folder under that name goes aside."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700 if mode == PRIVATE else 0o777)
    scratch = path.with_name(f".{path.name[:80]}.{os.getpid()}.{secrets.token_hex(4)}")
    opened = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666 if mode is None else mode)
    try:
        with os.fdopen(opened, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            if is_lasting:
                os.fsync(file.fileno())
        if keep_existing:
            _link_first(scratch, path)
        else:
            _make_way(path)
            scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)
    if is_lasting:
        _sync_folder(path.parent)


def take_away(path: Path) -> None:
    """A record that is there no more; a folder under its name goes aside."""
    _make_way(path)
    path.unlink(missing_ok=True)


def publish_file(scratch: Path, target: Path) -> Path:
    """Let a finished file appear as `target` by a rename, after its bytes are on disk; returns it."""
    _sync(scratch)
    target.parent.mkdir(parents=True, exist_ok=True)
    _make_way(target)
    scratch.replace(target)
    _sync_folder(target.parent)
    return target


def fresh_folder(folder: Path) -> Path:
    """The folder, empty and ours alone, for what is being made; what a killed run left in it may go."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    return folder


def publish_folder(staging: Path, target: Path, pattern: str = "*", is_lasting: bool = True) -> None:
    """Let a finished folder appear as `target` by a rename, after every file in it is on disk. `pattern`: only files of
    these names, where the others can be made again and are looked at before they are believed; `is_lasting` False: of
    none."""
    for path in sorted(staging.rglob(pattern)) if is_lasting else ():
        if path.is_file():
            _sync(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    staging.rename(target)
    if is_lasting:
        _sync_folder(target.parent)


def _make_way(path: Path) -> None:
    """A folder where a file belongs goes aside, hidden; what is in it is not ours to delete."""
    if path.is_dir() and not path.is_symlink():
        path.rename(path.with_name(f".{path.name[:80]}.{secrets.token_hex(4)}.aside"))


def _link_first(scratch: Path, path: Path) -> None:
    with suppress(FileExistsError):
        os.link(scratch, path)


def _sync(path: Path) -> None:
    with path.open("rb") as written:
        os.fsync(written.fileno())


def _sync_folder(folder: Path) -> None:
    """A rename is on disk when its folder is."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
