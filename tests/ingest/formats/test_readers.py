"""The same ten people out of every format, with the rows where they stand and what the department is told."""

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from pipelines.ingest.formats.archive import read_archive
from pipelines.ingest.formats.workbook_guard import Caps
from pipelines.ingest.values.table import UnreadableError
from tests.ingest import made_files as f
from tests.ingest.conftest import Office

PEOPLE = f.people()
ANY = "F98_测试_370600_202401.dat"
RECORDS = ("json", "geojson", "parquet")


@pytest.fixture
def desk(tmp_path: Path) -> Office:
    return Office(tmp_path / "data", {"F98": f.FEED})


def held(desk: Office) -> list[tuple]:
    """The contract columns of bronze, geometries without what they say of their coordinate system."""
    rows = desk.rows("F98").sort("id_no").select(c.name for c in f.COLUMNS).rows()
    return [(*r[:-1], r[-1] and r[-1].partition(',"crs"')[0].rstrip("}") + "}") for r in rows]


@pytest.mark.parametrize("name", f.FORMATS)
def test_every_format_gives_the_same_rows(desk: Office, name: str):
    result = desk.deliver("F98", ANY, f.FORMATS[name](PEOPLE))
    assert (result.status, result.rows_in, result.rows_quarantined) == ("accepted", 10, 0), result.breaker_message
    assert held(desk) == PEOPLE
    told = "".join(result.notices)
    assert ("已按实际格式读取" in told) == (not name.startswith(("csv", "tsv", "semi", "pipes", "zip-csv"))), told


@pytest.mark.parametrize(("name", "first"), [("csv", 2), ("xlsx", 2), ("json-page", 1), ("json-lines", 1),
                                             ("geojson", 1), ("parquet", 1), ("zip-shp", 1), ("html", 2)])  # fmt: skip
def test_rows_are_numbered_as_their_format_shows_them(desk: Office, name: str, first: int):
    desk.deliver("F98", ANY, f.FORMATS[name](PEOPLE))
    assert desk.rows("F98").sort("id_no")["_row"].to_list() == list(range(first, first + 10))


def test_a_row_of_an_archive_leads_to_its_member(desk: Office):
    content = f.zipped({"乙/二.xlsx": f.xlsx(PEOPLE[:2]), "甲.csv": f.csv(PEOPLE[2:])})
    result = desk.deliver("F98", ANY, content)
    rows = desk.rows("F98").sort("id_no")
    assert rows["_sheet"].to_list() == ["乙/二.xlsx/Sheet1"] * 2 + ["甲.csv"] * 8
    assert rows["_row"].to_list() == [2, 3, *range(2, 10)]
    assert rows["_source_ref"].n_unique() == 10
    assert "包内文件「乙/二.xlsx」：文件是Excel 工作簿（xlsx），约定为文本（csv），已按实际格式读取" in result.notices
    assert not (desk.paths.bronze / ".writing" / "F98.unpacked").exists()


def test_names_in_gbk_are_read(desk: Office):
    content = f.zipped({"AAAA.csv": f.csv(PEOPLE)}).replace(b"AAAA", "名册".encode("gbk"))
    desk.deliver("F98", ANY, content)
    assert set(desk.rows("F98")["_sheet"]) == {"名册.csv"}


