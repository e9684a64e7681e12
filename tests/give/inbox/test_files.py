"""Files that are not accepted as a whole, and files that try to break the reader."""

import io
import json
import re
import zipfile
from dataclasses import replace

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils import column_index_from_string

from pipelines.give.inbox import container, intake
from pipelines.give.inbox.container import formula_cells
from pipelines.give.inbox.problems import FILE_REASONS, Refused
from pipelines.give.inbox.reader import Reader, read_book
from pipelines.give.returns.columns import ANOMALIES, CODES, META
from pipelines.give.returns.workbook import build_workbook
from pipelines.kit.paths import Paths
from pipelines.kit.security.keys import KeyProvider
from tests.give.inbox.desk import R17, R20, by_row, edit, fill_in, judge
from tests.give.returns.sample import TOWNSHIP, township_return


def refusal(content, keys, addressed=("",)):
    with pytest.raises(Refused) as caught:
        judge(content, keys, addressed)
    return caught.value


def add_member(content, name, text=b"x"):
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(name, text)
    return out.getvalue()


def test_an_edited_hidden_sheet_is_named_with_row_and_column(workbook, desk_keys):
    def claim_other_township(book):
        document = json.loads(book[META]["A2"].value)
        book[META]["A2"] = json.dumps(document | {"township_code": "370602002"}, ensure_ascii=False)

    refused = refusal(edit(workbook, claim_other_township), desk_keys)
    assert refused.code == "E_META_FORGED"
    assert refused.reason == "隐藏工作表「_meta」第 2–3 行 A 列被改动。请用原工作簿重新填写。"


@pytest.mark.parametrize(
    ("place", "value", "code"),
    [
        ("A1", "x", "E_META_FORGED"),
        ("A2", "[]", "E_META_FORGED"),
        ("A2", "not json", "E_META_FORGED"),
        ("A2", "[" * 30_000, "E_META_FORGED"),
        ("A2", '{"key_id":' + '{"a":' * 5_000 + "1" + "}" * 5_001, "E_META_FORGED"),
        ("A2", '{"key_id": "\\ud800"}', "E_META_FORGED"),
        ("A2", '{"key_id": NaN}', "E_META_FORGED"),
        ("A2", '{"key_id": 1e999}', "E_META_FORGED"),
        ("A2", '{"key_id": ' + "9" * 9_000 + "}", "E_META_FORGED"),
        ("A3", "0" * 64, "E_META_FORGED"),
        ("B2", "f" * 32, "E_META_FORGED"),
        ("C1", "another group", "E_META_FORGED"),
        ("B7", "f" * 32, "E_META_FORGED"),
    ],
)
def test_every_cell_of_the_hidden_sheet_is_guarded(workbook, desk_keys, place, value, code):
    refused = refusal(edit(workbook, lambda b: b[META].__setitem__(place, value)), desk_keys)
    assert refused.code == code and "「_meta」" in refused.reason


def test_an_edited_list_of_grids(workbook, desk_keys):
    refused = refusal(edit(workbook, lambda b: b[CODES].__setitem__("A6", "370602002001001 别处")), desk_keys)
    assert refused.reason == "隐藏工作表「_codes」A 列（网格清单）被改动。请用原工作簿重新填写。"


def test_a_forger_without_the_key(workbook, tmp_path, desk_keys):
    foreign = build_workbook(township_return(), KeyProvider(Paths(tmp_path)))
    assert refusal(foreign, desk_keys).code == "E_KEY"
    assert judge(workbook, desk_keys)


def test_a_workbook_that_is_not_ours(desk_keys):
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.save(out)
    refused = refusal(out.getvalue(), desk_keys)
    assert refused.code == "E_NOT_OURS" and "缺少隐藏工作表「_meta」" in refused.reason


def test_a_workbook_of_another_township(workbook, desk_keys):
    refused = refusal(workbook, desk_keys, ("370602002",))
    assert refused.reason == (
        "这是芝罘区向阳街道（370602001）的工作簿，却放在 370602002 的文件夹。"
        "请放到 370602001 文件夹，或换成自己镇街的工作簿。"
    )
    assert judge(workbook, desk_keys, ("370602002", TOWNSHIP))
    assert judge(workbook, desk_keys, (TOWNSHIP,))


def test_a_changed_header_is_named_with_row_and_column(workbook, desk_keys):
    refused = refusal(edit(workbook, lambda b: b[ANOMALIES].__setitem__("K3", "结果")), desk_keys)
    assert refused.reason == "工作表「异常清单」第 3 行 K 列的表头被改动，应为「处理结果」。请恢复后再交。"


