"""Ten made-up people of a made-up feed, and the bytes of every format that can hold them.

Belongs here: the feed, its rows as bronze must hold them, and writers. Does not belong here: damage
(test_corruptions.py), tests. No real people.
"""

import io
import json
import zipfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import shapefile
import xlsxwriter
import xlwt

from pipelines.kit.contracts.model import Column, Thresholds
from tests.ingest.conftest import FEEDS

COLUMNS = (
    Column("id_no", "身份证号", ("sfzh",), required=True, key=True, tags=("identifier", "直接标识符", "mask:last2")),
    Column("name", "姓名", ("xm",), required=True),
    Column("born", "出生日期", ("csrq",), "date"),
    Column("seen", "登记时间", ("djsj",), "timestamp"),
    Column("count", "次数", ("cs",), "integer"),
    Column("area", "面积", ("mj",), "decimal", scale=4),
    Column("place", "位置", ("wz",), "geometry"),
)
FEED = replace(
    FEEDS["F11"],
    code="F98",
    title="测试",
    columns=COLUMNS,
    key_columns=("id_no",),
    encoding="utf-8",
    file_pattern=r"^F98_测试_(?P<scope>\d{6,9})_(?P<period>\d{6})\.\w+$",
    mode="append",
    thresholds=Thresholds(max_quarantine_share=0.5, max_duplicate_share=1.0),
)
LABELS = [c.label for c in COLUMNS]
Row = tuple[str, str, date | None, datetime | None, int | None, Decimal | None, str | None]


def people(count: int = 10) -> list[Row]:
    """Rows as bronze must hold them."""
    return [
        (
            f"3706021940010100{n:02d}",
            ("王䶮", "李四", "张,三", '赵"六')[n % 4] + str(n),
            date(1940, 1, 1 + n % 28),
            datetime(2024, 1, 3, n % 24, 15, n % 60),
            n * 10,
            Decimal(n) + Decimal("0.2500"),
            f'{{"type":"Point","coordinates":[121.{2 * n + 11},37.5]}}',
        )
        for n in range(count)
    ]


def texts(row: Sequence) -> list[str]:
    return ["" if v is None else str(v) for v in row]


def csv(rows: Sequence[Sequence], labels: Sequence[str] = LABELS, encoding: str = "utf-8", separator: str = ",",
        ending: str = "\r\n") -> bytes:  # fmt: skip
    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"' if any(c in text for c in f'"{separator}\r\n') else text

    lines = [labels, *(texts(r) for r in rows)]
    return "".join(separator.join(map(cell, line)) + ending for line in lines).encode(encoding)


def objects(rows: Sequence[Sequence], labels: Sequence[str] = LABELS) -> list[dict]:
    """JSON objects: numbers as numbers, everything else as text."""
    plain = {date: str, datetime: str, Decimal: float}
    return [{k: plain.get(type(v), lambda x: x)(v) for k, v in zip(labels, row, strict=True)} for row in rows]


def array(rows: Sequence[Sequence]) -> bytes:
    return json.dumps(objects(rows), ensure_ascii=False).encode()


def page(rows: Sequence[Sequence], **around: object) -> bytes:
    head = {"code": 0, "message": "success", "total": len(rows), "page": 1, "pages": 1}
    return json.dumps({**head, "data": objects(rows), **around}, ensure_ascii=False, indent=1).encode()


def lines(rows: Sequence[Sequence]) -> bytes:
    return "".join(json.dumps(o, ensure_ascii=False) + "\n" for o in objects(rows)).encode()


def geojson(rows: Sequence[Sequence], **around: object) -> bytes:
    features = [
        {"type": "Feature", "geometry": json.loads(o["位置"]), "properties": {k: o[k] for k in LABELS[:-1]}}
        for o in objects(rows)
    ]
    return json.dumps({"type": "FeatureCollection", **around, "features": features}, ensure_ascii=False).encode()


def parquet(rows: Sequence[Sequence], schema: dict | None = None, **options: object) -> bytes:
    kinds = [pa.string(), pa.string(), pa.date32(), pa.timestamp("us"), pa.int64(), pa.decimal128(18, 4), pa.string()]
    fields = dict(zip(LABELS, kinds, strict=True)) | (schema or {})
    types = [pa.type_for_alias(kind) if isinstance(kind, str) else kind for kind in fields.values()]
    columns = [pa.array(column, kind) for column, kind in zip(zip(*rows, strict=True), types, strict=True)]
    out = io.BytesIO()
    pq.write_table(pa.table(columns, names=list(fields)), out, **options)
    return out.getvalue()


def xlsx(rows: Sequence[Sequence], edit: Callable | None = None) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("Sheet1")
        for number, row in enumerate([LABELS, *map(texts, rows)]):
            sheet.write_row(number, 0, row)
        if edit:
            edit(book, sheet)
    return out.getvalue()


