"""What one play did, for people.

Belongs here: counts and their text. Does not belong here: the rows themselves (sent.py).
"""

from collections import Counter
from dataclasses import dataclass, field

import polars as pl

from prefecture.townships.rows import COMPLETE


@dataclass(frozen=True)
class PlayReport:
    """`townships` that sent something, `workbooks` sent, `answers` complete rows in them. `behaviours`: rows by
    behaviour (of a workbook sent twice, the later one's); `ways`: workbooks by behaviour, unsent ones too."""

    townships: int
    workbooks: int
    answers: int
    behaviours: Counter = field(default_factory=Counter)
    ways: Counter = field(default_factory=Counter)

    def __str__(self) -> str:
        kinds = ", ".join(f"{name} {count}" for name, count in sorted(self.behaviours.items()))
        return f"{self.townships} townships sent {self.workbooks} workbooks with {self.answers} answers (rows: {kinds})"

    def table(self) -> str:
        """Both counts, a line each."""
        lines = [str(self), ""]
        for title, counts in (("workbooks by behaviour", self.ways), ("rows by behaviour", self.behaviours)):
            lines += [title, *(f"  {name:<22}{count:>7,}" for name, count in sorted(counts.items())), ""]
        return "\n".join(lines).rstrip()


def report(sent: pl.DataFrame) -> PlayReport:
    """Counted from the register of what was sent."""
    files = sent.unique(["township_code", "file", "workbook_behaviour"])
    arrived = files.drop_nulls("file")
    rows = sent.unique(["township_code", "ticket_id", "set_as_of"], keep="last", maintain_order=True)
    answered = rows.filter(
        pl.col("file").is_not_null() & pl.col("behaviour").is_in(COMPLETE) & pl.col("answer_code").is_not_null()
    )
    return PlayReport(
        arrived["township_code"].n_unique(), arrived.height, answered.height,
        Counter(rows["behaviour"].to_list()), Counter(files["workbook_behaviour"].to_list()),
    )  # fmt: skip
