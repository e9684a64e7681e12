"""Issuing: folders, manifests, locks, counties, deltas, and what is never written."""

import io
import json
from dataclasses import replace
from datetime import date

import openpyxl
import polars as pl
import pytest

from pipelines.give.exports import load_exports
from pipelines.give.exports.check import Forbidden
from pipelines.give.exports.issue import issue_export
from pipelines.give.exports.log import due, record_issues
from pipelines.give.exports.round_trip import round_trip
from pipelines.give.exports.standing import all_issues, lost_issues, opened, state_of
from pipelines.judge.ledger.reissue import DAMAGED, RENEWED, Unfounded
from pipelines.kit.contracts import load_contracts
from pipelines.kit.security import bulk_seal
from pipelines.kit.security.keys import KeyProvider
from pipelines.kit.security.signature import is_signed
from pipelines.kit.security.workbook_lock import is_locked
from tests.give.exports.conftest import add_ticket
from tests.give.exports.samples import AS_OF, export

FEEDS, OURS = load_contracts(), load_exports()
NEXT = date(2024, 2, 1)


def issued(paths, con, made, as_of=AS_OF, because=""):
    return issue_export(paths, con, made, FEEDS, as_of, because).issues


def cells(issue, paths):
    return state_of(paths, issue).rows()


def test_paid_after_death_goes_to_civil_affairs_locked_and_only_what_is_theirs(paths, con):
    (issue,) = issued(paths, con, OURS["X01"])
    assert issue.folder == paths.exports / "civil_affairs" / "deceased_still_paid" / "20240131"
    assert cells(issue, paths) == [
        ("tk1", "高龄津贴", "王秀兰", "370602194001010023", "待镇街核实，暂缓", date(2023, 10, 2), "卫健死亡医学证明",
         3, 300, "2024-01", "370602001", "F10/20240131-aaaaaaaa/5")
    ]  # fmt: skip
    (file,) = issue.folder.glob("*.xlsx")
    assert file.name == "X01_已故仍领补贴_370600_20240131_全量.xlsx" and is_locked(file.read_bytes())
    assert round_trip(paths, OURS["X01"], issue).is_identical
    record_issues(con, paths)
    listed = (paths.keys / "receiver_passwords.csv").read_text(encoding="utf-8-sig")
    assert listed.splitlines()[1] == f"civil_affairs,市民政局,{KeyProvider(paths).password('civil_affairs')}"


def test_an_amount_nobody_delivered_is_left_out(paths, con):
    con.execute("UPDATE lake.verify.benefit_payee SET amount_after_death = NULL")
    (issue,) = issued(paths, con, OURS["X01"])
    (row,) = cells(issue, paths)
    assert row[7:10] == (3, None, "2024-01")


@pytest.mark.parametrize(("word", "is_to_stop"), [(None, False), ("健在", False), ("死亡", True)])
def test_only_a_death_the_township_confirmed_asks_to_stop_payments(paths, con, word, is_to_stop):
    con.execute("UPDATE lake.verify.benefit_payee SET life_word = ?", [word])
    (issue,) = issued(paths, con, OURS["X01"])
    (advice,) = state_of(paths, issue)["advice"]
    assert ("停发" in advice, "暂缓" in advice) == (is_to_stop, not is_to_stop)
    assert ("有异议" in advice) == (word == "健在")


def test_the_manifest_says_who_what_for_and_how_much(paths, con):
    (issue,) = issued(paths, con, OURS["X01"])
    manifest = json.loads((issue.folder / "manifest.json").read_bytes())
    assert {k: manifest[k] for k in ("receiver_name", "as_of", "kind", "rows", "issue", "supersedes")} == {
        "receiver_name": "市民政局", "as_of": "2024-01-31", "kind": "全量", "rows": 1, "issue": 1, "supersedes": None,
    }  # fmt: skip
    assert manifest["contract_version"] == OURS["X01"].feed.version and manifest["classification"] == "L4"
    assert manifest["purpose"] and manifest["legal_basis"]
    assert "王秀兰" not in str(manifest) and "3706021940" not in str(manifest)
    signature = manifest.pop("signature")
    assert is_signed(KeyProvider(paths), "export-manifest", manifest, signature)


