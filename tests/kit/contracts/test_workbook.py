"""A contract as a workbook: out and in again, and everything a department can get wrong in it."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from pipelines.kit.contracts.__main__ import main
from pipelines.kit.contracts.elements import load_elements
from pipelines.kit.contracts.feed_file import FEEDS, ColumnEntry, DeliveryEntry, FeedFile, SourceEntry, load_feed_files
from pipelines.kit.contracts.feed_text import feed_text
from pipelines.kit.contracts.load import THRESHOLDS
from pipelines.kit.contracts.workbook import contract_workbook, read_feed
from pipelines.kit.contracts.workbook.layout import BASIC_FACTS, COLUMN_FACTS, SOURCE_FACTS

ELEMENTS = load_elements()
ALL = load_feed_files()
F12 = next(f for f in ALL if f.code == "F12")
# Where the tests write: rows of 基本信息 by title, and columns of 数据项.
_ROW = {fact.title: row for row, fact in enumerate(BASIC_FACTS, 4)}
_NO_ELEMENT = "「数据项」第 6 行“数据元”：数据元目录中没有“立功受奖 DE99999”，先向市大数据局申请登记数据元"
_COLUMN = {fact.title: column for column, fact in enumerate(COLUMN_FACTS, 2)}


@pytest.mark.parametrize("feed", ALL, ids=lambda f: f.code)
def test_every_feed_comes_back_from_its_workbook_to_the_byte(feed: FeedFile):
    read, problems = read_feed(contract_workbook(ELEMENTS, ALL, feed), ELEMENTS, ALL)
    assert problems == []
    file = FEEDS / feed.slug / f"{feed.entity}.yaml"
    assert feed_text(read) == file.read_text(encoding="utf-8")
    assert (read.slug, read.entity) == (feed.slug, feed.entity)


def test_everything_a_feed_file_may_say_has_its_cell():
    def leaves() -> Iterator[str]:
        for name in FeedFile.model_fields:
            if name not in ("delivery", "breakers", "sources", "columns", "says"):  # ours, not the department's
                yield name
        yield from (f"delivery.{name}" for name in DeliveryEntry.model_fields)

    basics = [f.name for f in BASIC_FACTS if not f.name.startswith("breakers.")]
    assert sorted(basics) == sorted(leaves())
    breakers = [f for f in BASIC_FACTS if f.name.startswith("breakers.")]
    assert [f.name.removeprefix("breakers.") for f in breakers] == list(THRESHOLDS)
    assert not any(f.title.isascii() for f in breakers)
    assert {f.name for f in COLUMN_FACTS} == set(ColumnEntry.model_fields)
    assert {f.name for f in SOURCE_FACTS} == set(SourceEntry.model_fields)


def test_rare_things_survive_too():
    entry = F12.columns[2].model_copy(update={"codes": {"1": "男", "2": "女"}, "tags": (), "unit": "", "scale": 0,
                                              "correctable": True, "description": "一、二"})  # fmt: skip
    delivery = F12.delivery.model_copy(update={"retention": "10y", "due": 0, "missing": ("无", "9999"),
                                               "success": ("0000",), "records": "data.list"})  # fmt: skip
    sources = (SourceEntry(kind="mysql", connection="VETERANS_DB", place="yf_dx", watermark="更新日期"),)
    feed = F12.model_copy(update={
        "columns": (*F12.columns[:2], entry), "delivery": delivery, "sources": sources, "version": "2.1.0",
        "breakers": {"minRowRatio": 0.8, "maxQuarantineShare": 0.05}, "returned": "query", "limitations": "只供核查",
        "says": None,
    })  # fmt: skip
    others = [other for other in ALL if other.code != feed.code]
    assert read_feed(contract_workbook(ELEMENTS, ALL, feed), ELEMENTS, others) == (feed, [])


def test_equal_content_gives_equal_bytes():
    assert contract_workbook(ELEMENTS, ALL, F12) == contract_workbook(ELEMENTS, ALL, F12)


def test_drop_downs_offer_elements_by_name_and_code():
    book = openpyxl.load_workbook(io.BytesIO(contract_workbook(ELEMENTS, ALL)))
    rules = {str(r.sqref).split(":")[0]: r.formula1 for r in book["数据项"].data_validations.dataValidation}
    assert rules["B4"] == f"数据元目录!$A$2:$A${len(ELEMENTS) + 1}"
    assert book["数据元目录"]["A2"].value == "公民身份号码 DE01001"
    assert book["数据元目录"].max_row == len(ELEMENTS) + 1
    basics = {str(r.sqref): r.formula1 for r in book["基本信息"].data_validations.dataValidation}
    assert basics[f"B{_ROW['报送方式']}"].startswith("选项!")


Edit = Callable[[Workbook], None]


def _problems(edit: Edit, feed: FeedFile | None = F12) -> list[str]:
    book = openpyxl.load_workbook(io.BytesIO(contract_workbook(ELEMENTS, ALL, feed)))
    edit(book)
    out = io.BytesIO()
    book.save(out)
    read, problems = read_feed(out.getvalue(), ELEMENTS, ALL)
    assert (read is None) == bool(problems)
    return [str(p) for p in problems]


def _basic(title: str, value: object) -> Edit:
    return lambda book: setattr(book["基本信息"].cell(_ROW[title], 2), "value", value)


def _cell(row: int, title: str, value: object) -> Edit:
    return lambda book: setattr(book["数据项"].cell(row, _COLUMN[title]), "value", value)


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (_basic("名称", None), f"「基本信息」第 {_ROW['名称']} 行“名称”：必须填写"),
        (_basic("数据源代码", "12"), "“数据源代码”：应为 F 加两三位数字，如 F37"),
        (_basic("报送方式", "有空就报"), "“报送方式”：只能是：每次全量、先全量后增量、逐次追加"),
        (_basic("更新周期", "每月"), "应为数字加天、周、个月、季度或年，如“1 个月”"),
        (_basic("报送期限（天）", "月底"), "应为不小于 0 的整数"),
        (_basic("重复主键上限", "两成"), "应为数字，如 0.3"),
        (_basic("文件格式", "文本文件（csv）"), "“文本编码”：文本文件要写明编码"),
        (_basic("数据源代码", "F11"), "“数据源代码”：F11 已经是市残联的“残疾人证”"),
        (_basic("数据源代码", "F88"), "“数据表英文名”：已经用于 F12 “优抚对象”"),
        (_cell(6, "数据元", "立功受奖 DE99999"), _NO_ELEMENT),
        (_cell(6, "数据元", "性别"), "有几个数据元叫这个名称，请选其中一个：性别 DE01004、性别 DE01005"),
        (_cell(6, "必填", "要"), "「数据项」第 6 行“必填”：只能是：是、否"),
        (_cell(7, "表头", "姓名"), "「数据项」第 7 行“表头”：“姓名”与第 5 行重复"),
        (_cell(7, "数据元", "性别 DE01005"), "“字段英文名”：sex_name 与第 6 行重复；同一数据元用两次时，"),
        (_cell(4, "主键顺序", None), "「数据项」“主键顺序”：合起来能认出一行的列，应依次填 1、2、3，至少有一列"),
        (_cell(4, "主键顺序", 2), "应依次填 1、2、3"),
        (_cell(8, "分级", "L1"), "「数据项」第 8 行“分级”：不能低于数据元的分级 L4"),
        (_cell(6, "代码取值", "1=男、1=女"), "同一个代码写了两次"),
        (lambda book: book.remove(book["数据项"]), "「数据项」：缺少这张工作表；请用最新的模板填写"),
        (lambda book: book["数据项"].cell(3, 2, "元素"), "「数据项」第 3 行：缺少列 数据元；请用最新的模板填写"),
        (_cell(6, "标记", "秘密"), "「数据项」第 6 行“标记”：没有这样的标记：秘密"),
        (_cell(9, "标记", "直接标识符"), "合同不成立：veterans_affairs/entitled_veterans.yaml: column relation_name:"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_where_it_is(edit: Edit, expected: str):
    (problem,) = _problems(edit)
    assert expected in problem


def test_all_problems_are_listed_at_once():
    def spoil(book: Workbook) -> None:
        _basic("名称", None)(book)
        _basic("更新周期", "每月")(book)
        _cell(6, "数据元", "年龄")(book)
        _cell(9, "必填", "要")(book)

    assert len(_problems(spoil)) == 4


def test_an_empty_template_asks_for_what_it_needs():
    asked = _problems(lambda book: None, feed=None)
    assert [p for p in asked if "必须填写" in p] == [
        f"「基本信息」第 {_ROW[f.title]} 行“{f.title}”：必须填写" for f in BASIC_FACTS if f.is_needed
    ]
    assert "「数据项」：一列也没有填" in asked


def test_numbers_and_short_names_typed_by_hand_do():
    def edit(book: Workbook) -> None:
        for change in (_cell(4, "主键顺序", 1.0), _cell(4, "数据元", "DE01001"), _cell(5, "数据元", "姓 名"),
                       _basic("报送期限（天）", 10)):  # fmt: skip
            change(book)

    assert _problems(edit) == []


def test_a_new_feed_of_a_known_department_needs_no_slug():
    def edit(book: Workbook) -> None:
        given = {"数据源代码": "F37", "部门英文名": None, "数据表英文名": "awards", "名称": "立功受奖"}
        for title, value in given.items():
            _basic(title, value)(book)

    assert _problems(edit) == []


def test_what_is_no_workbook_is_said_to_be_none():
    assert "文件打不开" in str(read_feed(b"PK but no workbook", ELEMENTS, ALL)[1][0])


def test_the_commands_write_a_workbook_and_read_it_back(tmp_path: Path, capsys: pytest.CaptureFixture):
    book, folder = tmp_path / "合同.xlsx", tmp_path / "feeds"
    folder.mkdir()
    assert main(["workbook", "--out", str(book), "--feed", "F12"]) == 0
    assert main(["import", str(book), "--into", str(folder)]) == 0
    written = folder / "veterans_affairs/entitled_veterans.yaml"
    told = (FEEDS / "veterans_affairs/entitled_veterans.yaml").read_text(encoding="utf-8")
    assert written.read_text(encoding="utf-8") == told.partition("says:\n")[0], "whom it speaks of is ours to say"
    assert main(["workbook", "--out", str(book)]) == 0
    capsys.readouterr()
    assert main(["import", str(book), "--into", str(folder)]) == 1
    complaint = capsys.readouterr().err
    assert "没有写入任何文件" in complaint and "「数据项」：一列也没有填" in complaint
    assert [p.name for p in folder.rglob("*.yaml")] == ["entitled_veterans.yaml"]
    assert main(["workbook", "--out", str(book), "--feed", "F99"]) == 1
    assert "没有数据源 F99" in capsys.readouterr().err
