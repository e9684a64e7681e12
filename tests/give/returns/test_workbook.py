import io
import json
import zipfile
from dataclasses import replace
from datetime import date

import openpyxl
import pytest
from python_calamine import CalamineWorkbook, SheetVisibleEnum

from pipelines.give.returns import columns as layout
from pipelines.give.returns.columns import ANOMALY_SHEET, COL, TOWNSHIP
from pipelines.give.returns.guide import NIL, chinese_date, guide
from pipelines.give.returns.workbook import build_workbook
from pipelines.kit.contracts import load_contracts
from pipelines.kit.office.sheets import load_sheets
from pipelines.kit.paths import PROJECT_ROOT
from pipelines.kit.security.signature import RowSigner, is_signed
from tests.give.returns.sample import township_return

FIRST_ROW, HEADER_ROW = ANOMALY_SHEET.first_row, ANOMALY_SHEET.head_row


@pytest.fixture
def book(keys):
    return openpyxl.load_workbook(io.BytesIO(build_workbook(township_return(), keys)))


def test_sheets_and_which_of_them_are_hidden(keys):
    content = build_workbook(township_return(), keys)
    sheets = {s.name: s.visible for s in CalamineWorkbook.from_filelike(io.BytesIO(content)).sheets_metadata}
    shown, never = SheetVisibleEnum.Visible, SheetVisibleEnum.VeryHidden
    assert sheets == {
        "说明": shown, "异常清单": shown, "人口": shown, "特殊人群": shown, "变更清单": shown, "九小场所": shown,
        "应急物资与值守": shown, "回执": shown,
        "_codes": never, "_meta": never,
    }  # fmt: skip


def test_equal_content_gives_equal_bytes_and_other_content_other_bytes(keys):
    data = township_return()
    assert build_workbook(data, keys) == build_workbook(township_return(), keys)
    assert build_workbook(replace(data, issue=2), keys) != build_workbook(data, keys)


def test_the_digest_of_the_content_does_not_depend_on_the_issue():
    data = township_return()
    assert data.reissued(2, data.set_id, "更正").content_digest() == data.content_digest()
    assert township_return(5).content_digest() != data.content_digest()
    assert replace(data, as_of=date(2024, 2, 29)).content_digest() != data.content_digest()


def test_every_cell_is_text_and_no_formula(book):
    for name in ("异常清单", "人口", "特殊人群", "变更清单", "_codes", "_meta"):
        kinds = {cell.data_type for row in book[name].iter_rows() for cell in row if cell.value is not None}
        assert kinds == {"s"}, name


def test_text_that_looks_like_a_formula_or_a_link_stays_text(keys):
    data = township_return(1)
    evil = ("=1+1", "+SUM(A1)", "-2", "@x", '=HYPERLINK("http://example.org")', "http://example.org", "\tTAB")
    for text in evil:
        made = replace(data, anomalies=(replace(data.anomalies[0], name=text),))
        made = replace(made, lists={**data.lists, "residents": ((text, *data.lists["residents"][0][1:]),)})
        content = build_workbook(made, keys)
        sheet = openpyxl.load_workbook(io.BytesIO(content))
        assert sheet["异常清单"].cell(FIRST_ROW + 1, COL["name"] + 1).value == text
        assert sheet["人口"].cell(2, 2).value == text
        for member in zipfile.ZipFile(io.BytesIO(content)).namelist():
            if member.startswith("xl/worksheets/sheet"):
                assert b"<f>" not in zipfile.ZipFile(io.BytesIO(content)).read(member)


def test_ids_are_text_of_18_characters(book):
    sheet = book["人口"]
    assert sheet["D1"].value == "身份证号"
    assert sheet["D2"].value == "370602195001000000"
    assert sheet["D2"].number_format == "@"


