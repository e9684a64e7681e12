"""Reading CSV by a contract, in blocks, so that a city-wide file never stands in memory.

Belongs here: encoding of the file, place of the header, cutting into blocks. Does not belong here: splitting
lines (csv_records.py), types.
"""

import codecs
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import polars as pl

from pipelines.ingest.formats import encoding as enc
from pipelines.ingest.formats import last_line
from pipelines.ingest.formats.csv_dialect import SEPARATORS, Dialect, dialect_of, head_records, split_record
from pipelines.ingest.formats.csv_records import records
from pipelines.ingest.formats.formula_prefix import without_prefix
from pipelines.ingest.formats.outline import Outline, in_frame, outlines
from pipelines.ingest.formats.second_heading import cut_at_turns
from pipelines.ingest.values import problems
from pipelines.ingest.values.header import DEPTH, Header, detect, not_found
from pipelines.ingest.values.table import ROW, Block, Notice, Spoilt, Table, UnreadableError, tidy
from pipelines.kit.contracts import Column, Feed

BLOCK_BYTES = 1 << 23
_HEAD_BYTES = 64 << 10
_MARK = codecs.BOM_UTF8
# What makes no sense at the end of UTF-8, for half a sign of UTF-16 makes none either.
_HALF_SIGN = b"\xe6"
_BLANK = b" \t\r\n" + _MARK
_SEPARATOR_NAMES = {"\t": "制表符", ";": "分号", "|": "竖线"}
# What may leave something to strip, or a blank that is no null; looked for one by one, which is faster than at once.
_UNTIDY = (b" ", b"\t", b"\r", b'"', b"\xe3\x80\x80", b"\xc2\xa0", _MARK)


# Opens the bytes of a table; every call starts at its first line.
Source = Callable[[], BinaryIO]


def read_csv(file: Path, feed: Feed) -> tuple[list[Table], list[Notice]]:
    """The one table of a CSV. Raises UnreadableError(E_ENCODING, E_EMPTY)."""
    source, wide = _source(file)
    with source() as stream:
        head = stream.read(_HEAD_BYTES)
    encoding, dialect, header = _header(head, source, feed)
    notices = []
    found = wide or encoding
    if header.found and feed.encoding and found != feed.encoding.removesuffix("-sig"):
        text = f"文件编码是 {found}，约定为 {feed.encoding}，已按实际编码读取"
        notices.append(Notice("N_ENCODING", text))
    if dialect.separator != ",":
        name = _SEPARATOR_NAMES[dialect.separator]
        notices.append(Notice("N_SEPARATOR", f"字段以{name}分隔，已按实际分隔符读取"))
    last = next((feed.by_name[n] for n, c in header.columns.items() if c == len(header.headings) - 1), None)
    known = outlines(header, feed)
    blocks = cut_at_turns(_blocks(source, encoding, header, dialect, last, known), header, feed)
    return [Table(None, header, blocks)], notices


def _source(file: Path) -> tuple[Source, str | None]:
    """(how to open the bytes after a byte order mark, in UTF-8 where they are UTF-16, lines ended by a line feed; which
    UTF-16 they are)."""
    with file.open("rb") as stream:
        told = enc.by_bytes(stream.read(_HEAD_BYTES))
    source = partial(_opened, file, len(_MARK) if told == "utf-8-sig" else 0)
    wide = told if told != "utf-8-sig" else None
    if wide:
        source = partial(_rewritten, source, partial(_from_utf16, encoding=wide))
    if not _any_piece(source, lambda piece: piece.strip(_BLANK)):
        raise UnreadableError("E_EMPTY", problems.BLANK)
    if not _any_piece(source, lambda piece: b"\n" in piece):
        source = partial(_rewritten, source, _from_returns)
    return source, wide


def _opened(file: Path, start: int) -> BinaryIO:
    stream = file.open("rb")
    stream.seek(start)
    return stream


def _any_piece(source: Source, wanted: Callable[[bytes], object]) -> bool:
    """Whether any stretch of the bytes is wanted; in nearly every file the first one is."""
    with source() as stream:
        return any(wanted(piece) for piece in iter(partial(stream.read, _HEAD_BYTES), b""))


