"""What departments do to CSV files; each answer must name the file, the row and the column in Chinese."""

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ingest.conftest import AS_OF, CARD_HEADER, FEEDS, Office

NAME = "F11_残疾人证_370600_202401.csv"


def test_a_sound_file_is_taken_in_whole(office: Office, cards):
    result = office.deliver("F11", NAME, cards(10))
    assert (result.status, result.rows_in, result.rows_bronze) == ("accepted", 10, 10)
    assert result.notices == ()
    assert office.rows("F11")["_row"].to_list() == list(range(2, 12))


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-16", "utf-16-le", "utf-16-be"])
def test_another_encoding_than_agreed_is_read_and_told(office: Office, cards, encoding: str):
    result = office.deliver("F11", NAME, cards(10, encoding=encoding))
    assert result.rows_bronze == 10
    assert office.rows("F11")["name"].to_list()[0] == "李0"
    told = f"文件编码是 {encoding}，约定为 utf-8-sig" in "".join(result.notices)
    assert told == (encoding != "utf-8")


def test_where_no_encoding_was_agreed_on_none_is_asked_for(office: Office, allowance, allowance_header):
    content = "".join(",".join(row) + "\n" for row in [allowance_header, allowance(0)]).encode("gb18030")
    result = office.deliver("F10", "F10_高龄津贴发放_370602_202401.xlsx", content)
    assert (result.rows_bronze, "N_ENCODING" in result.notice_codes) == (1, False)


@pytest.mark.parametrize("colon", [":", "：", " ："])
def test_headings_of_forms_end_in_a_colon(office: Office, cards, colon: str):
    header = ",".join(heading + colon for heading in CARD_HEADER.split(","))
    result = office.deliver("F11", NAME, cards(3, header=header))
    assert (result.status, result.rows_bronze, result.notices) == ("accepted", 3, ())


def test_an_encoding_nobody_knows_is_refused(office: Office):
    result = office.deliver("F11", NAME, b"\xff\xff\x80\x80" * 50)
    assert (result.status, result.breaker_code, result.rows_in) == ("quarantined", "E_ENCODING", 0)
    assert result.breaker_message == f"文件「{NAME}」：文件编码无法识别，请以 UTF-8 或 GB18030 编码重新导出。"
    assert office.quarantine("F11").select("row", "code", "message").rows() == [
        (0, "E_ENCODING", result.breaker_message)
    ]


def test_big5_is_not_taken_for_gb18030(office: Office, cards):
    traditional = "殘疾人證號,姓名,殘疾類別,殘疾等級,有效期至,補貼類別,補貼狀態,村居代碼"
    lines = ["37060219600101000011,李,1,1,,,,"] * 3
    result = office.deliver("F11", NAME, cards(lines, header=traditional, encoding="big5"))
    assert (result.status, result.breaker_code, result.rows_quarantined) == ("quarantined", "E_HEADER", 4)
    assert "找不到约定的表头" in result.breaker_message and "重新导出" in result.breaker_message


def test_broken_bytes_cost_their_own_row(office: Office, cards):
    lines = cards(10, encoding="gb18030").split(b"\r\n")
    lines[4] = lines[4].replace("李3".encode("gb18030"), b"\xff\xff")
    result = office.deliver("F11", NAME, b"\r\n".join(lines))
    assert (result.rows_in, result.rows_bronze) == (10, 9)
    assert office.quarantine("F11").select("row", "code", "message").rows() == [
        (5, "E_BYTES", f"文件「{NAME}」第 5 行：有无法解码的字符，请以 UTF-8 或 GB18030 重新导出。")
    ]


def test_a_missing_required_column_refuses_the_delivery_and_keeps_every_row(office: Office, cards, card):
    header = CARD_HEADER.replace("姓名,", "")
    lines = [card(n).replace(f",李{n}", "") for n in range(10)]
    result = office.deliver("F11", NAME, cards(lines, header=header))
    assert (result.breaker_code, result.rows_in, result.rows_bronze) == ("E_COLUMN_MISSING", 10, 0)
    assert result.breaker_message == (
        f"文件「{NAME}」：缺少必填的列（第 1 行表头缺少「姓名」），"
        "请补齐该列；如表头已改名，请与市大数据局更新数据合同。"
    )
    entries = office.quarantine("F11")
    assert entries["row"].to_list() == list(range(2, 12))
    assert entries["message"][0].startswith(f"文件「{NAME}」第 2 行随整份文件退回：")
    assert '"残疾人证号":"370602196001010000' in entries["raw"][0]


