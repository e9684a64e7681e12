"""Broken batches that look well-formed, one of each kind, and the harmless twins beside them."""

import json
from datetime import date

import polars as pl
import pytest

from pipelines.ingest.bronze import results
from pipelines.ingest.bronze.profile import is_mojibake
from pipelines.ingest.values.identifiers import invalid
from tests.ingest.conftest import CARD_HEADER, FEEDS, Office

DAYS = [date(2024, month, 28) for month in range(1, 13)]
PEOPLE_HEADER = ",".join(c.label for c in FEEDS["F01"].columns)


def number(n: int, is_valid: bool = True) -> str:
    body = f"37060219{50 + n % 50}0101{n % 1000:03d}"
    total = sum(int(c) * (2 ** (17 - i) % 11) for i, c in enumerate(body))
    return body + ("10X98765432"[total % 11] if is_valid else "Z")  # a digit could pass as a credit code


def people(rows, is_valid: bool = True, change: str = "") -> bytes:
    lines = [
        f"{number(n, is_valid)},甲{n},1,1,1950-01-01,H{n},家庭户,02,某路{n}号,370602001001,正常,2024-01-01,{change}"
        for n in rows
    ]
    return "".join(f"{line}\r\n" for line in [PEOPLE_HEADER, *lines]).encode("gb18030")


def deliver(office: Office, month: int, content: bytes, kind: str = "全量", code: str = "F01"):
    name = {"F01": "户籍人口", "F11": "残疾人证"}[code]
    return office.deliver(code, f"{code}_{name}_370600_2024{month:02d}_{kind}.csv", content, DAYS[month - 1])


def test_check_characters():
    ids = [number(n) for n in range(200)] + [None, "370602500101123", number(0, False), "无", "X" * 18, "１" * 6]
    assert invalid(pl.Series(ids)).to_list()[199:] == [False, None, False, True, True, True, True]
    # By the formula of the standard 91370602MA3C00001 has the sum 1387 = 23 mod 31, so its check character is 8.
    codes = ["91370602MA3C000018", "91370602MA3C000019", "9137060IMA3C000018", None, "370600123456789", "3706 "]
    assert invalid(pl.Series(codes)).to_list() == [False, True, True, None, False, True]
    both = [f"{number(1)}、{codes[0]}", f"{number(1)},{number(2, False)}", f"{number(1)}{number(2)}"]
    assert invalid(pl.Series(both)).to_list() == [False, True, True]
    assert invalid(pl.Series([], dtype=pl.String)).to_list() == []
    assert invalid(pl.Series([None], dtype=pl.String)).to_list() == [None]


@pytest.mark.parametrize(("bad", "code"), [(20, None), (21, "E_INVALID_IDS")])
def test_numbers_that_fail_their_check_digit(office: Office, bad: int, code: str | None):
    content = people(range(100 - bad)) + people(range(100 - bad, 100), False).split(b"\n", 1)[1]
    result = deliver(office, 1, content)
    assert (result.breaker_code, result.profile.ids) == (code, {"id_no": (100, bad)})
    if code:
        assert "「公民身份号码」100 个值中 21 个，占 21%，上限 20%" in result.breaker_message
        assert number(79) not in result.breaker_message


@pytest.mark.parametrize(("gone", "code"), [(8, None), (11, "E_DELETE_SHARE")])
def test_a_delta_that_deletes_much(office: Office, gone: int, code: str | None):
    deliver(office, 1, people(range(100)))
    result = deliver(office, 2, people(range(gone), change="删除"), "增量")
    assert (result.breaker_code, result.profile.deleted) == (code, gone)


@pytest.mark.parametrize(("shift", "code"), [(30, None), (31, "E_KEYS_VANISHED")])
def test_other_records_under_the_same_number_of_rows(office: Office, shift: int, code: str | None):
    deliver(office, 1, people(range(100)))
    assert deliver(office, 2, people(range(shift, 100 + shift))).breaker_code == code


