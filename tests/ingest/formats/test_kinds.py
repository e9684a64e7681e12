"""What a file is, told from its bytes: kinds that departments call .xls, what goes with a delivery, endings."""

import email.message
import email.policy
import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.ingest.formats import kinds
from pipelines.ingest.landing.file_name import read_name
from pipelines.ingest.values.table import UnreadableError
from tests.ingest import made_files as f
from tests.ingest import raw_workbooks as raw
from tests.ingest.conftest import Office

PEOPLE = f.people()
ANY = "F98_测试_370600_202401.xls"
ROWS = [f.LABELS, *map(f.texts, PEOPLE)]


@pytest.fixture
def desk(tmp_path: Path) -> Office:
    return Office(tmp_path / "data", {"F98": f.FEED})


def read(desk: Office) -> list[tuple]:
    return desk.rows("F98").select(c.name for c in f.COLUMNS).rows()


def xml_cell(text: str, kind: str = "String", more: str = "") -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return f'<Cell{more}><Data ss:Type="{kind}">{escaped}</Data></Cell>' if text else f"<Cell{more}/>"


def xml_row(cells: list[str], more: str = "") -> str:
    return f"<Row{more}>{''.join(cells)}</Row>\n"


def xml_book(*sheets: str, head: str = '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n') -> str:
    names = 'xmlns="{0}" xmlns:ss="{0}"'.format("urn:schemas-microsoft-com:office:spreadsheet")
    tables = (f'<Worksheet ss:Name="表{n}"><Table>{rows}</Table></Worksheet>' for n, rows in enumerate(sheets, 1))
    return f"{head}<Workbook {names}>{''.join(tables)}</Workbook>"


SHEET = "".join(xml_row(list(map(xml_cell, row))) for row in ROWS)


@pytest.mark.parametrize(("content", "encoding"), [
    (xml_book(SHEET), "utf-8"), (xml_book(SHEET), "utf-8-sig"), (xml_book(SHEET, head=""), "utf-8"),
    (xml_book(SHEET, head='<?xml version="1.0" encoding="gb2312"?><!-- a -->'), "gb18030"),
    (xml_book(SHEET, head='<?xml version="1.0" encoding="UTF-16"?>'), "utf-16"),
    (xml_book("<Column/>", SHEET), "utf-8"),
])  # fmt: skip
def test_workbooks_in_xml_are_read(desk: Office, content: str, encoding: str):
    result = desk.deliver("F98", ANY, content.encode(encoding))
    assert (result.status, result.rows_bronze) == ("accepted", 10)
    assert read(desk) == PEOPLE
    assert any("XML 表格（2003）" in told for told in result.notices)


def test_cells_of_workbooks_in_xml_have_their_types_and_places(desk: Office):
    title = xml_row([xml_cell("名册", more=' ss:MergeAcross="6"')])
    row = [
        xml_cell("370602194001010099"), xml_cell("赵", more=' ss:Index="2"'),
        xml_cell("1940-01-05T00:00:00.000", "DateTime"), xml_cell("12", "Number", ' ss:Index="5"'),
        xml_cell("0.5", "Number"),
    ]  # fmt: skip
    noted = xml_cell("李").replace("</Cell>", "<Comment><ss:Data>核对</ss:Data></Comment>\n</Cell>")
    rows = [
        xml_row(list(map(xml_cell, f.LABELS))), xml_row(row, ' ss:Index="9"'),
        xml_row([xml_cell("370602194001010098"), noted]),
        xml_row([xml_cell("3.70602194001010e17", "Number"), xml_cell("王")]),
        xml_row([xml_cell("370602194001010097"), xml_cell("#N/A", "Error")]),
        xml_row(["<Cell ss:Formula='=R[-1]C'><Data ss:Type='String'>370602194001010096</Data></Cell>", xml_cell("孙")]),
        xml_row([xml_cell("370602194001010095"), '<Cell ss:Formula="=RC[-1]"/>']),
        *(xml_row([xml_cell(f"37060219400101008{n}"), xml_cell("周")]) for n in range(4)),
    ]  # fmt: skip
    result = desk.deliver("F98", ANY, xml_book(title + "".join(rows)).encode())
    assert (result.rows_in, result.rows_bronze) == (10, 6)
    first, second = read(desk)[:2]
    assert first == ("370602194001010099", "赵", date(1940, 1, 5), None, 12, Decimal("0.5000"), None)
    assert second[:2] == ("370602194001010098", "李")
    assert desk.quarantine("F98").select("row", "column", "code").rows() == [
        (11, "身份证号", "E_ID_NUMERIC"), (12, "姓名", "E_VALUE"), (13, "身份证号", "E_FORMULA"),
        (14, "姓名", "E_FORMULA"),
    ]  # fmt: skip


