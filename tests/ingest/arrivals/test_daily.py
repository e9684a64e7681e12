"""The daily report: what each sheet says, that equal days are equal bytes, and that nothing can become a formula."""

import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from pipelines.ingest.arrivals import lists, report
from pipelines.ingest.arrivals.daily import Day, write_daily
from pipelines.ingest.arrivals.workbook import build_daily
from pipelines.kit.contracts import Feed
from pipelines.kit.paths import Paths
from tests.ingest.arrivals.made import CITY, CITY_FEED, DIVISIONS, all_counties, feed, result

SURVEY = feed(title="网格摸排", department_name="市委政法委(网格中心)")
SHOPS = feed(
    code="F26", title="九小场所台账", scope_kind="township", department="fire_rescue", department_name="市消防救援支队",
    first_period="202402",
)  # fmt: skip


def day_of(as_of: date, feeds: list[Feed], came: list) -> Day:
    known = tuple(r for r in came if r.delivered_on <= as_of.isoformat())
    return Day(as_of, {f.code: f for f in feeds}, DIVISIONS, known)


@pytest.fixture
def day() -> Day:
    """20 March: 莱州 owes February's survey, the cards of February were refused, one shop list of 芝罘 came."""
    came = [
        *all_counties("202401", "202402", but=[("370683", "202402")]),
        result(CITY, "202401", feed="F11", seq=1),
        result(CITY, "202402", feed="F11", seq=2, status="quarantined"),
        result("370602001", "202402", feed="F26", seq=1),
        result("370684", "202402", feed="F31", seq=90),
        result(None, None, date(2024, 3, 20), feed="F31", seq=91, status="quarantined"),
    ]
    return day_of(date(2024, 3, 20), [SURVEY, CITY_FEED, SHOPS], came)


def test_whom_to_call(day: Day):
    missing = lists.missing_rows(day)
    assert len(missing) == 1 + 158
    assert missing[0][:7] == (
        "市委政法委(网格中心)", "F31 网格摸排", "莱州市", "202402", "2024-03-10", 10, "202401 期（2024-01-31 送达）",
    )  # fmt: skip
    assert missing[1][2:4] == ("芝罘区东山街道", "202402")
    assert missing[1][6] == "从未报送"


def test_what_is_due_next_and_when():
    early = day_of(date(2024, 3, 8), [SURVEY, CITY_FEED], all_counties("202401", but=[("370683", "202402")]))
    rows = lists.next_due_rows(early)
    assert len(rows) == {r[0]: r[2] for r in report.figures(early)}["尚未到期"]
    assert [r[4] for r in rows] == ["2024-03-10"] * 14 + ["2024-04-10"] * 14
    assert ("市委政法委(网格中心)", "F31 网格摸排", "莱州市", "202402", "2024-03-10", 2) in rows


def test_what_was_refused_and_where_it_stands(day: Day):
    nameless, cards = lists.refused_rows(day)
    assert (cards[1:4], cards[5:]) == (
        ("F11 残疾人证", "全市", "202402"), ("2024-02-29", "文件「x」：没有数据行", "待重报"),
    )  # fmt: skip
    assert (nameless[2:4], nameless[-1]) == (("看不出", "看不出"), "待重报")


@pytest.mark.parametrize(
    ("good_on", "words"),
    [(date(2024, 3, 5), "2024-03-05 已重报"), (date(2024, 2, 1), "不影响：2024-02-01 已有合格文件")],
)
def test_a_refusal_made_good_says_so_for_a_month(good_on: date, words: str):
    came = [
        result(CITY, "202402", feed="F11", seq=2, status="quarantined"),
        result(CITY, "202402", good_on, feed="F11", seq=3),
    ]
    (row,) = lists.refused_rows(day_of(date(2024, 3, 20), [CITY_FEED], came))
    assert row[-1] == words
    assert lists.refused_rows(day_of(date(2024, 4, 20), [CITY_FEED], came)) == []


def test_nobody_is_called_for_a_list_that_a_later_one_has_replaced():
    came = [*all_counties("202401", "202403", but=[]), result("370602", "202402", seq=50, status="quarantined")]
    day = day_of(date(2024, 4, 5), [SURVEY], came)
    assert lists.missing_rows(day) == []
    assert "没有逾期未到的数据，也没有待重报的退回。" in dict(report.todo(day)).values()
    assert day_of(date(2024, 3, 5), [SURVEY], came).owed[0].state == "refused"
    added = [replace(r, mode="append") for r in came]  # of events nothing makes up for a month
    events = day_of(date(2024, 4, 5), [feed(mode="append")], added)
    assert len(lists.missing_rows(events)) == 12
    (row,) = lists.refused_rows(day_of(date(2024, 3, 31), [SURVEY], came))
    assert row[-1] == "后一期已到，不必重报"
    assert lists.refused_rows(day_of(date(2024, 4, 20), [SURVEY], came)) == []


def test_figures_say_how_many_of_a_count_no_list_shows(day: Day):
    came = [
        *all_counties("202401", "202403", but=[("370602", "202403")]),
        *(result(c, "202402", seq=50 + n, status="quarantined") for n, c in enumerate(("370602", "370683"))),
    ]
    late = day_of(date(2024, 4, 5), [SURVEY], came)
    told = {row[0]: row[2:] for row in report.figures(late)}
    assert told["已退回，待重报"] == (
        2, "送达后未通过校验，见「退回清单」；累计中 1 份不必重报：已有后一期全量，或区划已撤并",
    )  # fmt: skip
    assert dict(report.todo(late))["退回重报"].startswith("1 份")
    assert told["逾期未到"] == (11, "见「未到清单」；累计中 11 份不必再催：已有后一期全量，或区划已撤并")
    assert lists.missing_rows(late) == []
    assert {row[0]: row[3] for row in report.figures(day)}["逾期未到"] == "见「未到清单」"


