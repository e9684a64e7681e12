"""The page without scripts: what it shows, keeps, hands in; and what intake makes of it."""

import json
from datetime import date, timedelta

from pipelines.give.inbox.intake import acknowledge, intake
from pipelines.give.page import officers, said
from pipelines.kit import city_time
from tests.give.inbox.desk import fill_in
from tests.give.inbox.test_intake import answers, drop
from tests.give.page.conftest import TOWNSHIP, Browser
from tests.give.returns.small_lake import AS_OF, TOWNSHIPS, ticket

NEXT, TURN = AS_OF + timedelta(days=1), date(2024, 2, 29)
R20, R17, R22, R11 = (ticket(TOWNSHIP, i) for i in range(4))
OTHER = TOWNSHIPS[1][0]


def answer(browser: Browser, ticket_id: str, words: str, note: str = "", seen: int = 0, **more: str):
    page = browser.get(f"/ticket/{ticket_id}").data.decode()
    form = {
        "form_token": browser.form_token(), "set": page.partition('name="set" value="')[2].partition('"')[0],
        "seen": str(seen), "answer": words, "note": note, **more,
    }  # fmt: skip
    return browser.post(f"/ticket/{ticket_id}", form)


def hand_in(browser: Browser):
    return browser.post("/hand-in", {"form_token": browser.form_token()})


def test_the_list_is_the_townships_own_and_nobody_elses(browser):
    shown = browser.get("/").data.decode()
    assert "芝罘区向阳街道异常清单" in shown and "已答复 0 / 6 条" in shown
    assert all(f"/ticket/{ticket(TOWNSHIP, i)}" in shown for i in range(6))
    assert ticket(OTHER, 0) not in shown
    other = browser.get(f"/ticket/{ticket(OTHER, 0)}")
    assert other.status == 404 and "本期没有这个工单" in other.data.decode()


def test_an_answer_is_kept_and_leads_to_the_next_question(browser, paths):
    went = answer(browser, R20, "确认健在", "昨天见过")
    assert went.status == 303 and went.headers["location"] == f"/ticket/{R17}?said=saved"
    shown = browser.get("/").data.decode()
    assert "已答复 1 / 6 条" in shown and "提交 1 条答复" in shown and "王小明" in shown
    (file,) = paths.page.glob(f"{TOWNSHIP}/*/said.jsonl")
    assert [json.loads(line)["answer"] for line in file.read_text().splitlines()] == ["确认健在"]
    assert not list(paths.inbox.glob("drop/**/*.xlsx")), "nothing goes out before it is handed in"


def test_what_is_handed_in_is_taken_in_like_a_workbook(browser, paths, con):
    answer(browser, R20, "确认健在", "昨天见过")
    answer(browser, R11, "更正网格", new_value_0=f"{TOWNSHIP}001002 北大街社区居委会第2网格")
    assert hand_in(browser).headers["location"] == "/?said=handed_in&count=2"
    assert "答复都已提交" in browser.get("/").data.decode()
    (early,) = acknowledge(paths, con, NEXT).files
    assert (early.reason, early.officer, early.counts["accepted"]) == ("", "王小明", 2)
    (taken,) = intake(paths, con, TURN).files
    assert taken.counts == {"accepted": 2, "unanswered": 4}
    assert {row[:4] for row in answers(con) if row[3] == "accepted"} == {
        (R20, "确认健在", "", "accepted"), (R11, "更正网格", f"{TOWNSHIP}001002", "accepted"),
    }  # fmt: skip
    receipt = browser.get("/receipts").data.decode().partition('href="/receipts/')[2].partition('"')[0]
    assert browser.get(f"/receipts/{receipt}").data.startswith(b"PK")