def xls(rows: Sequence[Sequence], edit: Callable | None = None) -> bytes:
    return sheet_xls([LABELS, *map(texts, rows)], edit)


def sheet_xls(rows: Sequence[Sequence], edit: Callable | None = None) -> bytes:
    """An old workbook of any rows, numbers as numbers."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1", cell_overwrite_ok=True)
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            sheet.write(r, c, value)
    if edit:
        edit(book, sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


_ODS = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"><office:body>'
    '<office:spreadsheet><table:table table:name="Sheet1">{}</table:table></office:spreadsheet></office:body>'
    "</office:document-content>"
)
ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"


def ods_cell(text: str | float, extra: str = "") -> str:
    if isinstance(text, float):
        return f'<table:table-cell office:value-type="float" office:value="{text}"{extra}/>'
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    return f'<table:table-cell office:value-type="string"{extra}><text:p>{escaped}</text:p></table:table-cell>'


def ods(rows: Sequence[Sequence], after: str = "", parts: dict[str, str] | None = None) -> bytes:
    return sheet_ods([LABELS, *map(texts, rows)], after, parts)


def sheet_ods(rows: Sequence[Sequence], after: str = "", parts: dict[str, str] | None = None) -> bytes:
    """An OpenDocument workbook of any rows, numbers as numbers."""
    body = "".join("<table:table-row>" + "".join(map(ods_cell, row)) + "</table:table-row>" for row in rows)
    return zipped({
        "mimetype": ODS_TYPE,
        "META-INF/manifest.xml": "<manifest/>",
        "content.xml": _ODS.format(body + after),
        **(parts or {}),
    })


def html(rows: Sequence[Sequence], encoding: str = "utf-8") -> bytes:
    def line(cells: Sequence[str], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{c.replace('<', '&lt;')}</{tag}>" for c in cells) + "</tr>\n"

    body = line(LABELS, "th") + "".join(line(texts(r), "td") for r in rows)
    return f'<html xmlns:x="urn:x"><head><style>td{{}}</style></head><body><table>{body}</table></body></html>'.encode(
        encoding
    )


def zipped(members: dict[str, bytes | str], **options: object) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def layer(rows: Sequence[Sequence], encoding: str = "gb18030", prj: str | None = 'GEOGCS["GCS_China_2000"]') -> dict:
    """The files of a shapefile of points; the dbf's headings are the aliases, ten bytes at most."""
    shp, shx, dbf = io.BytesIO(), io.BytesIO(), io.BytesIO()
    writer = shapefile.Writer(shp=shp, shx=shx, dbf=dbf, encoding=encoding, shapeType=shapefile.POINT)
    with closing(writer) as out:
        for name, kind, size, digits in (
            ("sfzh", "C", 18, 0), ("xm", "C", 40, 0), ("csrq", "D", 8, 0), ("djsj", "C", 19, 0), ("cs", "N", 9, 0),
            ("mj", "N", 18, 4),
        ):  # fmt: skip
            out.field(name, kind, size, digits)
        for row in rows:
            out.point(*json.loads(row[6])["coordinates"])
            out.record(row[0], row[1], row[2], str(row[3]), row[4], float(row[5]))
    files = {"parcels.shp": shp.getvalue(), "parcels.shx": shx.getvalue(), "parcels.dbf": dbf.getvalue()}
    return files | ({"parcels.prj": prj} if prj else {})


FORMATS: dict[str, Callable[[Sequence[Row]], bytes]] = {
    "csv": csv,
    "csv-bom": lambda rows: csv(rows, encoding="utf-8-sig"),
    "csv-gb18030": lambda rows: csv(rows, encoding="gb18030"),
    "csv-utf16": lambda rows: csv(rows, encoding="utf-16"),
    "csv-returns": lambda rows: csv(rows, ending="\r"),
    "tsv": lambda rows: csv(rows, separator="\t"),
    "semicolons": lambda rows: csv(rows, separator=";"),
    "pipes": lambda rows: csv(rows, separator="|"),
    "json-array": array,
    "json-page": page,
    "json-lines": lines,
    "json-gb18030": lambda rows: array(rows).decode().encode("gb18030"),
    "geojson": geojson,
    "parquet": lambda rows: parquet(rows, write_page_checksum=True),
    "xlsx": xlsx,
    "xls": xls,
    "ods": ods,
    "html": html,
    "zip-csv": lambda rows: zipped({"数据/甲.csv": csv(rows[:4]), "数据/乙.csv": csv(rows[4:])}),
    "zip-xlsx": lambda rows: zipped({"甲.xlsx": xlsx(rows)}),
    "zip-shp": lambda rows: zipped(layer(rows)),
}