def test_hidden_sheets_of_workbooks_in_xml_are_told(desk: Office):
    hidden = "<WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions></Worksheet></Workbook>"
    content = xml_book(SHEET, SHEET).replace("</Worksheet></Workbook>", hidden)
    result = desk.deliver("F98", ANY, content.encode())
    assert result.rows_bronze == 10
    assert "工作表「表2」是隐藏的，未读取" in result.notices


@pytest.mark.parametrize(("content", "code"), [
    (xml_book(SHEET)[:900], "E_XLSX_DAMAGED"),
    (xml_book(SHEET + xml_row([xml_cell("x", more=' ss:Index="16384"')], ' ss:Index="1048576"')), "E_ZIP_BOMB"),
    (xml_book(SHEET + xml_row([xml_cell("x")], ' ss:Index="2000000000"')), "E_ZIP_BOMB"),
    (xml_book(SHEET + xml_row([xml_cell("x")], ' ss:Index="0"')), "E_XLSX_DAMAGED"),
    (xml_book(SHEET, head='<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hosts">]>'), "E_KIND"),
    (xml_book(), "E_EMPTY"),
])  # fmt: skip
def test_workbooks_in_xml_that_are_refused(desk: Office, content: str, code: str):
    assert desk.deliver("F98", ANY, content.encode()).breaker_code == code


def message(page: bytes, how: str, parts: int = 1) -> bytes:
    """The page as browsers and Excel save it in one file."""
    made = email.message.EmailMessage(policy=email.policy.SMTP)
    made["MIME-Version"] = "1.0"
    made["X-Document-Type"] = "Workbook"
    made.add_related(page, "text", "html", cte=how)
    made.add_related(b"\x89PNG", "image", "png")
    return made.as_bytes()


