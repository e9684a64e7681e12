"""Damage of every kind to files of every format: each file is read right, row for row, or ends in quarantine.

Belongs here: damage and what must hold of it. Does not belong here: the sound files (formats.py). "Wrong" means a
row in bronze that is not the row that was sent. Where a format carries a checksum nothing may be wrong; elsewhere
one changed byte may change the one row it stands in and no other, since no reader could know.
"""

import io
import json
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msoffcrypto.format.ooxml import OOXMLFile

from pipelines.ingest.bronze import DeliveryResult
from pipelines.kit.paths import Paths
from pipelines.kit.reference.divisions import read_divisions
from tests.ingest import made_files as f
from tests.ingest.conftest import AS_OF, Office

PEOPLE = f.people()
SOUND = {name: write(PEOPLE) for name, write in f.FORMATS.items()}
CHECKED = ("xlsx", "ods", "parquet", "zip")
# An old workbook shares strings between cells, so a byte of its tables may touch several rows.
LOOSE = ("xls",)
TOWNSHIPS = [t.code for t in read_divisions(Paths.default().reference).scopes("township", AS_OF)]


class Desk(Office):
    """Takes many files at once and tells what became of each."""

    def __init__(self, root: Path) -> None:
        super().__init__(root / "data", {"F98": f.FEED})

    def judge(self, files: dict[str, bytes]) -> dict[str, tuple[DeliveryResult, list[tuple]]]:
        """Name -> (result, rows that are not the rows sent). Equal bytes are one delivery."""
        names = {f"F98_测试_{code}_202401.dat": name for code, name in zip(TOWNSHIPS, files, strict=False)}
        assert len(names) == len(files)
        for file, name in names.items():
            self.drop("F98", file, files[name])
        found = {}
        known = {row[0]: row for row in PEOPLE}
        for result in self.run("F98"):
            rows = pl.read_parquet(self.paths.bronze / "F98" / result.delivery_id / "rows.parquet")
            kept = [_plain(r) for r in rows.select(c.name for c in f.COLUMNS).rows()]
            told = [c.label in "".join(n for n in result.notices if n.startswith("缺少非必填")) for c in f.COLUMNS]
            wrong = [r for r in kept if _but(told, known.get(r[0])) != _but(told, r)]
            assert rows.select("_sheet", "_row").is_duplicated().sum() == 0
            if result.status == "quarantined":
                assert result.breaker_message.endswith("。") and result.rows_bronze == 0, result
            found[names[result.file_name]] = (result, wrong)
        return found


def _but(told: list[bool], row: tuple | None) -> tuple | None:
    """The row without the columns of which the department is told that they are missing."""
    return row and tuple(v for v, is_told in zip(row, told, strict=True) if not is_told)


def _plain(row: tuple) -> tuple:
    return (*row[:-1], row[-1] and row[-1].partition(',"crs"')[0].rstrip("}") + "}")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def _cut(share: float) -> Callable[[bytes], bytes]:
    return lambda content: content[: int(len(content) * share)]


def _flip(seed: int) -> Callable[[bytes], bytes]:
    def damage(content: bytes) -> bytes:
        place = random.Random(seed).randrange(len(content))
        return content[:place] + bytes([content[place] ^ (1 << seed % 8)]) + content[place + 1 :]

    return damage


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    **{f"cut at {share:.0%}": _cut(share) for share in (0.02, 0.3, 0.7, 0.97)},
    **{f"bit {seed}": _flip(seed) for seed in range(5)},
    "head lost": lambda content: content[3:],
    "nothing but noughts": lambda content: bytes(len(content)),
    "noughts behind": lambda content: content + bytes(512),
    "garbage behind": lambda content: content + b"\x00\xff garbage",
    "twice": lambda content: content * 2,
    "page of an error": lambda content: b"<html><body><h1>502 Bad Gateway</h1></body></html>" + content,
}


