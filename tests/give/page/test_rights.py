"""Who may enter, for how long, and what is said to others: nothing."""

import json
import stat
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.give.page import guesses, officers
from pipelines.give.page.guesses import Guesses
from pipelines.give.page.officer_desk import NotDone, give, listed, revoke
from pipelines.give.page.server import NotServed, Place, server
from pipelines.give.page.session import cookie, session
from pipelines.kit import city_time
from pipelines.kit.security.keys import KeyProvider
from tests.give.page.conftest import TOWNSHIP, Browser
from tests.give.page.test_page import R20, answer
from tests.give.returns.small_lake import TOWNSHIPS

TODAY = city_time.today()
PAGES = ("/", f"/ticket/{R20}", "/receipts", "/receipts/2024-02-29/回执_00000000.xlsx")


def test_nobody_sees_anything_without_a_token(address):
    stranger = Browser(address)
    for page in PAGES:
        told = stranger.get(page)
        assert (told.status, told.headers["location"], told.data) == (303, "/enter", b"")
    assert stranger.post(f"/ticket/{R20}", {"answer": "确认健在"}).headers["location"] == "/enter"
    assert stranger.post("/hand-in", {}).headers["location"] == "/enter"


def test_a_token_is_nowhere_but_in_the_officers_hands(paths, token):
    texts = (f for f in paths.root.rglob("*") if f.is_file() and f.suffix in (".json", ".jsonl", ".csv"))
    kept = "".join(f.read_text() for f in texts)
    assert token not in kept and token.partition("-")[2] not in kept
    (file,) = (paths.keys / "officers").glob("*.json")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert token not in listed(paths) and "王小明" in listed(paths)


def test_a_token_opens_one_township(address, paths):
    other = Browser(address)
    other.enter(officers.give(paths, TOWNSHIPS[1][0], "赵六", 30, TODAY)[1])
    assert "东山街道" in other.get("/").data.decode()
    assert other.get(f"/ticket/{R20}").status == 404


@pytest.mark.parametrize("changed", [
    lambda token: token[:-1], lambda token: token + "x", lambda token: token.swapcase(), lambda token: "",
    lambda token: "-", lambda token: token.partition("-")[0] + "-", lambda token: "00000000-" + token.partition("-")[2],
    lambda token: "../officers/x-" + token, lambda token: "%00" + token, lambda token: token * 50,
])  # fmt: skip
def test_what_is_not_quite_the_token_opens_nothing(address, token, changed):
    told = Browser(address).enter(changed(token))
    assert told.status in (403, 413) and "set-cookie" not in told.headers


def test_after_ten_wrong_tokens_even_the_right_one_waits(address, token):
    guesser = Browser(address)
    assert {guesser.enter(f"{token}{n}").status for n in range(guesses.MOST)} == {403}
    told = guesser.enter(token)
    assert told.status == 429 and "15 分钟后再试" in told.data.decode()


def test_wrong_tokens_are_forgotten_in_time():
    counted = Guesses()
    for second in range(guesses.MOST):
        counted.wrong("a", second)
    assert counted.are_too_many("a", 10) and not counted.are_too_many("b", 10)
    assert not counted.are_too_many("a", guesses.WINDOW_SECONDS)


def test_a_revoked_token_ends_its_sessions_at_once(browser, paths, token):
    assert browser.get("/").status == 200
    assert "已收回" in revoke(paths, officers.number_of(token))
    assert browser.get("/").headers["location"] == "/enter?again=1"
    assert Browser(browser.address).enter(token).status == 403


def test_a_token_holds_until_its_last_day(paths):
    officer, token = officers.give(paths, TOWNSHIP, "钱七", 30, TODAY)
    assert officers.holder(paths, token, TODAY + timedelta(days=30)) == officer
    assert officers.holder(paths, token, TODAY + timedelta(days=31)) is None
    assert officers.holder(paths, token, TODAY - timedelta(days=1)) is None


def test_a_session_ends_and_cannot_be_made_longer(paths, token):
    keys, officer = KeyProvider(paths), officers.holder(paths, token, TODAY)
    now = city_time.now()
    value = cookie(keys, officer, now)
    assert session(paths, keys, value, now).officer == officer
    assert session(paths, keys, value, now + timedelta(hours=8)) is None
    number, until, mac = value.split(".")
    assert session(paths, keys, f"{number}.{int(until) + 3600}.{mac}", now) is None


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=80))
def test_no_other_text_is_a_session(paths, token, text):
    keys = KeyProvider(paths)
    number = officers.number_of(token)
    for value in (text, f"{number}.{text}", f"{number}.99999999999.{text}"):
        assert session(paths, keys, value, city_time.now()) is None


def test_a_form_of_another_session_or_site_keeps_nothing(browser, address, paths):
    other = Browser(address)
    other.enter(officers.give(paths, TOWNSHIP, "李四", 30, TODAY)[1])
    form = {"set": "", "seen": "0", "answer": "确认健在", "note": ""}
    assert browser.post(f"/ticket/{R20}", form).status == 403
    assert browser.post(f"/ticket/{R20}", {**form, "form_token": other.form_token()}).status == 403
    mine = {**form, "form_token": browser.form_token()}
    assert browser.post(f"/ticket/{R20}", mine, Origin="http://elsewhere.example").status == 403
    assert browser.post("/hand-in", {"form_token": "x"}).status == 403
    assert not list(paths.page.glob(f"{TOWNSHIP}/*/said.jsonl"))