@pytest.mark.parametrize("how", ["quoted-printable", "base64"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_web_pages_in_one_file_are_read(desk: Office, how: str, encoding: str):
    result = desk.deliver("F98", ANY, message(f.html(PEOPLE, encoding), how))
    assert (result.status, read(desk)) == ("accepted", PEOPLE)
    assert any("MHTML" in told for told in result.notices)


def test_a_page_sent_as_it_is(desk: Office):
    head = b'\r\nMIME-Version: 1.0\nContent-Type: multipart/related;\n boundary="-_X"\n\n---_X\n'
    desk.deliver("F98", ANY, head + b"Content-Type: text/html\n\n" + f.html(PEOPLE) + b"\n---_X--\n")
    assert read(desk) == PEOPLE


def test_merged_cells_of_a_page_that_cover_too_much_are_refused(desk: Office):
    cell = b"<table><tr>" + b"<td rowspan=1000 colspan=1000>a</td>" * 6
    assert desk.deliver("F98", ANY, cell).breaker_code == "E_ZIP_BOMB"


@pytest.mark.parametrize(("content", "kind"), [
    (b'<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"/>', "XML"),
    (f.zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"}), "Word 文档"),
    (f.zipped({"[Content_Types].xml": "<Types/>", "ppt/presentation.xml": "<p/>"}), "演示文稿"),
    (f.zipped({"OFD.xml": "<ofd/>"}), "OFD 文档"),
    (b"GIF89a", "图片"), (b"\xff\xd8\xff\xe0", "图片"), (b"{\\rtf1}", "RTF 文档"),
])  # fmt: skip
def test_what_is_no_data_is_called_by_its_name(desk: Office, content: bytes, kind: str):
    result = desk.deliver("F98", ANY, content)
    assert result.breaker_code == "E_KIND" and f"（{kind}）" in result.breaker_message


CHECKSUM = b"d41d8cd98f00b204e9800998ecf8427e  a.csv\n"
PICTURE, WORD = b"\xff\xd8\xff", f.zipped({"word/document.xml": "<w/>"})
OLD_WORD = b"\xd0\xcf\x11\xe0" + bytes(600)
BESIDE = [
    *((name, content) for name in ("说明.docx", "说明.doc", "照片.jpeg", "照片.JPG", "图.bmp", "清单.ofd")
      for content in (PICTURE, WORD, OLD_WORD, b"", b"PK\x03\x04")),
    *((name, content) for name in ("名册.csv.md5", "名册.csv.SHA256", "签名.sig", "说明.TXT")
      for content in (CHECKSUM, b"")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content"), BESIDE)
def test_what_goes_with_a_delivery_is_left_alone_and_told(desk: Office, name: str, content: bytes):
    result = desk.deliver("F98", ANY, f.zipped({"数据/名册.csv": f.csv(PEOPLE), f"数据/{name}": content}))
    assert (result.status, result.rows_bronze) == ("accepted", 10)
    assert [c for c in result.notice_codes if c == "N_MEMBER"] == ["N_MEMBER"]
    assert f"包内文件「数据/{name}」" in "".join(result.notices)


@pytest.mark.parametrize("name", ["说明.csv", "数据字典.xlsx", "README.csv", "字段说明（2024版）.json", "代码表.xlsx"])
@pytest.mark.parametrize("content", [f.sheet_xls([["字段", "含义"], ["xm", "姓名"]]), "注意\n".encode(), b"{}", b""])
def test_papers_in_the_form_of_data_are_known_by_their_names(desk: Office, name: str, content: bytes):
    result = desk.deliver("F98", ANY, f.zipped({"名册.csv": f.csv(PEOPLE), name: content}))
    assert (result.status, result.rows_bronze, result.notice_codes.count("N_MEMBER")) == ("accepted", 10, 1)
    assert f"包内文件「{name}」" in "".join(result.notices)


@pytest.mark.parametrize("name", ["其余.csv", "说明以外的人员.csv"])
def test_a_member_without_the_header_refuses_the_archive(desk: Office, name: str):
    result = desk.deliver("F98", ANY, f.zipped({"名册.csv": f.csv(PEOPLE), name: "张三,1\n".encode()}))
    assert result.breaker_code == "E_HEADER"


def test_papers_alone_are_no_delivery(desk: Office):
    assert desk.deliver("F98", ANY, f.zipped({"说明.csv": "姓名\n".encode()})).breaker_code == "E_EMPTY"


@pytest.mark.parametrize(
    ("name", "what"),
    [("F98_测试_370600_202402.csv", "202402 期"), ("F98_测试_2024年2月.csv", "202402 期"),
     ("f98-202402.csv", "202402 期"), ("F10_高龄津贴发放_370602_202401.csv", "F10"), ("二月/F23M_用水.csv", "F23M"),
     ("F98_测试_370700_202401.csv", "范围")],
)  # fmt: skip
def test_a_member_of_another_delivery_refuses_the_archive(desk: Office, name: str, what: str):
    result = desk.deliver("F98", ANY, f.zipped({"F98_测试_370600_202401.csv": f.csv(PEOPLE), name: f.csv(PEOPLE)}))
    assert (result.breaker_code, result.rows_bronze) == ("E_ZIP_OTHER", 0)
    assert f"包内文件「{name}」" in result.breaker_message and what in result.breaker_message


@pytest.mark.parametrize(
    ("name", "told"),
    [("F98_测试_370602_202401.csv", 0), ("F98_莱山_202312-202401.csv", 0), ("导出20240205.csv", 0),
     ("2024年2月5日.csv", 0), ("测试2024年01月.csv", 0), ("测试2024年2月.csv", 1), ("202402/名册.csv", 1)],
)  # fmt: skip
def test_another_month_in_a_members_own_name_is_told(desk: Office, name: str, told: int):
    result = desk.deliver("F98", ANY, f.zipped({name: f.csv(PEOPLE)}))
    assert (result.status, result.rows_bronze, result.notice_codes.count("N_MEMBER")) == ("accepted", 10, told)


@pytest.mark.parametrize(
    ("name", "code", "told"),
    [("370611.csv", "E_ZIP_OTHER", 0), ("福山区.csv", "E_ZIP_OTHER", 0), ("福山区/名册.csv", "E_ZIP_OTHER", 0),
     ("370602.csv", None, 0), ("芝罘区.csv", None, 0), ("向阳街道.csv", None, 0), ("1月.csv", None, 0),
     ("2月.csv", None, 1), ("二月.csv", None, 1), ("十一月.csv", None, 1), ("2月5日.csv", None, 0)],
)  # fmt: skip
def test_another_place_or_month_in_a_free_name(desk: Office, name: str, code: str | None, told: int):
    result = desk.deliver("F98", ANY.replace("370600", "370602"), f.zipped({name: f.csv(PEOPLE)}))
    assert (result.breaker_code, result.notice_codes.count("N_MEMBER")) == (code, told)


def test_a_member_called_as_lock_files_are_is_told(desk: Office):
    result = desk.deliver("F98", ANY, f.zipped({"a.csv": f.csv(PEOPLE), "~$b.csv": f.csv(PEOPLE)}))
    assert (result.rows_bronze, result.notice_codes.count("N_MEMBER")) == (10, 1)


def test_papers_are_known_by_what_they_are(desk: Office):
    result = desk.deliver("F98", ANY, f.zipped({"名册.csv": f.csv(PEOPLE), "扫描件": b"%PDF-1.4", "章": b"\x89PNG"}))
    assert (result.rows_bronze, result.notice_codes.count("N_MEMBER")) == (10, 2)


@pytest.mark.parametrize("member", [b"Rar!", b"SQLite format 3\0", f.zipped({"a.csv": "x"})])
def test_what_may_hold_rows_is_not_left_alone(desk: Office, member: bytes):
    assert desk.deliver("F98", ANY, f.zipped({"名册.csv": f.csv(PEOPLE), "其余.dat": member})).status == "quarantined"


def test_parts_named_with_backslashes_are_read(desk: Office):
    content = raw.workbook(raw.sheet(raw.table(ROWS)), rename=lambda name: name.replace("/", "\\"))
    result = desk.deliver("F98", ANY, content)
    assert (result.status, read(desk)) == ("accepted", PEOPLE)


def test_formulas_behind_backslashes_are_found(desk: Office):
    rows = [list(row) for row in ROWS]
    rows[2][0] = '<c{} t="str"><f>A2</f><v>370602194001010001</v></c>'
    desk.deliver("F98", ANY, raw.workbook(raw.sheet(raw.table(rows)), rename=lambda name: name.replace("/", "\\")))
    assert desk.quarantine("F98").select("row", "code").rows() == [(3, "E_FORMULA")]


@pytest.mark.parametrize("ending", ["CSV", "Csv", "XLSX", "Xls", "JSON", "ZIP"])
def test_endings_may_be_in_upper_case(desk: Office, ending: str):
    write = {"xlsx": f.xlsx, "xls": f.xls, "json": f.array}.get(ending.lower(), f.csv)
    content = f.zipped({"名册.CSV": f.csv(PEOPLE), "说明.TXT": "x"}) if ending == "ZIP" else write(PEOPLE)
    result = desk.deliver("F98", f"F98_测试_370600_202401.{ending}", content)
    assert (result.scope, result.period, result.rows_bronze) == ("370600", "202401", 10)


def test_only_the_ending_may_be_in_upper_case():
    from tests.ingest.conftest import FEEDS

    assert read_name(FEEDS["F10"], "F10_高龄津贴发放_370602_202401.XLSX") is not None
    assert read_name(FEEDS["F10"], "f10_高龄津贴发放_370602_202401.xlsx") is None
    assert read_name(FEEDS["F10"], "F10_高龄津贴发放_370602_202401.EXE") is None
    assert set(kinds.WORKBOOKS) <= set(kinds.NAMES)


def test_a_pipe_is_not_waited_for(tmp_path: Path):
    os.mkfifo(pipe := tmp_path / "F16_纳税主体状态_370600_202403_全量.csv")
    with pytest.raises(UnreadableError):
        kinds.kind_of(pipe)
    assert not kinds.may_unfold(pipe)
