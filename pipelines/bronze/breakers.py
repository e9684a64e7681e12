"""When a whole delivery is refused (rule R47).

Belongs here: the checks on counts and their Chinese reasons. Does not belong here: files nobody can read
(the readers say so) and what happens to a refused delivery (ingest.py).
"""

from dataclasses import dataclass

from pipelines.bronze import problems
from pipelines.contracts import Feed
from pipelines.contracts.model import NIL_NEVER
from pipelines.landing import Delivery


@dataclass(frozen=True)
class Breaker:
    """Why a delivery is refused: `where` names the file (and sheet), `why` says what and what to do."""

    code: str
    where: str
    why: str

    @property
    def message(self) -> str:
        """One Chinese sentence."""
        return f"{self.where}：{self.why}"


@dataclass(frozen=True)
class Counts:
    """Of one delivery.

    `keys`: distinct keys among the sound rows. `previous`: rows of the last accepted full delivery of the
    scope, None without one or when this delivery is not full.
    """

    rows_in: int
    quarantined: int
    keys: int
    previous: int | None

    @property
    def duplicate_share(self) -> float | None:
        """Share of the sound rows that repeat a key."""
        sound = self.rows_in - self.quarantined
        return round((sound - self.keys) / sound, 4) if sound else None

    @property
    def row_ratio(self) -> float | None:
        """Rows to rows of the previous full delivery."""
        return round(self.rows_in / self.previous, 4) if self.previous else None


def breaker(code: str, delivery: Delivery, detail: str = "", sheet: str | None = None) -> Breaker:
    """A breaker in words."""
    where = problems.place(delivery.file_name, sheet)
    return Breaker(code, where, problems.reason(problems.DELIVERY[code], detail))


def check(counts: Counts, feed: Feed, delivery: Delivery) -> Breaker | None:
    """The first limit of the contract that a readable delivery breaks.

    A delta or an append without rows says that nothing happened. A full delivery without rows is refused, but for
    the nil return (零报告) of a scope of which no rows stand, where the contract knows such a thing.
    """
    limits = feed.thresholds
    if counts.rows_in == 0:
        is_nil = feed.nil_return != NIL_NEVER and not counts.previous
        return breaker("E_EMPTY", delivery) if delivery.mode == "full" and not is_nil else None
    share = counts.quarantined / counts.rows_in
    if share > limits.max_quarantine_share:
        bad = f"{counts.rows_in} 行中 {counts.quarantined} 行"
        detail = f"{bad}，占 {share:.0%}，上限 {limits.max_quarantine_share:.0%}"
        return breaker("E_QUARANTINE_SHARE", delivery, detail)
    if (counts.duplicate_share or 0) > limits.max_duplicate_share:
        detail = f"占 {counts.duplicate_share:.0%}，上限 {limits.max_duplicate_share:.0%}"
        return breaker("E_DUPLICATE_SHARE", delivery, detail)
    ratio = counts.row_ratio
    if ratio is not None and not limits.min_row_ratio <= ratio <= limits.max_row_ratio:
        detail = f"本次 {counts.rows_in} 行，上次 {counts.previous} 行，为其 {ratio:.2f} 倍"
        return breaker("E_ROW_COUNT", delivery, detail)
    return None