@pytest.mark.parametrize("name", SOUND)
def test_damage_is_never_silent(desk: Desk, name: str):
    """21 formats × 15 kinds of damage."""
    for kind, (result, wrong) in desk.judge({kind: harm(SOUND[name]) for kind, harm in DAMAGE.items()}).items():
        if name.startswith(CHECKED) and kind != "twice":
            assert not wrong, (kind, result.breaker_code, wrong)
        elif name not in LOOSE:
            assert len(wrong) <= 1, (kind, wrong)
        assert result.rows_bronze <= (20 if kind == "twice" else 10), (kind, result)


@given(name=st.sampled_from(sorted(SOUND)), place=st.floats(0, 1, exclude_max=True), value=st.integers(1, 255))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_changed_byte_ends_in_a_verdict(tmp_path_factory, name: str, place: float, value: int):
    content = bytearray(SOUND[name])
    at = int(len(content) * place)
    content[at] ^= value
    ((_, wrong),) = Desk(tmp_path_factory.mktemp("byte")).judge({name: bytes(content)}).values()
    assert len(wrong) <= (0 if name.startswith(CHECKED) else len(PEOPLE) if name in LOOSE else 1), wrong


def _lines(change: Callable[[list[str]], list[str]]) -> bytes:
    return "\r\n".join(change(f.csv(PEOPLE).decode().split("\r\n"))).encode()


def _moved(order: list[int]) -> bytes:
    return f.csv([[row[i] for i in order] for row in PEOPLE], [f.LABELS[i] for i in order])


def _records(change: Callable[[dict], object], first: int = 0, last: int = 1) -> bytes:
    records = f.objects(PEOPLE)
    for record in records[first:last]:
        change(record)
    return json.dumps(records, ensure_ascii=False).encode()


def _cells(**at: object) -> bytes:
    """The workbook with cells written over."""
    return f.xlsx(PEOPLE, lambda _, sheet: [sheet.write(place, value) for place, value in at.items()])


def _xlsx_part(part: str, old: bytes, new: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(SOUND["xlsx"])) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    assert old in parts[part]
    return f.zipped({**parts, part: parts[part].replace(old, new, 1)})


def _merge(book, sheet) -> None:
    sheet.merge_range("B2:B3", "王䶮0", book.add_format({"bold": True}))


def _locked() -> bytes:
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(SOUND["xlsx"])).encrypt("secret", out)
    return out.getvalue()


