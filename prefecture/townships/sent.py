"""`register/sent_<as_of>.parquet`: what was really sent after a turn, row by row, to check receipts against.

Belongs here: writing it, and reading from it what a township still owes. Does not belong here: what the inbox
should make of a row. The pipeline never reads it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.kit.paths import Paths
from prefecture.register import register_of
from prefecture.townships import ways
from prefecture.townships.post import Letter
from prefecture.townships.rows import LATE, PARTIAL

_SCHEMA = {
    "township_code": pl.String, "file": pl.String, "ticket_id": pl.String, "behaviour": pl.String,
    "workbook_behaviour": pl.String, "answer_code": pl.String, "value": pl.String, "note": pl.String,
    "sent_on": pl.Date, "set_as_of": pl.Date,
}  # fmt: skip
_PREFIX = "sent_"


@dataclass(frozen=True)
class Debt:
    """What one township did not send in time: the set's business date, the whole workbook or single tickets."""

    set_as_of: date
    is_whole: bool
    tickets: frozenset[str]


def write_sent(paths: Paths, as_of: date, letters: list[Letter]) -> pl.DataFrame:
    """One line per row of every workbook, also of those not sent (`file` and `sent_on` null).

    `file` is the place below inbox/drop, as ledger.answer names it; `behaviour` of the row and
    `workbook_behaviour` are those of rows.py and ways.py; rows the township added have no `ticket_id`.
    """
    lines = [
        (letter.township, letter.place if letter.is_sent else None, s.ticket_id, s.behaviour, letter.way,
         s.answer, s.value, s.note, letter.sent_on if letter.is_sent else None, letter.set_as_of)
        for letter in letters for s in letter.said
    ]  # fmt: skip
    frame = pl.DataFrame(lines, schema=_SCHEMA, orient="row")
    path = register_of(paths) / f"{_PREFIX}{as_of.isoformat()}.parquet"
    scratch = path.with_name(f".{path.name}")
    frame.write_parquet(scratch)
    scratch.replace(path)
    return frame


def debts(paths: Paths, as_of: date, known: Mapping[tuple[str, str], Mapping]) -> dict[str, Debt]:
    """Township -> what it owes from the turn played before `as_of`. `known`: by (township, ticket)."""
    earlier = [p for p in register_of(paths).glob(f"{_PREFIX}*.parquet") if _day(p.stem) < as_of]
    if not earlier:
        return {}
    last = max(earlier)
    turn = _day(last.stem)
    owed = {}
    frame = pl.read_parquet(last).filter(pl.col("set_as_of") == turn)
    for (township,), rows in frame.group_by("township_code", maintain_order=True):
        seen = set(rows["workbook_behaviour"])
        if ways.NEVER in seen:
            continue
        tickets = frozenset(
            row["ticket_id"]
            for row in rows.iter_rows(named=True)
            if row["behaviour"] in (LATE, PARTIAL)
            and known.get((township, row["ticket_id"]), {}).get("behaviour") == LATE
        )
        is_whole = ways.LATE_WORKBOOK in seen or (ways.SHEET_RENAMED in seen and ways.PUT_RIGHT not in seen)
        if is_whole or tickets:
            owed[township] = Debt(turn, is_whole, tickets)
    return owed


def _day(stem: str) -> date:
    return date.fromisoformat(stem.removeprefix(_PREFIX))
