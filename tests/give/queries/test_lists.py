"""Lists of questions: right, wrong, foreign and blank rows, and everything a file can be. All people are synthetic."""

import csv
import io
import json
import os
from dataclasses import replace
from datetime import date

import openpyxl
import pytest

from pipelines.give.queries import intake
from pipelines.give.queries.catalogue import load_catalogue
from pipelines.give.queries.id_number import _CHECKS, _WEIGHTS, id_defect
from pipelines.give.queries.reading import FILE_REASONS
from pipelines.judge.ledger import schema
from pipelines.kit.house_files import HouseFileError
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths
from pipelines.kit.security.keys import KeyProvider
from pipelines.kit.security.workbook_lock import lock, unlock
from pipelines.kit.workers import Apart

AS_OF, LATER = date(2024, 1, 31), date(2024, 2, 29)
OURS, THEIRS = "370602001", "370602002"
INSURED, ALIVE, FIRM = "是否参加居民医保", "是否健在（无死亡登记）", "是否有在营企业"
WHY = "补贴资格核查"
HEAD = ("身份证号", "姓名", "查询事项", "用途")


def number(serial, birth="19400101"):
    body = f"370602{birth}{serial:03d}"
    return body + _CHECKS[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]


WANG, ZHANG, LI, CHEN, OLD = number(1), number(2), number(3), number(4), number(5)
#          person, number, name, residence, registered, alive, disputed
PEOPLE = [
    ("p1", WANG, "王秀兰", OURS, OURS, True, None),
    ("p2", ZHANG, "张建国", OURS, OURS, False, "网格"),
    ("p3", LI, "阿依·古丽", THEIRS, OURS, True, "生死、网格"),
    ("p4", CHEN, "陈志强", THEIRS, THEIRS, True, "生死"),
]  # fmt: skip


@pytest.fixture(scope="module")
def con(tmp_path_factory):
    with connect(Paths(tmp_path_factory.mktemp("lake"))) as connection:
        schema.ensure(connection)
        connection.execute("BEGIN")
        _fill(connection)
        connection.execute("COMMIT")
        yield connection


def _fill(con):
    con.execute(
        "CREATE TABLE lake.unified.division AS SELECT * FROM (VALUES (?, '芝罘区', '向阳街道', '乡镇', true), "
        "(?, '芝罘区', '东山街道', '乡镇', true)) t(township_code, county_name, township_name, level_name, is_current)",
        [OURS, THEIRS],
    )
    con.execute("CREATE TABLE lake.linkage.person_identifier (id_no VARCHAR, person_id VARCHAR)")
    con.execute(
        "CREATE TABLE lake.unified.person (person_id VARCHAR, id_no VARCHAR, name VARCHAR, township_code VARCHAR, "
        "hukou_township_code VARCHAR, is_alive BOOLEAN, disputed VARCHAR)"
    )
    for person in PEOPLE:
        con.execute("INSERT INTO lake.unified.person VALUES (?, ?, ?, ?, ?, ?, ?)", person)
        con.execute("INSERT INTO lake.linkage.person_identifier VALUES (?, ?)", [person[1], person[0]])
    con.execute("INSERT INTO lake.linkage.person_identifier VALUES (?, 'p1')", [OLD])
    con.execute(
        "CREATE TABLE lake.unified.insurance_spell AS SELECT * FROM (VALUES ('p1', '居民基本医疗保险', true), "
        "('p3', '居民基本医疗保险', false), ('p4', '居民基本医疗保险', true), ('p3', '职工基本医疗保险', true)) "
        "t(person_id, scheme_name, is_insured)"
    )
    con.execute(
        "CREATE TABLE lake.unified.enterprise AS SELECT * FROM (VALUES ('p3', '存续'), ('p1', '注销')) "
        "t(legal_rep_person_id, status_name)"
    )


@pytest.fixture
def paths(tmp_path):
    return Paths(tmp_path)


def as_csv(rows, head=HEAD, encoding="gb18030"):
    text = io.StringIO()
    csv.writer(text).writerows([head, *rows])
    return text.getvalue().encode(encoding)


def as_workbook(rows, head=HEAD):
    book = openpyxl.Workbook()
    for row in [head, *rows]:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


