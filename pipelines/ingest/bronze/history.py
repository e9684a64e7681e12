"""What a delivery is compared with: the deliveries that were in force when it came.

Belongs here: choosing among earlier results, and the band of a normal number of rows. Does not belong here:
what follows from a comparison (breakers.py).
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from statistics import median

from pipelines.ingest.bronze.result import ACCEPTED, DeliveryResult
from pipelines.ingest.landing import Delivery, page_number
from pipelines.kit.contracts import Thresholds

REMEMBERED = 12
ENOUGH = 5
# The median absolute deviation of a normal distribution times this is its standard deviation.
_TO_DEVIATION = 1.4826
# A month of events is a Poisson count: its deviation is at least the square root of its mean.
_EVENT_DEVIATIONS = 4
# Months differ more than years: subsidies are paid in June, marriages wait for May. So much wider are their ratios.
_SEASONS = 2


@dataclass(frozen=True)
class History:
    """`alike`: the last accepted deliveries of the scope in the same mode, oldest first, at most REMEMBERED. Pages
    share a list out between them, often sorted, so of a page they are all pages of the list before, and `is_page` is
    set.

    `replaced`: what the delivery would take the place of, as the correction of its period; of pages the longest.
    `full`: the last full one. `stock`: records standing since then, by its keys and what deltas added and took;
    None without a full one.
    """

    alike: tuple[DeliveryResult, ...] = ()
    full: DeliveryResult | None = None
    stock: int | None = None
    is_page: bool = False
    replaced: DeliveryResult | None = None

    @property
    def comparable(self) -> tuple[DeliveryResult, ...]:
        """What the content of the delivery should look like: each of these."""
        return self.alike if self.is_page else self.alike[-1:]

    @property
    def ends_lines(self) -> bool | None:
        """Whether all of `alike` end in a line end; None where that is not known or differs."""
        said = {r.profile.ends_in_line for r in self.alike} - {None}
        return said.pop() if len(said) == 1 else None

    @property
    def last(self) -> DeliveryResult | None:
        """The last accepted delivery of the same mode."""
        return self.alike[-1] if self.alike else None


def history(done: Iterable[DeliveryResult], delivery: Delivery, withdrawn: Container[str] = ()) -> History:
    """Among outcomes of the feed, those in force for the scope on the day `delivery` came, before it in order; one of
    the ids `withdrawn` is replaced by nothing.

    A delivery released later does not count: a rebuild, which knows of the release from the start, must decide
    as the first run did.
    """
    standing = sorted(
        (
            r
            for r in done
            if r.status == ACCEPTED
            and r.scope == delivery.scope
            and r.delivery_seq < delivery.delivery_seq
            and r.in_force_from <= delivery.delivered_on
        ),
        key=lambda r: r.delivery_seq,
    )
    alike = tuple(r for r in standing if r.mode == delivery.mode)
    alike = _last_set(alike, delivery) if delivery.is_page else alike[-REMEMBERED:]
    full = next((r for r in reversed(standing) if r.mode == "full"), None)
    stock = full and full.profile.keys + sum(
        r.profile.added - r.profile.deleted for r in standing if r.delivery_seq > full.delivery_seq
    )
    return History(alike, full, stock, delivery.is_page, _replaced(standing, delivery, withdrawn))


def _replaced(
    standing: Sequence[DeliveryResult], delivery: Delivery, withdrawn: Container[str]
) -> DeliveryResult | None:
    """A page takes the place of the same page, or of a whole file; a whole file that of all pages."""
    slot = [r for r in standing if (r.period, r.mode) == (delivery.period, delivery.mode)]
    slot = [r for r in slot if r.delivery_id not in withdrawn]
    if page := page_number(delivery.file_name):
        return next((r for r in reversed(slot) if page_number(r.file_name) in (page, None)), None)
    pages = takewhile(lambda r: page_number(r.file_name) is not None, reversed(slot))
    return max(pages, key=lambda r: r.rows_bronze, default=slot[-1] if slot else None)


def _last_set(alike: Sequence[DeliveryResult], page: Delivery) -> tuple[DeliveryResult, ...]:
    earlier = [r for r in alike if r.period != page.period]
    return tuple(r for r in earlier if r.period == earlier[-1].period)


@dataclass(frozen=True)
class Band:
    """How many rows are normal: `low` to `high` around `centre`, out of `count` earlier deliveries."""

    centre: float
    low: float
    high: float
    count: int

    def holds(self, rows: int) -> bool:
        """Whether that many rows are normal."""
        return self.low <= rows <= self.high


def band(counts: Sequence[int], limits: Thresholds, is_full: bool) -> Band | None:
    """The band by median and median absolute deviation; None with fewer than ENOUGH counts.

    It is never narrower than the contract's tolerance (of events: twice its ratios), and on the small side never
    narrower than `row_floor`. It reaches as far around the last count, so that a new level, once accepted or
    released, is normal at once.
    """
    if len(counts) < ENOUGH:
        return None
    middle = median(counts)
    spread = limits.row_mads * _TO_DEVIATION * median(abs(n - middle) for n in counts)
    down, up = limits.row_tolerance, limits.row_tolerance
    if not is_full:
        down = max(down, 1 - limits.min_row_ratio / _SEASONS)
        up = max(up, limits.max_row_ratio * _SEASONS - 1)
        spread = max(spread, _EVENT_DEVIATIONS * middle**0.5)
    spread = max(spread, limits.row_floor)
    low = min(n - max(spread, down * n) for n in (middle, counts[-1]))
    high = max(n + max(spread, up * n) for n in (middle, counts[-1]))
    return Band(middle, max(low, 0), high, len(counts))