HTML_402 = f.html(PEOPLE).replace(b"<td>", b'<td style="mso-number-format:\\@">')
# What was done -> (file, code of the refusal or None, rows in bronze, codes in quarantine).
REAL: dict[str, tuple[bytes, str | None, int, set[str]]] = {
    # CSV
    "columns swapped": (_moved([3, 0, 6, 5, 4, 2, 1]), None, 10, set()),
    "a required column missing": (_moved([0, 2, 3, 4, 5, 6]), "E_COLUMN_MISSING", 0, {"E_COLUMN_MISSING"}),
    "an optional column missing": (f.csv([r[:6] for r in PEOPLE], f.LABELS[:6]), None, 10, set()),
    "a column twice": (f.csv([(*r, "x") for r in PEOPLE], [*f.LABELS, "姓名"]), None, 10, set()),
    "no header": (f.csv(PEOPLE).split(b"\r\n", 1)[1], "E_HEADER", 0, {"E_HEADER"}),
    "a mark in the middle": (_lines(lambda x: [*x[:5], "\ufeff" + x[5], *x[6:]]), None, 10, set()),
    "two exports in one file": (f.csv(PEOPLE[:5], encoding="utf-8-sig") + f.csv(PEOPLE[5:], encoding="utf-8-sig"),
                                None, 10, set()),
    "mixed line ends": (f.csv(PEOPLE[:5]) + f.csv(PEOPLE[5:], ending="\n").split(b"\n", 1)[1], None, 10, set()),
    "a lone return": (_lines(lambda x: [*x[:3], x[3].replace("2024-01-03", "2024-01-03\r"), *x[4:]]), None, 10, set()),
    "a nought in a line": (_lines(lambda x: [*x[:3], x[3].replace("2024-01-03", "2024\x00"), *x[4:]]), None, 9,
                           {"E_TIME"}),
    "a quote lost": (_lines(lambda x: [*x[:4], x[4].replace('"', "", 1), *x[5:]]), None, 9, {"E_QUOTE"}),
    "a quote too many": (_lines(lambda x: [*x[:2], x[2].replace("李四1", '"李四1'), *x[3:]]), None, 9, {"E_QUOTE"}),
    "a line in halves": (_lines(lambda x: [*x[:2], x[2][:30], x[2][30:], *x[3:]]), None, 9, {"E_FIELDS"}),
    "a blank line and a total": (_lines(lambda x: [*x[:4], "", *x[4:-1], "合计,,,,,,"]), None, 10, set()),
    "ids shortened by Excel": (_lines(lambda x: [x[0], x[1].replace("370602194001010000", "3.70602E+17"), *x[2:]]),
                               None, 10, set()),
    "ids with an apostrophe as formula": (_lines(lambda x: [x[0], "=" + x[1], *x[2:]]), None, 9, {"E_FORMULA"}),
    "GB18030 with one UTF-8 line": (b"\n".join([*f.csv(PEOPLE[:9], encoding="gb18030", ending="\n")[:-1].split(b"\n"),
                                    f.csv(PEOPLE[9:], ending="\n").split(b"\n")[1]]), None, 10, set()),
    "a cell of a megabyte": (
        _lines(lambda x: [*x[:3], x[3].replace("李四", "李" * (1 << 20)), *x[4:]]), None, 10, set()),
    "only a header": (f.csv([]), None, 0, set()),
    "only a mark": (b"\xef\xbb\xbf", "E_EMPTY", 0, {"E_EMPTY"}),
    "nothing": (b"", "E_EMPTY", 0, {"E_EMPTY"}),
    "Excel's hint of the separator": (b"sep=;\r\n" + f.csv(PEOPLE, separator=";"), None, 10, set()),
    # workbooks
    "an old workbook called csv": (f.xls(PEOPLE), None, 10, set()),
    "a web page called xls": (HTML_402, None, 10, set()),
    "a web page without a table": (b"<html><body>login</body></html>", "E_WEB_PAGE", 0, {"E_WEB_PAGE"}),
    "an id as a number": (_cells(A3=370602194001010001), None, 9, {"E_ID_NUMERIC"}),
    "a date as a serial number": (_cells(C3=45294), None, 9, {"E_DATE"}),
    "a formula for an id": (
        f.xlsx(PEOPLE, lambda _, s: s.write_formula("A3", '="3"', None, "3")), None, 9, {"E_FORMULA"}),
    "a cell of an error": (f.xlsx(PEOPLE, lambda _, s: s.write_formula("B3", "=1/0", None, "#DIV/0!")), None, 9,
                           {"E_VALUE"}),
    "names merged over two rows": (f.xlsx(PEOPLE, lambda b, s: _merge(b, s)), None, 10, set()),
    "a stray cell far below": (_cells(A70000="x"), None, 10, {"E_REQUIRED"}),
    "a stray cell in the last corner": (_cells(XFD1048576="x"), "E_ZIP_BOMB", 0, {"E_ZIP_BOMB"}),
    "a hidden sheet": (f.xlsx(PEOPLE, lambda b, _: b.add_worksheet("旧").hide()), None, 10, set()),
    "a bomb of an entry": (
        _xlsx_part("xl/sharedStrings.xml", b"</sst>", b" " * (60 << 20) + b"</sst>"), "E_ZIP_BOMB", 0,
                           {"E_ZIP_BOMB"}),
    "an external entity": (_xlsx_part("xl/sharedStrings.xml", b"?>", b'?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///">]>'),
                           "E_XLSX_FORM", 0, {"E_XLSX_FORM"}),
    "a workbook inside out": (_xlsx_part("xl/workbook.xml", b"<sheets>", b"<sheets"), "E_XLSX_DAMAGED", 0,
                              {"E_XLSX_DAMAGED"}),
    "a workbook with a password": (_locked(), "E_XLSX_FORM", 0, {"E_XLSX_FORM"}),
    "a container of nothing": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000), "E_XLSX_DAMAGED", 0,
                               {"E_XLSX_DAMAGED"}),
    # JSON
    "names missing in some records": (_records(lambda r: r.pop("面积"), 9, 10), None, 10, set()),
    "an id of 2^53 and more as a number": (_records(lambda r: r.update(身份证号=int(r["身份证号"]))), None, 9,
                                           {"E_ID_NUMERIC"}),
    "all ids as numbers": (_records(lambda r: r.update(身份证号=int(r["身份证号"])), 0, 10), "E_QUARANTINE_SHARE", 0,
                           {"E_ID_NUMERIC"}),
    "NaN": (_records(lambda r: r.update(次数=float("nan"))), None, 9, {"E_VALUE"}),
    "infinity": (_records(lambda r: r.update(面积=float("inf"))), None, 9, {"E_VALUE"}),
    "a nested person": (_records(lambda r: r.update(姓名={"姓": "王"})), None, 9, {"E_VALUE"}),
    "a list of names": (_records(lambda r: r.update(姓名=["王"])), None, 9, {"E_VALUE"}),
    "a huge exponent": (
        f.array(PEOPLE).replace(b": 10.25", b": 1e999999", 1).replace(b": 0.25", b": 1e999999", 1), None, 9,
                        {"E_NUMBER"}),
    "a number of 5,000 digits": (f.array(PEOPLE).replace(b": 0.25", b": " + b"9" * 5000, 1), None, 9, {"E_NUMBER"}),
    "a name twice in a record": (
        f.array(PEOPLE).replace(b'"\xe6\xac\xa1\xe6\x95\xb0": 0', b'"a": 1, "a": 2', 1), None, 9,
                                 {"E_REPEATED_NAME"}),
    "a comma too many": (f.array(PEOPLE).replace(b"}, {", b"},, {", 1), "E_JSON", 0, {"E_JSON"}),
    "single quotes": (f.array(PEOPLE).replace(b'"', b"'"), "E_JSON", 0, {"E_JSON"}),
    "half a character": (_records(lambda r: r.update(姓名="X")).replace(b'"X"', b'"\\ud83d"'), None, 9, {"E_BYTES"}),
    "records nested too deep": (b'{"a":{"b":{"c":{"d":{"e":[{"x":1}]}}}}}\n ', "E_HEADER", 0, {"E_HEADER"}),
    "lines, the last one cut": (f.lines(PEOPLE)[:-20], "E_TRUNCATED", 0, {"E_JSON_RECORD", "E_TRUNCATED"}),
    "lines with blank ones": (f.lines(PEOPLE).replace(b"\n", b"\r\n\r\n"), None, 10, set()),
    "an array of arrays": (json.dumps([list(map(str, r)) for r in PEOPLE]).encode(), "E_HEADER", 0, {"E_RECORD"}),
    # GeoJSON
    "a feature without geometry": (
        f.geojson(PEOPLE).replace(b'{"type": "Point", "coordinates": [121.11, 37.5]}', b"null"),
                                   None, 10, set()),
    "a line of one point": (f.geojson(PEOPLE).replace(b'"Point", "coordinates": [121.11, 37.5]',
                            b'"LineString", "coordinates": [[121.11, 37.5]]'), None, 9, {"E_GEOMETRY"}),
    "an open ring": (f.geojson(PEOPLE).replace(b'"Point", "coordinates": [121.11, 37.5]',
                     b'"Polygon", "coordinates": [[[1, 2], [3, 4], [5, 6], [7, 8]]]'), None, 9, {"E_GEOMETRY"}),
    "a place as text": (f.geojson(PEOPLE).replace(b"[121.11, 37.5]", b'["121.11", "37.5"]'), None, 9, {"E_GEOMETRY"}),
    "no features": (f.geojson([]), None, 0, set()),
    # Parquet
    "a footer of another length": (SOUND["parquet"][:-8] + b"\xff\xff\xff\x7fPAR1", "E_PARQUET", 0,
                                   {"E_PARQUET"}),
    "no footer": (SOUND["parquet"][:-400], "E_PARQUET", 0, {"E_PARQUET"}),
    "ids of 64 bits": (f.parquet([(int(r[0]), *r[1:]) for r in PEOPLE], {"身份证号": "int64"}),
                       "E_QUARANTINE_SHARE", 0, {"E_ID_NUMERIC"}),
    "ids as doubles": (f.parquet([(float(r[0]), *r[1:]) for r in PEOPLE], {"身份证号": "double"}),
                       "E_QUARANTINE_SHARE", 0, {"E_ID_NUMERIC"}),
    # archives
    "an archive in an archive": (f.zipped({"a.zip": SOUND["zip-csv"]}), "E_ZIP_NESTED", 0, {"E_ZIP_NESTED"}),
    "a path out of the archive": (f.zipped({"../../a.csv": f.csv(PEOPLE)}), "E_ZIP_MEMBER", 0, {"E_ZIP_MEMBER"}),
    "an empty archive": (f.zipped({}), "E_EMPTY", 0, {"E_EMPTY"}),
    "an empty member": (f.zipped({"a.csv": f.csv(PEOPLE), "b.csv": b""}), "E_EMPTY", 0, {"E_EMPTY"}),
    "a layer without its table": (f.zipped({"a.shp": f.layer(PEOPLE)["parcels.shp"]}), "E_SHAPE", 0, {"E_SHAPE"}),
    "a layer of fewer shapes": (f.zipped({**f.layer(PEOPLE), "parcels.shp": f.layer(PEOPLE[:9])["parcels.shp"]}),
                                "E_SHAPE", 0, {"E_SHAPE"}),
    "a layer cut short": (
        f.zipped({**f.layer(PEOPLE), "parcels.dbf": f.layer(PEOPLE)["parcels.dbf"][:-90]}), "E_SHAPE", 0,
                          {"E_SHAPE"}),
    # something else altogether
    "a PDF": (b"%PDF-1.4 ...", "E_KIND", 0, {"E_KIND"}),
    "a picture": (b"\x89PNG\r\n\x1a\n", "E_KIND", 0, {"E_KIND"}),
    "a RAR": (b"Rar!\x1a\x07\x00", "E_KIND", 0, {"E_KIND"}),
    "a document of Word": (f.zipped({"[Content_Types].xml": "<x/>", "word/document.xml": "<x/>"}), "E_KIND", 0,
                           {"E_KIND"}),
}  # fmt: skip


def test_what_really_happens_to_files(desk: Desk):
    found = desk.judge({name: case[0] for name, case in REAL.items()})
    entries = desk.quarantine("F98")
    problems = {}
    for name, (_, code, rows, codes) in REAL.items():
        result, wrong = found[name]
        assert len(wrong) <= 1, (name, wrong)
        told = set(entries.filter(pl.col("delivery_id") == result.delivery_id)["code"])
        if (result.breaker_code, result.rows_bronze, told) != (code, rows, codes):
            problems[name] = (result.breaker_code, result.rows_bronze, told, result.notices)
    assert not problems, "\n".join(f"{k}: {v}" for k, v in problems.items())


UNSEEN = ['style="display:none"', "style='Display : None;x:y'", "hidden", 'style="mso-hide:all"']


@pytest.mark.parametrize("unseen", UNSEEN)
def test_what_a_web_page_hides_in_a_cell_is_no_part_of_it(desk: Desk, unseen: str):
    page = f.html(PEOPLE).replace(b"<td>2024", f"<td><span {unseen}>9<b>9</b></span>2024".encode())
    result, wrong = desk.judge({"page": page})["page"]
    assert (result.rows_bronze, wrong) == (10, [])