class Here:
    """Reads in this process: a process for each of these lists takes longer than reading them."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def call(self, function, *args):
        return function(*args)


@pytest.fixture(autouse=True)
def here(monkeypatch):
    monkeypatch.setattr(intake, "Apart", Here)


def ask(paths, con, content, name="清单.csv", folder=OURS, as_of=AS_OF):
    drop = paths.queries / "drop" / folder
    drop.mkdir(parents=True, exist_ok=True)
    (drop / name).write_bytes(content)
    return intake.answer_lists(paths, con, as_of)[-1]


def told(paths, answered):
    """(row of the list, answer, what is said) of the answers file, opened with the township's password."""
    plain = unlock(answered.file.read_bytes(), KeyProvider(paths).password(answered.township_code))
    rows = [[c or "" for c in row] for row in openpyxl.load_workbook(io.BytesIO(plain)).active.values]
    top = next(i for i, row in enumerate(rows) if row[0] == "序号")
    return [(row[1], row[5], row[6]) for row in rows[top + 1 :]]


def test_every_row_gets_one_word(paths, con):
    bad = WANG[:17] + ("0" if WANG[17] != "0" else "1")
    rows = [
        (WANG, "王秀兰", INSURED, WHY),
        (ZHANG, "张建国", INSURED, WHY),
        (ZHANG, "张建国", ALIVE, WHY),
        (LI, "阿依古丽", FIRM, WHY),
        (WANG.lower(), " 王秀兰 ", FIRM, WHY),
        (OLD, "王秀兰", ALIVE, WHY),
        (CHEN, "陈志强", INSURED, WHY),
        (WANG, "王秀英", INSURED, WHY),
        (number(999), "无此人", INSURED, WHY),
        (bad, "王秀兰", INSURED, WHY),
        ("370602400101001", "王秀兰", INSURED, WHY),
        (number(1, "19401301"), "王秀兰", INSURED, WHY),
        (WANG, "王秀兰", "工资多少", WHY),
        (WANG, "王秀兰", INSURED, "好奇"),
        ("", "王秀兰", INSURED, WHY),
        (WANG, "王秀兰", INSURED, ""),
    ]
    answered = ask(paths, con, as_csv(rows))
    assert answered.refusal == "" and answered.rows == len(rows)
    answers = told(paths, answered)
    assert [int(row) for row, _, _ in answers] == list(range(2, len(rows) + 2))
    assert [word for _, word, _ in answers] == [
        "是", "否", "否", "是", "否", "是", *["查无此人"] * 3, *["不予答复"] * 7,
    ]  # fmt: skip
    for (_, _, said), words in zip(answers[6:], [
        *["没有身份证号和姓名都相符的人"] * 3, "校验码不对", "旧式 15 位",
        "出生日期不存在", "查询事项不在目录中", "用途不在目录中", "「身份证号」列必填项为空", "「用途」列必填项为空",
    ], strict=True):  # fmt: skip
        assert words in said
    assert [said for _, word, said in answers if word in ("是", "否")] == [""] * 6


def test_an_answer_a_township_disputes_says_so(paths, con):
    asked = ((LI, "阿依古丽", ALIVE), (LI, "阿依古丽", FIRM), (ZHANG, "张建国", ALIVE), (CHEN, "陈志强", ALIVE))
    rows = [(*row, WHY) for row in asked]
    answers = [(word, said.partition("：")[0]) for _, word, said in told(paths, ask(paths, con, as_csv(rows)))]
    assert answers[:3] == [("是", "生死有异议"), ("是", ""), ("否", "")]
    assert answers[3][0] == "查无此人" and "异议" not in answers[3][1]


def test_an_id_stored_as_a_number_and_a_formula_are_told_apart_from_nobody(paths, con):
    rows = [(id_no, "王秀兰", INSURED, WHY) for id_no in (int(WANG[:15] + "000"), "=A1", WANG)]
    answers = told(paths, ask(paths, con, as_workbook(rows), "清单.xlsx"))
    assert [(row, word) for row, word, _ in answers] == [
        ("Sheet 2", "不予答复"), ("Sheet 3", "不予答复"), ("Sheet 4", "是"),
    ]  # fmt: skip
    assert "被存成数字" in answers[0][2] and "公式" in answers[1][2]


