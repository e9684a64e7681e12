"""Who has let the last day for answers go by."""

import json
from datetime import date

import pytest

from pipelines.give.returns.unanswered import Unanswered, unanswered
from pipelines.kit.paths import Paths
from tests.give.returns.small_lake import AS_OF, TOWNSHIPS

FIRST, SECOND = TOWNSHIPS[0][0], TOWNSHIPS[1][0]


def due(issued, code) -> date:
    manifest = json.loads((issued[code].folder / "manifest.json").read_text(encoding="utf-8"))
    return date.fromisoformat(manifest["due_on"])


def received(paths: Paths, code: str, day: str) -> None:
    folder = paths.receipts / code / day
    folder.mkdir(parents=True)
    (folder / "回执_00000000.xlsx").write_bytes(b"")


def stray(paths: Paths, code: str) -> None:
    """What people's programs leave in folders they look into."""
    (paths.receipts / code / "备份" / "2024-03-01" / "回执_00000000.xlsx").mkdir(parents=True)
    (paths.receipts / code / "2024-03-01" / "回执_00000000.xlsx").mkdir(parents=True)
    (paths.receipts / code / "2024-03-01" / "回执_00000001.xlsx").symlink_to("nowhere")
    (paths.receipts / code / "9").mkdir()
    (paths.receipts / code / "9" / "回执_00000000.xlsx").write_bytes(b"")
    for place in ("", "备份", "2024-03-01"):
        (paths.receipts / code / place / "Thumbs.db").write_bytes(b"")


def test_nobody_is_late_on_the_last_day(paths, con, issued):
    assert unanswered(paths, due(issued, FIRST)) == []


def test_who_sent_nothing_is_late_the_day_after(paths, con, issued):
    after = date.fromordinal(due(issued, FIRST).toordinal() + 1)
    found = {one.township_code: one for one in unanswered(paths, after)}
    asked = {code for code, one in issued.items() if one.anomalies}
    assert set(found) == asked and FIRST in asked
    assert found[FIRST].questions == issued[FIRST].anomalies
    assert found[FIRST].working_days_over(after) == 1


def test_what_came_after_the_set_is_an_answer_and_what_came_before_is_none(paths, con, issued):
    after = date.fromordinal(due(issued, FIRST).toordinal() + 1)
    received(paths, FIRST, AS_OF.isoformat())
    stray(paths, FIRST)
    assert FIRST in {one.township_code for one in unanswered(paths, after)}
    received(paths, FIRST, "2024-02-01")
    assert FIRST not in {one.township_code for one in unanswered(paths, after)}


def test_the_oldest_comes_first(paths, monkeypatch):
    sets = ((SECOND, "20240131", "2024-02-15"), (FIRST, "20240229", "2024-03-15"), (FIRST, "20240131", "2024-02-15"),
            (FIRST, "20240131_2", "anything"))  # fmt: skip
    for code, name, day in sets:
        (paths.returns / code / name).mkdir(parents=True)
        (paths.returns / code / name / "due").write_text(day)

    def said(folder):
        return {
            "counts": {"anomalies": 2}, "due_on": (folder / "due").read_text(), "county_name": "",
            "township_name": "某镇", "as_of": folder.name,
        }  # fmt: skip

    monkeypatch.setattr("pipelines.give.returns.unanswered.read_manifest", said)
    assert unanswered(paths, date(2024, 3, 31)) == [
        Unanswered(SECOND, "某镇", "20240131", "2024-02-15", 2), Unanswered(FIRST, "某镇", "20240229", "2024-03-15", 2),
    ]  # fmt: skip


def test_of_a_date_the_last_issue_counts_and_a_damaged_manifest_asks_nobody(paths, con, issued):
    after = date.fromordinal(due(issued, FIRST).toordinal() + 1)
    folder = issued[FIRST].folder
    (folder.with_name(f"{folder.name}_2")).mkdir()
    assert FIRST not in {one.township_code for one in unanswered(paths, after)}


def test_a_manifest_without_its_days_asks_nobody(paths, con, issued):
    after = date.fromordinal(due(issued, FIRST).toordinal() + 1)
    file = issued[FIRST].folder / "manifest.json"
    for key in ("as_of", "due_on"):
        said = json.loads(file.read_text(encoding="utf-8"))
        said.pop(key)
        file.write_text(json.dumps(said), encoding="utf-8")
        assert FIRST not in {one.township_code for one in unanswered(paths, after)}


@pytest.mark.parametrize(("key", "value"), [
    ("due_on", None), ("due_on", "soon"), ("due_on", 20240215), ("as_of", 20240131), ("as_of", []), ("counts", {}),
])  # fmt: skip
def test_a_manifest_that_is_none_any_more_asks_nobody_and_stops_nobody(paths, con, issued, key, value):
    after = date.fromordinal(due(issued, FIRST).toordinal() + 1)
    asked = {code for code, one in issued.items() if one.anomalies}
    file = issued[FIRST].folder / "manifest.json"
    said = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(said | {key: value}), encoding="utf-8")
    assert {one.township_code for one in unanswered(paths, after)} == asked - {FIRST}