def test_a_renamed_header_is_named_with_what_was_expected(office: Office, cards):
    result = office.deliver("F11", NAME, cards(10, header=CARD_HEADER.replace("残疾等级", "伤残程度")))
    assert result.breaker_code == "E_COLUMN_MISSING"
    assert "缺少「残疾等级」，表头中不认识「伤残程度」" in result.breaker_message


def test_a_known_alias_is_no_renaming(office: Office, cards):
    result = office.deliver("F11", NAME, cards(10, header=CARD_HEADER.replace("残疾等级", "残疾级别")))
    assert (result.status, office.rows("F11")["level_code"].to_list()[0]) == ("accepted", "1")


def test_an_extra_column_is_accepted_and_told(office: Office, cards, card):
    lines = [card(n) + ",张科长" for n in range(10)]
    result = office.deliver("F11", NAME, cards(lines, header=CARD_HEADER + ",经办"))
    assert (result.status, result.rows_bronze, result.extra_columns) == ("accepted", 10, ("经办",))
    assert result.notices == ("多出的列「经办」，未入库",)


def test_a_missing_optional_column_is_null_and_told(office: Office, cards, card):
    lines = [card(n).rsplit(",", 1)[0] for n in range(10)]
    result = office.deliver("F11", NAME, cards(lines, header=CARD_HEADER.rsplit(",", 1)[0]))
    assert result.status == "accepted"
    assert office.rows("F11")["division_code"].null_count() == 10
    assert "缺少非必填的列「村居代码」，按空值入库" in result.notices


NOTHING = "文件中没有数据行（连表头也没有，零报告也要有表头）"


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\r\n \r\n"])
def test_an_empty_file_is_refused(office: Office, content: bytes):
    result = office.deliver("F11", NAME, content)
    assert (result.breaker_code, result.rows_in) == ("E_EMPTY", 0)
    assert result.breaker_message == f"文件「{NAME}」：{NOTHING}，请核对导出条件后重报。"
    assert office.rows("F11").height == 0


def test_a_header_without_rows_is_refused(office: Office, cards):
    result = office.deliver("F11", NAME, cards(0))
    assert (result.breaker_code, office.quarantine("F11")["row"].to_list()) == ("E_EMPTY", [0])


def test_unreadable_rows_are_told_one_by_one(office: Office, cards, card):
    lines = [card(n) for n in range(20)]
    lines[3] = lines[3].replace("2030-01-01", "2030-02-30")
    lines[5] = lines[5].replace(",李5,", ",,")
    lines[7] += ",多余"
    lines[9] = lines[9].replace("李9", '"李9')
    lines[11] = lines[11].replace("2030-01-01", "年底").replace(",李11,", ",　,")
    result = office.deliver("F11", NAME, cards(lines))
    assert (result.status, result.rows_in, result.rows_quarantined) == ("accepted", 20, 5)
    entries = office.quarantine("F11").select("row", "column", "code", "message").rows()
    at = f"文件「{NAME}」"
    assert entries == [
        (5, "有效期至", "E_DATE",
         f"{at}第 5 行「有效期至」列不是可识别的日期，请写成 2024-01-03 的形式后重填。"),
        (7, "姓名", "E_REQUIRED", f"{at}第 7 行「姓名」列必填项为空，请补填后重报。"),
        (9, None, "E_FIELDS",
         f"{at}第 9 行：字段个数与表头不一致（9 个字段，表头有 8 个），请检查该行的逗号与引号。"),
        (11, None, "E_QUOTE", f"{at}第 11 行：引号没有成对，请检查该行的引号，内容中的引号应写成两个。"),
        (13, "姓名", "E_REQUIRED",
         f"{at}第 13 行「姓名」列必填项为空，请补填后重报；"
         "「有效期至」列不是可识别的日期，请写成 2024-01-03 的形式后重填。"),
    ]  # fmt: skip


def test_messages_hold_no_identifier(office: Office, cards, card):
    lines = [card(n).replace("2030-01-01", "x") if n < 2 else card(n) for n in range(10)]
    office.deliver("F11", NAME, cards(lines))
    assert not office.quarantine("F11")["message"].str.contains(r"\d{15}|李").any()


def test_a_formula_in_an_id_column_of_a_csv_is_refused(office: Office, cards, card):
    lines = [f'"=""{card(0)[:20]}"""' + card(0)[20:], *(card(n) for n in range(1, 10))]
    result = office.deliver("F11", NAME, cards(lines))
    assert result.rows_quarantined == 1
    assert office.quarantine("F11").select("row", "column", "code").rows() == [(2, "残疾人证号", "E_FORMULA")]