def test_columns_are_known_by_their_headings_wherever_they_stand(workbook, desk_keys):
    content = fill_in(workbook, {R20: ("确认健在",), R17: ("活着",)})
    rows = by_row(judge(edit(content, lambda b: b[ANOMALIES].insert_cols(3)), desk_keys))
    assert rows[R20].outcome == "accepted"
    assert rows[R17].reason.startswith("工作表「异常清单」第 5 行 L 列「处理结果」：处理结果不在下拉列表中。")


def test_a_deleted_column_shows_in_the_header(workbook, desk_keys):
    refused = refusal(edit(workbook, lambda b: b[ANOMALIES].delete_cols(3)), desk_keys)
    assert refused.reason == "工作表「异常清单」第 3 行 C 列的表头被改动，应为「规则」。请恢复后再交。"


def test_a_missing_sheet(workbook, desk_keys):
    refused = refusal(edit(workbook, lambda b: b.remove(b[ANOMALIES])), desk_keys)
    assert refused.reason == "缺少工作表「异常清单」。请用原工作簿重新填写，不要删除或改名工作表。"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("xl/vbaProject.bin", "E_MACRO"),
        ("xl/macrosheets/sheet1.xml", "E_MACRO"),
        ("xl/embeddings/oleObject1.bin", "E_MACRO"),
        ("xl/externalLinks/externalLink1.xml", "E_EXTERNAL_LINK"),
        ("xl/connections.xml", "E_EXTERNAL_LINK"),
    ],
)
def test_macros_and_links_are_refused(workbook, desk_keys, name, code):
    refused = refusal(add_member(workbook, name), desk_keys)
    assert refused.code == code and name in refused.reason


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_macro_enabled_content_type_is_refused(workbook, desk_keys):
    content = add_member(
        workbook, "[Content_Types].xml", b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    )
    assert refusal(content, desk_keys).code == "E_MACRO"


def test_a_zip_bomb_is_refused_by_what_comes_out_of_it(workbook, desk_keys, monkeypatch):
    monkeypatch.setattr(container, "MAX_UNPACKED", 3_000_000)
    bomb = io.BytesIO(workbook)
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/a.bin", b"0" * 5_000_000)
    refused = refusal(bomb.getvalue(), desk_keys)
    assert refused.code == "E_ZIP_BOMB" and "解压后大小异常" in refused.reason


def test_limits_leave_room_for_a_township_that_fills_a_sheet(desk_keys):
    """What one more resident adds to a workbook as issued, 1,048,576 times, as packed by us and by others."""
    few, many = (build_workbook(township_return(residents=n), desk_keys) for n in (100, 2_100))

    def unpacked(content: bytes) -> int:
        return sum(m.file_size for m in zipfile.ZipFile(io.BytesIO(content)).infolist())

    assert (unpacked(many) - unpacked(few)) / 2_000 * 1_048_576 < container.MAX_UNPACKED
    assert (len(many) - len(few)) / 2_000 * 1_048_576 < intake.MAX_BYTES


def test_too_many_members(workbook, desk_keys, monkeypatch):
    monkeypatch.setattr(container, "MAX_MEMBERS", 5)
    assert refusal(workbook, desk_keys).code == "E_ZIP_BOMB"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "E_FORMAT"),
        (b"PK\x03\x04rubbish", "E_FORMAT"),
        ("这不是表格".encode("gb18030"), "E_FORMAT"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "E_OLD_FORMAT"),
    ],
)
def test_things_that_are_no_workbook(desk_keys, content, code):
    assert refusal(content, desk_keys).code == code


