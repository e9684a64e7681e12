"""Reading JSON by a contract: arrays, pages of interfaces, JSON lines, GeoJSON.

Belongs here: which names the records use, records into blocks, what is wrong with a record. Does not belong here:
splitting the text (json_stream.py), cells (cells.py). Records are counted from 1. The file is gone through twice,
first for the names (a record may leave any of them out), then for the values.
"""

import codecs
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from pipelines.ingest.formats import answer
from pipelines.ingest.formats import encoding as enc
from pipelines.ingest.formats.json_stream import (
    EXACT,
    LARGEST,
    NAMES,
    Envelope,
    Malformed,
    Repeated,
    Window,
    decode,
    records,
)  # fmt: skip
from pipelines.ingest.formats.last_line import BROKEN
from pipelines.ingest.formats.named import GEOMETRY, all_columns, named_block, named_header
from pipelines.ingest.landing import page_number
from pipelines.ingest.values.header import Header
from pipelines.ingest.values.table import SPACE, Block, Ending, Notice, Spoilt, Table, UnreadableError
from pipelines.kit.contracts import Feed
from pipelines.kit.geo.geometry import text_with_crs, with_crs

BLOCK_RECORDS = 10_000
_HEAD = 1 << 20
_PIECE = 1 << 18
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_CRS = "crs.properties.name"
_WRITTEN = re.compile(
    rf'"{GEOMETRY}"\s*:\s*(\{{\s*"type"\s*:\s*"[A-Za-z]+"\s*,\s*"coordinates"\s*:\s*[-+\[\]\d.,eE\s]+\}})', re.ASCII
)
_MOST_PAGES = 9999  # a page has four digits in the name of its file


@dataclass
class _Survey:
    """What one pass over a file told. `lists`: names of the records by the path of their list, in order of appearance;
    `path`: the list that counts, with `count` records ('' where lines or the document itself are the list);
    `columns`: names of the values of records that are lists."""

    encoding: str
    is_lines: bool
    lists: dict[str, dict[str, None]] = field(default_factory=dict)
    around: Envelope = field(default_factory=Envelope)
    path: str = ""
    count: int = 0
    columns: list[str] | None = None

    @property
    def names(self) -> list[str]:
        """Names of the fields of the records."""
        return list(self.lists[self.path]) or ["记录"]


def read_json(file: Path, feed: Feed) -> tuple[list[Table], list[Notice]]:
    """The one table. Raises UnreadableError: E_EMPTY, E_ENCODING, E_JSON, E_JSON_FORM, E_JSON_ANSWER."""
    survey = _survey(file, feed)
    if answer.has_failed(survey.around, survey.lists, survey.count, feed):
        raise UnreadableError("E_JSON_ANSWER")
    lacks, blocks, header = _lacks(survey, file), (), all_columns(feed)
    if survey.count:
        header = named_header(feed, survey.names)
        blocks = _blocks(file, survey, header, feed)
    return [Table(None, header, blocks, _pages(survey), lacks)], _notices(survey, file, lacks)


def _pages(survey: _Survey) -> int | None:
    """How many pages the answer says there are; what is no sensible number says nothing, nor does an answer that
    holds all there are."""
    pages = answer.pages(survey.around.said, survey.path)
    is_all = survey.count and answer.total(survey.around.said, survey.path, survey.count) == survey.count
    return pages if pages and pages <= _MOST_PAGES and not (is_all and pages > 1) else None


def _lacks(survey: _Survey, file: Path) -> str:
    """What says that records are missing that no other file will bring: of pages that have numbers, or are as many as
    the answer says, the others are waited for; behind the last one an empty page is none of them."""
    number = page_number(file.name)
    is_awaited = survey.count and (number is not None or (_pages(survey) or 1) > 1)
    if is_awaited or (number or 1) > 1:
        return ""
    return answer.rest(survey.around, survey.path, survey.count)


def _notices(survey: _Survey, file: Path, lacks: str) -> list[Notice]:
    notices = []
    if survey.encoding == enc.GB18030:
        notices.append(Notice("N_ENCODING", "文件编码是 gb18030，JSON 应为 UTF-8，已按实际编码读取"))
    total = answer.total(survey.around.said, survey.path, survey.count)
    is_one_of_many = (_pages(survey) or 1) > 1 and page_number(file.name) is not None
    if total not in (None, survey.count) and not is_one_of_many and not lacks:
        notices.append(Notice("N_TOTAL", f"接口称共 {total} 条，实收 {survey.count} 条，请核对"))
    return notices


def _survey(file: Path, feed: Feed) -> _Survey:
    with file.open("rb") as stream:
        head = stream.read(_HEAD)
    encoding = enc.by_bytes(head) or enc.likely(head)
    survey = _Survey(encoding, _is_lines(head.decode(encoding, errors="ignore")))
    counts: Counter[str] = Counter()
    listed: set[str] = set()
    try:
        for path, record, raw in _records(file, survey, NAMES):
            counts[path] += 1
            names = survey.lists.setdefault(path, {})
            if isinstance(cells := _cells(record, raw), dict):
                names |= dict.fromkeys(cells)
            elif isinstance(record, list):
                listed.add(path)
    except Malformed as error:
        raise UnreadableError("E_JSON", f"第 {counts.total()} 条记录之后") from error
    survey.lists = answer.named_lists(survey.around, survey.lists, listed)
    survey.path = answer.record_path(survey.lists, feed)
    survey.count = counts[survey.path]
    survey.columns = answer.columns(survey.around.plain, survey.path) if survey.path in listed else None
    return survey