def test_papers_in_an_archive_are_told_and_left_alone(desk: Office):
    members = {"a.csv": f.csv(PEOPLE), "说明.txt": "请查收", "__MACOSX/._a.csv": b"x", "b.pdf": b"%PDF-1.4"}
    result = desk.deliver("F98", ANY, f.zipped(members))
    assert (result.rows_bronze, result.notices) == (
        10,
        ("包内文件「b.pdf」不是数据，未读取", "包内文件「说明.txt」没有约定的表头，未读取"),
    )


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"a.zip": f.zipped({"a.csv": "x"})}, "E_ZIP_NESTED"),
        ({"../a.csv": f.csv(PEOPLE)}, "E_ZIP_MEMBER"),
        ({"/etc/a.csv": f.csv(PEOPLE)}, "E_ZIP_MEMBER"),
        ({"C:\\a.csv": f.csv(PEOPLE)}, "E_ZIP_MEMBER"),
        ({"a.csv": f.csv(PEOPLE), "b.xlsx": b"PK\x03\x04 xl/ no zip"}, "E_XLSX_DAMAGED"),
        ({"a.csv": f.csv(PEOPLE), "b.csv": "x,y\n1,2\n"}, "E_HEADER"),
        ({"说明.txt": "请查收"}, "E_EMPTY"),
        ({"a.shp": f.layer(PEOPLE)["parcels.shp"]}, "E_SHAPE"),
    ],
)
def test_archives_that_are_refused(desk: Office, members: dict, code: str):
    result = desk.deliver("F98", ANY, f.zipped(members))
    assert (result.status, result.breaker_code) == ("quarantined", code)
    assert list(desk.paths.root.parent.glob("*.csv")) == []


@pytest.mark.parametrize("caps", [Caps(unpacked=1000), Caps(entries=1), Caps(ratio=2, ratio_from=100)])
def test_each_cap_of_archives_refuses(tmp_path: Path, caps: Caps):
    file = tmp_path / "a.zip"
    file.write_bytes(f.zipped({"a.csv": b"0" * 2000, "b.csv": b"0"}))
    with pytest.raises(UnreadableError) as refused:
        read_archive(file, f.FEED, tmp_path, lambda *_: ([], []), caps)
    assert refused.value.code == "E_ZIP_BOMB"
    assert [p.name for p in tmp_path.iterdir()] == ["a.zip"]


def test_an_archive_with_a_password_is_refused(desk: Office):
    content = bytearray(f.zipped({"a.csv": f.csv(PEOPLE)}))
    central = content.rindex(b"PK\x01\x02")
    content[6] |= 1
    content[central + 8] |= 1
    assert desk.deliver("F98", ANY, bytes(content)).breaker_code == "E_ZIP_LOCKED"


def test_an_interface_with_nothing_to_say_is_no_failure(desk: Office):
    result = desk.deliver("F98", ANY, f.page([]))
    assert (result.status, result.rows_in) == ("accepted", 0)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'{"code": 500, "message": "no", "data": []}', "E_JSON_ANSWER"),
        (b'{"success": false,\n "data": []}', "E_JSON_ANSWER"),
        (b'{"code": 500, "message": "no"}', "E_HEADER"),
        (b'{"a": [{"x": 1}],\n"b": [{"x": 1}]}', "E_JSON_FORM"),
        (b'{"a": 1,\n"b": [[1, 2]]}', "E_JSON_FORM"),
        (b'[{"x": 1}', "E_JSON"),
        (b"[" * 5_000, "E_JSON"),
        (b'[{"x": 1}] []', "E_JSON"),
    ],
)
def test_json_that_is_refused(desk: Office, content: bytes, code: str):
    assert desk.deliver("F98", ANY, content).breaker_code == code


def test_fewer_records_than_the_interface_says_are_held_back(desk: Office):
    result = desk.deliver("F98", ANY, f.page(PEOPLE, total=12))
    assert (result.breaker_code, result.rows_bronze, result.rows_quarantined) == ("E_JSON_PART", 0, 10)
    assert "接口称共 12 条，实收 10 条" in result.breaker_message
    nothing = desk.deliver("F98", ANY.replace("202401", "202402"), f.page([], total=5))
    assert (nothing.breaker_code, nothing.rows_in) == ("E_JSON_PART", 0)


def _record(change: Callable[[list[dict]], object]) -> bytes:
    records = f.objects(PEOPLE)
    change(records)
    return json.dumps(records).encode()


