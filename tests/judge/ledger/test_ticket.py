"""The pure state machine: random lives of a ticket never leave the arrows of the design."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.judge.ledger.ticket import (
    CLOSED,
    DETECTED,
    DISPUTED,
    NOT_AN_ERROR,
    REOPENED,
    RETURNED,
    SOURCE,
    SOURCE_ACCEPTED,
    STATES,
    TOWNSHIP_FIXED,
    TRANSITIONS,
    IllegalTransition,
    recheck_event,
    recheck_table,
    transition,
)

EVENTS = sorted({t.event for t in TRANSITIONS})
states = st.sampled_from((None, *STATES))
facts = st.tuples(st.booleans(), st.booleans(), st.booleans())


@given(st.lists(st.sampled_from(EVENTS), max_size=40))
def test_random_events_stay_within_the_states_and_illegal_ones_change_nothing(events):
    state = None
    for event in events:
        try:
            state = transition(state, event).to_state
        except IllegalTransition as error:
            assert event in str(error)
        assert state is None or state in STATES
        if state is not None:
            assert events[0] == "detect" or "detect" in events


@given(st.lists(st.sampled_from(EVENTS), max_size=40))
def test_a_ticket_is_only_ever_closed_by_a_passed_recheck(events):
    state = None
    for event in events:
        before = state
        try:
            state = transition(state, event).to_state
        except IllegalTransition:
            continue
        if state == CLOSED and before != CLOSED:
            assert event == "recheck_pass"


@given(states, facts)
def test_every_event_a_recheck_asks_for_is_a_legal_one(state, fact):
    event = recheck_event(state, *fact)
    if event is not None:
        assert transition(state, event).event == event


def test_every_flip_back_ends_with_the_department():
    backs = [t for t in TRANSITIONS if t.event == "flip_back"]
    assert {t.from_state for t in backs} == {CLOSED, REOPENED}
    assert {(t.to_state, t.holder) for t in backs} == {(REOPENED, SOURCE)}


@given(st.sampled_from(STATES), st.booleans(), st.booleans())
def test_a_recheck_never_closes_a_ticket_whose_anomaly_is_still_there(state, flip, due):
    assert recheck_event(state, True, flip, due) != "recheck_pass"


def test_a_township_fix_closes_and_a_flip_back_reopens_it_for_the_department():
    state = None
    for event in ("detect", "return", "answer_fix"):
        state = transition(state, event).to_state
    assert state == TOWNSHIP_FIXED
    assert recheck_event(state, own=False, flip=True, due=True) == "recheck_pass"
    assert transition(CLOSED, "flip_back").holder == SOURCE
    # held by the department while the wrong value keeps coming, closed once it stops
    assert recheck_event(RETURNED, own=False, flip=True, due=True) is None
    assert recheck_event(RETURNED, own=False, flip=False, due=True) == "recheck_pass"


def test_a_waived_ticket_stays_until_its_waiver_ends():
    assert recheck_event(NOT_AN_ERROR, own=True, flip=False, due=False) is None
    assert recheck_event(NOT_AN_ERROR, own=False, flip=False, due=False) is None
    assert recheck_event(NOT_AN_ERROR, own=True, flip=False, due=True) == "waiver_expire"
    assert recheck_event(NOT_AN_ERROR, own=False, flip=False, due=True) == "recheck_pass"


def test_a_dispute_waits_for_the_department_and_its_promise_gets_time():
    assert transition(RETURNED, "answer_dispute").holder == SOURCE
    assert recheck_event(DISPUTED, own=True, flip=False, due=True) is None
    assert recheck_event(SOURCE_ACCEPTED, own=True, flip=False, due=False) is None
    assert recheck_event(SOURCE_ACCEPTED, own=True, flip=False, due=True) == "recheck_fail"
    assert transition(SOURCE_ACCEPTED, "recheck_fail").holder == SOURCE


def test_what_cannot_happen_is_refused_with_event_and_state():
    for state, event in (
        (None, "return"),
        (CLOSED, "answer_fix"),
        (DETECTED, "answer_fix"),
        (NOT_AN_ERROR, "flip_back"),
    ):
        with pytest.raises(IllegalTransition, match=f"{event} cannot happen .* {state}"):
            transition(state, event)


def test_the_recheck_table_is_the_function():
    table = {row[:4]: row[4] for row in recheck_table()}
    for state in (None, *STATES):
        for own in (False, True):
            for flip in (False, True):
                for due in (False, True):
                    assert table.get((state, own, flip, due)) == recheck_event(state, own, flip, due)
