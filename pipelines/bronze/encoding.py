"""The encoding of a text file, without guessing by statistics.

Belongs here: sniffing and turning bytes into UTF-8. Does not belong here: splitting into rows.
Statistical detectors are wrong on short files and on GB18030; strict decoding in a fixed order is not.
"""

import codecs

from pipelines.bronze.table import UnreadableError

UTF8 = "utf-8"
GB18030 = "gb18030"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def sniff(content: bytes) -> str:
    """'utf-8-sig', 'utf-16', 'utf-8' or 'gb18030': by mark, else the first that decodes the whole content.

    Raises UnreadableError(E_ENCODING).
    """
    if marked := by_mark(content):
        return marked
    for encoding in (UTF8, GB18030):
        try:
            codecs.getincrementaldecoder(encoding)("strict").decode(content, final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise UnreadableError("E_ENCODING")


def by_mark(content: bytes) -> str | None:
    """The encoding a byte order mark names."""
    return next((e for mark, e in _BOMS if content.startswith(mark)), None)


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
