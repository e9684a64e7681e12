"""Closing turns and replaying those a lake lacks."""

import hashlib
import json
import shutil
from datetime import date

import pytest

from pipelines.judge.ledger import schema
from pipelines.judge.ledger.reissue import Unfounded
from pipelines.judge.ledger.turn_file import mend_turns
from pipelines.judge.ledger.turns import (
    STOPPED,
    Overtaken,
    close_turn,
    missing_turns,
    require_not_overtaken,
    restore_sets,
    superseded,
    why_again,
)
from pipelines.kit.security.signature import canonical_json
from pipelines.kit.tables import insert

T1, T2, T3 = date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31)


def issue(con, paths, as_of):
    insert(con, "lake.ledger.return_set", [(as_of, f"set-{as_of}", "370602001", 1, "digest", 12, 3)])
    insert(con, "lake.ledger.issued_resident", [(as_of, "370602001", "p", *[None] * 6)])
    close_turn(con, paths, as_of, {"370602001": f"set-{as_of}"})


def test_a_closed_turn_is_on_disk_and_in_the_ledger(con, paths):
    issue(con, paths, T1)
    document = json.loads((paths.decisions / "turns" / "2024-01-31.json").read_text())
    assert document["as_of"] == "2024-01-31"
    assert document["sets"] == [
        {
            "set_id": "set-2024-01-31",
            "township_code": "370602001",
            "issue": 1,
            "manifest_sha256": "digest",
            "residents": 12,
            "anomalies": 3,
        }
    ]
    assert con.execute("SELECT as_of FROM lake.ledger.turn").fetchall() == [(T1,)]
    assert [p.name for p in (paths.decisions / "turns").iterdir()] == ["2024-01-31.json"]


def test_a_set_the_ledger_does_not_have_stops_the_turn_from_closing(con, paths):
    with pytest.raises(ValueError, match="370602001"):
        close_turn(con, paths, T1, {"370602001": "unknown"})
    assert not (paths.decisions / "turns").exists()


def test_sets_that_replace_others_need_a_reason_and_the_old_ones_stay_on_file(con, paths):
    issue(con, paths, T1)
    file = paths.decisions / "turns" / "2024-01-31.json"
    before = file.read_bytes()
    con.execute("UPDATE lake.ledger.return_set SET set_id = 'second', issue = 2, manifest_sha256 = 'other'")
    with pytest.raises(Unfounded, match="the turn of 2024-01-31"):
        close_turn(con, paths, T1, {"370602001": "second"})
    assert file.read_bytes() == before
    close_turn(con, paths, T1, {"370602001": "second"}, "漏报一户")
    con.execute("UPDATE lake.ledger.return_set SET set_id = 'third', issue = 3")
    close_turn(con, paths, T1, {"370602001": "third"}, "再次更正")
    document = json.loads(file.read_text(encoding="utf-8"))
    assert [s["set_id"] for s in document["sets"]] == ["third"]
    assert [(s["because"], [e["set_id"] for e in s["sets"]]) for s in superseded(paths, T1)] == [
        ("漏报一户", ["set-2024-01-31"]), ("再次更正", ["second"]),
    ]  # fmt: skip
    assert superseded(paths, T1)[0]["sets"] == json.loads(before)["sets"]


def test_what_came_in_since_a_turn_was_issued_is_the_reason_to_issue_it_again(con, paths):
    deliver(con, "F10", T1)
    assert why_again(con, paths, T1) == STOPPED  # whatever stands was written by a run that did not end
    issue(con, paths, T1)
    assert why_again(con, paths, T1) == ""
    deliver(con, "F31", T1)
    insert(con, "lake.ledger.answer", [(T1, "sha", "a.xlsx", "370602001", *[None] * 12)] * 2)
    decided = paths.decisions / "source" / "2024-01-31" / "a.0a0b0c0d.yaml"
    decided.parent.mkdir(parents=True)
    decided.write_text("[]")
    (decided.parent / "b.0a0b0c0d.xlsx").write_bytes(b"PK")
    (decided.parent / "b.0a0b0c0d.xlsx.tmp").write_bytes(b"PK")
    assert why_again(con, paths, T1) == "新到交付 1 份（F31/20240131-F31），新收镇街答复 1 份，新作决定 2 件"
    issue(con, paths, T2)
    assert why_again(con, paths, T1) == ""  # it came in after February was out: February's next turn has it


def test_only_what_a_turn_itself_took_in_is_remembered(con, paths):
    deliver(con, "F10", T1)
    issue(con, paths, T1)
    deliver(con, "F10", T2)
    issue(con, paths, T2)
    document = json.loads((paths.decisions / "turns" / "2024-02-29.json").read_text())
    assert document["inputs"] == {"deliveries": ["F10/20240229-F10"], "answers": [], "decisions": []}


def deliver(con, feed, day):
    con.execute(
        "INSERT INTO lake.ledger.delivery BY NAME SELECT ? AS feed, ? AS delivery_id, ?::DATE AS delivered_on",
        [feed, f"{day:%Y%m%d}-{feed}", day],
    )


def test_a_fresh_lake_misses_every_issued_turn_before_the_date(con, paths):
    for turn in (T1, T2, T3):
        issue(con, paths, turn)
    assert missing_turns(con, paths, T3) == []
    schema.open_turn(con, T1)  # forgets all
    assert missing_turns(con, paths, T3) == [T1, T2]
    assert missing_turns(con, paths, T1) == []