def test_only_answer_cells_are_unlocked_and_sheets_are_protected(book):
    sheet = book["异常清单"]
    assert all(
        book[name].protection.sheet for name in ("说明", "异常清单", "人口", "特殊人群", "变更清单", "回执")
    )
    open_cells = {
        (cell.row, cell.column - 1) for row in sheet.iter_rows() for cell in row if not cell.protection.locked
    }
    rows = range(FIRST_ROW + 1, FIRST_ROW + 7)
    expected = {(r, c) for r in rows for c in (COL["answer"], COL["note"])}
    # 更正值 is open for R11 only: rows 4 to 6 of the list.
    expected |= {(r, COL["new_value"]) for r in rows if r >= FIRST_ROW + 4}
    assert open_cells == expected


def test_drop_downs_offer_the_answers_of_the_rule_of_each_row(book):
    codes = book["_codes"]
    offered = {}
    for validation in book["异常清单"].data_validations.dataValidation:
        _, _, area = validation.formula1.partition("!")
        offered[str(validation.sqref)] = [cell.value for (cell,) in codes[area.replace("$", "")]]
    assert offered["K4"] == ["确认已死亡", "确认健在"]
    assert offered["K5"] == ["确认已死亡", "确认健在"]
    assert offered["K6"] == ["已通知申领", "不符合条件", "本人放弃"]
    assert offered["K7:K9"] == ["更正网格", "不是错误", "数据源有误"]
    assert offered["L7:L9"] == [f"370602001001{i:03d} 北大街社区第{i}网格" for i in range(1, 5)]


def test_columns_panes_filter_and_hidden_columns(book):
    sheet = book["异常清单"]
    titles = [cell.value for cell in sheet[HEADER_ROW + 1]]
    assert titles[:13] == [
        "序号", "工单号", "规则", "严重程度", "姓名", "身份证号", "村居", "问题说明", "依据", "当前值",
        "处理结果", "更正值", "说明",
    ]  # fmt: skip
    assert sheet.freeze_panes == "F4"
    assert sheet.auto_filter.ref == "A3:M9"
    hidden = sheet.column_dimensions["N"]
    assert (hidden.hidden, hidden.min, hidden.max) == (True, 14, 16)
    assert sheet.page_setup.orientation == "landscape" and str(sheet.page_setup.paperSize) == "9"
    assert sheet.print_title_rows == "$3:$3"


def test_rows_carry_ticket_group_and_a_check_value_that_holds(book, keys):
    data = township_return()
    sheet, signer = book["异常清单"], RowSigner(keys, data.set_id)
    for i, anomaly in enumerate(data.anomalies):
        cells = [cell.value or "" for cell in sheet[FIRST_ROW + 1 + i]]
        signed = [cells[place] for name, place in COL.items() if ANOMALY_SHEET.is_signed(name)]
        assert cells[COL["row_key"]] == anomaly.ticket_id
        assert cells[COL["group_key"]] == anomaly.group_key
        assert cells[COL["ticket"]] == anomaly.ticket_id[:12]
        assert signer.is_intact(signed, cells[COL["_chk"]])


def test_meta_is_signed_and_names_set_township_and_issue(book, keys):
    data = township_return()
    document = json.loads(book["_meta"]["A2"].value)
    assert is_signed(keys, layout.SIGN_PURPOSE, document, book["_meta"]["A3"].value)
    assert (document["township_code"], document["set_id"], document["issue"]) == ("370602001", data.set_id, 1)


def test_the_cell_of_a_grid_says_when_a_reason_is_needed(book):
    prompts = {v.promptTitle: v.prompt for v in book["异常清单"].data_validations.dataValidation}
    assert prompts["请选择网格"] == (
        "选「更正网格」时，在这里选正确的网格。与「依据」里的「同屋网格」不在同一村居的，必须在「说明」里写原因。"
    )


def test_blank_answers_are_shown_red(book):
    ranges = {str(r.sqref) for r in book["异常清单"].conditional_formatting}
    assert {"K4:K9", "L7:L9"} <= ranges