def test_an_issue_says_how_old_its_sources_are(paths, con):
    for feed, scope, name, good, owed in (
        ("F10", "370685", "招远市", "202312", "202401"), ("F10", "370602", "芝罘区", "202401", None),
        ("F31", "370602", "芝罘区", "202312", "202401"), ("F14", "370600", "烟台市", "202312", "202401"),
    ):
        con.execute(
            "INSERT INTO lake.ledger.freshness BY NAME SELECT ?::DATE AS as_of, ? AS feed, ? AS scope, "
            "? AS scope_name, ? AS last_good_period, ? AS behind_period, 0 AS days_behind, "
            "? AS state", [AS_OF, feed, scope, name, good, owed, "missing" if owed else "current"],
        )  # fmt: skip
    (issue,) = issued(paths, con, OURS["X01"])
    told = [(s["feed"], s["scope"], s["newest_period"], s["due_period"], s["is_stale"])
            for s in issue.manifest["sources"]]  # fmt: skip
    assert told == [
        ("F10", "370602", "202401", None, False), ("F10", "370685", "202312", "202401", True),
        # They name people, too, from whom the paid are told apart.
        ("F14", "370600", "202312", "202401", True), ("F31", "370602", "202312", "202401", True),
    ]  # fmt: skip
    ((_, content),) = opened(KeyProvider(paths), issue)
    cover = dict(openpyxl.load_workbook(io.BytesIO(content))["说明"].iter_rows(values_only=True, max_col=2))
    first = "市民政局 高龄津贴发放：数据到2024年1月（陈旧：招远市只到2023年12月，欠2024年1月）"
    assert [line.partition("：")[0] for line in cover["数据来源"].splitlines()] == [
        "市民政局 高龄津贴发放", "市市场监管局 市场主体登记", "市委政法委(网格中心) 网格摸排",
    ]  # fmt: skip
    assert cover["数据来源"].splitlines()[0] == first
    county = issued(paths, con, OURS["X04"])[1]
    assert {s["scope"] for s in county.manifest["sources"]} == {"370600"}


def test_villages_are_counted_for_the_province(paths, con):
    (issue,) = issued(paths, con, OURS["X02"])
    assert cells(issue, paths) == [
        ("370602001201", "甲村", "370602001", "370602", 5, 0, 2, 2),
        ("370611001201", "甲村", "370611001", "370611", 0, 0, 0, 0),
    ]
    assert round_trip(paths, OURS["X02"], issue).is_identical


def test_every_county_gets_its_own_rows_and_nobody_elses(paths, con):
    outcome = issue_export(paths, con, OURS["X04"], FEEDS, AS_OF)
    assert (outcome.rows, outcome.unplaced) == (10, 1)
    assert [(i.folder.parts[-3], i.manifest["rows"]) for i in outcome.issues] == [("370602", 9), ("370611", 0)]
    first, empty = outcome.issues
    (heading,) = (empty.folder / "X04_市场主体画像_370611_20240131.csv").read_text(encoding="utf-8-sig").splitlines()
    assert heading.startswith("市场主体编号,镇街代码,")
    assert all(round_trip(paths, OURS["X04"], i).is_identical for i in outcome.issues)
    tokens = {row[0] for row in cells(first, paths)}
    assert len(tokens) == 9 and all(len(t) == 32 for t in tokens) and "e1" not in tokens


def test_equal_content_stays_and_changed_content_supersedes(paths, con):
    made = export()
    (first,) = issued(paths, con, made)
    before = {p.name: p.read_bytes() for p in first.folder.iterdir()}
    (again,) = issued(paths, con, made)
    assert (again.folder, again.is_new) == (first.folder, False)
    con.execute("UPDATE lake.published.thing SET count = 8 WHERE code = '0001'")
    with pytest.raises(Unfounded, match="export X90 for 370600 of 2024-01-31"):
        issued(paths, con, made)
    assert [p.name for p in first.folder.parent.iterdir()] == ["20240131"]
    (second,) = issued(paths, con, made, because="计数有误，已更正")
    assert (second.folder.name, second.manifest["issue"]) == ("20240131_2", 2)
    assert second.manifest["supersedes"] == first.manifest["content_digest"]
    assert (first.manifest["because"], second.manifest["because"]) == (None, "计数有误，已更正")
    assert {p.name: p.read_bytes() for p in first.folder.iterdir()} == before
    next(second.folder.glob("*.csv")).write_bytes(b"torn")
    (third,) = issued(paths, con, made)
    assert third.folder.name == "20240131_3" and third.manifest["because"] == DAMAGED


@pytest.mark.parametrize("content", ["", "[]", '{"export": "X90"}', "[" * 100_000])
def test_an_issue_whose_manifest_is_damaged_is_named_and_issued_again(paths, con, content):
    made = export()
    (first,) = issued(paths, con, made)
    other = issued(paths, con, OURS["X04"])
    (first.folder / "manifest.json").write_text(content)
    (again,) = issued(paths, con, made)
    assert (again.folder.name, again.manifest["because"], again.manifest["supersedes"]) == ("20240131_2", DAMAGED, None)
    assert len(list(all_issues(paths))) == 1 + len(other) == record_issues(con, paths)
    (told,) = lost_issues(paths)
    assert str(first.folder.relative_to(paths.root)) in told and "备份" in told
    (next_one,) = issued(paths, con, made, NEXT)
    assert next_one.manifest["rows_full"] == again.manifest["rows_full"]


