"""Ticket numbers as people read and write them.

Belongs here: the short form, and which ticket is meant by one. Does not belong here: how an id is made (keys.py).
"""

from collections.abc import Sequence
from dataclasses import replace

import duckdb

from pipelines.judge.ledger.decisions import Decision

# So many characters of an id people are shown. Two of a million tickets share them in one city of five hundred.
SHOWN = 12


def short(ticket_id: str) -> str:
    """As it stands on everything people read."""
    return ticket_id[:SHOWN]


def meant(con: duckdb.DuckDBPyConnection, decisions: Sequence[Decision]) -> list[Decision]:
    """The decisions, each about the one ticket that begins with the number it gives; with none or several of them it
    keeps its number, which is that of no ticket then."""
    known = "SELECT min(ticket_id) FROM lake.ledger.ticket WHERE starts_with(ticket_id, ?) HAVING count(*) = 1"
    found = []
    for decision in decisions:
        number = decision.ticket_id.strip().lower()
        ticket = con.execute(known, [number]).fetchone() if len(number) >= SHOWN else None
        found.append(replace(decision, ticket_id=ticket[0] if ticket else number))
    return found
