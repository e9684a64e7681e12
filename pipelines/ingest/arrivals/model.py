"""The states of a delivery that was expected, or was not.

Belongs here: the shape of one line of the ledger. Does not belong here: how it is found (match.py).
"""

from dataclasses import dataclass
from datetime import date

ON_TIME, LATE, REFUSED, MISSING = "on_time", "late", "refused", "missing"
NOT_YET_DUE, PRESUMED_NIL, UNEXPECTED = "not_yet_due", "presumed_nil", "not_expected_but_came"
ARRIVED = (ON_TIME, LATE)
# What counts towards coverage: it has come, or should have.
DUE = (ON_TIME, LATE, REFUSED, MISSING)
EXPECTED = (*DUE, NOT_YET_DUE)
STATES = (*EXPECTED, PRESUMED_NIL, UNEXPECTED)
FULL = "full"  # the mode of a list of all records


@dataclass(frozen=True)
class Arrival:
    """One cell, feed × scope × period; of a delivery nobody can place, `scope` and `period` are empty.

    `scope` is the code in force in the period; `county_code` and `county_name` are empty for the whole city.
    `arrived_on` is the day on which it was first there whole and accepted, None before. `rows` (in bronze) and
    `delivery_id` say what stands, else which delivery was refused last. `deliveries` counts files. `reason`, Chinese,
    says why a delivery was refused or not expected. `mode` is 'full' where a list of all records stands, else the mode
    of what stands.
    """

    feed: str
    department: str
    scope: str
    scope_name: str
    county_code: str
    county_name: str
    period: str
    due_on: date | None
    state: str
    arrived_on: date | None = None
    rows: int | None = None
    deliveries: int = 0
    delivery_id: str | None = None
    reason: str = ""
    mode: str | None = None