def test_titles_totals_and_footnotes_are_no_rows(office: Office, cards, card):
    lines = [CARD_HEADER, *(card(n) for n in range(5)), "合计,5,,,,,,", "", ",,,,,,,", "注：以发证日期为准"]
    result = office.deliver("F11", NAME, cards(lines, header="烟台市残疾人证名册"))
    assert (result.rows_in, result.rows_bronze) == (5, 5)
    assert office.rows("F11")["_row"].to_list() == [3, 4, 5, 6, 7]
    assert result.notices == (
        "标题：烟台市残疾人证名册",
        "第 8 行不是数据，未入库：合计",
        "第 11 行不是数据，未入库：注：",
    )


@pytest.mark.parametrize("ending", ["\r\n", "\n"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize(
    "broken",
    [
        {"残疾等级": '"残疾\n等级"'},
        {"残疾证号": '"残疾人\n\n证号"', "姓名": '"姓\n名"', "村居代码": '"村居\n代码"'},
        {"残疾人证号": '"残疾人证号\n"', "有效期至": '"有效期\n至"'},
    ],
)
def test_headings_may_hold_line_breaks_in_quotes(office: Office, cards, broken: dict, separator: str, ending: str):
    header = CARD_HEADER
    for heading, written in broken.items():
        header = header.replace(heading, written)
    text = cards(5, header=f"名册\r\n{header}").decode("utf-8-sig").replace("\r\n", "\n")
    result = office.deliver("F11", NAME, text.replace(",", separator).replace("\n", ending).encode("gb18030"))
    lines = header.count("\n")
    assert (result.status, result.rows_in, result.rows_bronze) == ("accepted", 5, 5)
    assert office.rows("F11")["_row"].to_list() == list(range(3 + lines, 8 + lines))
    assert office.rows("F11")["division_code"].to_list() == ["370602001001"] * 5


def test_a_quote_above_the_header_opens_no_heading(office: Office, cards):
    result = office.deliver("F11", NAME, cards(5, header=f'"名册\r\n{CARD_HEADER}'))
    assert (result.status, result.rows_bronze) == ("accepted", 5)


def test_a_row_shifted_by_an_unquoted_separator_is_told_though_it_ends_in_a_blank(office: Office, cards, card):
    """The last field of the shifted row is blank, so only the number of fields shows it."""
    lines = [card(n).rsplit(",", 1)[0] + "," for n in range(10)]
    lines[4] = lines[4].replace("生活补贴,发放,", "生活补贴,护理补贴,发放,")
    result = office.deliver("F11", NAME, cards(lines))
    assert (result.status, result.rows_in, result.rows_bronze) == ("accepted", 10, 9)
    assert office.quarantine("F11").select("row", "code").rows() == [(6, "E_FIELDS")]


def test_separators_behind_every_row_are_a_habit(office: Office, cards, card):
    result = office.deliver("F11", NAME, cards([*(f"{card(n)},," for n in range(10)), "合计,10,,,,,,,,"]))
    assert (result.status, result.rows_in, result.rows_bronze) == ("accepted", 10, 10)


PERSON = "张小某"


@pytest.mark.parametrize(
    "line",
    [
        f"合计,{PERSON},1,1,2030-01-01,生活补贴,发放,370602001001",
        f"注：,{PERSON},1,1,2030-01-01,生活补贴,发放,370602001001",
        f"小 计：,{PERSON},1,1,,,,",
        f"备注：,{PERSON},1,1,2030-01-01,生活补贴",
        f"注：{PERSON}已迁出,{PERSON},1,1,2030-01-01,,,",
        f"合计,{PERSON},,,,,,370602196001010199",
        f"审核人：{PERSON},,,,,,370602196001010199,",
    ],
)
def test_a_record_whose_key_was_written_over_by_a_total_or_a_note_is_told(office: Office, cards, card, line: str):
    lines = [*(card(n) for n in range(5)), line, *(card(n) for n in range(5, 10))]
    result = office.deliver("F11", NAME, cards(lines))
    assert (result.status, result.rows_in, result.rows_bronze) == ("accepted", 11, 10)
    assert office.quarantine("F11").select("row", "column", "code").rows() == [(7, "残疾人证号", "E_TAIL")]
    assert PERSON in office.quarantine("F11")["raw"][0]
    assert PERSON not in json.dumps(result.record(), ensure_ascii=False)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("合计,5,,,,,,", "合计"),
        ("合计,5人,,1200.50元,,,,", "合计"),
        ("总 计,,\"1,200\",50%,,,,", "总 计"),
        (f"注：{PERSON}已迁出", "注："),
        (f"填表人：{PERSON},,审核人：{PERSON}", "填表人："),
        (f"制表人：,{PERSON},,审核人：,{PERSON},,,", "制表人："),
        (f"联系人：{PERSON},,,,联系电话：13800000000,,,", "联系人："),
        (CARD_HEADER, "表头重复"),
    ],
)
def test_what_is_said_of_rows_that_are_no_data_names_nobody(office: Office, cards, card, line: str, said: str):
    result = office.deliver("F11", NAME, cards([*(card(n) for n in range(5)), line]))
    assert (result.status, result.rows_in, result.rows_bronze) == ("accepted", 5, 5)
    assert result.notices == (f"第 7 行不是数据，未入库：{said}",)


