import io
import json
import shutil
from datetime import date

import polars as pl
import pytest

from pipelines import turn
from pipelines.give.returns import sets as sets_module
from pipelines.give.returns.assemble import STATES, township_returns
from pipelines.give.returns.guide import guide
from pipelines.give.returns.issue import SIGN_PURPOSE, issued_set
from pipelines.give.returns.password_notices import FILE, write_password_notices
from pipelines.give.returns.questions import meaning
from pipelines.give.returns.sets import write_return_sets
from pipelines.judge.ledger import shown
from pipelines.judge.ledger.reissue import DAMAGED, RENEWED, Unfounded
from pipelines.judge.ledger.ticket import TOWNSHIP_FIXED
from pipelines.judge.ledger.ticket_numbers import short
from pipelines.judge.ledger.turns import superseded
from pipelines.judge.rules import load_rules
from pipelines.kit.contracts import load_contracts
from pipelines.kit.lake import connect
from pipelines.kit.security.bulk_seal import unseal
from pipelines.kit.security.keys import KeyProvider, LostKeyError
from pipelines.kit.security.signature import is_signed
from pipelines.kit.security.workbook_lock import unlock
from tests.give.returns.small_lake import AS_OF, TOWNSHIPS, fill, ticket

FIRST = TOWNSHIPS[0][0]


def test_what_an_answer_is_said_to_lead_to_is_what_its_state_says():
    rule = load_rules()["R22"]
    assert f"记为「{STATES[TOWNSHIP_FIXED]}」" in meaning(rule, rule.answer("informed"))


def test_every_township_gets_its_set_and_nothing_of_others(paths, con, keys):
    seen = []
    sets = write_return_sets(paths, con, AS_OF, on_progress=lambda done, total: seen.append((done, total)))
    assert [(s.township_code, s.township_name) for s in sets] == list(TOWNSHIPS)
    assert all(s.is_new and s.residents == 20 and s.anomalies == 6 for s in sets)
    assert seen[-1] == (3, 3)
    residents = pl.read_parquet(io.BytesIO(_bulk(sets[1], keys, "residents.parquet")))
    assert residents.height == 20
    assert residents["village_code"].unique().to_list() == ["370602002001"]
    assert residents.schema["birth_date"] == pl.Date and residents.schema["age_years"] == pl.Int64
    tickets = pl.read_parquet(io.BytesIO(_bulk(sets[1], keys, "anomalies.parquet")))
    assert tickets["rule_id"].to_list() == ["R20", "R17", "R22", "R11", "R11", "R11"]


def test_the_manifest_is_signed_and_describes_the_files(con, issued, keys):
    issued = issued[FIRST]
    manifest = json.loads((issued.folder / "manifest.json").read_text(encoding="utf-8"))
    signature = manifest.pop("signature")
    assert is_signed(keys, SIGN_PURPOSE, manifest, signature)
    assert manifest["counts"] == {
        "anomalies": 6, "changes": 0, "residents": 20, "special_groups": 1, "emergency_stores": 0, "small_places": 0,
    }
    assert manifest["rules"]["R11"] == "1" and manifest["contracts"]["F31"]
    assert {f["name"] for f in manifest["files"]} == {p.name for p in issued.folder.iterdir()} - {
        "manifest.json"
    }
    assert unlock(
        (issued.folder / "返还_向阳街道_20240131.xlsx").read_bytes(), keys.password(FIRST)
    ).startswith(b"PK")


def test_every_township_has_a_page_with_its_password_apart_from_the_workbooks(con, issued, keys):
    file = keys.folder / "口令通知单.html"
    assert file.stat().st_mode & 0o777 == 0o600
    head, *parts = file.read_text(encoding="utf-8").split("<article>")
    assert "size: A4" in head
    counties = [part.split("<section>")[1:] for part in parts]
    titles, pages = [county[0] for county in counties], [page for county in counties for page in county[1:]]
    assert [title.split("</h1>")[0] for title in titles] == ["\n<h1>芝罘区　口令通知单"]
    assert not [title for title in titles if "<code>" in title]
    for page, (code, name) in zip(pages, TOWNSHIPS, strict=True):
        assert f"芝罘区{name}（{code}）" in page and keys.password(code) in page
        assert "市大数据局</span>" in page and "2024年1月31日 的返还文件签发" in page
        assert "<span>日期：＿＿＿＿＿＿</span>" in page and "由市大数据局换发密钥" in page
    assert [page.count("<code>") for page in pages] == [1, 1, 1]
    assert not [f for s in issued.values() for f in s.folder.iterdir() if "口令" in f.name]