def test_a_column_that_always_had_values(office: Office, cards, card):
    lines = [card(n) for n in range(24)]
    assert deliver(office, 1, cards(lines), code="F11").status == "accepted"
    blank = deliver(office, 2, cards([line.rsplit(",", 1)[0] + "," for line in lines]), code="F11")
    assert blank.breaker_code == "E_COLUMN_LOST" and "「村居代码」全部为空" in blank.breaker_message
    renamed = deliver(office, 3, cards(lines, CARD_HEADER.replace("村居代码", "CJDM")), code="F11")
    assert renamed.breaker_code == "E_COLUMN_LOST"
    assert "表头中没有「村居代码」，可能改成了「CJDM」" in renamed.breaker_message
    assert office.quarantine("F11").height == 48
    few = deliver(office, 4, cards([line.rsplit(",", 1)[0] + "," for line in lines[:19]]), code="F11")
    assert few.status == "accepted"  # nineteen rows may be blank by chance


def test_a_column_never_filled_may_go(office: Office, cards, card):
    lines = [card(n).replace("生活补贴", "") for n in range(30)]
    deliver(office, 1, cards(lines), code="F11")
    header = CARD_HEADER.replace("补贴类别,", "")
    result = deliver(office, 2, cards([line.replace(",,", ",") for line in lines], header), code="F11")
    assert result.status == "accepted"


def test_a_small_delta_of_numbers_that_end_in_x(office: Office):
    ends_in_x = [n for n in range(1000) if number(n)[-1] == "X"]
    plain = [n for n in range(120) if n not in ends_in_x]
    deliver(office, 1, people(plain[:100]))
    assert deliver(office, 2, people(plain[100:], change="新增"), "增量").status == "accepted"
    result = deliver(office, 3, people(ends_in_x[:1], change="新增"), "增量")
    assert (result.breaker_message, result.profile.digits["id_no"]) == (None, 1.0)


def test_harmless_changes_of_form_are_told(office: Office, cards):
    lines = _many(100)
    deliver(office, 1, cards(lines), code="F11")
    moved = [",".join([*(cells := line.split(","))[1:], cells[0]]) for line in lines]
    header = ",".join([*CARD_HEADER.split(",")[1:], "残疾人证号", "备用"])
    told = deliver(office, 2, cards([f"{line},x" for line in moved], header), code="F11").notices
    assert told == (
        "多出的列「备用」，未入库", "列的次序与上一次不同，已按表头对应",
        "内容与 2024-01-28 交付的全量完全相同，请确认不是旧的导出",
    )  # fmt: skip
    worded = deliver(office, 3, cards([line.replace(",1,1,", ",视力,1,") for line in lines]), code="F11").notices
    assert "「残疾类别」列上一次几乎都是数字，这一次几乎没有数字，请核对取值" in worded


def test_the_median_of_earlier_deliveries_counts_when_there_are_enough(office: Office, cards):
    sizes = [100, 102, 98, 101, 104, 60, 110, 133, 95]
    codes = [deliver(office, month, cards(_many(size)), code="F11").breaker_code
             for month, size in enumerate(sizes, 1)]  # fmt: skip
    # Sixty would have passed as more than half of the last; 133 is within 30 % of 110 and the new last.
    assert codes == [None, None, None, None, None, "E_ROW_COUNT", None, None, None]


def _events(office: Office, month: int, rows: int, page: str = ""):
    header = ",".join(c.label for c in FEEDS["F03"].columns)
    events = [f"E{month}{n:03d}{page},死亡,{number(n)},,甲,,2024-{month:02d}-01," for n in range(rows)]
    content = "".join(f"{line}\r\n" for line in [header, *events]).encode("gb18030")
    return office.deliver("F03", f"F03_户籍变动_370600_2024{month:02d}{page}.csv", content, DAYS[month - 1])


def test_events_are_compared_with_the_months_before(office: Office):
    results = [_events(office, month, rows) for month, rows in enumerate([120, 130, 110, 125, 140, 0, 20, 600], 1)]
    assert [r.breaker_code for r in results] == [None] * 6 + ["E_ROW_COUNT"] * 2
    assert results[5].notices == (
        "没有数据行，作为零报告收下，按本期无变动处理；以往一般有 125 行，不是零报告的请核对导出后重报",
    )
    assert "本次 20 行，最近 5 次的中位数 125 行，正常为 31 至 560 行" in results[6].breaker_message


