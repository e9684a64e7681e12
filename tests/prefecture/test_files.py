"""Files as departments send them: names, encodings, headings, and the few that are spoilt."""

from collections import Counter

import openpyxl
import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from prefecture.feeds import FEEDS as SENT
from prefecture.feeds.social_assistance import layout as social_assistance
from prefecture.output.mishaps import BROKEN_ALLOWANCE_COUNTY
from tests.prefecture.delivered import FEEDS, NAME, current
from tests.prefecture.judge import TURN_DAYS

HEADINGS = {
    "F01": "公民身份号码 姓名 性别 民族 出生日期 户号 户别 与户主关系 户籍地址 行政区划代码 户口状态"
    " 登记日期 变动类型",
    "F03": "业务编号 事件类型 公民身份号码 变更前身份号码 姓名 变更前姓名 事件日期 行政区划代码",
    "F04": "死亡证编号 姓名 性别 公民身份号码 出生日期 常住地区划 死亡日期 死亡地点",
    "F07": "登记证号 男方身份号码 男方姓名 女方身份号码 女方姓名 登记日期 登记类型",
    "F10": "身份证号 姓名 出生日期 年龄段 发放金额(元) 发放月份 状态 最近认证日期 村居代码 备注",
    "F11": "残疾人证号 姓名 残疾类别 残疾等级 有效期至 补贴类别 补贴状态 村居代码",
    "F14": "统一社会信用代码 企业名称 主体类型 行业代码 注册资本 法定代表人 法定代表人身份号码"
    " 住所 行政区划代码 登记状态 成立日期 注销日期 注册号 变动类型",
    "F17": "公民身份号码 姓名 单位统一社会信用代码 险种 费款所属期 参保状态 参保起始日期 停保日期",
    "F20": "公民身份号码 姓名 性别 出生日期 险种类型 参保状态 村居代码 最近就诊日期",
    "F31": "登记编号 网格编码 房屋编号 房屋地址 姓名 身份证号 联系电话 居住类型 摸排日期 摸排人",
    "F36": "代码 名称 级别 上级代码 生效日期 失效日期 替代代码 前身代码 网格员",
}
SPOILT = {("F07", 1, "202312"), ("F11", 2, "202402"), ("F17", 1, "202401")}


def test_headings_are_those_agreed(prefecture):
    for file in prefecture.files:
        if file.feed == "F08" or file.rows is None or (file.feed, file.turn, file.period) in SPOILT:
            continue
        assert file.headings == HEADINGS[file.feed].split(), file.path.name


def test_the_deviating_headings(prefecture):
    shape = {(f.feed, f.turn, f.period): f.headings for f in prefecture.files}
    assert set(HEADINGS["F07"].split()) - set(shape["F07", 1, "202312"]) == {"登记日期"}
    assert set(HEADINGS["F11"].split()) - set(shape["F11", 2, "202402"]) == {"残疾等级"}
    assert set(shape["F17", 1, "202401"]) - set(HEADINGS["F17"].split()) == {"缴费基数档次"}


def test_counties_keep_four_different_books(prefecture):
    layouts = {tuple(f.headings) for f in prefecture.of("F08", 1)}
    assert len(layouts) == 4
    agreed = {c.name for c in FEEDS["F08"].columns}
    for file in prefecture.of("F08", 1):
        assert agreed <= set(file.rows.columns)
    assert len({tuple(h.label for h in social_assistance(str(c))) for c in range(370602, 370606)}) == 4


def test_all_names_follow_the_contracts(prefecture):
    for file in prefecture.files:
        assert FEEDS[file.feed].file_regex.match(file.path.name), file.path.name
        assert file.path.parent.name == file.feed == NAME.match(file.path.name).group(1)


def test_text_files_decode_and_carry_characters_outside_gbk(prefecture):
    (register,) = prefecture.of("F01", 1)
    content = register.path.read_bytes().decode("gb18030")
    with pytest.raises(UnicodeEncodeError):
        content.encode("gbk")
    (cards,) = prefecture.of("F11", 1)
    assert cards.path.read_bytes().startswith(b"\xef\xbb\xbf")


def test_every_county_delivers_unless_meant_not_to(prefecture):
    counties = {f.scope for f in prefecture.of("F31", 1)}
    assert len(counties) == 13
    assert counties - {f.scope for f in prefecture.of("F31", 2)} == {"370683"}
    assert {f.period for f in prefecture.of("F10", 1)} == {"202311", "202312", "202401"}
    assert {f.period for f in prefecture.of("F08", 2)} == {"202402"}
    assert {f.scope for f in prefecture.of("F31", 3)} == counties


def test_exactly_the_planned_deliveries_are_unusable(prefecture):
    broken = {(f.feed, f.scope, f.period, f.turn) for f in prefecture.files if f.problem}
    assert broken == {
        ("F07", "370600", "202312", 1),
        ("F11", "370600", "202402", 2),
        ("F10", BROKEN_ALLOWANCE_COUNTY, "202402", 2),
        ("F36", "370600", "202405", 5),
    }
    (half,) = prefecture.of("F20", 2)
    (whole,) = prefecture.of("F20", 1)
    assert 0.4 < half.rows.height / whole.rows.height < 0.5