def test_a_countys_pages_are_a_part_under_its_name_that_can_be_printed_alone(keys):
    other = ("福山区", "370611001", "清洋街道")
    townships = [other, ("芝罘区", "370602002", "东山街道"), ("芝罘区", "370602001", "向阳街道")]
    text = write_password_notices(keys, AS_OF, townships).read_text(encoding="utf-8")
    parts = [part.split("</article>")[0] for part in text.split("<article>")[1:]]
    assert [part.split("<h1>")[1].split("</h1>")[0] for part in parts] == ["芝罘区　口令通知单", "福山区　口令通知单"]
    assert [part.count("<section>") for part in parts] == [3, 2], "a title, and a page a township"
    assert "以下 2 页" in parts[0] and "向阳街道、东山街道" in parts[0] and "福山区" not in parts[0]


def test_equal_content_leaves_files_untouched(paths, con, issued):
    before = {p: p.read_bytes() for p in paths.returns.rglob("*") if p.is_file()}
    second = write_return_sets(paths, con, AS_OF)
    assert not any(s.is_new for s in second)
    assert [s.set_id for s in second] == [s.set_id for s in issued.values()]
    assert {p: p.read_bytes() for p in paths.returns.rglob("*") if p.is_file()} == before


def test_changed_content_is_issued_again_and_says_what_it_supersedes(paths, con, issued):
    first = list(issued.values())
    con.execute(
        "update lake.returns.return_resident set name = '改名' where township_code = ? and person_id = 'p3'",
        [FIRST],
    )
    second = write_return_sets(paths, con, AS_OF, "姓名有误，已更正")
    assert [(s.issue, s.is_new) for s in second] == [(2, True), (1, False), (1, False)]
    manifest = json.loads((second[0].folder / "manifest.json").read_text(encoding="utf-8"))
    assert second[0].folder.name == "20240131_2" and manifest["supersedes"] == first[0].set_id
    assert manifest["because"] == "姓名有误，已更正"
    assert first[0].folder.is_dir()
    assert issued_set(paths, FIRST, AS_OF).set_id == second[0].set_id
    rows = con.execute(
        "select township_code, set_id, issue from lake.ledger.return_set order by 1"
    ).fetchall()
    assert rows == [(s.township_code, s.set_id, s.issue) for s in second]


def test_without_a_reason_nothing_that_is_out_is_replaced(paths, con, issued):
    """The last township differs, the first lost its set: neither is written."""
    shutil.rmtree(issued[FIRST].folder)
    con.execute("update lake.returns.return_resident set name = '改名' where township_code = '370602003'")
    before = {p: p.read_bytes() for p in paths.returns.rglob("*") if p.is_file()}
    with pytest.raises(Unfounded, match="370602003 of 2024-01-31") as refusal:
        write_return_sets(paths, con, AS_OF)
    assert "a contract of the house that was changed since may explain it" in str(refusal.value)
    assert {p: p.read_bytes() for p in paths.returns.rglob("*") if p.is_file()} == before


def test_the_guide_says_why_a_set_is_replaced(con):
    data = next(township_returns(con, AS_OF, load_rules(), load_contracts()))
    again = data.reissued(2, data.set_id, "新到交付 1 份（F10/20240205-0a0b0c0d）")
    said = {label: text for section in guide(again) for label, text in section.lines}["数据截至"]
    assert said == (
        "2024年1月31日（第 2 次签发，代替之前签发的文件，原因：新到交付 1 份（F10/20240205-0a0b0c0d））"
    )
    assert again.content_digest() == data.content_digest()


def test_a_file_changed_on_disk_is_noticed(paths, con, issued):
    next(issued[FIRST].folder.glob("*.xlsx")).write_bytes(b"rubbish")
    again = write_return_sets(paths, con, AS_OF)
    assert [s.issue for s in again] == [2, 1, 1]
    assert json.loads((again[0].folder / "manifest.json").read_bytes())["because"] == DAMAGED


@pytest.mark.parametrize("content", ["", "[]", '{"set_id": 1}', "[" * 100_000, None])
def test_a_set_whose_manifest_is_damaged_is_issued_again_and_stops_no_other(paths, con, issued, content):
    manifest = issued[FIRST].folder / "manifest.json"
    manifest.unlink() if content is None else manifest.write_text(content)
    again = write_return_sets(paths, con, AS_OF)
    assert [(s.issue, s.is_new) for s in again] == [(2, True), (1, False), (1, False)]
    said = json.loads((again[0].folder / "manifest.json").read_bytes())
    assert (said["because"], said["supersedes"]) == (DAMAGED, issued[FIRST].set_id)