def test_what_is_old_and_which_period_is_used(day: Day):
    rows = {r[1:3]: r for r in lists.stale_rows(day)}
    assert rows["F11 残疾人证", "全市"][3:] == ("202401", "2024-01-31", "202402", 10, "新一期已退回")
    assert rows["F31 网格摸排", "莱州市"][3:] == ("202401", "2024-01-31", "202402", 10, "新一期未到")


def test_a_hole_before_the_newest_period_is_told_as_a_hole():
    came = [replace(r, mode="append") for r in all_counties("202401", "202403")]
    rows = lists.stale_rows(day_of(date(2024, 4, 5), [feed(mode="append")], came))
    assert {r[3:] for r in rows} == {("202403", "2024-03-31", "202402 一期缺", 26, "该期未到")} and len(rows) == 13


def test_the_matrix_shows_the_hole_and_counts_townships(day: Day):
    lines = {lead[0]: (lead[2], dict(zip(["全市", *(c.name for c in report.counties(day))], cells, strict=True)), share)
             for lead, cells, share in report.matrix(day)}  # fmt: skip
    period, cells, share = lines["F31 网格摸排"]
    assert (period, share) == ("202402", "92.3%")
    assert {name for name, cell in cells.items() if cell and cell[1] == "缺"} == {"莱州市"}
    assert cells["全市"] is None
    assert sum(cell == ("on_time", "✓") for cell in cells.values()) == 12
    assert lines["F11 残疾人证"][1]["全市"] == ("refused", "退")
    assert lines["F26 九小场所台账"][1]["芝罘区"] == ("missing", "缺 1/12")


def test_figures_add_up_and_say_what_to_do(day: Day):
    figures = {row[0]: row[1:3] for row in report.figures(day)}
    assert figures["应到"] == (13 + 1 + 159, 26 + 2 + 159)
    assert figures["已到"] == (12 + 0 + 1, 25 + 1 + 1)
    assert (figures["逾期未到"], figures["已退回，待重报"]) == ((159, 159), (1, 1))
    todo = dict(report.todo(day))
    assert "159 份逾期未到，涉及 2 个部门" in todo["催报"]
    assert todo["今日收件"] == "收到 1 个文件，其中退回 1 个。"
    assert "提前提醒" not in todo
    reminded = day_of(date(2024, 3, 8), [SURVEY], all_counties("202401"))
    assert dict(report.todo(reminded))["提前提醒"] == "13 份将在 3 天内到期：网格摸排。"


def test_what_nobody_expected_stands_together(day: Day):
    assert sorted(r[1:] for r in lists.unexpected_rows(day)) == [
        ("F31 网格摸排", "370684", "202402", 1, "范围 370684 不是当期的县（市、区）"),
        ("F31 网格摸排", "看不出", "看不出", 1, "文件名不符合约定，看不出范围和期次"),
    ]


def test_shares_are_never_rounded_up_to_all():
    assert (report.percent(0.9999), report.percent(1.0), report.percent(0.58), report.percent(None)) == (
        "99.9%", "100.0%", "58.0%", "—",
    )  # fmt: skip


def test_equal_days_are_equal_bytes_and_a_report_is_replaced_whole(day: Day, tmp_path: Path):
    again = Day(day.as_of, day.feeds, day.divisions, day.results)
    assert build_daily(day) == build_daily(again)
    paths = Paths(tmp_path)
    file = write_daily(paths, day)
    assert file == tmp_path / "reports/daily/2024-03-20/归集日报_2024-03-20.xlsx"
    file.write_bytes(b"half")
    assert write_daily(paths, day).read_bytes() == build_daily(day)
    assert [p.name for p in file.parent.iterdir()] == [file.name]


def test_the_workbook_opens_with_eight_sheets_and_text_stays_text(day: Day):
    evil = result(CITY, "202403", date(2024, 3, 20), feed="F11", seq=9, status="quarantined")
    evil = type(evil)(**{**vars(evil), "file_name": "=cmd|' /C calc'!A0\x07.csv"})
    told = Day(day.as_of, day.feeds, day.divisions, (*day.results, evil))
    book = openpyxl.load_workbook(io.BytesIO(build_daily(told)))
    assert book.sheetnames == [
        "总览", "部门", "县市区矩阵", "未到清单", "尚未到期", "退回清单", "陈旧数据", "计划外交付",
    ]  # fmt: skip
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None]
    assert {c.data_type for c in cells} == {"s", "n"}
    assert "=cmd|' /C calc'!A0.csv" in {c.value for c in book["退回清单"]["F"]}
    assert book["未到清单"]["A1"].value == "未到清单（159 条）"
    assert book["县市区矩阵"].page_setup.orientation == "landscape"
    assert [s.print_title_rows for s in book][1:] == ["$3:$3", "$4:$4"] + ["$3:$3"] * 5
    hole = next(c for row in book["县市区矩阵"].iter_rows() for c in row if c.value == "缺")
    assert hole.fill.fgColor.rgb == "FFF4A6A6"


def test_a_day_without_anything_is_a_report_too():
    book = openpyxl.load_workbook(io.BytesIO(build_daily(day_of(date(2024, 1, 5), [SURVEY], []))))
    assert book["未到清单"]["A4"].value == "没有逾期未到的数据。"
    assert "没有逾期未到的数据，也没有待重报的退回。" in {c.value for c in book["总览"]["B"]}
    early = build_daily(day_of(date(2023, 1, 5), [SURVEY], []))  # before any feed has begun
    assert openpyxl.load_workbook(io.BytesIO(early))["总览"]["A1"].value == "归集日报（2023年1月5日）"
