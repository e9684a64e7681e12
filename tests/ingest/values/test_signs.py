"""Signs for no value, placeholders for numbers, and signs nobody sees."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.ingest.values.header import Header
from pipelines.ingest.values.table import Block, tidy
from pipelines.ingest.values.typing import Typed, type_block
from pipelines.kit.contracts import Column, Feed
from tests.ingest import made_files as f
from tests.ingest.bronze.test_breakers_planted import number
from tests.ingest.conftest import FEEDS, Office

ID = Column("id_no", "身份证号", standard="GB 11643-1999", tags=("identifier",))
PHONE = Column("phone", "电话", tags=("phone",))
CODE = Column("code", "编号", tags=("identifier",))
TEXT = Column("text", "备注")
DAY = Column("day", "日期", type="date")
COUNT = Column("count", "次数", type="integer")
MONTH = Column("month", "月份", tags=("month",))
SIGNS = ("NULL", "null", r"\N", "—", "——", "-", "--", "/", "无", "None", "nan", "NaN", "N/A", "不详", "暂无", "．",
         "…")
NO_NUMBER = (
    "000000000000000000", "0", "111111111111111111", "123456789012345678", "１２３４５６７８９０１２３４５６７８",
    "98765432", "999999999999999", "012345678901234567", "XXXXXXXXXXXXXXXXXX", "不详", "NULL", "********", "-",
)  # fmt: skip
SOUND = number(1)


def typed(column: Column, *texts: str | None, feed: Feed = f.FEED) -> Typed:
    feed = replace(feed, columns=(column,), key_columns=())
    rows = pl.DataFrame({"_row": range(len(texts)), "c0": texts}, schema={"_row": pl.Int64, "c0": pl.String})
    return type_block(Block(tidy(rows)), Header((column.label,), {column.name: 0}, last_row=1, found=True), feed)


def read(column: Column, *texts: str, feed: Feed = f.FEED) -> list:
    """Values; a fault as its code."""
    found = typed(column, *texts, feed=feed)
    values = found.rows[column.name].to_list()
    for fault in found.faults:
        values = [fault.code if bad else v for v, bad in zip(values, fault.mask, strict=True)]
    return values


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize(("column", "text", "value"), [
    (DAY, "2024-01-03", date(2024, 1, 3)), (COUNT, "7", 7), (MONTH, "2024-01", "2024-01"), (ID, SOUND, SOUND),
    (CODE, "A7", "A7"), (PHONE, "13912345678", "13912345678"),
])  # fmt: skip
def test_a_sign_for_no_value_is_blank_and_told(sign: str, column: Column, text: str, value: object):
    found = typed(column, sign, text, f" {sign} ")
    assert (found.rows[column.name].to_list(), found.faults) == ([None, value, None], ())
    assert found.told["N_MISSING", column.name] == 2


@pytest.mark.parametrize(("column", "code"), [(DAY, "E_REQUIRED"), (COUNT, "E_REQUIRED"), (ID, "E_PLACEHOLDER")])
def test_where_a_value_has_to_be_a_sign_costs_the_row(column: Column, code: str):
    assert read(replace(column, required=True), "无", "NULL") == [code, code]


@pytest.mark.parametrize("text", ["长期", "#N/A", "?", "��", "待定2024", "3月", "O"])
def test_what_may_be_a_lost_value_is_no_sign(text: str):
    assert read(DAY, text) == ["E_DATE"]
    assert read(COUNT, text) == ["E_NUMBER"]


def test_in_a_text_only_the_contract_says_what_is_no_value():
    assert read(TEXT, "无", "NULL", "-") == ["无", "NULL", "-"]
    feed = replace(f.FEED, missing_signs=("NULL", "未采集", "9999"))
    assert read(TEXT, "无", "NULL", "未采集", "未采集过", feed=feed) == ["无", None, None, "未采集过"]
    assert read(COUNT, "9999", "99990", feed=feed) == [None, 99990]
    assert read(replace(COUNT, required=True), "9999", feed=feed) == ["E_REQUIRED"]


@pytest.mark.parametrize("text", NO_NUMBER)
def test_a_placeholder_is_no_number(text: str):
    found = typed(ID, text, SOUND, text)
    assert (found.rows["id_no"].to_list(), found.told["N_MISSING", "id_no"]) == ([None, SOUND, None], 2)
    assert read(replace(ID, required=True), text, SOUND) == ["E_PLACEHOLDER", SOUND]


def test_words_in_an_id_column_cost_the_row_or_stay():
    """They may be names of a column that has slipped: those must not vanish as blanks."""
    assert read(replace(ID, required=True), "新生儿", "没有身份证", SOUND) == ["E_PLACEHOLDER", "E_PLACEHOLDER", SOUND]
    assert read(ID, "王五", "无", SOUND) == ["王五", None, SOUND]


def test_a_number_of_an_organisation_may_have_no_digit():
    wanted = replace(ID, required=True)
    assert read(wanted, "MANQJFDBX", "MANQJFDB-X", "NULL", SOUND) == ["MANQJFDBX", "MANQJFDB-X", "E_PLACEHOLDER", SOUND]


@pytest.mark.parametrize(("column", "text"), [
    (ID, SOUND), (ID, "370602400101001"), (ID, "370602111111111"), (CODE, "1"), (CODE, "0000"), (CODE, "111111"),
    (CODE, "123456"), (CODE, "鲁(2023)第1号"), (CODE, "NORTH"), (PHONE, "12345"), (PHONE, "13800138000"),
    (PHONE, "110"), (PHONE, "0535-6666666"), (ID, "3.70602E+17"),
])  # fmt: skip
def test_numbers_that_only_look_like_one_stay(column: Column, text: str):
    assert read(column, text, text) == [text, text]


@pytest.mark.parametrize("text", ["11111111111", "00000000000", "1234567890", "无", "99999999"])
def test_no_telephone(text: str):
    assert read(PHONE, text) == [None]


def test_newborns_without_a_number_are_not_one_person(office: Office):
    columns = FEEDS["F01"].columns
    said = {"id_no": "无", "name": "测试新生", "household_no": "3706020000000{n}", "birth_date": "2024-04-01",
            "change_type": "新增", "updated_date": "2024-04-15", "division_code": "370602009008"}  # fmt: skip
    lines = [",".join(c.label for c in columns)]
    for n in range(84):
        own = said | ({"id_no": number(n), "birth_date": "1950-01-01"} if n >= 4 else {})
        lines.append(",".join(own.get(c.name, "").format(n=n) or "1" * (c.type == "string") for c in columns))
    content = "".join(f"{line}\r\n" for line in lines).encode("gb18030")
    result = office.deliver("F01", "F01_户籍人口_370600_202401_增量.csv", content)
    assert (result.status, result.rows_bronze, result.rows_quarantined) == ("accepted", 80, 4), result.breaker_message
    assert office.quarantine("F01").select("row", "column", "code").rows() == [
        (row, "公民身份号码", "E_PLACEHOLDER") for row in (2, 3, 4, 5)
    ]


HIDDEN = ("\u200b", "\u200c", "\u200d", "\ufeff", "\u2060", "\u00ad", "\u200e", "\u200f")
SPOILING = ("\x00", "\x01", "\x08", "\x1b", "\x1f", "\x7f", "\x80", "\u202e", "\u202d", "\u202a", "\u2066", "\u2069")


@pytest.mark.parametrize("sign", HIDDEN)
def test_a_zero_width_sign_is_taken_out_and_told(sign: str):
    for column, text, value in ((TEXT, "王䶮", "王䶮"), (DAY, "2024-01-03", date(2024, 1, 3)), (ID, SOUND, SOUND),
                                (COUNT, "12", 12)):  # fmt: skip
        found = typed(column, f"{text[:1]}{sign}{text[1:]}", text, f"\u200b{sign}\u200b")
        assert (found.rows[column.name].to_list(), found.faults) == ([value, value, None], ())
        assert found.told["N_INVISIBLE", column.name] == 2
    assert read(replace(TEXT, required=True), f"\u200b{sign}\u200b", "王") == ["E_REQUIRED", "王"]


@pytest.mark.parametrize("sign", SPOILING)
def test_a_control_sign_costs_the_row(sign: str):
    assert read(TEXT, f"王{sign}五", "王五") == ["E_INVISIBLE", "王五"]
    assert read(ID, f"{SOUND}{sign}", SOUND) == ["E_INVISIBLE", SOUND]


@given(text=st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1))
def test_what_can_be_seen_stays(text: str):
    found = typed(TEXT, text, "x")
    assert (found.faults, found.told["N_INVISIBLE", "text"]) == ((), 0)


def test_line_ends_within_a_text_stay():
    text = "已联系\u2028并\x0b处\x0c理\x85了\r\n好"
    assert read(TEXT, text) == [text]


def test_a_department_is_told_of_both(office: Office):
    def line(n: int, day: str) -> str:
        return f"{number(n)},人{n},1940-01-01,80-89岁,100,2024-01,发放,{day},370602001001,\u200b"

    head = ",".join(c.label for c in FEEDS["F10"].columns)
    lines = [head, line(1, "无"), line(2, r"\N"), line(3, "2023-12-01").replace("人3", "人\u200b3")]
    result = office.deliver("F10", "F10_高龄津贴发放_370602_202401.csv", "".join(f"{x}\n" for x in lines).encode())
    assert (result.status, result.rows_bronze) == ("accepted", 3)
    rows = office.rows("F10").select("name", "certified_date").rows()
    assert rows == [("人1", None), ("人2", None), ("人3", date(2023, 12, 1))]
    said = "；".join(result.notices)
    assert "「最近认证日期」列有 2 个值写作" in said and "「姓名」列有 1 个值带看不见的零宽符号，已去掉" in said
