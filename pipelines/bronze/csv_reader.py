"""Reading CSV by a contract, in blocks, so that a city-wide file never stands in memory twice.

Belongs here: encoding of the file, place of the header, cutting into blocks. Does not belong here: splitting
lines (csv_records.py), types.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from pipelines.bronze import encoding as enc
from pipelines.bronze.csv_records import records, split_record
from pipelines.bronze.header import DEPTH, Header, detect, not_found
from pipelines.bronze.table import ROW, Block, Notice, Spoilt, Table, UnreadableError, tidy
from pipelines.contracts import Feed

BLOCK_BYTES = 32 << 20
_HEAD_BYTES = 64 << 10
_UNTIDY = re.compile(rb'[ \t\r"]|\xe3\x80\x80|\xc2\xa0|\xef\xbb\xbf')


def read_csv(file: Path, feed: Feed) -> tuple[Table, list[Notice]]:
    """The one table of a CSV. Raises UnreadableError(E_ENCODING, E_EMPTY)."""
    content = file.read_bytes()
    if enc.by_mark(content) == "utf-16":
        content = _from_utf16(content)
    if not content.strip(b" \t\r\n\xef\xbb\xbf"):
        raise UnreadableError("E_EMPTY")
    if b"\n" not in content:
        content = content.replace(b"\r", b"\n")
    body = content.removeprefix(b"\xef\xbb\xbf")
    encoding, header = _header(body, feed)
    notices = []
    declared = (feed.encoding or enc.UTF8).removesuffix("-sig")
    if header.found and encoding != declared:
        text = f"文件编码是 {encoding}，约定为 {feed.encoding}，已按实际编码读取"
        notices.append(Notice("N_ENCODING", text))
    return Table(None, header, _blocks(body, encoding, header)), notices


def _from_utf16(content: bytes) -> bytes:
    try:
        return content.decode("utf-16").encode()
    except UnicodeDecodeError as error:
        raise UnreadableError("E_ENCODING") from error


def _header(body: bytes, feed: Feed) -> tuple[str, Header]:
    """The encoding in which the contract's headings appear; without headings, the one that decodes all."""
    head = body[:_HEAD_BYTES].split(b"\n")[:DEPTH]
    for encoding in (enc.UTF8, enc.GB18030):
        rows = [split_record(line.decode(encoding, errors="replace").removesuffix("\r")) for line in head]
        header = detect(feed, rows)
        if header.found:
            return encoding, header
    return enc.sniff(body), not_found(feed, 1)


def _blocks(body: bytes, encoding: str, header: Header) -> Iterator[Block]:
    width = len(header.headings)
    start, row = 0, 1
    for _ in range(header.last_row):
        start = body.find(b"\n", start) + 1 or len(body)
        row += 1
    rest, spoilt_rows = b"", []
    while start < len(body) or rest:
        end = _cut(body, start)
        text, broken = enc.to_utf8(body[start:end], encoding)
        text = text.replace(b"\r\n", b"\n")
        carried = rest.count(b"\n")
        spoilt_rows += [Spoilt(row + carried + n, "E_BYTES", raw) for n, raw in sorted(broken.items())]
        is_last = end == len(body)
        if header.found:
            text = rest + text if rest else text
            part = records(text, width, row, is_last)
            rows = tidy(part.rows, is_stripped=not _UNTIDY.search(text))
            yield Block(rows, spoilt=(*spoilt_rows, *part.spoilt))
            rest, row = text[part.used :], row + part.lines
        else:
            yield Block(tidy(_whole_lines(text, row)), spoilt=tuple(spoilt_rows))
            row += text.count(b"\n")
        start, spoilt_rows = end, []


def _cut(body: bytes, start: int) -> int:
    """End of a block: after the last line break that fits, else after the next one there is."""
    if len(body) - start <= BLOCK_BYTES:
        return len(body)
    return (body.rfind(b"\n", start, start + BLOCK_BYTES) + 1) or (body.find(b"\n", start) + 1) or len(body)


def _whole_lines(text: bytes, first_row: int) -> pl.DataFrame:
    """Every line as one cell, for a file nobody can split."""
    lines = pl.Series("c0", text.decode().split("\n"), dtype=pl.String)
    return lines.to_frame().with_row_index(ROW, first_row).with_columns(pl.col(ROW).cast(pl.Int64))