def test_page_and_workbook_say_the_same_of_the_same_answers(browser, paths, con, plain):
    """One path, one set of checks: the receipts differ in nothing but the file's name."""
    answer(browser, R20, "确认健在")
    answer(browser, R17, "确认已死亡", "2023年去世")
    hand_in(browser)
    (page,) = acknowledge(paths, con, NEXT).files
    by_hand = fill_in(plain(), {4: ("确认健在", "", ""), 5: ("确认已死亡", "", "2023年去世")})
    drop(paths, f"{OTHER}/x.xlsx", plain(OTHER))
    drop(paths, f"{TOWNSHIP}/a.xlsx", by_hand)
    workbook = next(f for f in acknowledge(paths, con, NEXT).files if f.source.file_name.endswith("a.xlsx"))
    told = [[(r.sheet_row, r.ticket_id, r.answer_code, r.note) for r in f.rows] for f in (page, workbook)]
    assert told[0] == told[1]


def test_a_second_hand_in_holds_the_first_and_the_later_answer_counts(browser, paths, con):
    answer(browser, R20, "确认健在")
    hand_in(browser)
    answer(browser, R20, "确认已死亡", seen=1)
    hand_in(browser)
    first, second = intake(paths, con, TURN).files
    assert [row[:2] for row in answers(con) if row[3] == "accepted"] == [(R20, "确认已死亡")]
    assert first.counts["superseded"] == 1 and second.counts["accepted"] == 1
    assert hand_in(browser).headers["location"] == "/?said=nothing"


def test_two_officers_see_each_others_answers_and_nothing_is_overwritten_unseen(address, browser, paths):
    other = Browser(address)
    other.enter(officers.give(paths, TOWNSHIP, "李四", 30, city_time.today())[1])
    answer(browser, R17, "确认已死亡", "我问过村里")
    late = answer(other, R17, "确认健在", "我见过本人")
    shown = late.data.decode()
    assert late.status == 409 and "王小明在您打开这一页之后已答复" in shown
    assert "我问过村里" in shown and "我见过本人" in shown, "both are shown to both"
    assert answer(other, R17, "确认健在", "我见过本人", seen=1).status == 303
    assert "李四" in browser.get(f"/ticket/{R17}").data.decode()
    (file,) = paths.page.glob(f"{TOWNSHIP}/*/said.jsonl")
    assert [json.loads(line)["name"] for line in file.read_text().splitlines()] == ["王小明", "李四"]


def test_an_answer_that_would_not_be_accepted_says_why_on_the_spot_and_is_not_handed_in(browser, paths):
    wrong = answer(browser, R11, "更正网格")
    shown = wrong.data.decode()
    assert wrong.status == 422 and "这条答复还不能采用：选了「更正网格」，但没有填更正值。" in shown
    assert "待改" in browser.get("/").data.decode()
    answer(browser, R20, "确认健在")
    assert hand_in(browser).headers["location"] == "/?said=handed_in&count=1"


def test_an_answer_can_be_taken_back(browser):
    answer(browser, R20, "确认健在")
    assert answer(browser, R20, "", seen=1).headers["location"].endswith("said=taken_back")
    assert "已答复 0 / 6 条" in browser.get("/").data.decode()


def test_a_page_of_an_older_set_keeps_nothing(browser):
    form = {"form_token": browser.form_token(), "set": "0" * 32, "seen": "0", "answer": "确认健在", "note": ""}
    late = browser.post(f"/ticket/{R20}", form)
    assert late.status == 409 and "已有新一期返还" in late.data.decode()
    assert "已答复 0 / 6 条" in browser.get("/").data.decode()


def test_filters_and_pages_hold_what_was_asked(browser):
    answer(browser, R20, "确认健在")
    assert "共 5 条" in browser.get("/?state=open").data.decode()
    assert "共 1 条" in browser.get("/?state=good").data.decode()
    nothing = browser.get("/?village=nowhere&from=99999999999").data.decode()
    assert "共 0 条" in nothing


def test_a_line_cut_off_by_a_killed_process_loses_no_other(browser, paths):
    answer(browser, R20, "确认健在")
    (file,) = paths.page.glob(f"{TOWNSHIP}/*/said.jsonl")
    with file.open("ab") as cut:
        cut.write(b'{"number": 2, "at": "2024-')
    answer(browser, R17, "确认健在")
    lines = list(said._lines(file))
    assert [line.ticket_id for line in lines] == [R20, R17]
    assert "已答复 2 / 6 条" in browser.get("/").data.decode()
