"""Workbooks (xlsx) written part by part, for what no library writes.

Belongs here: the parts, cells as XML. Does not belong here: sound files of every format (formats.py), tests.
"""

from collections.abc import Callable, Mapping, Sequence
from xml.sax.saxutils import escape

from tests.ingest.made_files import zipped

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_LINK = f'<Relationship Id="{{0}}" Type="{_LINKS}/{{1}}" Target="{{2}}"/>'
_LIST = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'


def sheet(rows: str, tag: str = "worksheet", of: str = _MAIN) -> str:
    return f'<{tag} xmlns="{of}"><sheetData>{rows}</sheetData></{tag}>'


def text_cell(value: str, place: str = "") -> str:
    return f'<c{place} t="inlineStr"><is><t>{escape(value)}</t></is></c>'


def placed(row: int, column: int) -> str:
    """The attribute that says where a cell stands; rows and columns from 1."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f' r="{letters}{row}"'


def table(rows: Sequence[Sequence[str]], place: Callable[[int, int], str] = placed) -> str:
    """Rows of cells; a cell that begins with "<" goes in as it is, {} being its place."""
    written = []
    for r, row in enumerate(rows, start=1):
        cells = [
            value.replace("{}", place(r, c)) if value.startswith("<") else text_cell(value, place(r, c))
            for c, value in enumerate(row, start=1)
        ]
        number = f' r="{r}"' if place is placed else ""
        written.append(f"<row{number}>{''.join(cells)}</row>")
    return "".join(written)


def workbook(
    *sheets: str, strings: str | None = None, parts: Mapping[str, str | bytes] | None = None,
    rename: Callable[[str], str] = str, states: Sequence[str] = (),
) -> bytes:  # fmt: skip
    """Sheets 甲1, 甲2 … as XML; `strings` the <si> elements; `rename` gives every part its name in the file."""
    named = list(enumerate(sheets, start=1))
    state = [*(f' state="{s}"' if s else "" for s in states), *("" for _ in sheets)]
    links = [_LINK.format(f"rId{n}", "worksheet", f"worksheets/sheet{n}.xml") for n, _ in named]
    links.append(_LINK.format("s", "sharedStrings", "sharedStrings.xml"))
    made = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": _LIST.format(_LINK.format("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>'
        + "".join(f'<sheet name="甲{n}" sheetId="{n}"{state[n - 1]} r:id="rId{n}"/>' for n, _ in named)
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _LIST.format("".join(links)),
        **{f"xl/worksheets/sheet{n}.xml": content for n, content in named},
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">{strings or ""}</sst>',
        **(parts or {}),
    }
    return zipped({rename(name): content for name, content in made.items()})