@pytest.mark.parametrize(
    ("content", "column", "code"),
    [
        (_record(lambda r: r[3].update(身份证号=370602194001010003)), "身份证号", "E_ID_NUMERIC"),
        (_record(lambda r: r[3].update(姓名=2**53 + 1)), "姓名", "E_PRECISION"),
        (_record(lambda r: r[3].update(姓名={"姓": "王"})), "姓名", "E_VALUE"),
        (_record(lambda r: r[3].update(姓名=float("nan"))), "姓名", "E_VALUE"),
        (_record(lambda r: r[3].update(面积=0.12345)), "面积", "E_NUMBER"),
        (_record(lambda r: r[3].update(登记时间="昨天")), "登记时间", "E_TIME"),
        (_record(lambda r: r[3].update(位置='{"type":"Point","coordinates":[null,1]}')), "位置", "E_GEOMETRY"),
        (_record(lambda r: r[3].pop("姓名")), "姓名", "E_REQUIRED"),
        (_record(lambda r: r.__setitem__(3, "王")), None, "E_RECORD"),
        (_record(lambda r: r[3].update(姓名="\ud800")), None, "E_BYTES"),
        (f.array(PEOPLE).replace('"姓名": "张,三2"'.encode(), '"姓名": "甲", "姓名": "乙"'.encode()),
         None, "E_REPEATED_NAME"),
        (f.lines(PEOPLE).replace('"张,三2"'.encode(), '"张'.encode()), None, "E_JSON_RECORD"),
        (f.array(PEOPLE).replace("李四1".encode(), b"\xff\xfe"), None, "E_BYTES"),
    ],
)  # fmt: skip
def test_a_bad_record_costs_itself(desk: Office, content: bytes, column: str | None, code: str):
    result = desk.deliver("F98", ANY, content)
    assert (result.status, result.rows_in, result.rows_bronze) == ("accepted", 10, 9)
    assert desk.quarantine("F98").select("column", "code").rows() == [(column, code)]


def test_a_double_printed_in_full_is_the_number_that_was_meant(desk: Office):
    desk.deliver("F98", ANY, _record(lambda r: r[0].update(面积=0.1 + 0.2, 次数=3.0)))
    assert [str(v) for v in desk.rows("F98").select("area", "count").row(0)] == ["0.3000", "3"]


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        ("int64", 370602194001010003, "E_ID_NUMERIC"),
        ("float64", 3.7060219400101e17, "E_ID_NUMERIC"),
        ("decimal", 370602194001010003, "E_ID_NUMERIC"),
        ("binary", b"\xff\xfe", "E_VALUE"),
    ],
)
def test_an_id_parquet_holds_as_a_number_is_refused(desk: Office, kind: str, value: object, code: str):
    import pyarrow as pa

    kinds = {"int64": pa.int64(), "float64": pa.float64(), "decimal": pa.decimal128(20, 0), "binary": pa.binary()}
    rows = [(value, *row[1:]) for row in PEOPLE]
    result = desk.deliver("F98", ANY, f.parquet(rows, {"身份证号": kinds[kind]}))
    assert result.breaker_code == "E_QUARANTINE_SHARE"
    assert desk.quarantine("F98")["code"].to_list() == [code] * 10


def test_every_type_of_parquet_becomes_exact_text(tmp_path: Path):
    from datetime import UTC, datetime

    from pipelines.ingest.formats.parquet_reader import read_parquet

    frame = pl.DataFrame({
        "身份证号": ["1"], "a": [True], "b": [2**63 - 1], "c": [1.5], "d": [datetime(2024, 1, 2, 16, 30, tzinfo=UTC)],
        "e": [[1, 2]], "f": [b"x"], "g": pl.Series(["z"], dtype=pl.Categorical), "h": [None], "i": [1e16],
        "j": pl.Series(["1.50"]).cast(pl.Decimal(10, 2)),
    })  # fmt: skip
    frame.write_parquet(tmp_path / "x.parquet")
    ((table,), _) = read_parquet(tmp_path / "x.parquet", f.FEED)
    (block,) = table.blocks
    assert block.rows.row(0)[1:] == (
        "1", "TRUE", "9223372036854775807", "1.5", "2024-01-03 00:30:00", "[1,2]", "x", "z", None,
        "10000000000000000", "1.50",
    )  # fmt: skip


