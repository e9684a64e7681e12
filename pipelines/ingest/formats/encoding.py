"""The encoding of a text file, without guessing by statistics.

Belongs here: sniffing and turning bytes into UTF-8. Does not belong here: splitting into rows.
Statistical detectors are wrong on short files and on GB18030; strict decoding in a fixed order is not.
"""

import codecs
from collections.abc import Iterable
from itertools import chain

from pipelines.ingest.values.table import UnreadableError

UTF8 = "utf-8"
GB18030 = "gb18030"
# Of 一 and 开 the other byte is nought.
_OFTEN, _SELDOM = 0.1, 0.5
_NOT_ASCII = bytes(range(128, 256))
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def sniff(content: bytes) -> str:
    """'utf-8-sig', a UTF-16, 'utf-8' or 'gb18030': by its first bytes, else the first that decodes the whole content.

    Raises UnreadableError(E_ENCODING).
    """
    return by_bytes(content) or decoding([content])


def decoding(pieces: Iterable[bytes]) -> str:
    """'utf-8' or 'gb18030', the first that decodes all pieces. Raises UnreadableError(E_ENCODING)."""
    left = {encoding: codecs.getincrementaldecoder(encoding)("strict") for encoding in (UTF8, GB18030)}
    for piece, is_last in chain(((p, False) for p in pieces), ((b"", True),)):
        for encoding, decoder in list(left.items()):
            try:
                decoder.decode(piece, is_last)
            except UnicodeDecodeError:
                del left[encoding]
        if not left:
            raise UnreadableError("E_ENCODING")
    return next(iter(left))


def by_bytes(head: bytes) -> str | None:
    """The encoding a byte order mark names, or UTF-16 without one: digits, commas and line ends have a nought in every
    other byte, which nothing else has."""
    marked = next((e for mark, e in _BOMS if head.startswith(mark)), None)
    if marked or b"\0" not in head:
        return marked
    even, odd = head[::2].count(0), head[1::2].count(0)
    if _OFTEN * len(head) > max(even, odd) or _SELDOM * max(even, odd) < min(even, odd):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def likely(head: bytes) -> str:
    """'utf-8' or 'gb18030', whichever explains the beginning of a file better; damage may be in both.

    Chinese in GB18030 hardly ever makes UTF-8, so of UTF-8 with some damage most characters still decode.
    """
    decoded = len(head.decode(UTF8, errors="ignore"))
    broken = len(head.decode(UTF8, errors="surrogateescape")) - decoded
    plain = len(head.translate(None, delete=_NOT_ASCII))
    return GB18030 if broken > decoded - plain else UTF8


def to_utf8(block: bytes, encoding: str) -> tuple[bytes, dict[int, str]]:
    """Whole lines in UTF-8, and the lines that would not decode.

    The second part is line (0-based in the block) -> its text with U+FFFD for the bytes that make no sense;
    those lines are empty in the first part, so that the others keep their numbers.
    """
    try:
        return (block if _is_utf8(block, encoding) else block.decode(encoding).encode()), {}
    except UnicodeDecodeError:
        pass
    lines, broken = block.split(b"\n"), {}
    for number, line in enumerate(lines):
        try:
            lines[number] = line.decode(encoding).encode()
        except UnicodeDecodeError:
            broken[number] = line.decode(encoding, errors="replace")
            lines[number] = b""
    return b"\n".join(lines), broken


def _is_utf8(block: bytes, encoding: str) -> bool:
    if encoding != UTF8:
        return False
    block.decode(UTF8)
    return True