def test_divisions_are_sent_again_with_the_same_bytes(prefecture):
    (first,), (second,) = prefecture.of("F36", 1), prefecture.of("F36", 2)
    assert first.path.read_bytes() == second.path.read_bytes()
    units = current(prefecture.files, 1)["F36"]
    in_force = units.filter(pl.col("valid_to").is_null())
    count = Counter(in_force["level_name"])
    assert [count[level] for level in ("县", "乡镇", "村")] == [13, 159, 6509 + 5]  # some took up a code
    assert units.select("unit_code", "valid_from").is_duplicated().sum() == 0
    assert units.filter(pl.col("valid_from") >= pl.col("valid_to")).height == 0
    assert set(units["successor_code"].drop_nulls()) <= set(units["unit_code"])
    assert set(in_force["parent_code"].drop_nulls()) <= set(in_force["unit_code"])
    grids = in_force.filter(pl.col("level_name") == "网格").group_by("parent_code").len()
    assert grids.height == 6509 + 5
    assert (grids["len"].min(), grids["len"].max()) == (1, 6)
    recoded = units.filter(pl.col("unit_code") == "370672")
    assert (recoded["successor_code"].item(), str(recoded["valid_to"].item())) == ("370676", "2023-06-30")


def test_merged_headers_titles_totals_and_footnotes(prefecture):
    (deaths,) = prefecture.of("F04", 1)
    sheet = openpyxl.load_workbook(deaths.path).active
    assert {"A1:H1", "A2:A3", "B2:F2", "G2:H2"} == {str(r) for r in sheet.merged_cells.ranges}
    assert (sheet["B2"].value, sheet["B3"].value, sheet["A2"].value) == ("死者信息", "姓名", "死亡证编号")
    last = [row[0].value for row in sheet.iter_rows(min_row=sheet.max_row - 1)]
    assert last[0] == "合计"
    assert last[1].startswith("注：")


def test_dates_of_death_are_written_in_six_ways(prefecture):
    (deaths,) = prefecture.of("F04", 1)
    cells = [
        row[6] for row in CalamineWorkbook.from_path(str(deaths.path)).get_sheet_by_index(0).to_python()[3:-2]
    ]
    kinds = Counter(
        "date" if not isinstance(c, str) else next((m for m in "-./年" if m in c), "compact") for c in cells
    )
    assert set(kinds) == {"-", ".", "/", "年", "compact", "date"}
    blank = deaths.rows["id_no"].is_null().mean()
    assert 0.03 < blank < 0.25


def test_quarantine_names_the_cells(prefecture):
    """Each entry of the register leads to the cell it means."""
    planted = prefecture.table("quarantine")
    assert set(planted["code"]) == {"E_ID_NUMERIC", "E_DATE", "E_REQUIRED"}
    turns = {str(day): turn for turn, day in TURN_DAYS.items()}
    for entry in planted.iter_rows(named=True):
        (file,) = (
            f
            for f in prefecture.of(entry["feed"], turns[str(entry["as_of"])])
            if f.path.name == entry["file"]
        )
        row = file.rows.row(by_predicate=pl.col("_line") == entry["row"], named=True)
        if entry["code"] == "E_ID_NUMERIC":
            assert row["_numeric"]
        elif entry["code"] == "E_DATE":
            assert row["survey_date"] == "3月"
        else:
            assert row["name"] is None
    numeric = sum(f.rows["_numeric"].sum() for f in prefecture.files if f.rows is not None)
    assert numeric == (planted["code"] == "E_ID_NUMERIC").sum()


def test_deltas_only_carry_changes(prefecture):
    (delta,) = prefecture.of("F01", 2)
    (full,) = prefecture.of("F01", 1)
    assert full.rows["change_type"].is_null().all()
    assert set(delta.rows["change_type"]) == {"新增", "变更", "删除"}
    assert delta.rows.height < 0.05 * full.rows.height
    known = set(full.rows.select("id_no", "household_no").iter_rows())
    for change, is_known in (("新增", False), ("变更", True), ("删除", True)):
        rows = delta.rows.filter(pl.col("change_type") == change).select("id_no", "household_no")
        assert all((row in known) == is_known for row in rows.iter_rows()), change


def test_phones_are_nobodys(prefecture):
    phones = pl.concat([f.rows.select("phone") for f in prefecture.of("F31", 1)])["phone"].drop_nulls()
    assert phones.str.contains("^128[0-9]{8}$").all()


def test_keys_are_those_of_the_contract_in_its_order():
    sent = {code: feed for code, feed in SENT.items() if code in FEEDS}
    assert {code: feed.keys for code, feed in sent.items()} == {code: FEEDS[code].key_columns for code in sent}