def _is_lines(head: str) -> bool:
    """Whether every line is a record: the first is a whole object, and another follows or it holds no records."""
    # Lines end where _lines ends them: U+2028, U+0085 and their like may stand inside a text.
    lines = [line for line in head.split("\n") if line.strip(SPACE)][:2]
    try:
        first = decode(lines[0]) if lines else None
    except Malformed:
        return False
    return isinstance(first, dict) and (len(lines) == 2 or not _holds_records(first))


def _holds_records(value: dict) -> bool:
    lists = {name: v for name, v in value.items() if isinstance(v, list)}
    if any(not v or isinstance(v[0], dict) for v in lists.values()):
        return True
    if any(isinstance(v[0], list) for v in lists.values()) and answer.columns(lists, ""):
        return True
    return any(isinstance(v, dict) and _holds_records(v) for v in value.values())


def _records(file: Path, survey: _Survey, decoder: json.JSONDecoder) -> Iterator[tuple[str, Any, str]]:
    """(path of its list, record, its text); of JSON lines a line that is none comes as Malformed. Raises Malformed for
    the rest."""
    with file.open("rb") as stream:
        characters = codecs.getincrementaldecoder(survey.encoding)("surrogateescape")
        raw = iter(partial(stream.read, _PIECE), b"")
        pieces = (characters.decode(piece) for piece in raw)
        if not survey.is_lines:
            yield from records(Window(pieces, decoder), survey.around)
            return
        for line in _lines(pieces):
            try:
                yield "", decode(line, decoder), line
            except Malformed:
                yield "", Malformed, line


def _lines(pieces: Iterator[str]) -> Iterator[str]:
    held = ""
    for piece in pieces:
        *whole, held = (held + piece).split("\n")
        yield from (text for line in whole if (text := line.strip(SPACE)))
        if len(held) > LARGEST:
            raise Malformed
    if held.strip(SPACE):
        yield held.strip(SPACE)


def _cells(record: Any, raw: str, columns: list[str] | None = None) -> dict[str, Any] | str:
    """The fields of a record (of a GeoJSON feature its properties and geometry, of a list its values by `columns`), or
    the code of what is wrong."""
    if not _is_text(raw):
        return "E_BYTES"
    if record is Malformed:
        return "E_JSON_RECORD"
    if "\\u" in raw and _HALF.search(raw) and not _is_text(record):
        return "E_BYTES"
    if columns is not None and isinstance(record, list):
        if len(set(columns)) < len(columns):
            return "E_REPEATED_NAME"
        return dict(zip(columns, record, strict=True)) if len(columns) == len(record) else "E_FIELDS"
    if not isinstance(record, dict):
        return "E_RECORD"
    if isinstance(record, Repeated):
        return "E_REPEATED_NAME"
    if record.get("type") != "Feature" or not isinstance(record.get("properties"), (dict, type(None))):
        return record
    properties = record.get("properties") or {}
    if isinstance(properties, Repeated) or GEOMETRY in properties:
        return "E_REPEATED_NAME"
    own = {"id": record["id"]} if "id" in record and "id" not in properties else {}
    return {**own, **properties, GEOMETRY: record.get(GEOMETRY)}


def _geometry(geometry: Any, raw: str, crs: Any) -> Any:
    """As it stands in the text of its record, where nothing else can be meant: writing it anew costs more than all
    the rest. `crs`: in what the file says its coordinates are."""
    if not isinstance(geometry, dict):
        return geometry
    name = crs if isinstance(crs, str) and "crs" not in geometry else None
    written = _WRITTEN.findall(raw)
    if len(written) == 1 and raw.count(f'"{GEOMETRY}"') == 1:
        return text_with_crs("".join(written[0].split()), name)
    return with_crs(geometry, name)


def _blocks(file: Path, survey: _Survey, header: Header, feed: Feed) -> Iterator[Block]:
    crs = survey.around.said.get(_CRS)
    again = _records(file, _Survey(survey.encoding, survey.is_lines), EXACT)
    found, first, names = ((r, raw) for path, r, raw in again if path == survey.path), 1, survey.names
    while batch := _batch(found, first):
        kept, rows, spoilt = [], [], []
        for row, (record, raw) in enumerate(batch, start=first):
            cells = _cells(record, raw, survey.columns)
            if isinstance(cells, str):
                spoilt.append(Spoilt(row, cells, raw.encode("utf-8", "replace").decode()))
                continue
            if GEOMETRY in cells:
                cells[GEOMETRY] = _geometry(cells[GEOMETRY], raw, crs)
            kept.append(cells)
            rows.append(row)
        first += len(batch)
        breaks_off = survey.is_lines and spoilt and spoilt[-1].row == survey.count and not _ends_a_line(file)
        block = named_block(kept, rows, header, names, feed, spoilt)
        yield replace(block, ending=Ending(BROKEN)) if breaks_off else block


def _ends_a_line(file: Path) -> bool:
    """Whether the last line, in whatever encoding, has its end."""
    with file.open("rb") as stream:
        stream.seek(-2, 2)
        return stream.read().rstrip(b"\0").endswith(b"\n")


def _batch(found: Iterator[tuple[Any, str]], first: int) -> list[tuple[Any, str]]:
    """The next records. Raises UnreadableError(E_JSON) for a number no machine can hold."""
    try:
        return list(islice(found, BLOCK_RECORDS))
    except Malformed as error:
        raise UnreadableError("E_JSON", f"第 {first} 条记录之后") from error


def _is_text(value: Any) -> bool:
    """False where bytes made no sense or half a character stands alone."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