def test_a_list_may_be_locked_with_the_townships_own_password_only(paths, con):
    keys = KeyProvider(paths)
    plain = as_workbook([(WANG, "王秀兰", INSURED, WHY)])
    answered = ask(paths, con, lock(plain, keys.password(OURS)), "清单.xlsx")
    assert [word for _, word, _ in told(paths, answered)] == ["是"]
    refused = ask(paths, con, lock(plain, keys.password(THEIRS)), "别人的.xlsx")
    assert "不是本镇街的工作簿口令" in refused.refusal and told(paths, refused) == []


REFUSED = [
    (as_csv([(WANG, "王秀兰", INSURED)], HEAD[:3]), "清单.csv", "缺少「用途」"),
    (as_csv([(WANG, "王秀兰", INSURED, WHY)], ("甲", "乙", "丙", "丁")), "清单.csv", "找不到约定的表头"),
    (b"", "空.csv", "没有数据行"),
    (b"PK\x03\x04broken", "坏.xlsx", "文件不完整"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old", "旧.xls", "旧版格式"),
    (as_csv([(WANG, "王秀兰", INSURED, WHY)] * 201), "长.csv", "共 201 行，一份清单最多 200 行"),
    (b"x" * 5_000_001, "大.csv", "超过 5 MB"),
]


@pytest.mark.parametrize(("content", "name", "words"), REFUSED, ids=[words for _, _, words in REFUSED])
def test_a_list_that_cannot_be_answered_says_why(paths, con, content, name, words):
    refused = ask(paths, con, content, name)
    assert words in refused.refusal and "370602001_202401" not in refused.refusal
    assert refused.rows == 0 and told(paths, refused) == []


def test_a_list_in_no_townships_folder_is_recorded_and_not_answered(paths, con):
    refused = ask(paths, con, as_csv([(WANG, "王秀兰", INSURED, WHY)]), folder="")
    assert refused.file is None and "9 位代码" in refused.refusal
    assert not (paths.queries / "answers").exists()
    assert con.execute("SELECT asked_by, reason_code FROM lake.ledger.query_access").fetchall() == [
        ("未识别", "E_NO_TOWNSHIP")
    ]


def test_lists_are_counted_together_within_a_turn(paths, con, monkeypatch):
    catalogue = load_catalogue()
    monkeypatch.setattr(intake, "load_catalogue", lambda: type(catalogue)(
        catalogue.questions, catalogue.purposes, rows_per_list=2, rows_per_turn=3
    ))  # fmt: skip
    two = [(WANG, "王秀兰", INSURED, WHY)] * 2
    assert ask(paths, con, as_csv(two), "一.csv").refusal == ""
    others = as_csv([*two[:1], (LI, "阿依古丽", INSURED, WHY)])
    assert "本期查询已达 3 行的上限" in ask(paths, con, others, "二.csv").refusal
    assert ask(paths, con, as_csv([(CHEN, "陈志强", FIRM, WHY)] * 2), "三.csv", folder=THEIRS).refusal == ""


def test_the_record_says_who_asked_what_for_and_nothing_about_anybody(paths, con):
    rows = [(WANG, "王秀兰", INSURED, WHY), (LI, "阿依古丽", INSURED, WHY), (WANG, "王秀兰", f"查{WANG}", f"因{WANG}")]
    answered = ask(paths, con, as_csv(rows), f"{WANG}.csv")
    (note,) = (paths.queries / "records").rglob("*.json")
    text = note.read_text(encoding="utf-8")
    assert not any(secret in text for secret in (WANG, LI, "王秀兰"))
    assert WANG not in "".join(str(p) for p in (paths.queries / "answers").rglob("*"))
    record = json.loads(text)
    assert (record["as_of"], record["asked_by"]) == ("2024-01-31", OURS)
    query = "SELECT question, purpose, answer, reason_code, rows FROM lake.ledger.query_access ORDER BY ALL"
    assert con.execute(query).fetchall() == [
        (INSURED, WHY, "否", "", 1), (INSURED, WHY, "是", "", 1),
        ("（不在目录中）", "（不在目录中）", "不予答复", "E_PURPOSE", 1),
    ]  # fmt: skip
    assert answered.counts == {"是": 1, "否": 1, "不予答复": 1}


def test_asked_again_nothing_changes_and_a_later_turn_answers_anew(paths, con):
    content = as_csv([(WANG, "王秀兰", INSURED, WHY)])
    first = ask(paths, con, content)
    before = first.file.read_bytes()
    again = ask(paths, con, content)
    assert (again.file, again.file.read_bytes()) == (first.file, before)
    (paths.decisions / "turns").mkdir(parents=True)
    (paths.decisions / "turns" / f"{AS_OF}.json").write_text("{}")
    later = ask(paths, con, content, as_of=LATER)
    assert later.file.parent.name == "2024-02-29" and later.rows == 1
    assert con.execute("SELECT count(*) FROM lake.ledger.query_access").fetchone() == (2,)


@pytest.fixture
def suspend(con):
    """Nobody's insurance counts any more, once called, until the test ends."""
    con.execute("CREATE TEMP TABLE before AS FROM lake.unified.insurance_spell")
    yield lambda: con.execute("UPDATE lake.unified.insurance_spell SET is_insured = false")
    con.execute("DELETE FROM lake.unified.insurance_spell")
    con.execute("INSERT INTO lake.unified.insurance_spell FROM before")
    con.execute("DROP TABLE before")


def test_an_answer_that_is_out_is_replaced_for_a_reason_only(paths, con, suspend):
    content = as_csv([(WANG, "王秀兰", INSURED, WHY)])
    first = ask(paths, con, content)
    before = first.file.read_bytes()
    suspend()
    kept = ask(paths, con, content)
    assert (kept.file, "--because" in kept.kept) == (None, True)
    assert [f.name for f in first.file.parent.iterdir()] == [first.file.name] and first.file.read_bytes() == before
    (second,) = intake.answer_lists(paths, con, AS_OF, because="医保数据更正")
    assert second.file.name == f"{first.file.stem}_2.xlsx" and first.file.read_bytes() == before
    assert [a for _, a, _ in told(paths, second)] == ["否"] and [a for _, a, _ in told(paths, first)] == ["是"]
    plain = unlock(second.file.read_bytes(), KeyProvider(paths).password(OURS))
    assert "原因：医保数据更正。" in str(list(openpyxl.load_workbook(io.BytesIO(plain)).active.values))
    (record,) = (paths.queries / "records").rglob("*.json")
    document = json.loads(record.read_bytes())
    assert (document["issue"], document["because"]) == (2, "医保数据更正")
    assert [b["issue"] for b in document["superseded"]] == [1]
    (again,) = intake.answer_lists(paths, con, AS_OF)
    assert (again.file, again.kept) == (second.file, "")


def test_an_answer_whose_record_was_lost_stays_if_it_says_the_same(paths, con, suspend):
    content = as_csv([(WANG, "王秀兰", INSURED, WHY)])
    first = ask(paths, con, content)
    (record,) = (paths.queries / "records").rglob("*.json")
    whole = record.read_bytes()
    sent = first.file.read_bytes()
    record.write_bytes(b"{")
    again = ask(paths, con, content)
    assert (again.file, again.file.read_bytes(), record.read_bytes()) == (first.file, sent, whole)
    suspend()
    for issue in (2, 3):
        record.write_bytes(b"{")
        assert ask(paths, con, content).file.name.endswith(f"_{issue}.xlsx")


def test_a_list_that_ends_its_reader_is_refused_and_the_others_are_answered(paths, con, monkeypatch):
    monkeypatch.setattr(intake, "Apart", lambda: Apart(patience=1e-4))
    refused = ask(paths, con, as_csv([(WANG, "王秀兰", INSURED, WHY)]))
    assert refused.refusal == FILE_REASONS["E_READER"] and refused.rows == 0
    monkeypatch.setattr(intake, "Apart", Apart)
    answered = ask(paths, con, as_csv([(WANG, "王秀兰", ALIVE, WHY)]), "另一份.csv")
    assert (answered.refusal, answered.rows) == ("", 1)
    number = ask(paths, con, b"\x00\x01" * 50, "坏.csv")
    assert number.refusal and number.refusal != FILE_REASONS["E_READER"]


def test_a_refused_list_is_answered_once_it_can_be(paths, con, monkeypatch):
    catalogue, content = load_catalogue(), as_csv([(WANG, "王秀兰", INSURED, WHY)])
    with monkeypatch.context() as patch:
        patch.setattr(intake, "load_catalogue", lambda: replace(catalogue, rows_per_list=0))
        assert ask(paths, con, content).refusal
    answered = ask(paths, con, content)
    assert (answered.refusal, answered.kept, answered.file.name[-7:]) == ("", "", "_2.xlsx")


def test_no_answer_tells_more_than_yes_or_no(paths, con):
    answered = ask(paths, con, as_csv([(WANG, "王秀兰", q, WHY) for q in (INSURED, ALIVE, FIRM)]))
    plain = unlock(answered.file.read_bytes(), KeyProvider(paths).password(OURS))
    text = str(list(openpyxl.load_workbook(io.BytesIO(plain)).active.values))
    assert "2024-01-09" not in text and "正常" not in text
    assert {word for _, word, _ in told(paths, answered)} <= {"是", "否", "查无此人", "不予答复"}


def test_who_lives_elsewhere_and_nobody_are_the_same_answer(paths, con):
    answered = ask(paths, con, as_csv([(CHEN, "陈志强", INSURED, WHY), (number(999), "无此人", INSURED, WHY)]))
    (_, elsewhere, why_elsewhere), (_, nobody, why_nobody) = told(paths, answered)
    assert (elsewhere, why_elsewhere) == (nobody, why_nobody)
    assert answered.counts == {"查无此人": 2}


def test_guesses_about_one_person_are_answered_no_more(paths, con):
    """By the digits that vary, in one list and over lists and turns."""
    fished = [(number(n), "王秀兰", INSURED, WHY) for n in range(500, 503)]
    assert [word for _, word, _ in told(paths, ask(paths, con, as_csv(fished), "一.csv"))] == ["查无此人"] * 3
    right = as_csv([(WANG, "王秀兰", INSURED, WHY), (LI, "阿依古丽", INSURED, WHY)])
    first, other = told(paths, ask(paths, con, right, "二.csv"))
    assert first[1] == "不予答复" and "多次" in first[2]
    assert other[1] in ("是", "否")
    together = as_csv([(number(n), "张建国", INSURED, WHY) for n in range(600, 604)])
    assert {word for _, word, _ in told(paths, ask(paths, con, together, "三.csv"))} == {"不予答复"}
    (paths.decisions / "turns").mkdir(parents=True)
    (paths.decisions / "turns" / f"{AS_OF}.json").write_text("{}")
    later = told(paths, ask(paths, con, right, "四.csv", as_of=LATER))
    assert later[0][1] == "不予答复"


def test_a_name_spelled_in_many_ways_is_one_person(paths, con):
    spelled = ("王秀兰", "王·秀兰", "王　秀兰", "王秀・兰", "王.秀 兰")
    fished = [(number(500 + n), name, INSURED, WHY) for n, name in enumerate(spelled)]
    assert {word for _, word, _ in told(paths, ask(paths, con, as_csv(fished), "一.csv"))} == {"不予答复"}


def test_one_wrong_digit_put_right_is_no_fishing(paths, con):
    assert told(paths, ask(paths, con, as_csv([(number(500), "王秀兰", INSURED, WHY)]), "一.csv"))[0][1] == "查无此人"
    assert told(paths, ask(paths, con, as_csv([(WANG, "王秀兰", INSURED, WHY)]), "二.csv"))[0][1] in ("是", "否")


def test_the_catalogue_reads_only_the_layers_it_may(tmp_path):
    assert list(load_catalogue().questions) == [INSURED, ALIVE, FIRM]
    file = tmp_path / "queries.yaml"
    file.write_text(
        "limits: {rows_per_list: 1, rows_per_turn: 1}\npurposes: [甲]\n"
        "questions: {Q01: {text: 问, feeds: [], true_of: SELECT person_id FROM ledger.anomaly}}\n", encoding="utf-8",
    )  # fmt: skip
    with pytest.raises(HouseFileError, match="questions.Q01: reads ledger.anomaly"):
        load_catalogue(file)


@pytest.mark.parametrize(("given", "words"), [
    (number(7), None), (number(7)[:17], "有 17 位"), ("37060219400101A011", "全是数字"), ("٣" * 18, "全是数字"),
    (number(7, "20230229"), "出生日期"), (number(7)[:17] + "?", "校验码"),
])  # fmt: skip
def test_what_is_wrong_with_a_number(given, words):
    found = id_defect(given)
    assert found is None if words is None else words in found


def test_what_is_no_file_or_cannot_be_answered_stops_no_other_list(paths, con, monkeypatch):
    drop = paths.queries / "drop" / OURS
    drop.mkdir(parents=True)
    (drop / "链接.csv").symlink_to("/etc/hostname")
    os.mkfifo(drop / "管道.csv")
    (drop / "坏.csv").write_bytes(as_csv([(ZHANG, "张建国", ALIVE, WHY)]))
    os.utime(drop / "坏.csv", (1, 1))
    answered = intake.answer_rows

    def failing(con, rows, *rest):
        if rows[0].id_no == ZHANG:
            raise IndexError(ZHANG)
        return answered(con, rows, *rest)

    monkeypatch.setattr(intake, "answer_rows", failing)
    name = os.fsdecode("清单.csv".encode("gbk"))
    ask(paths, con, as_csv([(WANG, "王秀兰", ALIVE, WHY)]), name)
    done = intake.answer_lists(paths, con, AS_OF)
    assert [bool(one.refusal) for one in done] == [True, False, True, True]
    assert done[1].counts == {"是": 1}
    assert "处理时遇到意外情况（事件编号 S20240131-" in done[0].refusal and ZHANG not in done[0].refusal
    assert all("请交文件本身（事件编号 S20240131-" in one.refusal for one in done[2:])
    assert (drop / "链接.csv").is_symlink() and len(list(paths.incidents.iterdir())) == 3
    codes = con.execute("SELECT reason_code FROM lake.ledger.query_access ORDER BY 1").fetchall()
    assert codes == [("",), ("E_UNFORESEEN",), ("E_UNFORESEEN",), ("E_UNFORESEEN",)]


def test_the_answer_says_how_old_the_data_are_that_were_asked(paths, con):
    for feed, good, owed in (("F20", "202312", "202401"), ("F01", "202401", None), ("F14", "202311", "202312")):
        con.execute(
            "INSERT INTO lake.ledger.freshness BY NAME SELECT ?::DATE AS as_of, ? AS feed, '370600' AS scope, '烟台市' "
            "AS scope_name, ? AS last_good_period, ? AS behind_period, 3 AS days_behind, ? AS state",
            [LATER, feed, good, owed, "missing" if owed else "current"],
        )  # fmt: skip
    answered = ask(paths, con, as_csv([(WANG, "王秀兰", INSURED, WHY), (WANG, "王秀兰", ALIVE, WHY)]), as_of=LATER)
    plain = unlock(answered.file.read_bytes(), KeyProvider(paths).password(answered.township_code))
    facts = {row[0]: row[2] for row in openpyxl.load_workbook(io.BytesIO(plain)).active.values if row[0]}
    assert facts["数据截至"] == (
        "2024-02-29；市医保局 基本医疗参保：数据到2023年12月（陈旧：烟台市只到2023年12月，欠2024年1月，逾期 3 天）；"
        "市公安局 户籍人口：数据到2024年1月"
    )


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b"null", b"{}", b'{"counts": [1]}', b"[" * 200_000, "as_of", "issue"]
)
def test_a_damaged_record_says_that_it_is_and_stops_nobody(paths, con, damage):
    ask(paths, con, as_csv([(WANG, "王秀兰", INSURED, WHY)]), "一.csv")
    (record,) = (paths.queries / "records").rglob("*.json")
    if isinstance(damage, str):
        damage = json.dumps(json.loads(record.read_bytes()) | {damage: None}).encode()
    record.write_bytes(damage)
    assert intake.record_access(con, paths) == 1
    assert con.execute("SELECT asked_by, question, reason_code FROM lake.ledger.query_access").fetchall() == [
        (OURS, "（记录损坏）", "E_RECORD")
    ]
    assert ask(paths, con, as_csv([(LI, "阿依古丽", INSURED, WHY)]), "二.csv").refusal == ""
    assert "E_RECORD" not in {c for (c,) in con.execute("SELECT reason_code FROM lake.ledger.query_access").fetchall()}
