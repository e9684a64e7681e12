"""Deliveries as bronze would know them, from one short line each.

Belongs here: making `DeliveryResult`s without files. Does not belong here: any case.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType

from pipelines.ingest.bronze.result import DeliveryResult
from pipelines.ingest.deliveries import Standing, stand
from pipelines.ingest.deliveries.sets import PageSet
from pipelines.kit.contracts import load_contracts

F01 = load_contracts()["F01"]
FIRST_DAY = date(2024, 1, 1)
_KINDS = {"full": "_全量", "delta": "_增量", "append": ""}


def known(
    seq: int, name: str, period: str, mode: str, *, scope: str = "370600", page: int | None = None,
    pages: int | None = None, status: str = "accepted",
) -> DeliveryResult:  # fmt: skip
    """One delivery called `name` that landed as number `seq`, on day `seq` of 2024."""
    suffix = f"_p{page:04d}.json" if page else ".csv"
    return DeliveryResult(
        feed="F01", delivery_id=name, delivery_seq=seq,
        delivered_on=(FIRST_DAY + timedelta(days=seq - 1)).isoformat(),
        file_name=f"F01_户籍人口_{scope}_{period}{_KINDS[mode]}{suffix}", sha256=name, size=1, scope=scope,
        period=period, mode=mode, kind="data", status=status, breaker_code=None, breaker_message=None, rows_in=1,
        rows_bronze=1, rows_quarantined=0, row_count_ratio=None, duplicate_ratio=None, extra_columns=(), notices=(),
        pages=pages,
    )  # fmt: skip


def standings(
    *deliveries: DeliveryResult, withdrawn: Mapping[str, date] = MappingProxyType({}), same: str = ""
) -> dict[str, Standing]:
    """By name. `same` says which deliveries hold equal rows: 'a=b'."""
    equal = [set(pair.split("=")) for pair in same.split()]

    def same_rows(one: PageSet, other: PageSet) -> bool:
        return {one.head, other.head} in equal

    return {s.delivery_id: s for s in stand(F01, deliveries, withdrawn, same_rows)}


def states(found: Mapping[str, Standing]) -> dict[str, str]:
    return {name: s.state for name, s in found.items()}


def order(found: Mapping[str, Standing]) -> list[str]:
    """Names in order of rank."""
    ranked = [s for s in found.values() if s.rank is not None]
    assert sorted(s.rank for s in ranked) == list(range(1, len(ranked) + 1))
    return [s.delivery_id for s in sorted(ranked, key=lambda s: s.rank)]