@pytest.mark.parametrize("made", [export(), OURS["X04"]], ids=["the same rows", "other tokens"])
def test_a_new_key_has_everything_issued_again_once(paths, con, made, monkeypatch):
    first = issued(paths, con, made)
    (paths.keys / "master.key").unlink()
    monkeypatch.setenv("ZHENJIE_NEW_KEY", "1")
    again = issued(paths, con, made)
    monkeypatch.delenv("ZHENJIE_NEW_KEY")
    assert {i.manifest["because"] for i in again} == {RENEWED}
    assert not {i.manifest["key_id"] for i in again} & {i.manifest["key_id"] for i in first}
    assert [i.folder for i in issued(paths, con, made)] == [i.folder for i in again]


def test_one_county_that_changed_without_a_reason_keeps_all_counties_as_they_are(paths, con):
    issued(paths, con, OURS["X04"])
    con.execute("UPDATE lake.published.enterprise_profile SET insured_count = 99 WHERE enterprise_id = 'e1'")
    before = sorted(paths.exports.rglob("*"))
    with pytest.raises(Unfounded, match="X04 for 370602"):
        issued(paths, con, OURS["X04"])
    assert sorted(paths.exports.rglob("*")) == before


def test_a_turn_that_was_issued_again_or_another_contract_is_reason_enough(paths, con):
    made = export()
    issued(paths, con, made)
    con.execute("UPDATE lake.published.thing SET count = 8 WHERE code = '0001'")
    turn = paths.decisions / "turns" / "2024-01-31.json"
    turn.parent.mkdir(parents=True)
    again = [{"because": "新到交付 1 份", "sets": []}]
    turn.write_text(json.dumps({"as_of": "2024-01-31", "sets": [], "superseded": again}))
    (second,) = issued(paths, con, made)
    assert (second.manifest["issue"], second.manifest["because"]) == (2, "新到交付 1 份")
    con.execute("UPDATE lake.published.thing SET count = 9 WHERE code = '0001'")
    with pytest.raises(Unfounded):
        issued(paths, con, made)
    newer = replace(made, feed=replace(made.feed, version="9.0.0"))
    (third,) = issued(paths, con, newer)
    assert third.manifest["because"] == f"数据合同由 {made.feed.version} 版改为 9.0.0 版"


def test_two_installations_write_the_same_bytes(paths, con, tmp_path):
    (first,) = issued(paths, con, export())
    other = replace(paths, root=tmp_path / "other")
    (second,) = issued(other, con, export())
    assert [p.read_bytes() for p in sorted(first.folder.glob("*.csv"))] == [
        p.read_bytes() for p in sorted(second.folder.glob("*.csv"))
    ]
    assert first.manifest["content_digest"] == second.manifest["content_digest"]


def test_a_delta_tells_what_closed_reopened_and_went(paths, con):
    made = OURS["X03"]
    add_ticket(con, "c", "not_an_error")
    (full,) = issued(paths, con, made)
    assert (full.manifest["kind"], [r[0] for r in cells(full, paths)]) == ("全量", ["a", "c"])
    con.execute("UPDATE lake.ledger.ticket SET state = 'returned', reopen_count = 1 WHERE ticket_id = 'a'")
    con.execute("UPDATE lake.ledger.ticket SET state = 'closed', closed_on = '2024-02-01' WHERE ticket_id = 'b'")
    con.execute("DELETE FROM lake.ledger.ticket WHERE ticket_id = 'c'")
    (delta,) = issued(paths, con, made, NEXT)
    assert delta.manifest["changes"] == {"新增": 1, "变更": 1, "删除": 1}
    assert delta.manifest["base"] == {"as_of": "2024-01-31", "content_digest": full.manifest["content_digest"]}
    ((name, content),) = opened(KeyProvider(paths), delta)
    assert name == "X03_工单办结_370600_20240201_增量.csv"
    told = [line.split(",")[:2] + line.split(",")[4:5] for line in content.decode("gb18030").splitlines()]
    assert told[0] == ["变更类型", "工单号", "办理状态"]
    assert sorted(told[1:]) == [["删除", "c", "确认不是错误"], ["变更", "a", "重新打开"], ["新增", "b", "已办结"]]
    assert round_trip(paths, made, delta).rows == 2 and round_trip(paths, made, delta).is_identical
    (same,) = issued(paths, con, made, NEXT)
    assert not same.is_new
    (nothing,) = issued(paths, con, made, date(2024, 2, 2))
    assert (nothing.manifest["rows"], nothing.manifest["rows_full"]) == (0, 2)
    assert round_trip(paths, made, nothing).is_identical


