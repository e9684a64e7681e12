"""A turn after the story's two: the first that finds answers to a second set, and tickets that came back."""

import pytest

from pipelines.judge.ledger.findings import standing
from pipelines.judge.rules import load_rules
from pipelines.kit.contracts import load_contracts
from pipelines.kit.lake import connect
from prefecture.feeds import FEEDS
from prefecture.generate import generate
from prefecture.months import MONTHS
from prefecture.register import register_of
from prefecture.sample.story import TURNS
from prefecture.townships import play
from tests.end_to_end.conftest import SCALE, copy, run

THIRD = MONTHS[2].as_of
EVENTS = "SELECT * FROM lake.ledger.ticket_event WHERE as_of <= ? ORDER BY ALL"


@pytest.fixture(scope="module")
def third(story, tmp_path_factory):
    """A copy of the story and one month more: townships answer, departments deliver, the turn is run."""
    paths = copy(story[0], tmp_path_factory.mktemp("third") / "data")
    play(paths, TURNS[-1])
    feeds = tuple(code for code in load_contracts() if code in FEEDS)
    generate(paths, THIRD, scale=float(SCALE), feeds=feeds)
    run(paths, "turn", str(THIRD))
    return paths


def asked(paths, sql, *values, **named):
    with connect(paths, read_only=True) as con:
        return con.execute(sql, named or list(values)).fetchall()


def test_all_that_is_planted_is_found_but_for_what_townships_corrected_late(third):
    """Who answers after a turn of grace takes a defect away of which the register says that it stands; where the
    department then delivers the wrong value again, that is found instead."""
    late = asked(
        third, "SELECT t.rule_id, t.entity_key, t.ticket_id FROM lake.ledger.answer a JOIN lake.ledger.ticket t "
        "USING (ticket_id) WHERE a.as_of = ? AND a.outcome = 'accepted' AND a.new_value <> ''", THIRD,
    )  # fmt: skip
    planted = set(asked(
        third, "SELECT rule_id, entity_key FROM read_parquet(?) WHERE kind = 'defect' AND as_of <= ? "
        "AND (last_as_of IS NULL OR last_as_of >= ?)", str(register_of(third) / "defects.parquet"), THIRD, THIRD,
    ))  # fmt: skip
    found = set(asked(third, f"SELECT DISTINCT rule_id, entity_key FROM {standing()}", as_of=THIRD))
    planted = {(rule, entity) for rule, entity in planted if rule in load_rules()}
    assert {rule for rule, _ in planted} == set(load_rules())
    assert planted - found == planted & {(rule, entity) for rule, entity, _ in late} != set()
    assert found - planted <= {("R46", ticket) for *_, ticket in late}


def test_every_township_got_its_third_set_and_no_earlier_one_was_touched(story, third):
    sets = "SELECT as_of, count(DISTINCT township_code), max(issue) FROM lake.ledger.return_set GROUP BY 1 ORDER BY 1"
    assert asked(third, sets) == [(day, 159, 1) for day in (*TURNS, THIRD)]
    before = {p.relative_to(story[0].returns): p.read_bytes() for p in story[0].returns.rglob("*") if p.is_file()}
    assert {p: (third.returns / p).read_bytes() for p in before} == before


def test_what_happened_to_tickets_before_stays_as_it_was_and_goes_on(story, third):
    assert asked(third, EVENTS, TURNS[-1]) == asked(story[0], EVENTS, TURNS[-1])
    later = dict(asked(third, "SELECT event, count(*) FROM lake.ledger.ticket_event WHERE as_of = ? GROUP BY 1", THIRD))
    assert later["detect"] > 0 and later["recheck_pass"] > 0 and any(e.startswith("answer_") for e in later)


def test_corrections_lie_over_what_is_still_delivered_wrong_and_over_nothing_else(third):
    """What a department has put right, or says anew, stands as delivered."""
    rows = asked(
        third, "SELECT c.wrong_value = coalesce(s.grid_code_delivered, ''), coalesce(s.grid_code, ''), "
        "s.correction_ref, c.new_value, c.ticket_id, coalesce(s.grid_code_delivered, '') "
        "FROM lake.ledger.correction_standing c "
        "JOIN lake.staging.stg_grid_centre__grid_survey s ON s.record_key = c.record_key WHERE c.field = 'grid_code'",
    )  # fmt: skip
    assert {is_wrong for is_wrong, *_ in rows} == {True, False}
    for is_wrong, value, reference, new, ticket, delivered in rows:
        assert (value, reference) == ((new, ticket) if is_wrong else (delivered, None))
