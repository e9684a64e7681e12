"""The life of a correction ticket (工单) as a pure state machine.

Belongs here: states, events, and which event a re-check means. Does not belong here: the ledger; the
set-based run over all tickets (tickets.py) loads these very tables into SQL.

A ticket closes by `recheck_pass` and in no other way. Holding it: 'township' = listed in the township's
异常清单, 'source' = listed in the notice to the department.
"""

from dataclasses import dataclass
from itertools import product

DETECTED = "detected"
RETURNED = "returned"
TOWNSHIP_FIXED = "township_fixed"
NOT_AN_ERROR = "not_an_error"
DISPUTED = "disputed_to_source"
# The township agrees with the finding: the department has to act, and nothing is disputed.
CONFIRMED = "confirmed_to_source"
SOURCE_ACCEPTED = "source_accepted_fixed"
SOURCE_REJECTED = "source_rejected"
CLOSED = "closed"
REOPENED = "reopened"
STATES = (
    DETECTED, RETURNED, TOWNSHIP_FIXED, NOT_AN_ERROR, DISPUTED, CONFIRMED, SOURCE_ACCEPTED, SOURCE_REJECTED,
    CLOSED, REOPENED, )  # fmt: skip

# Who holds the ticket after an event: as before, whom the rule names, or the department.
KEEP, DEFAULT, SOURCE = "keep", "default", "source"


class IllegalTransition(ValueError):
    """The event cannot happen to a ticket in this state."""


@dataclass(frozen=True)
class Transition:
    """One arrow. `from_state` None: a ticket that does not exist yet; `holder`: KEEP, DEFAULT or SOURCE."""

    event: str
    from_state: str | None
    to_state: str
    holder: str


def _arrows(event: str, to_state: str, holder: str, *from_states: str | None) -> list[Transition]:
    return [Transition(event, state, to_state, holder) for state in from_states]


TRANSITIONS: tuple[Transition, ...] = (
    *_arrows("detect", DETECTED, DEFAULT, None),
    *_arrows("return", RETURNED, KEEP, DETECTED, REOPENED),
    *_arrows("answer_fix", TOWNSHIP_FIXED, KEEP, RETURNED),
    *_arrows("answer_not_error", NOT_AN_ERROR, KEEP, RETURNED),
    *_arrows("answer_dispute", DISPUTED, SOURCE, RETURNED),
    *_arrows("answer_confirm", CONFIRMED, SOURCE, RETURNED),
    *_arrows("source_accept", SOURCE_ACCEPTED, SOURCE, RETURNED, DISPUTED, CONFIRMED),
    *_arrows("source_reject", SOURCE_REJECTED, SOURCE, RETURNED, DISPUTED, CONFIRMED),
    *_arrows("recheck_pass", CLOSED, KEEP, *(s for s in STATES if s != CLOSED)),
    *_arrows("recheck_fail", REOPENED, DEFAULT, TOWNSHIP_FIXED, SOURCE_REJECTED, CLOSED),
    *_arrows("recheck_fail", REOPENED, SOURCE, SOURCE_ACCEPTED),
    *_arrows("waiver_expire", REOPENED, DEFAULT, NOT_AN_ERROR),
    *_arrows("flip_back", REOPENED, SOURCE, CLOSED, REOPENED),
)
_BY_EVENT = {(t.event, t.from_state): t for t in TRANSITIONS}


def transition(state: str | None, event: str) -> Transition:
    """The arrow for this event. Raises IllegalTransition when there is none."""
    try:
        return _BY_EVENT[event, state]
    except KeyError:
        raise IllegalTransition(f"{event} cannot happen to a ticket in state {state}") from None


def recheck_event(state: str | None, own: bool, flip: bool, due: bool) -> str | None:
    """What this turn's anomalies mean for a ticket; None = it stays as it is.

    own: its rule still (or again) finds the anomaly; flip: the corrected value came back wrong (R46);
    due: the time given to the state is over (waiver of not_an_error, days for a promised fix to arrive).
    """
    if state is None:
        return "detect" if own else None
    if state == CLOSED:
        return "recheck_fail" if own else None
    if state == NOT_AN_ERROR:
        return None if not due else "waiver_expire" if own else "recheck_pass"
    if state == TOWNSHIP_FIXED:  # a flip-back does not undo the township's fix: it closes, then reopens
        return "recheck_pass" if not own else "recheck_fail" if due else None
    if not own and not flip:
        return "recheck_pass"
    if state == SOURCE_REJECTED or (state == SOURCE_ACCEPTED and due):
        return "recheck_fail"
    return None


def recheck_table() -> list[tuple[str | None, bool, bool, bool, str]]:
    """`recheck_event` as rows (state, own, flip, due, event), for SQL."""
    cases = product((None, *STATES), (False, True), (False, True), (False, True))
    return [(*case, event) for case in cases if (event := recheck_event(*case))]