@pytest.mark.parametrize("part", ["content.xml", "encrypted-package"])
def test_an_ods_with_a_password_is_not_called_damaged(desk_keys, part):
    """LibreOffice encrypts part by part (7.4) or all in one package (newer ones); calamine reads neither."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(part, bytes(range(256)))
        archive.writestr(
            "META-INF/manifest.xml",
            f'<manifest:manifest><manifest:file-entry manifest:full-path="{part}"><manifest:encryption-data '
            'manifest:checksum="x"/></manifest:file-entry></manifest:manifest>',
        )
    refused = refusal(content.getvalue(), desk_keys)
    assert refused.code == "E_ODS_LOCKED" and "请取消口令" in refused.reason


def test_a_truncated_workbook(workbook, desk_keys):
    assert refusal(workbook[: len(workbook) // 2], desk_keys).code == "E_FORMAT"


def test_formula_cells_are_found_in_arrays_too(workbook):
    def formulas(book):
        sheet = book[ANOMALIES]
        sheet["M4"] = "=1+1"
        sheet.formula_attributes = {}
        sheet["K6"] = openpyxl.worksheet.formula.ArrayFormula("K6:K7", "=A1:A2")

    content = edit(workbook, formulas)
    assert formula_cells(content, ANOMALIES) == {(3, 12), (5, 10), (6, 10)}
    assert formula_cells(content, "不存在") == frozenset()


@pytest.fixture(scope="module")
def reader():
    with Reader() as made:
        yield made


def test_the_reading_process_gives_the_same_cells(workbook, reader):
    assert reader.read(workbook) == read_book(workbook)


def test_a_sheet_without_end_kills_only_its_own_process(workbook, reader):
    def far_away(book):
        book[ANOMALIES]["XFD1048576"] = "x"

    content = edit(workbook, far_away)
    try:
        assert len(reader.read(content).sheets[ANOMALIES]) <= 100_000
    except Refused as refused:
        assert refused.code == "E_UNREADABLE"
    assert reader.read(workbook).sheets[ANOMALIES]


@settings(max_examples=80)
@given(st.binary(max_size=2000))
def test_any_bytes_are_refused_and_never_crash(reader, blob):
    with pytest.raises(Refused):
        reader.read(blob)


@settings(max_examples=80)
@given(st.data())
def test_a_damaged_workbook_is_refused_or_read_and_never_crashes(workbook, desk_keys, reader, data):
    damaged = bytearray(workbook)
    for _ in range(data.draw(st.integers(1, 5))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    try:
        book = reader.read(bytes(damaged))
    except Refused as refused:
        assert refused.reason
        return
    assert set(book.sheets) <= {ANOMALIES, "回执", META, CODES}


def test_every_reason_can_be_said():
    facts = dict.fromkeys(
        (
            "limit",
            "part",
            "row",
            "column",
            "key_id",
            "place",
            "township",
            "addressed",
            "as_of",
            "issue",
            "sheet",
            "title",
        ),
        "〇",
    )
    for code in FILE_REASONS:
        assert Refused(code, facts).reason.endswith("。")


def test_row_order_may_change(workbook, desk_keys):
    """Sorting in the spreadsheet moves whole rows."""

    def swap(book):
        sheet = book[ANOMALIES]
        for column in range(1, 17):
            a, b = sheet.cell(R20, column), sheet.cell(R20 + 1, column)
            a.value, b.value = b.value, a.value

    assert {r.outcome for r in judge(edit(workbook, swap), desk_keys)} == {"unanswered"}


def test_an_earlier_place_name_cannot_be_claimed(desk_keys):
    data = replace(township_return(), township_code="370602002")
    assert refusal(build_workbook(data, desk_keys), desk_keys, (TOWNSHIP,)).code == "E_TOWNSHIP"


def test_formula_cells_are_found_without_references_and_beside_a_decoy(workbook):
    content = edit(workbook, lambda book: book[ANOMALIES].__setitem__("M4", "=1+1"))
    assert formula_cells(without_references(content), ANOMALIES) == {(3, 12)}
    for name in ("content.xml", "Content.xml"):
        assert formula_cells(add_member(content, name, b"<a/>"), ANOMALIES) == {(3, 12)}


def without_references(content: bytes) -> bytes:
    """The workbook with every row filled from column A, and no cell that says where it stands."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for item in old.infolist():
            data = old.read(item)
            if item.filename.startswith("xl/worksheets/"):
                data = re.sub(rb"<row\b.*?</row>", filled, data, flags=re.DOTALL)
            new.writestr(item, data)
    return out.getvalue()


def filled(row: re.Match[bytes]) -> bytes:
    head, cells = re.match(rb"(<row\b[^>]*>)(.*)</row>", row[0], re.DOTALL).groups()
    found = {
        column_index_from_string(at.decode()): f"<c{rest.decode()}"
        for at, rest in re.findall(rb'<c r="([A-Z]+)[0-9]+"((?:[^>]*/>)|(?:.*?</c>))', cells, re.DOTALL)
    }
    written = "".join(found.get(place, "<c/>") for place in range(1, max(found, default=0) + 1))
    return head + written.encode() + b"</row>"


def test_two_parts_of_one_name_are_refused(workbook, desk_keys):
    assert refusal(add_member(workbook, "XL/Workbook.xml"), desk_keys).code == "E_FORMAT"
