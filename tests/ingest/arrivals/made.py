"""Feeds and results made by hand: a monthly county feed, a city feed, townships; deliveries as bronze tells them.

Belongs here: makers the tests of this folder share. Does not belong here: any assertion.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from pipelines.ingest.arrivals import Divisions, read_divisions
from pipelines.ingest.arrivals.calendar import month_end
from pipelines.ingest.bronze.result import DeliveryResult
from pipelines.kit.contracts import Feed, load_contracts
from pipelines.kit.paths import Paths

_ANY = load_contracts()["F31"]
DIVISIONS: Divisions = read_divisions(Paths.default().reference)
CITY = "370600"
COUNTIES = [u.code for u in DIVISIONS.scopes("county", date(2024, 1, 31))]
COUNTY_FEED = replace(_ANY, code="F31", scope_kind="county", period_months=1, due_days=10)
CITY_FEED = replace(
    COUNTY_FEED, code="F11", title="残疾人证", department="disabled_federation", department_name="市残联",
    scope_kind="city",
)  # fmt: skip


def feed(**changes: object) -> Feed:
    """The county feed with other properties."""
    return replace(COUNTY_FEED, **changes)


def result(
    scope: str | None, period: str | None, on: date | None = None, *, feed: str = "F31", status: str = "accepted",
    rows: int = 5, seq: int = 1, page: str = "", mode: str = "full",
) -> DeliveryResult:  # fmt: skip
    """One delivery, on the last day of its period unless `on` says otherwise."""
    day = on or month_end(period)
    refused = status != "accepted"
    return DeliveryResult(
        feed=feed, delivery_id=f"{day:%Y%m%d}-{seq:08x}", delivery_seq=seq, delivered_on=day.isoformat(),
        file_name=f"{feed}_某表_{scope}_{period}_全量{page}.xlsx", sha256="0", size=1, scope=scope, period=period,
        mode=mode if scope else None, kind="data" if scope else "unrecognised", status=status,
        breaker_code="E_EMPTY" if refused else None, breaker_message="文件「x」：没有数据行" if refused else None,
        rows_in=rows, rows_bronze=0 if refused else rows, rows_quarantined=rows if refused else 0,
        row_count_ratio=None, duplicate_ratio=None, extra_columns=(), notices=(),
    )  # fmt: skip


def all_counties(*periods: str, but: Iterable[tuple[str, str]] = ()) -> list[DeliveryResult]:
    """Every county's delivery of the periods, on time, but for some (scope, period)."""
    cells = [(c, p) for p in periods for c in COUNTIES if (c, p) not in set(but)]
    return [result(c, p, seq=n) for n, (c, p) in enumerate(cells, 1)]
