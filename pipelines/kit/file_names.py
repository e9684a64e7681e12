"""Names from outside, made into names that files may have here.

Belongs here: this one way from any name to a safe one. Does not belong here: what a name says
(landing/file_name.py), where files lie (paths.py).
"""

import os
import re
import unicodedata
from pathlib import Path

_LONGEST = 200  # bytes; a file system takes 255, and names get a beginning or an ending of ours
_LONGEST_ENDING = 20
# Separators, and what Windows does not take: the full-width sign reads the same and separates nothing.
_FULL_WIDTH = str.maketrans({sign: chr(ord(sign) + 0xFEE0) for sign in '/\\:*?"<>|'})
_IDENTITY = re.compile(r"\d{14,18}[Xx]?")
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def readable(name: str) -> str:
    """The name of a file as people read it: bytes that are not UTF-8 (Python holds them as surrogates) are
    GB18030, or stand as \\xNN."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return _decoded(name)
    return name


def without_numbers(name: str) -> str:
    """A name as it may be shown: people put identity numbers into names of files."""
    return _IDENTITY.sub("…", name)


def safe_name(name: str) -> str:
    """One part of a path after a name from outside: never a path itself, never hidden, nothing unseen in it, not too
    long. A sound name stays as it is."""
    text = readable(name).translate(_FULL_WIDTH)
    text = "".join("_" if unicodedata.category(sign) in _UNSEEN else sign for sign in text)
    text = "_" + text[1:] if text.startswith(".") else text
    return _short(text.strip() or "_")


def _decoded(name: str) -> str:
    try:
        return os.fsencode(name).decode("gb18030")
    except UnicodeDecodeError:
        return os.fsencode(name).decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:  # surrogates that stand for no byte of a name, as JSON may hold them
        return name.encode("utf-8", "backslashreplace").decode()


def _short(text: str) -> str:
    """At most _LONGEST bytes; the ending, which says what it is, is kept."""
    if len(text.encode()) <= _LONGEST:
        return text
    ending = Path(text).suffix
    ending = ending if len(ending.encode()) <= _LONGEST_ENDING else ""
    return text.encode()[: _LONGEST - len(ending.encode())].decode("utf-8", "ignore") + ending