def test_a_lost_state_or_other_columns_give_a_full_file_again(paths, con):
    made = OURS["X03"]
    (full,) = issued(paths, con, made)
    state = next(paths.exported.rglob("*.parquet"))
    assert state.stat().st_mode & 0o077 == 0
    pl.read_parquet(state).drop("opened_on").write_parquet(state)
    assert issued(paths, con, made, NEXT)[0].manifest["kind"] == "全量"
    for file in paths.exported.rglob("*.parquet"):
        file.unlink()
    assert issued(paths, con, made, date(2024, 2, 2))[0].manifest["kind"] == "全量"
    assert "nothing to compare" in round_trip(paths, made, full).problems[0]


def test_personal_data_leave_sealed_for_the_receivers_machine(paths, con):
    personal = tuple(replace(i, column=replace(i.column, classification="L3")) for i in export().items)
    made = replace(export(), items=personal)
    (issue,) = issued(paths, con, made)
    (file,) = issue.folder.glob("*.csv.age")
    assert b"0001" not in file.read_bytes()
    assert round_trip(paths, made, issue).is_identical
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(bulk_seal.SealBroken):
        round_trip(paths, made, issue)


@pytest.mark.parametrize(("change", "error", "words"), [
    ("UPDATE lake.published.thing SET text = '证号370602194001010023' WHERE code = '0001'", Forbidden, "内容"),
    ("UPDATE lake.published.thing SET code = '0001'", ValueError, "3 rows lack the key or share it"),
    ("UPDATE lake.published.thing SET code = NULL WHERE code = '0001'", ValueError, "1 rows lack the key"),
])  # fmt: skip
def test_what_may_not_leave_is_not_written(paths, con, change, error, words):
    con.execute(change)
    with pytest.raises(error, match=words) as caught:
        issued(paths, con, export())
    assert "3706021940" not in str(caught.value)
    assert list(paths.exports.rglob("*")) == []


def test_a_forbidden_contract_reads_nothing(paths, con):
    item = replace(export().items[1], origins=("F20.status_name",))
    with pytest.raises(Forbidden, match="may only be asked"):
        issued(paths, con, replace(export(), items=(export().items[0], item)))


def test_a_killed_run_leaves_no_issue_and_does_not_disturb_the_next(paths, con):
    torn = paths.exports / "somebody" / "thing" / ".scratch-20240131"
    torn.mkdir(parents=True)
    (torn / "half.csv").write_bytes(b"half")
    (issue,) = issued(paths, con, export())
    assert sorted(p.name for p in issue.folder.iterdir()) == ["X90_样例_370600_20240131_全量.csv", "manifest.json"]
    assert not torn.exists() and list(all_issues(paths)) == [replace(issue, is_new=False)]


def test_the_ledger_lists_every_issue_and_can_be_rebuilt(paths, con):
    issued(paths, con, OURS["X01"])
    issued(paths, con, OURS["X04"])
    assert record_issues(con, paths) == 3
    query = "SELECT export, unit, rows, classification, purpose <> '' FROM lake.ledger.export_issue ORDER BY ALL"
    told = con.execute(query).fetchall()
    assert told == [
        ("X01", "civil_affairs", 1, "L4", True), ("X04", "370602", 9, "L2", True), ("X04", "370611", 0, "L2", True),
    ]  # fmt: skip
    con.execute("DROP TABLE lake.ledger.export_issue")
    record_issues(con, paths)
    assert con.execute(query).fetchall() == told


def test_what_is_due(paths, con):
    assert due(paths, OURS.values(), AS_OF) == []
    KeyProvider(paths)  # made before anything is out
    turns = paths.decisions / "turns"
    turns.mkdir(parents=True)
    for day in ("2024-01-31", "2024-02-01", "2024-02-05"):
        (turns / f"{day}.json").write_text(json.dumps({"as_of": day, "sets": []}))
    assert [e.code for e in due(paths, OURS.values(), AS_OF)] == list(OURS)
    for made in OURS.values():
        issued(paths, con, made)
    assert due(paths, OURS.values(), AS_OF) == []
    # daily X03; the month has begun for X02 and X04; Monday for the weekly X01
    assert [e.code for e in due(paths, OURS.values(), NEXT)] == ["X02", "X03", "X04"]
    assert [e.code for e in due(paths, OURS.values(), date(2024, 2, 5))] == list(OURS)