@pytest.mark.parametrize(
    ("above", "told"),
    [
        ("烟台市残疾人证名册", "标题：烟台市残疾人证名册"),
        (f"填报人：{PERSON}", None),
        (f"{PERSON},370602196001010199", None),
        ("序1,序2,序3,序4,序5,序6,序7,序8", "标题：序1 序2 序3 序4 序5 序6 序7 序8"),
    ],
)
def test_a_title_is_quoted_where_it_names_nobody(office: Office, cards, above: str, told: str | None):
    result = office.deliver("F11", NAME, cards(5, header=f"{above}\r\n{CARD_HEADER}"))
    assert (result.status, result.rows_in) == ("accepted", 5)
    assert result.notices == ((told,) if told else ())


def test_rows_above_the_first_header_are_no_titles(office: Office, cards, card):
    """The first page of an export lost its header; the second one has it."""
    lines = [card(0), card(1), CARD_HEADER, *(card(n) for n in range(2, 10))]
    result = office.deliver("F11", NAME, cards(lines[1:], header=lines[0]))
    assert (result.breaker_code, result.rows_in) == ("E_HEADER", 11)
    assert "李" not in json.dumps(result.record(), ensure_ascii=False)


def test_a_name_the_contract_does_not_know_is_quarantined(office: Office, cards):
    result = office.deliver("F11", "残疾人证最终版(2).csv", cards(10))
    assert (result.kind, result.breaker_code, result.scope) == ("unrecognised", "E_FILE_NAME", None)
    assert result.breaker_message == (
        "文件「残疾人证最终版(2).csv」：文件名不符合约定"
        "（以「_」分开的应有数据源代码、名称、范围代码、年月 4 段，实为 1 段；"
        "约定为「F11_残疾人证_370600_〔年月 6 位〕[_全量][_p〔页号 4 位〕].csv」，"
        "如「F11_残疾人证_370600_202401.csv」），请改名后重报。"
    )


def test_text_is_stripped_and_ids_are_folded(office: Office, cards):
    line = "\u3000３７０６０２１９６００１０１０００ｘ１１ , 李 四\u3000,1,1,２０３０年１月１日,,,"
    office.deliver("F11", NAME, cards([line]))
    row = office.rows("F11").row(0, named=True)
    assert (row["card_no"], row["name"], row["subsidy_type"]) == ("37060219600101000X11", "李 四", None)
    assert row["valid_to"].isoformat() == "2030-01-01"


@given(text=st.text(st.sampled_from('1a王,"\n\r\t 合计注：='), max_size=300))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_garbage_after_a_header_loses_a_row(tmp_path_factory, text: str):
    office = Office(tmp_path_factory.mktemp("garbage"), FEEDS)
    office.drop("F11", NAME, f"{CARD_HEADER}\n{text}".encode())
    (result,) = office.run("F11", AS_OF)
    entries = office.quarantine("F11")
    lines = f"{CARD_HEADER}\n{text}".split("\n")
    told = [int(n) for n in re.findall(r"第 (\d+) 行不是数据", "".join(result.notices))]
    numbers = sorted({*told, *entries["row"], *office.rows("F11")["_row"], len(lines) + 1})
    # A notice names rows and says nothing of what is in them, up to the next row.
    kept = "".join("".join(lines[n - 1 : numbers[numbers.index(n) + 1] - 1]) for n in told)
    kept += "".join(entries["raw"].fill_null(""))
    for letter in "a王":
        sound = "".join(str(v) for row in office.rows("F11").iter_rows() for v in row[:8])
        assert (kept + sound).count(letter) >= text.count(letter)


@given(content=st.binary(max_size=400))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_end_in_a_verdict(tmp_path_factory, content: bytes):
    office = Office(tmp_path_factory.mktemp("bytes"), FEEDS)
    office.drop("F11", NAME, content)
    (result,) = office.run("F11", AS_OF)
    assert result.status == "quarantined"
    assert result.breaker_message.startswith(f"文件「{NAME}」")