def test_a_file_says_in_what_its_coordinates_are(desk: Office):
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}
    desk.deliver("F98", ANY, f.geojson(PEOPLE, crs=crs))
    assert desk.rows("F98")["place"][0] == (
        '{"type":"Point","coordinates":[121.11,37.5],"crs":{"type":"name",'
        '"properties":{"name":"urn:ogc:def:crs:EPSG::4490"}}}'
    )


def test_a_layer_without_its_coordinate_system_is_told(desk: Office):
    result = desk.deliver("F98", ANY, f.zipped(f.layer(PEOPLE, encoding="utf-8", prj=None)))
    assert "图层没有坐标系说明（prj），坐标系待核" in "".join(result.notices)
    assert held(desk) == PEOPLE


def test_cells_and_formulas_of_old_workbooks(desk: Office):
    import xlwt

    def edit(book: xlwt.Workbook, sheet: xlwt.Worksheet) -> None:
        sheet.write(2, 0, 370602194001010001)
        sheet.write(3, 0, xlwt.Formula('"37060219400101"&"0002"'))

    result = desk.deliver("F98", ANY, f.xls(PEOPLE, edit))
    assert (result.rows_bronze, result.rows_quarantined) == (8, 2)
    assert desk.quarantine("F98")["code"].to_list() == ["E_ID_NUMERIC", "E_FORMULA"]


def test_formulas_of_open_documents(desk: Office):
    cells = [f.ods_cell("370602194001010099", ' table:formula="of:=1"'), *map(f.ods_cell, f.texts(PEOPLE[0])[1:])]
    result = desk.deliver("F98", ANY, f.ods(PEOPLE, f"<table:table-row>{''.join(cells)}</table:table-row>"))
    assert (result.rows_bronze, desk.quarantine("F98").select("row", "code").rows()) == (10, [(12, "E_FORMULA")])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (f.ods(PEOPLE, parts={"Basic/Standard/Module1.xml": "x"}), "E_MACRO"),
        (f.ods(PEOPLE, parts={"META-INF/manifest.xml": "<manifest:encryption-data/>"}), "E_XLSX_FORM"),
        (f.ods(PEOPLE, '<table:table-row table:number-rows-repeated="1000000">'
               + f.ods_cell("x", ' table:number-columns-repeated="16000"') + "</table:table-row>"), "E_ZIP_BOMB"),
        (f.xlsx(PEOPLE, lambda _, sheet: sheet.write("XFD1048576", "x")), "E_ZIP_BOMB"),
    ],
)  # fmt: skip
def test_workbooks_that_are_refused(desk: Office, content: bytes, code: str):
    assert desk.deliver("F98", ANY, content).breaker_code == code


def test_a_web_page_with_merged_cells_in_another_encoding(desk: Office):
    content = f.html(PEOPLE, "gb18030").replace(b"<table>", "<table><tr><td colspan=7>名册</td></tr>".encode("gb18030"))
    result = desk.deliver("F98", ANY, content)
    assert (result.rows_bronze, desk.rows("F98")["_row"][0]) == (10, 3)
    assert "标题：名册" in result.notices


@pytest.mark.parametrize("write", [f.parquet, lambda rows: f.array([*rows])])
def test_a_record_without_any_value_is_counted_and_kept(desk: Office, write: Callable):
    result = desk.deliver("F98", ANY, write([*PEOPLE, (None,) * len(f.LABELS)]))
    assert (result.rows_in, result.rows_bronze, result.rows_quarantined) == (11, 10, 1)
    assert desk.quarantine("F98").select("row", "code").rows() == [(11, "E_BLANK_RECORD")]