def test_a_column_filled_in_a_few_rows_is_missed_when_many_were_to_be_expected(office: Office):
    def survey(month: int, share: int, is_there: bool = True):
        rows = people(range(300)).decode("gb18030").split("\r\n")
        some = [row.replace("某路", "" if n % share else "某路").replace(f"{n - 1}号", "" if n % share else "x")
                for n, row in enumerate(rows)]  # fmt: skip
        if not is_there:
            some = [",".join([*(c := row.split(","))[:8], "", *c[9:]]) for row in some]
        return deliver(office, month, "\r\n".join(some).encode("gb18030"))

    assert survey(1, 6).profile.filled["hukou_address"] == 50
    assert survey(2, 6, False).status == "accepted"  # one delivery is no habit
    office_two = Office(office.paths.root / "two", FEEDS)
    office = office_two
    survey(1, 6), survey(2, 5)
    assert survey(3, 6, False).breaker_code == "E_COLUMN_LOST"


@pytest.mark.parametrize(("cut", "code"), [(3, "E_TRUNCATED"), (30, "E_TRUNCATED"), (0, None)])
def test_a_file_that_breaks_off_within_a_line(office: Office, cut: int, code: str | None):
    content = people(range(100)).rstrip(b"\r\n")
    result = deliver(office, 1, content[: len(content) - cut] if cut else content)
    assert (result.breaker_code, result.rows_in) == (code, 100)


def test_a_footnote_without_a_line_break_is_no_broken_file(office: Office):
    assert deliver(office, 1, people(range(100)) + "共一百条记录".encode("gb18030")).status == "accepted"


def test_names_in_place_of_numbers_and_garbled_words(office: Office):
    deliver(office, 1, people(range(100)))
    rows = people(range(100)).decode("gb18030").split("\r\n")
    swapped = [rows[0], *(",".join([*(c := row.split(","))[:8], c[9], c[8], *c[10:]]) for row in rows[1:] if row)]
    result = deliver(office, 2, "\r\n".join([*swapped, ""]).encode("gb18030"))
    assert result.breaker_code == "E_COLUMN_KIND"
    assert "「户籍地址」列上一次几乎都是中文，这一次几乎没有中文" in result.breaker_message
    garbled = [rows[0], *(_garbled(row) for row in rows[1:] if row)]
    result = deliver(office, 3, "\r\n".join([*garbled, ""]).encode("gb18030"))
    assert result.breaker_code == "E_GARBLED" and result.profile.garbled > 0.7
    assert not any(is_mojibake(word) for word in ("王秀兰", "烟台市芝罘区", "欧阳", "向阳街道", "犇", "〇"))


@pytest.mark.parametrize("lost", ["???", "□□", "？？？", "??1", "锟斤拷锟"])
@pytest.mark.parametrize("rows", [1, 5, 60])
def test_names_of_which_an_encoding_left_nothing(office: Office, lost: str, rows: int):
    sent = [",".join([c[0], lost, *c[2:]]) for c in (row.split(",") for row in _cards(rows))]
    result = office.deliver("F11", "F11_残疾人证_370600_202401.csv", _file(sent))
    assert (result.breaker_code, result.rows_in) == ("E_GARBLED", rows)
    assert f"「姓名」{rows} 个值中 {rows} 个，占 100%" in result.breaker_message
    assert "N_LOST_SIGNS" in result.notice_codes


def test_some_lost_names_are_told_and_single_signs_are_none(office: Office):
    names = ["??", "王?明", "?", "□", "李四", "张三"]
    sent = [",".join([c[0], name, *c[2:]]) for name, c in zip(names, (r.split(",") for r in _cards(6)), strict=True)]
    result = office.deliver("F11", "F11_残疾人证_370600_202401.csv", _file(sent))
    assert (result.status, result.rows_bronze) == ("accepted", 6)
    assert [n for n in result.notices if "问号" in n] == [
        "「姓名」列前 6 个值中有 1 个只剩问号或方框，请核对导出时的字符编码"
    ]


def test_a_remark_of_question_marks_is_a_remark(office: Office, allowance, allowance_header, workbook):
    rows = [allowance_header, [*allowance(0)[:9], "??"], *(allowance(n) for n in range(1, 4))]
    result = office.deliver("F10", "F10_高龄津贴发放_370602_202401.xlsx", workbook(rows))
    assert (result.status, "N_LOST_SIGNS" in result.notice_codes) == ("accepted", True)


