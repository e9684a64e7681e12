"""What the ledger knows about the tickets townships answer, and what an answer must be to agree with it.

Belongs here: reading it, and the two questions it settles: is the value still the one the township was shown, and is
the new one likely. Does not belong here: what becomes of a row (`check`). Only turns before the one that takes the
answer in are asked, so a second run and a rebuild say the same.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

import duckdb

from pipelines.judge.ledger import findings
from pipelines.judge.rules import Rule
from pipelines.kit.office.styles import clean

_VILLAGE_DIGITS = 12


@dataclass(frozen=True)
class Known:
    """One ticket as it was last found. `value`: of the field its answers correct, as a workbook shows it; `house_grid`:
    the grid of the others in the house, '' when unknown."""

    value: str
    found_on: date
    house_grid: str = ""


def known_tickets(con: duckdb.DuckDBPyConnection, as_of: date, rules: Mapping[str, Rule]) -> dict[str, Known]:
    """Ticket id -> what was known before `as_of`, for tickets of rules with an answer that corrects the value."""
    correcting = [r for r, rule in rules.items() if any(a.correction is not None for a in rule.answers)]
    rows = con.execute(
        f"""SELECT DISTINCT ON (ticket_id) ticket_id, coalesce(a.value, ''), a.found_on,
            coalesce(json_extract_string(a.evidence, '$.house_grid_code'), '')
        FROM {findings.earlier()} AS a
        JOIN (SELECT ticket_id, any_value(rule_id) AS rule_id FROM lake.ledger.ticket_event WHERE as_of < $as_of
              GROUP BY ticket_id) AS t USING (ticket_id)
        WHERE list_contains($rules, t.rule_id)
        ORDER BY ticket_id, a.found_on DESC, a.rule_id = t.rule_id DESC, a.source_ref""",  # as ledger.ticket does
        {"as_of": as_of, "rules": correcting},
    ).fetchall()
    return {ticket: Known(clean(value), found_on, house_grid) for ticket, value, found_on, house_grid in rows}


def is_unlikely(grid: str, known: Known, grids: Collection[str]) -> bool:
    """Whether a grid lies in another village than the one everybody else in the house lives in. `grids`: those of the
    township; a house that seems to stand outside it proves nothing."""
    return known.house_grid in grids and known.house_grid[:_VILLAGE_DIGITS] != grid[:_VILLAGE_DIGITS]