def test_every_answer_forbids_other_hosts_frames_and_caches(browser):
    for page in (*PAGES, "/enter", "/nowhere", "/static/page.css"):
        headers = browser.get(page).headers
        if not page.startswith("/static"):
            assert headers["content-security-policy"].startswith("default-src 'self'"), page
            assert headers["cache-control"] == "no-store" and headers["x-content-type-options"] == "nosniff"
        assert "server" not in headers
    assert "HttpOnly" in Browser(browser.address).post("/enter", {"token": "x"}).headers.get("set-cookie", "HttpOnly")


def test_receipts_of_others_and_files_beside_them_are_not_given(browser, paths):
    mine, other = paths.receipts / TOWNSHIP / "2024-02-29", paths.receipts / TOWNSHIPS[1][0] / "2024-02-29"
    for folder, name in ((mine, "回执_aaaaaaaa.xlsx"), (other, "回执_bbbbbbbb.xlsx"), (mine, "secret.txt")):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"PK")
    assert browser.get("/receipts/2024-02-29/%E5%9B%9E%E6%89%A7_aaaaaaaa.xlsx").status == 200
    for path in ("2024-02-29/%E5%9B%9E%E6%89%A7_bbbbbbbb.xlsx", "2024-02-29/secret.txt", "..%2F..%2Fkeys/master.key"):
        assert browser.get(f"/receipts/{path}").status == 404, path


def test_what_is_too_long_or_no_form_is_refused_in_words(browser):
    token = browser.form_token()
    assert browser.post(f"/ticket/{R20}", {"form_token": token, "note": "长" * 10_000}).status == 413
    assert answer(browser, R20, "确认健在", "长" * 501).status == 413
    many = {"form_token": token} | {f"a{n}": "1" for n in range(60)}
    assert browser.post(f"/ticket/{R20}", many).status == 413
    assert browser.post("/enter", {}).status == 403
    assert browser.get("/nowhere").status == 404


def test_the_log_says_who_looked_at_what_kind_of_page_and_nothing_of_anybody(browser, paths, token):
    answer(browser, R20, "确认健在", "昨天见过")
    Browser(browser.address).enter("wrong")
    (file,) = (paths.page / "access").glob("*.jsonl")
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert {(line["what"], line["status"]) for line in lines} >= {
        ("enter", 303), ("list", 200), ("ticket", 200), ("answer", 303), ("enter", 403),
    }  # fmt: skip
    mine = [line for line in lines if line["what"] == "answer"]
    assert {(line["officer"], line["township"]) for line in mine} == {(officers.number_of(token), TOWNSHIP)}
    told = file.read_text()
    assert R20 not in told and "昨天" not in told and "王小明" not in told and "人员" not in told


def test_what_nobody_foresaw_gets_a_number_and_stops_nothing(browser, paths, monkeypatch):
    monkeypatch.setattr("pipelines.give.page.views.counts", lambda found: 1 / 0)
    told = browser.get("/")
    assert told.status == 500 and "事件编号 S" in told.data.decode() and "ZeroDivision" not in told.data.decode()
    assert len(list(paths.incidents.glob("*.log"))) == 1
    monkeypatch.undo()
    assert browser.get("/").status == 200


def test_a_damaged_officer_shuts_out_nobody_else(browser, paths):
    officer, token = officers.give(paths, TOWNSHIP, "孙八", 30, TODAY)
    (paths.keys / "officers" / f"{officer.number}.json").write_text("{")
    assert Browser(browser.address).enter(token).status == 403
    assert browser.get("/").status == 200


def test_a_set_that_is_not_whole_is_not_shown(address, token, paths, issued):
    next(issued[TOWNSHIP].folder.glob("*.xlsx")).write_bytes(b"PK")
    entered = Browser(address)
    entered.enter(token)
    assert "最近一期返还文件不完整" in entered.get("/").data.decode()


@pytest.mark.parametrize(("township", "name", "days", "why"), [
    ("370602999", "王小明", 30, "没有代码为 370602999 的镇街"), ("x", "王小明", 30, "请写 9 位代码"),
    (TOWNSHIP, " ", 30, "请写经办人姓名"), (TOWNSHIP, "王" * 21, 30, "不超过 20 字"),
    (TOWNSHIP, "王小明", 0, "有效天数"), (TOWNSHIP, "王小明", 400, "有效天数"),
])  # fmt: skip
def test_a_token_for_nobody_is_not_given(paths, township, name, days, why):
    with pytest.raises(NotDone, match=why):
        give(paths, township, name, days)


def test_revoking_what_is_not_there_says_so(paths):
    for number in ("", "ffffffff", "../keys", "zz"):
        with pytest.raises(NotDone, match="没有编号为"):
            revoke(paths, number)
    assert listed(paths) == "还没有发过令牌。"


def test_people_do_not_cross_the_network_in_the_open(paths, tmp_path):
    for place in (Place("0.0.0.0"), Place("192.168.1.4"), Place("data.example")):
        with pytest.raises(NotServed, match="没有证书不能对外服务"):
            server(paths, place)
    with pytest.raises(NotServed, match="要一起给"):
        server(paths, Place(certificate=tmp_path / "cert.pem"))
    with pytest.raises(NotServed, match="找不到文件"):
        server(paths, Place("0.0.0.0", certificate=tmp_path / "cert.pem", key=tmp_path / "key.pem"))