@pytest.fixture
def issue(paths, con, monkeypatch):
    """Issue and close the turn; returns (issue number, reason) of the first township's set."""
    monkeypatch.setattr("pipelines.turn.issued.snapshot", lambda con, as_of: 0)

    def run(because=""):
        first = turn.issue(paths, con, AS_OF, because)[0]
        return first.issue, json.loads((first.folder / "manifest.json").read_bytes())["because"]

    return run


def test_a_turn_run_again_is_the_same_turn_until_something_came_in(paths, con, issue):
    file = paths.decisions / "turns" / "2024-01-31.json"
    assert issue() == (1, None)
    before = file.read_bytes()
    assert issue() == (1, None) and file.read_bytes() == before
    con.execute("update lake.returns.return_resident set name = '改名' where township_code = ?", [FIRST])
    with pytest.raises(Unfounded):
        issue()
    assert file.read_bytes() == before
    con.execute(
        "insert into lake.ledger.delivery by name select 'F10' as feed, '20240131-0a0b0c0d' as delivery_id, "
        "date '2024-01-31' as delivered_on"
    )
    assert issue() == (2, "新到交付 1 份（F10/20240131-0a0b0c0d）")
    assert [s["because"] for s in superseded(paths, AS_OF)] == ["新到交付 1 份（F10/20240131-0a0b0c0d）"]
    con.execute("update lake.returns.return_resident set name = '又改' where township_code = ?", [FIRST])
    assert issue("人工更正") == (3, "人工更正")


def test_a_damaged_set_is_replaced_and_its_turn_closes(paths, con, issue):
    issue()
    next((paths.returns / FIRST / "20240131").glob("*.xlsx")).write_bytes(b"rubbish")
    assert issue() == (2, DAMAGED)
    assert [s["because"] for s in superseded(paths, AS_OF)] == [DAMAGED]
    assert shown.look(con) == shown.Shown(AS_OF, shown.CLOSED)


def test_a_new_key_has_every_set_issued_again_so_that_the_new_passwords_open_it(paths, con, keys, issue, monkeypatch):
    issue()
    old = keys.password(FIRST)
    (paths.keys / "master.key").unlink()
    with pytest.raises(LostKeyError):
        issue()
    monkeypatch.setenv("ZHENJIE_NEW_KEY", "1")
    assert issue() == (2, RENEWED)
    monkeypatch.delenv("ZHENJIE_NEW_KEY")
    new = KeyProvider(paths)
    assert new.password(FIRST) != old and new.password(FIRST) in (paths.keys / FILE).read_text(encoding="utf-8")
    for code, _ in TOWNSHIPS:
        locked = next(issued_set(paths, code, AS_OF).folder.glob("*.xlsx")).read_bytes()
        assert unlock(locked, new.password(code)).startswith(b"PK")
    assert [s["because"] for s in superseded(paths, AS_OF)] == [RENEWED]
    assert issue() == (2, RENEWED), "once: the next run finds sets of its own key"


def test_a_killed_run_leaves_no_half_set(paths, con, monkeypatch):
    monkeypatch.setattr(
        "pipelines.give.returns.issue.bulk_files", lambda _: (_ for _ in ()).throw(KeyboardInterrupt)
    )
    with pytest.raises(KeyboardInterrupt):
        write_return_sets(paths, con, AS_OF)
    assert list(paths.returns.glob("*/2024*")) == []
    monkeypatch.undo()
    assert all(s.issue == 1 for s in write_return_sets(paths, con, AS_OF))


def test_worker_processes_build_the_same_sets(paths, con, monkeypatch):
    monkeypatch.setattr(sets_module, "_WORTH_A_POOL", 2)
    sets = write_return_sets(paths, con, AS_OF, workers=2)
    assert [s.township_code for s in sets] == [code for code, _ in TOWNSHIPS]
    assert not any(s.is_new for s in write_return_sets(paths, con, AS_OF, workers=1))


def test_the_village_is_that_of_the_person_even_if_no_longer_on_the_list(paths, con):
    con.execute("delete from lake.returns.return_resident")
    data = next(township_returns(con, AS_OF, load_rules(), load_contracts()))
    villages = {a.name: a.village_name for a in data.anomalies}
    assert villages["人员0"] == villages["人员2"] == "北大街社区居委会" and villages["人员3"] == ""


