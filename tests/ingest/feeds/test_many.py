"""Feeds side by side: the same bytes as one after the other, and a broken one stops nobody."""

from pathlib import Path

import pytest

from pipelines.ingest.bronze import results
from pipelines.ingest.feeds import FeedState, bring_all, many
from pipelines.ingest.feeds.stale import stale_feeds
from tests.ingest.conftest import AS_OF, FEEDS, Office, card, cards  # noqa: F401  fixtures

DEATHS = "公民身份号码,姓名,死亡日期\r\n370602195001010014,李一,2024-01-03\r\n".encode("gb18030")
CODES = ("F05", "F11", "F20")


def office(root: Path, cards_of_ten: bytes) -> Office:
    made = Office(root, FEEDS)
    made.drop("F11", "F11_残疾人证_370600_202401.csv", cards_of_ten)
    made.drop("F20", "F20_unreadable.csv", b"\x00\x01")
    made.drop("F05", "F05_死亡证明_370600_202401.csv", DEATHS)
    return made


def brought(made: Office, workers: int) -> dict[str, FeedState | Exception]:
    return {feed.code: state for feed, state in bring_all(made.paths, [FEEDS[c] for c in CODES], AS_OF, workers)}


def written(made: Office) -> dict[str, bytes]:
    roots = (made.paths.landing, made.paths.bronze, made.paths.history)
    files = (p for root in roots for p in root.rglob("*") if p.is_file())
    return {str(p.relative_to(made.paths.root)): p.read_bytes() for p in files}


@pytest.fixture
def worth_it(monkeypatch):
    """However little there is to read, workers read it."""
    monkeypatch.setattr(many, "_WORTH_A_POOL", 1)


def test_side_by_side_writes_what_one_after_the_other_does(tmp_path, cards, worth_it):  # noqa: F811
    alone, together = office(tmp_path / "one", cards(10)), office(tmp_path / "two", cards(10))
    one, two = brought(alone, 1), brought(together, 2)
    assert written(alone) == written(together)
    assert {c: [r.rows_in for r in s.taken] for c, s in two.items()} == {
        c: [r.rows_in for r in s.taken] for c, s in one.items()
    }
    assert [r.rows_bronze for r in two["F11"].known] == [10]
    assert two["F11"].by_history == two["F11"].by_bronze == {"370600": 10}
    assert [r.status for r in two["F20"].taken] == ["quarantined"]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_feed_that_fails_stops_no_other(tmp_path, cards, worth_it, workers):  # noqa: F811
    made = office(tmp_path, cards(10))
    made.paths.history.mkdir(parents=True)
    (made.paths.history / "F11").write_text("in the way")
    states = brought(made, workers)
    assert isinstance(states["F11"], OSError)
    assert [len(states[c].taken) for c in ("F05", "F20")] == [1, 1]
    assert [r.status for r in states["F20"].taken] == ["quarantined"]
    assert list(stale_feeds(made.paths)) == ["F11"] and results(made.paths, "F11") == [], "what stood before, stands"
    (made.paths.history / "F11").unlink()
    again = brought(made, workers)
    assert [r.rows_bronze for r in again["F11"].known] == [10]
    assert again["F11"].by_history == {"370600": 10}, "what was not told is told by the next run"
    assert stale_feeds(made.paths) == {}


def test_what_is_read_is_no_longer_work(tmp_path, cards):  # noqa: F811
    made = office(tmp_path, cards(10))
    before = {c: many.unread(made.paths, FEEDS[c], AS_OF) for c in CODES}
    assert list(before["F11"].values()) == [len(cards(10))]
    brought(made, 1)
    assert [many.unread(made.paths, FEEDS[c], AS_OF) for c in CODES] == [{}, {}, {}]


def test_what_is_dropped_after_a_later_turn_is_out_did_not_come_on_an_earlier_date(tmp_path, cards):  # noqa: F811
    made = office(tmp_path / "one", cards(10))
    later = made.paths.decisions / "turns" / "2024-03-05.json"
    later.parent.mkdir(parents=True)
    later.write_text("{}")
    before = sorted(made.paths.drop.rglob("*"))
    assert [state.known for state in brought(made, 1).values()] == [[], [], []]
    assert sorted(made.paths.drop.rglob("*")) == before
    later.rename(later.with_name(f"{AS_OF}.json"))  # the newest turn takes what came in since
    assert len(brought(made, 1)["F11"].known) == 1