def test_a_township_without_anomalies_is_told_so(keys):
    book = openpyxl.load_workbook(io.BytesIO(build_workbook(township_return(0), keys)))
    assert book["异常清单"]["A2"].value == "本期没有需要贵镇街核实的内容，不必交回。"
    assert book["回执"]["A2"].value == book["异常清单"]["A2"].value
    asked = {s.title: s.lines for s in guide(township_return(0))}["二、请您做什么"]
    assert asked == (("本期", "没有需要核实的内容，不必填写，不必交回；名单供查看。"),)


def test_the_guide_tells_of_every_sheet_a_pack_brings_and_how_new_it_is():
    lists = {**township_return().lists, "small_places": (("x",) * 12,) * 3}
    data = township_return(lists=lists, periods={"small_places": "2023年12月"})
    sections = {s.title: dict(s.lines) for s in guide(data)}
    about = sections["一、这是什么文件"]
    assert about["九小场所"].startswith("3 条，数据到2023年12月。市消防救援支队登记的九小场所")
    assert about["应急物资与值守"].startswith("0 条，数据尚未收到。市应急局登记的")
    silent = replace(data, periods={**data.periods, "emergency_stores": NIL})
    assert "0 条，没有这类数据。市应急局登记的" in dict(guide(silent)[0].lines)["应急物资与值守"]
    sheets = load_sheets(TOWNSHIP).values()
    assert all(f"「{s.title}」" in sections["五、用途和保密"]["只能用于"] for s in sheets)
    assert {s.feed for s in sheets if s.feed} <= load_contracts().keys()
    page = (PROJECT_ROOT / "docs" / "镇街使用说明.md").read_text(encoding="utf-8")
    assert [s.title for s in sheets if s.title not in page] == []


def test_the_guide_tells_counts_dates_and_what_answers_mean():
    sections = {s.title: dict(s.lines) for s in guide(township_return())}
    about = sections["一、这是什么文件"]
    assert about["本期内容"] == "需要核实 6 条；辖区人口 30 人；特殊人群 2 条；与上期相比有变化 1 条。"
    assert about["请在何时交回"] == "2024年2月19日前（含当日）"
    assert "12 个月内不再就此询问" in sections["三、各选项的意思"]["居住人员网格缺失或失效"]
    assert sections["四、数据到哪一天"] == {"来源": "涉及贵镇街的部门数据都没有拖期。"}
    again = {s.title: dict(s.lines) for s in guide(township_return().reissued(2, "x", "更正"))}
    assert "第 2 次签发，代替之前签发的文件，原因：更正" in again["一、这是什么文件"]["数据截至"]


def test_a_step_that_nothing_in_the_set_needs_is_not_told():
    def steps(count):
        sections = {s.title: s.lines for s in guide(township_return(count))}
        return [line for line in sections["二、请您做什么"] if "步" in line[0]]

    typed, none = steps(6), steps(3)
    assert [label for label, _ in typed] == [f"第 {n} 步" for n in range(1, 7)]
    assert typed[2][1].startswith("如果选的是「更正网格」，再点「更正值」")
    assert "「同屋网格」不在同一村居的，必须在「说明」里写原因" in typed[2][1]
    assert [label for label, _ in none] == [f"第 {n} 步" for n in range(1, 6)]
    assert [text for _, text in none] == [text for _, text in typed if "更正网格" not in text]


def test_chinese_date():
    assert chinese_date("2024-02-09") == "2024年2月9日"


def test_control_characters_never_reach_the_file(keys):
    data = township_return(1)
    made = replace(data, anomalies=(replace(data.anomalies[0], evidence="a\x00b\x1fc\r\nd"),))
    sheet = openpyxl.load_workbook(io.BytesIO(build_workbook(made, keys)))["异常清单"]
    assert sheet.cell(FIRST_ROW + 1, COL["evidence"] + 1).value == "abc\nd"


def test_previous_answers_are_listed_on_the_receipt_sheet(book):
    cells = [c.value for row in book["回执"].iter_rows() for c in row]
    assert "0a1b2c3d4e5f" in cells and "已办结" in cells
