"""What a file is, told from its bytes.

Belongs here: magic numbers and the few names inside a container that tell one kind from another. Does not
belong here: names of files, contracts, reading. Departments rename files and export systems lie about what they
write (HTML called .xls is the commonest), so neither the extension nor the contract is asked.
"""

import codecs
import os
import re
import zipfile
from pathlib import Path

from pipelines.ingest.formats.encoding import by_bytes
from pipelines.ingest.values import problems
from pipelines.ingest.values.table import Notice, UnreadableError

HEAD = 64 << 10
XLSX, XLS, ODS, HTML, MHTML, XML = "xlsx", "xls", "ods", "html", "mhtml", "xml"
CSV, JSON, GEOJSON, PARQUET, SHP, ZIP = "csv", "json", "geojson", "parquet", "shp", "zip"
WORKBOOKS = (XLSX, XLS, ODS, HTML, MHTML, XML)
NAMES = {
    XLSX: "Excel 工作簿（xlsx）",
    XLS: "旧版 Excel 工作簿（xls）",
    ODS: "开放文档工作簿（ods）",
    HTML: "网页表格（HTML）",
    MHTML: "单个文件网页（MHTML）",
    XML: "XML 表格（2003）",
    CSV: "文本（csv）",
    JSON: "JSON",
    GEOJSON: "GeoJSON",
    PARQUET: "Parquet",
    SHP: "矢量图层（shp）",
    ZIP: "压缩包（zip）",
}
_OLE = b"\xd0\xcf\x11\xe0"
_SHAPE = b"\x00\x00\x27\x0a"
PDF, PICTURE, RTF, WORD, SLIDES, OFD = "PDF", "图片", "RTF 文档", "Word 文档", "演示文稿", "OFD 文档"
# What people read, and no program takes rows from.
PAPERS = (PDF, PICTURE, RTF, WORD, SLIDES, OFD)
_FOREIGN = {
    b"%PDF": PDF,
    b"Rar!": "RAR 压缩包",
    b"7z\xbc\xaf": "7z 压缩包",
    b"\x1f\x8b": "gzip 压缩包",
    b"SQLite format 3": "SQLite 数据库",
    b"\x00\x01\x00\x00Standard": "Access 数据库",
    b"\x89PNG": PICTURE,
    b"\xff\xd8\xff": PICTURE,
    b"GIF8": PICTURE,
    b"II*\x00": PICTURE,
    b"MM\x00*": PICTURE,
    b"{\\rtf": RTF,
}
_PAPER_PARTS = {"word/document.xml": WORD, "ppt/presentation.xml": SLIDES, "OFD.xml": OFD}
_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|meta|table|style)[\s>]", re.I | re.S
)
_JSON = re.compile(r'\s*(?:\{\s*["}]|\[\s*[\[{"\]\d-])')
_FEATURES = re.compile(r'"type"\s*:\s*"(?:FeatureCollection|Feature)"')
_XML = re.compile(r"\s*<(?:\?xml|(?:\w+:)?Workbook[\s>])")
_XML_WORKBOOK = re.compile(
    r"""\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*)*<(?:\w+:)?Workbook\s[^>]*urn:schemas-microsoft-com:office:spreadsheet""", re.S
)
_MESSAGE = re.compile(rb"\s*[A-Za-z-]+:[^\n]*\n")
_WORKBOOK_PART = re.compile(rb"xl/|\[Content_Types\]")


def kind_of(file: Path) -> str:
    """One of the kinds above. Raises UnreadableError: E_EMPTY, E_KIND, E_XLSX_FORM, E_XLSX_DAMAGED, E_ZIP_DAMAGED."""
    with open(file, "rb", opener=_at_once) as stream:
        head = stream.read(HEAD) or b""
    if not head:
        raise UnreadableError("E_EMPTY", problems.BLANK)
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return _kind_of_zip(file, head)
    if head.startswith(_OLE):
        return XLS
    if head.startswith(b"PAR1"):
        return PARQUET
    if head.startswith(_SHAPE):
        raise UnreadableError("E_SHAPE", "只有 shp，没有 dbf")
    for magic, name in _FOREIGN.items():
        if head.startswith(magic):
            raise UnreadableError("E_KIND", name)
    if _HTML.match(head.removeprefix(codecs.BOM_UTF8)):
        return HTML
    if _is_message(head):
        return MHTML
    text = _text(head)
    if _XML.match(text):
        if not _XML_WORKBOOK.match(text):
            raise UnreadableError("E_KIND", "XML")
        return XML
    if _JSON.match(text):
        return GEOJSON if _FEATURES.search(text) else JSON
    return CSV


def may_unfold(file: Path) -> bool:
    """Whether a reader may need far more memory than the file is long: all but plain text, which passes in pieces, and
    what nobody tries to read."""
    try:
        return kind_of(file) not in (CSV, JSON, GEOJSON)
    except (UnreadableError, OSError):
        return False


def differs(kind: str, agreed: str) -> list[Notice]:
    """A notice when a file is of another kind than agreed."""
    if kind == agreed:
        return []
    return [Notice("N_FORMAT", f"文件是{NAMES[kind]}，约定为{NAMES[agreed]}，已按实际格式读取")]


def _at_once(path: str, flags: int) -> int:
    """A pipe that nobody writes to is empty, instead of being waited for."""
    return os.open(path, flags | os.O_NONBLOCK)


def _kind_of_zip(file: Path, head: bytes) -> str:
    try:
        with zipfile.ZipFile(file) as archive:
            names = {name.replace("\\", "/") for name in archive.namelist()}
            is_ods = "mimetype" in names and archive.read("mimetype").startswith(
                b"application/vnd.oasis.opendocument.spreadsheet"
            )
    except Exception as error:  # zipfile raises half a dozen kinds for damaged archives
        code = "E_XLSX_DAMAGED" if _WORKBOOK_PART.search(head) else "E_ZIP_DAMAGED"
        raise UnreadableError(code) from error
    is_xlsx = "[Content_Types].xml" in names or any(n.startswith("xl/") for n in names)
    if is_ods and is_xlsx:  # two workbooks in one: what is looked at may not be what is read
        raise UnreadableError("E_XLSX_FORM", "既是 xlsx 又是 ods")
    paper = next((what for part, what in _PAPER_PARTS.items() if part in names), None)
    if paper:
        raise UnreadableError("E_KIND", paper)
    return ODS if is_ods else XLSX if is_xlsx else ZIP


def _is_message(head: bytes) -> bool:
    """Whether it is a web page as browsers and Excel save it in one file: lines of a header first, then the page."""
    if not _MESSAGE.match(head):
        return False
    header = re.split(rb"\r?\n\r?\n", head.lstrip(), maxsplit=1)[0].lower()
    return b"mime-version:" in header and (b"multipart/" in header or b"text/html" in header)


def _text(head: bytes) -> str:
    return head.decode(by_bytes(head) or "utf-8-sig", errors="replace")