def test_the_village_is_the_one_the_row_is_about_and_never_of_another_township(paths, con):
    con.execute(
        "update lake.ledger.ticket set evidence = json_merge_patch(evidence, '{\"village_name\": \"南街村\"}') "
        "where township_code = ? and json_extract_string(evidence, '$.name') = '人员0'", [FIRST]
    )  # fmt: skip
    con.execute("update lake.unified.person set village_code = '370611001001' where right(person_id, 1) = '1'")
    data = next(township_returns(con, AS_OF, load_rules(), load_contracts()))
    shown = {a.name: (a.village_name, "村居" in a.evidence) for a in data.anomalies}
    assert shown["人员0"] == ("南街村", False), "the row's own village, told once"
    assert (shown["人员1"][0], shown["人员2"][0]) == ("", "北大街社区居委会")


def test_closed_and_source_tickets_are_not_asked(paths, con):
    con.execute(
        "update lake.ledger.ticket set state = 'closed' where township_code = ? and rule_id = 'R11'", [FIRST]
    )
    con.execute(
        "update lake.ledger.ticket set assignee = 'source' where township_code = ? and rule_id = 'R17'",
        [FIRST],
    )
    assert write_return_sets(paths, con, AS_OF)[0].anomalies == 2


def test_sets_of_two_dates_stand_side_by_side(paths, con, issued):
    later = write_return_sets(paths, con, date(2024, 2, 29))
    assert all(s.is_new and s.issue == 1 and s.folder.name == "20240229" for s in later)
    assert con.execute("select count(*) from lake.ledger.return_set").fetchone() == (6,)


def test_the_sources_say_which_data_is_stale(paths, con):
    feeds = load_contracts()
    con.execute("update lake.ledger.freshness set behind_period = '202402', state = 'refused'")
    con.execute(
        "insert into lake.ledger.freshness by name select date '2024-01-31' as as_of, * from (values "
        "('F20', '370600', date '2023-11-28', '202312', 21, 'missing'), "
        "('F08', '370602', null, '202401', 0, 'refused'), ('F08', '370611', null, '202401', 0, 'refused'), "
        "('F26', '370602001', date '2024-01-29', null, 0, 'current'), "
        "('F26', '370602002', date '2024-01-30', null, 0, 'current'), "
        "('F11', '370600', null, null, 0, 'current'), ('F01', '370600', date '2024-01-28', null, 0, 'current')"
        ") as t(feed, scope, last_good_on, behind_period, days_behind, state)"
    )
    data = next(township_returns(con, AS_OF, load_rules(), feeds))
    assert {name.split()[1]: text for name, text in data.sources} == {
        "户籍人口": "最近交付 2024-01-28",
        "社会救助发放": "尚无可用的交付（陈旧）：2024年1月的交付未通过检查",
        "基本医疗参保": "最近交付 2023-11-28（陈旧）：2023年12月的数据按约定应在 2024-01-10 前报送，尚未收到，"
        "逾期 21 天",
        "网格摸排": "最近交付 2024-01-20，数据到2024年1月（陈旧）：2024年2月的交付未通过检查，仍用此前的数据",
        "九小场所台账": "最近交付 2024-01-29",
    }
    lines = next(s.lines for s in guide(data) if s.title.startswith("四、"))
    assert [name.split()[-1] for name, _ in lines] == ["社会救助发放", "基本医疗参保", "网格摸排", "请注意"]
    assert lines[-1][1].startswith("以上 3 项陈旧（其余没有拖期）")


def _bulk(issued, keys, name):
    return unseal(keys, issued.township_code, (issued.folder / f"{name}.age").read_bytes())


def test_a_lake_without_townships_gives_no_sets(paths):
    with connect(paths) as con:
        fill(con)
        con.execute("delete from lake.unified.division")
        assert write_return_sets(paths, con, AS_OF) == []


def test_a_row_the_township_added_is_not_shown_as_a_refusal_of_the_whole_file(con):
    for place, code in ((12, "E_ROW_FOREIGN"), (0, "E_SHEET")):
        con.execute(
            "insert into lake.ledger.answer (as_of, workbook_sha256, file_name, township_code, sheet_row, outcome, "
            "reason_code, reason) values (?, 'aa', 'a.xlsx', ?, ?, 'rejected', ?, ?)",
            [AS_OF, FIRST, place, code, f"原因{place}"],
        )
    data = next(township_returns(con, AS_OF, load_rules(), load_contracts()))
    shown = {cells[-1]: (cells[3], cells[7]) for cells in data.previous_answers}
    assert shown == {"原因12": ("—", "未通过"), "原因0": ("整个文件", "未通过")}


