"""What went wrong with one case in a way nobody foresaw: a number to ask for, and the traceback where only we read it.

Belongs here: the number, the private log, the words. Does not belong here: where cases are caught – every place where
something comes in catches `BaseException` (a reader written in Rust panics with
one) around one file and raises what `is_ours`, so that the rest goes on – or what becomes of the file.
The same case on the same day has the same number, so a run that is repeated says the same.
"""

import errno
import hashlib
import traceback
from contextlib import suppress
from datetime import date

from pipelines.kit.file_names import readable
from pipelines.kit.paths import Paths
from pipelines.kit.whole_files import PRIVATE, write_whole

# The machine's trouble, not the file's: another day the same file is read.
_OURS = {errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EROFS, errno.EIO}


def is_ours(error: BaseException) -> bool:
    """Whether the machine failed (disk full, no memory) or the run is to end, and nothing is said about the case."""
    ended = (MemoryError, KeyboardInterrupt, SystemExit, GeneratorExit)
    return isinstance(error, ended) or (isinstance(error, OSError) and error.errno in _OURS)


def incident(paths: Paths, what: str, content: str, on: date, error: BaseException) -> str:
    """Record what happened to `what` ('drop/F11/name'; `content`: the SHA-256 of its bytes, '' where nobody can read
    them) on a business date; returns the number, e.g. 'S20240229-1a2b3c4d'.

    The traceback may hold names and numbers of persons: it goes to `incidents/{number}.log` (0600), nowhere else.
    """
    what = readable(what)
    number = f"S{on:%Y%m%d}-{hashlib.sha256(f'{what}|{content}'.encode()).hexdigest()[:8]}"
    told = "".join(traceback.format_exception(error))
    log = f"{what}\n{content or '-'}\n\n{told}".encode("utf-8", "backslashreplace")
    with suppress(OSError):  # a full disk is no reason to stop where the case was caught
        write_whole(paths.incidents / f"{number}.log", log, PRIVATE)
    return number


WHAT, NEXT = "处理时遇到意外情况", "文件已原样保留，请凭编号与市大数据局联系"


def named(number: str) -> str:
    """The number in Chinese."""
    return f"事件编号 {number}"


def words(number: str) -> str:
    """Chinese, to go into the reason the sender reads; no full stop."""
    return f"{WHAT}（{named(number)}），{NEXT}"