class _Rewriting(io.RawIOBase):
    """A stream of pieces of bytes made while it is read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._held = pieces, b""

    def readable(self) -> bool:
        return True

    def readinto(self, target: memoryview) -> int:
        while not self._held and (piece := next(self._pieces, None)) is not None:
            self._held = piece
        count = min(len(target), len(self._held))
        target[:count], self._held = self._held[:count], self._held[count:]
        return count


def _rewritten(source: Source, change: Callable[[Iterator[bytes]], Iterator[bytes]]) -> BinaryIO:
    stream = source()
    return io.BufferedReader(_Rewriting(change(iter(partial(stream.read, _HEAD_BYTES), b""))))


def _from_utf16(pieces: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for piece in pieces:
            yield decoder.decode(piece).encode()
    except UnicodeError as error:
        raise UnreadableError("E_ENCODING") from error
    try:
        decoder.decode(b"", final=True)
    except UnicodeError:
        yield _HALF_SIGN


def _from_returns(pieces: Iterator[bytes]) -> Iterator[bytes]:
    return (piece.replace(b"\r", b"\n") for piece in pieces)


def _header(start: bytes, source: Source, feed: Feed) -> tuple[str, Dialect, Header]:
    """(encoding, dialect, header) in which the contract's headings appear; without headings, the encoding that
    decodes all. Headings in plain letters appear in every encoding, so the likelier one is tried first."""
    head = start.split(b"\n") if len(start) < _HEAD_BYTES else start.split(b"\n")[:-1]
    likely = enc.likely(start)
    for encoding in (likely, *({enc.UTF8, enc.GB18030} - {likely})):
        lines = [line.decode(encoding, errors="replace").removesuffix("\r") for line in head]
        for separator in SEPARATORS:
            header = _detect(feed, lines, separator)
            if header.found:
                return encoding, dialect_of(lines, separator, len(header.headings)), header
    with source() as stream:
        return enc.decoding(iter(partial(stream.read, _HEAD_BYTES), b"")), Dialect(), not_found(feed, 1)


def _detect(feed: Feed, lines: Sequence[str], separator: str) -> Header:
    """The header among the first records; its last row is a line of the file, for a heading may hold line breaks."""
    records = list(islice(head_records(lines, separator), DEPTH))
    header = detect(feed, [split_record(text, separator) for text, _ in records])
    return replace(header, last_row=records[header.last_row - 1][1]) if header.found else header


def _blocks(
    source: Source,
    encoding: str,
    header: Header,
    dialect: Dialect,
    last: Column | None = None,
    known: Mapping[int, Outline] | None = None,
) -> Iterator[Block]:
    """`last`: the contract's column at the end of a row, None where it knows none there."""
    width = len(header.headings)
    rest, spoilt_rows, row, held, heading = b"", [], header.last_row + 1, None, b""
    with source() as stream:
        for _ in range(header.last_row):
            heading = stream.readline()
        for raw, is_last in _pieces(stream):
            text, broken = enc.to_utf8(raw, encoding)
            text = text.replace(b"\r\n", b"\n")
            carried = rest.count(b"\n")
            spoilt_rows += [Spoilt(row + carried + n, "E_BYTES", raw) for n, raw in sorted(broken.items())]
            if header.found:
                text = rest + text if rest else text
                part = records(text, width, row, is_last, dialect)
                rows = tidy(in_frame(part.rows, known or {}), is_stripped=not any(mark in text for mark in _UNTIDY))
                if b"'" in text:
                    rows = rows.with_columns(without_prefix(pl.exclude(ROW)))
                spoilt = tuple(sorted((*spoilt_rows, *part.spoilt), key=lambda s: s.row))
                held, end = last_line.compared(held, rows, width), None
                if is_last and not raw and row == header.last_row + 1:
                    end = last_line.of_heading(heading, not header.absent and last is not None)
                elif is_last:
                    line = raw[raw.rfind(b"\n") + 1 :].decode(encoding, errors="replace")
                    end = last_line.ending(line, held, spoilt, width + dialect.surplus, dialect, last)
                yield Block(rows, spoilt=spoilt, ending=end)
                rest, row = text[part.used :], row + part.lines
            else:
                yield Block(tidy(_whole_lines(text, row)), spoilt=tuple(spoilt_rows))
                row += text.count(b"\n")
            spoilt_rows = []


def _pieces(stream: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """(whole lines, whether they are the last), about BLOCK_BYTES at a time; a longer line stays whole."""
    held = b""
    while len(fresh := stream.read(BLOCK_BYTES)) == BLOCK_BYTES:
        cut = fresh.rfind(b"\n") + 1
        if cut:
            yield held + fresh[:cut], False
        held = fresh[cut:] if cut else held + fresh
    yield held + fresh, True


def _whole_lines(text: bytes, first_row: int) -> pl.DataFrame:
    """Every line as one cell, for a file nobody can split."""
    lines = pl.Series("c0", text.decode().split("\n"), dtype=pl.String)
    return lines.to_frame().with_row_index(ROW, first_row).with_columns(pl.col(ROW).cast(pl.Int64))