def test_what_was_last_said_is_told_whenever_that_was_with_what_has_overtaken_it(con):
    said = [(3, "更正网格", "370602001001002", "accepted", ""), (4, "", "", "unanswered", "电话打不通"),
            (5, "", "", "unanswered", "")]  # fmt: skip
    for number, answer, value, outcome, note in said:
        con.execute(
            "insert into lake.ledger.answer (as_of, workbook_sha256, file_name, township_code, sheet_row, ticket_id, "
            "answer_text, new_value, outcome, note) values (?, 'aa', 'a.xlsx', ?, ?, ?, ?, ?, ?, ?)",
            [AS_OF, FIRST, number, ticket(FIRST, number), answer, value, outcome, note],
        )
    con.execute(
        "insert into lake.verify.corrected_value values (?, '370602001009001', 'superseded')", [ticket(FIRST, 3)]
    )
    data = next(township_returns(con, date(2024, 3, 5), load_rules(), load_contracts()))
    told = {(cells[0], cells[2]): (cells[6], cells[7], cells[9]) for cells in data.previous_answers}
    assert told[("2024-01-31", short(ticket(FIRST, 3)))] == (
        "370602001001002", "已受理",
        "部门此后另报 370602001009001，现用部门的新值；仍不对的，请告知区市数据专员，转该部门。",
    )
    assert told[("2024-01-31", short(ticket(FIRST, 4)))][:2] == ("", "未答复") and len(told) == 2


def test_why_a_department_did_not_follow_stands_beside_the_question_and_the_answer(con):
    con.execute(
        "insert into lake.ledger.answer (as_of, workbook_sha256, file_name, township_code, sheet_row, ticket_id, "
        "answer_text, outcome) values (?, 'aa', 'a.xlsx', ?, 3, ?, '数据源有误', 'accepted')",
        [AS_OF, FIRST, ticket(FIRST, 3)],
    )
    con.execute(
        "insert into lake.ledger.ticket_event by name select date '2024-02-29' as as_of, ? as ticket_id, "
        "unnest([2, 3]) as seq, unnest(['source_reject', 'recheck_fail']) as event, '登记无误' as reason",
        [ticket(FIRST, 3)],
    )
    data = next(township_returns(con, date(2024, 3, 5), load_rules(), load_contracts()))
    (asked,) = (a for a in data.anomalies if a.ticket_id == ticket(FIRST, 3))
    assert asked.evidence.startswith("2024-02-29 部门未采纳：登记无误；")
    assert [cells[9] for cells in data.previous_answers] == [
        "2024-02-29 部门未采纳：登记无误。请在「异常清单」里再核实一次。"
    ]
    assert not any("部门未采纳" in a.evidence for a in data.anomalies if a.ticket_id != asked.ticket_id)


def test_a_ticket_the_department_holds_again_is_not_the_townships_turn(con):
    """3: its source flipped back and R46 names nobody; 4: the department did not mend it; 5: the township's."""
    for number in (3, 4, 5):
        con.execute(
            "insert into lake.ledger.answer (as_of, workbook_sha256, file_name, township_code, sheet_row, ticket_id, "
            "answer_text, outcome) values (?, 'aa', 'a.xlsx', ?, ?, ?, '更正网格', 'accepted')",
            [AS_OF, FIRST, number, ticket(FIRST, number)],
        )
    con.execute("update lake.ledger.ticket set assignee = 'source' where ticket_id in (?, ?)",
                [ticket(FIRST, 3), ticket(FIRST, 4)])  # fmt: skip
    con.execute("update lake.ledger.ticket set evidence = '{}' where ticket_id = ?", [ticket(FIRST, 3)])
    con.execute("insert into lake.ledger.ticket_event by name select ? as as_of, ? as ticket_id, 2 as seq, "
                "'flip_back' as event", [AS_OF, ticket(FIRST, 3)])  # fmt: skip
    con.execute(
        "insert into lake.ledger.anomaly by name select ? as ticket_id, unnest(['{\"name\": \"刘淑珍\"}', '{}']) as "
        "evidence, unnest([date '2024-01-31', date '2024-02-29']) as last_seen", [ticket(FIRST, 3)]
    )  # fmt: skip
    data = next(township_returns(con, date(2024, 3, 5), load_rules(), load_contracts()))
    assert {cells[2]: (cells[4], cells[8]) for cells in data.previous_answers} == {
        short(ticket(FIRST, 3)): ("刘淑珍", "来源报来的还是原值，已转数据来源部门，您的更正继续有效"),
        short(ticket(FIRST, 4)): ("人员4", "再次出现，已转数据来源部门"),
        short(ticket(FIRST, 5)): ("人员5", "待核实"),
    }