def test_a_replayed_turn_gets_its_sets_back_and_leaves_the_file_alone(con, paths):
    issue(con, paths, T1)
    file = paths.decisions / "turns" / "2024-01-31.json"
    before = file.read_bytes()
    schema.open_turn(con, T1)
    assert restore_sets(con, paths, T1) == 1 == restore_sets(con, paths, T1)
    close_turn(con, paths, T1, {})
    assert file.read_bytes() == before
    assert con.execute("SELECT * FROM lake.ledger.return_set").fetchall() == [
        (T1, "set-2024-01-31", "370602001", 1, "digest", 12, 3)
    ]


def test_everything_is_replayed_when_the_previous_residents_are_gone(con, paths):
    for turn in (T1, T2, T3):
        issue(con, paths, turn)
    con.execute("DELETE FROM lake.ledger.issued_resident WHERE as_of = ?", [T1])  # only two turns are kept
    assert missing_turns(con, paths, T3) == []
    assert missing_turns(con, paths, T2) == [T1]


def test_ensure_keeps_what_is_there(con, paths):
    issue(con, paths, T1)
    schema.ensure(con)
    assert con.execute("SELECT count(*) FROM lake.ledger.return_set").fetchone() == (1,)


def out(paths, township, issue, **said):
    """A set on disk."""
    folder = paths.returns / township / ("20240131" if issue == 1 else f"20240131_{issue}")
    folder.mkdir(parents=True)
    counts = {"residents": 5, "anomalies": 3}
    document = {
        "set_id": f"{township}-{issue}", "township_code": township, "township_name": "向阳街道", "issue": issue,
        "content_digest": "", "counts": counts, "files": [], **said,
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return folder / "manifest.json"


DAMAGED = [
    b"", b"{", b"[]", b"null", b'"a"', b"[" * 100_000, b"\xff", None,
    b'{"as_of": "2024-01-31"}', b'{"as_of": "2024-01-31", "sets": [1]}', b'{"as_of": "2024-01-30", "sets": []}',
    b'{"as_of": "2024-01-31", "sets": [], "stale_ok": "\\ud800"}',
]  # fmt: skip


@pytest.mark.parametrize("content", DAMAGED)
def test_a_damaged_file_of_a_turn_keeps_what_the_sets_on_disk_say_and_tells_what_is_lost(con, paths, content):
    out(paths, "370602001", 1)
    out(paths, "370602001", 2, because="漏报一户")
    out(paths, "370602002", 1)
    unread = out(paths, "370602003", 1)
    unread.write_text("[]")
    file = paths.decisions / "turns" / "2024-01-31.json"
    file.parent.mkdir(parents=True)
    file.mkdir() if content is None else file.write_bytes(content)
    (told,) = mend_turns(paths)
    assert "decisions/turns/2024-01-31.json 已损坏，已按 returns 中的返还包重建（2 个镇街）" in told
    assert "inputs" in told and "--because" in told and str(unread.relative_to(paths.root)) in told
    document = json.loads(file.read_text(encoding="utf-8"))
    assert [s["set_id"] for s in document["sets"]] == ["370602001-2", "370602002-1"]
    (replaced,) = superseded(paths, T1)
    assert replaced["because"] == "漏报一户" and [s["set_id"] for s in replaced["sets"]] == ["370602001-1"]
    assert mend_turns(paths) == [] and restore_sets(con, paths, T1) == 2


def test_what_is_whole_in_a_damaged_file_of_a_turn_stays(con, paths):
    issue(con, paths, T1)
    out(paths, "370602001", 1)
    file = paths.decisions / "turns" / "2024-01-31.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(document | {"sets": None, "stale_ok": "演示"}))
    (told,) = mend_turns(paths)
    assert "失去" not in told
    said = json.loads(file.read_text(encoding="utf-8"))
    assert (said["inputs"], said["stale_ok"]) == (document["inputs"], "演示")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"as_of": "2024-01-31"}'])
def test_a_damaged_record_of_a_turn_is_made_anew_from_the_sets_on_disk(con, paths, content):
    out(paths, "370602001", 1)
    manifest = json.loads(out(paths, "370602001", 2).read_text(encoding="utf-8"))
    file = paths.decisions / "turns" / "2024-01-31.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content)
    assert restore_sets(con, paths, date(2024, 1, 31)) == 1
    (entry,) = json.loads(file.read_text())["sets"]
    digest = hashlib.sha256(canonical_json(manifest)).hexdigest()
    assert (entry["issue"], entry["manifest_sha256"], entry["residents"]) == (2, digest, 5)
    file.write_text(content)
    shutil.rmtree(paths.returns)
    with pytest.raises(ValueError, match=r"decisions/turns/2024-01-31.json.*备份"):
        restore_sets(con, paths, date(2024, 1, 31))


def test_a_date_between_turns_that_are_out_is_refused(con, paths):
    require_not_overtaken(paths, T1)
    for turn in (T1, T3):
        issue(con, paths, turn)
    for day in (T1, T3, date(2024, 4, 1)):
        require_not_overtaken(paths, day)
    for day in (date(2024, 1, 1), T2):
        with pytest.raises(Overtaken, match=f"there is none of {day} .*: 2024-01-31, 2024-03-31"):
            require_not_overtaken(paths, day)
