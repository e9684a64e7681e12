"""`ledger.shown`: the one business date the lake shows, and how far the turn of it has come.

Belongs here: the one guard that everything asks before it writes or issues for a date. Does not belong here: the steps
(pipelines.turn). Only opening a turn changes the date. A step done again undoes those after it, and opening undoes
all, so a turn that was killed half-way is never taken for one that is closed.
"""

from dataclasses import dataclass
from datetime import date

import duckdb

from pipelines.judge.ledger.schema import LAYOUT
from pipelines.kit.tables import transaction

OPENED, ANSWERED, BUILT, CHECKED, SETTLED, CLOSED = STEPS = (
    "opened", "answered", "built", "checked", "settled", "closed",
)  # fmt: skip


class NotShown(ValueError):
    """The lake does not show what is asked for; the message says what it shows and what to launch."""


@dataclass(frozen=True)
class Shown:
    """A business date and the last step of its turn that was done."""

    as_of: date
    step: str

    def has_come_to(self, step: str) -> bool:
        """Whether the step, and with it every one before, is done."""
        return STEPS.index(self.step) >= STEPS.index(step)


def look(con: duckdb.DuckDBPyConnection) -> Shown | None:
    """What the lake shows; None before the first turn, while one is being opened, and in a lake of another layout."""
    asked = "SELECT as_of, step FROM lake.ledger.shown JOIN lake.ledger.layout ON version = ?"
    try:
        row = con.execute(asked, [LAYOUT]).fetchone()
    except duckdb.CatalogException:
        return None
    return Shown(*row) if row else None


def reach(con: duckdb.DuckDBPyConnection, as_of: date, step: str) -> None:
    """Record that a step of the turn is done, and that those after it are to be done again."""
    with transaction(con):
        con.execute("DELETE FROM lake.ledger.shown")
        con.execute("INSERT INTO lake.ledger.shown VALUES (?, ?)", [as_of, step])
        con.execute("DELETE FROM lake.ledger.turn WHERE as_of = ?", [as_of])
        if step == CLOSED:
            con.execute("INSERT INTO lake.ledger.turn VALUES (?)", [as_of])


def require(con: duckdb.DuckDBPyConnection, as_of: date, step: str) -> None:
    """Raises NotShown unless the lake shows `as_of` and its turn has come to `step`."""
    found = look(con)
    if found and found.as_of == as_of and found.has_come_to(step):
        return
    if found is None:
        why = "the lake shows no turn: none was run, or one was stopped while it opened"
    elif found.as_of != as_of:
        why = f"the lake shows {found.as_of}, not {as_of} 湖仓现为 {found.as_of} 的数据"
    else:
        why = f"the turn of {as_of} has only come to '{found.step}', this needs '{step}' 本轮尚未走到这一步"
    other = f", or ask for partition {found.as_of}" if found and found.as_of != as_of else ""
    raise NotShown(
        f"{why}. Nothing was written 未写入任何内容. Launch the job `turn` with partition {as_of} "
        f"请启动作业 turn，分区 {as_of}{other}."
    )