def test_a_few_garbled_words_are_enough(office: Office):
    rows = people(range(9)).decode("gb18030").split("\r\n")
    garbled = [rows[0], *(_garbled(row) for row in rows[1:] if row)]
    assert deliver(office, 1, "\r\n".join([*garbled, ""]).encode("gb18030")).breaker_code == "E_GARBLED"


@pytest.mark.parametrize(("bad", "told"), [(1, False), (2, False), (3, True), (10, True)])
def test_wrong_numbers_of_a_small_list_are_told(office: Office, bad: int, told: bool):
    deliver(office, 1, people(range(10 - bad)) + people(range(10 - bad, 10), False).split(b"\n", 1)[1])
    (result,) = results(office.paths, "F01")
    assert (result.status, "N_INVALID_IDS" in result.notice_codes) == ("accepted", told)
    assert (f"「公民身份号码」列 10 个值中有 {bad} 个校验位不对，请核对该列" in result.notices) == told


def _cards(count: int) -> list[str]:
    return [f"{number(n)}11,李{n},1,1,2030-01-01,生活补贴,发放,370602001001" for n in range(count)]


def _file(rows: list[str]) -> bytes:
    return "".join(f"{row}\r\n" for row in [CARD_HEADER, *rows]).encode("utf-8-sig")


def _garbled(row: str) -> str:
    broken = (cell.encode().decode("gb18030", errors="replace") for cell in row.split(","))
    return ",".join(cell.replace("\ufffd", "?") for cell in broken)


def test_a_page_is_as_long_as_pages_are(office: Office):
    for month in range(1, 6):
        _events(office, month, 100)
    assert _events(office, 6, 100, "_p0001").status == _events(office, 7, 3, "_p0002").status == "accepted"


def licences(office: Office, month: int, page: int, kind: str):
    """One page of 60 of a list sorted by kind: food shops have an owner and an area, lifts have neither and a number
    for their state."""
    fields = {c.name: c.label for c in FEEDS["F15"].columns}
    every = {
        "food": lambda n: {"licence_no": f"JY{page}{n:04}", "status_name": "有效", "premises_area": 20 + n,
                           "holder_name": f"甲{n}店"},
        "lifts": lambda n: {"licence_no": f"梯{page}{n:04}号", "status_name": "1"},
    }  # fmt: skip
    rows = [{"licence_kind": "许可", **every[kind](n)} for n in range(60)]
    records = [{label: row.get(name) for name, label in fields.items()} for row in rows]
    name = f"F15_行政许可_370600_2024{month:02}_全量_p{page:04}.json"
    content = json.dumps({"code": 0, "pages": 2, "data": records}, ensure_ascii=False).encode()
    return office.deliver("F15", name, content, DAYS[month - 1])


def test_pages_of_a_sorted_list_need_not_look_alike(office: Office):
    for month in (1, 2):
        for page, kind in ((1, "food"), (2, "lifts")):
            taken = licences(office, month, page, kind)
            assert taken.status == "accepted"
            assert not [n for n in taken.notices if "请核对取值" in n], "the list has always had both"


def test_a_page_without_a_column_that_every_page_had_is_refused(office: Office):
    for page in (1, 2):
        assert licences(office, 1, page, "food").status == "accepted"
    assert licences(office, 2, 1, "food").status == "accepted"
    refused = licences(office, 2, 2, "lifts")
    assert refused.breaker_code == "E_COLUMN_LOST"
    assert "「经营面积」全部为空" in refused.breaker_message


def test_a_delta_may_change_all_that_stands(office: Office):
    deliver(office, 1, people(range(100)))
    for month in range(2, 7):
        deliver(office, month, people(range(month, month + 5), change="变更"), "增量")
    assert deliver(office, 7, people(range(90), change="变更"), "增量").status == "accepted"
    assert deliver(office, 8, people(range(40), change="删除"), "增量").breaker_code == "E_DELETE_SHARE"


def _many(size: int) -> list[str]:
    return [f"37060219600101{n:04d}11,李{n},1,1,2030-01-01,生活补贴,发放,370602001001" for n in range(size)]
