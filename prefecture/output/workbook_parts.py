"""The parts of an XLSX package that hold no data.

Belongs here: styles, types and links. Does not belong here: the sheet (workbook.py).
"""

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_CONTENT = "application/vnd.openxmlformats-"
_SHEET_ML = _CONTENT + "officedocument.spreadsheetml"
_FONT = '<name val="宋体"/><family val="3"/>'
_CENTRE = '<alignment horizontal="center" vertical="center" wrapText="1"/>'
_LINES = "".join(f'<{side} style="thin"/>' for side in ("left", "right", "top", "bottom"))

PLAIN, TITLE, HEADER, TEXT, AMOUNT, DATE = range(6)
_CELL_STYLES = (
    "<xf/>",
    f'<xf fontId="1" applyFont="1" applyAlignment="1">{_CENTRE}</xf>',
    '<xf fontId="2" fillId="2" borderId="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1">'
    f"{_CENTRE}</xf>",
    '<xf numFmtId="49" applyNumberFormat="1"/>',
    '<xf numFmtId="2" applyNumberFormat="1"/>',
    '<xf numFmtId="164" applyNumberFormat="1"/>',
)


def parts(sheet: str) -> list[tuple[str, str]]:
    """(entry name, XML) of everything but the sheet, which is named `sheet`."""
    overrides = {"workbook": "sheet.main", "worksheets/sheet1": "worksheet", "styles": "styles"}
    types = "".join(
        f'<Override PartName="/xl/{part}.xml" ContentType="{_SHEET_ML}.{kind}+xml"/>'
        for part, kind in overrides.items()
    )
    rels = f'<Default Extension="rels" ContentType="{_CONTENT}package.relationships+xml"/>'
    made = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">{rels}{types}</Types>',
        "_rels/.rels": _links(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{_REL}"><sheets>'
        f'<sheet name="{sheet}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _links(("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml")),
        "xl/styles.xml": _styles(),
    }
    return [(name, XML + content) for name, content in made.items()]


def _links(*targets: tuple[str, str]) -> str:
    links = "".join(
        f'<Relationship Id="rId{i + 1}" Type="{_REL}/{kind}" Target="{target}"/>'
        for i, (kind, target) in enumerate(targets)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'


def _styles() -> str:
    fonts = "".join(
        f"<font>{look}{_FONT}</font>" for look in ('<sz val="11"/>', '<b/><sz val="16"/>', '<b/><sz val="11"/>')
    )
    fills = "".join(
        f"<fill>{pattern}</fill>"
        for pattern in (
            '<patternFill patternType="none"/>',
            '<patternFill patternType="gray125"/>',
            '<patternFill patternType="solid"><fgColor rgb="FFDDEBF7"/></patternFill>',
        )
    )
    return (
        f'<styleSheet {MAIN}><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy-mm-dd"/></numFmts>'
        f'<fonts count="3">{fonts}</fonts><fills count="3">{fills}</fills>'
        f'<borders count="2"><border/><border>{_LINES}</border></borders>'
        '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
        f'<cellXfs count="{len(_CELL_STYLES)}">{"".join(_CELL_STYLES)}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )
