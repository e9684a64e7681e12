"""Is the file safe to open, and where does it hold formulas.

Belongs here: the zip around a workbook, looked at before and beside the cell reader. Does not belong here:
cell values (`reader`). Runs in the reader's own process.
"""

import io
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

from pipelines.give.inbox.problems import Refused

MAX_MEMBERS = 500
# A workbook as we issue it takes about 700 bytes a resident, and the largest township may grow to a whole sheet.
MAX_UNPACKED = 1_500_000_000
_CHUNK = 1 << 20
_OLE_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
_MACRO_PARTS = ("xl/vbaproject", "xl/macrosheets/", "xl/activex/", "xl/embeddings/", "basic/", "scripts/")
_LINK_PARTS = ("xl/externallinks/", "xl/connections.xml")
_CELL_LIMIT = 64

Position = tuple[int, int]


def check_container(blob: bytes) -> None:
    """Raises Refused for what is no .xlsx or .ods, unpacks too large, or carries macros or links."""
    if blob.startswith(_OLE_MAGIC):
        raise Refused("E_OLD_FORMAT")
    try:
        with zipfile.ZipFile(io.BytesIO(blob)) as archive:
            members = archive.infolist()
            names = _names(archive)
            if _is_locked_ods(archive, members):
                raise Refused("E_ODS_LOCKED")
            if not names & {"xl/workbook.xml", "content.xml"}:
                raise Refused("E_FORMAT")
            if len(members) > MAX_MEMBERS or sum(m.file_size for m in members) > MAX_UNPACKED:
                raise Refused("E_ZIP_BOMB")
            _check_unpacked(archive, members)
            _check_parts(archive, members)
            if len(names) < len(members):  # of two parts with one name nobody knows which the cell reader takes
                raise Refused("E_FORMAT")
    except Refused:
        raise
    except Exception as error:  # zipfile raises half a dozen kinds on damaged archives
        raise Refused("E_FORMAT") from error


def _names(archive: zipfile.ZipFile) -> set[str]:
    """Names of parts as the cell reader finds them."""
    return {name.replace("\\", "/").lower() for name in archive.namelist()}


def _is_locked_ods(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> bool:
    """Whether an .ods was saved with a password: its manifest says how each part is encrypted."""
    for member in members:
        if member.filename == "META-INF/manifest.xml":
            with archive.open(member) as stream:
                return b"encryption-data" in stream.read(_CHUNK)
    return False


def _check_unpacked(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
    """Sizes in the directory can lie, so count what really comes out."""
    total = 0
    for member in members:
        with archive.open(member) as stream:
            while chunk := stream.read(_CHUNK):
                total += len(chunk)
                if total > MAX_UNPACKED:
                    raise Refused("E_ZIP_BOMB")


def _check_parts(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
    for member in members:
        name = member.filename.lower()
        if name.startswith(_MACRO_PARTS):
            raise Refused("E_MACRO", {"part": member.filename})
        if name.startswith(_LINK_PARTS):
            raise Refused("E_EXTERNAL_LINK", {"part": member.filename})
        if name == "[content_types].xml" and b"macroEnabled" in archive.read(member):
            raise Refused("E_MACRO", {"part": member.filename})
        if name == "content.xml" and b"table:table-source" in archive.read(member):
            raise Refused("E_EXTERNAL_LINK", {"part": member.filename})


def formula_cells(blob: bytes, sheet_name: str) -> frozenset[Position]:
    """0-based (row, column) of every cell of a sheet that holds a formula."""
    with zipfile.ZipFile(io.BytesIO(blob)) as archive:
        if "xl/workbook.xml" not in _names(archive):
            with archive.open("content.xml") as stream:
                return frozenset(_ods_formulas(stream, sheet_name))
        path = _sheet_path(archive, sheet_name)
        if path is None:
            return frozenset()
        with archive.open(path) as stream:
            return frozenset(_xlsx_formulas(stream))


def _sheet_path(archive: zipfile.ZipFile, sheet_name: str) -> str | None:
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    target_of = {link.get("Id"): link.get("Target", "") for link in links}
    for sheet in book.iterfind(".//{*}sheet"):
        if sheet.get("name") == sheet_name:
            link = next((v for k, v in sheet.attrib.items() if k.endswith("}id")), None)
            target = target_of[link]
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return None


def _xlsx_formulas(stream: io.BufferedIOBase) -> Iterator[Position]:
    """A row or cell without a reference of its own follows the one before, as the format says."""
    row = column = -1
    for event, element in ElementTree.iterparse(stream, ("start", "end")):
        kind = element.tag.rpartition("}")[2]
        if event == "start" and kind == "row":
            row, column = int(element.get("r", row + 2)) - 1, -1
        elif event == "start" and kind == "c":
            place = element.get("r")
            row, column = _position(place) if place else (max(row, 0), column + 1)
        elif event == "end" and kind == "f":
            yield row, column
            yield from _area(element.get("ref") if element.get("t") == "array" else None)
        elif event == "end" and kind == "c":
            element.clear()


def _area(reference: str | None) -> Iterator[Position]:
    if reference:
        first, _, last = reference.partition(":")
        (top, left), (bottom, right) = _position(first), _position(last or first)
        for row in range(top, min(bottom, top + 10_000) + 1):
            for column in range(left, min(right, left + _CELL_LIMIT) + 1):
                yield row, column


def _position(reference: str) -> Position:
    letters = reference.replace("$", "").rstrip("0123456789")
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(reference.replace("$", "")[len(letters) :]) - 1, column - 1


def _ods_formulas(stream: io.BufferedIOBase, sheet_name: str) -> Iterator[Position]:
    row = column = 0
    is_here = False
    for event, element in ElementTree.iterparse(stream, ("start", "end")):
        kind = element.tag.rpartition("}")[2]
        given = {k.rpartition("}")[2]: v for k, v in element.attrib.items()}
        if event == "end" and kind == "table" and is_here:
            return  # the lists that follow may be a hundred times as long
        if event == "start" and kind == "table":
            is_here, row, column = given.get("name") == sheet_name, 0, 0
        elif event == "end" and kind == "table-row":
            row, column = row + int(given.get("number-rows-repeated", 1)), 0
        elif event == "start" and kind in ("table-cell", "covered-table-cell"):
            count = int(given.get("number-columns-repeated", 1))
            if is_here and "formula" in given:
                yield from ((row, column + i) for i in range(min(count, _CELL_LIMIT)))
            column += count
