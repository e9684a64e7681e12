"""The processes of a benchmark run: each does one thing and leaves one JSON file.

Belongs here: what runs inside a fresh process. Does not belong here: starting and watching it (story.py). The
turn itself is not here: it is the command people run, `python -m pipelines turn`.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.kit.paths import Paths
from prefecture.months import MONTHS, Month, month_of


def run(name: str, paths: Paths, out: Path, as_of: date | None, share: float) -> None:
    """Do one part and write its answer to `out`. Raises KeyError for a part nobody knows."""
    answer = PARTS[name](paths, as_of, share, out)
    out.write_text(json.dumps(answer, ensure_ascii=False, indent=1, default=str), encoding="utf-8")


def _generate(paths: Paths, _: date, share: float, __: Path) -> Mapping[str, Any]:
    """All months at once, each into a folder of its own: planting is the same work for one month or two."""
    from prefecture.generate import Order, deliver
    from prefecture.sample.story import TURNS

    order = Order(tuple(month_of(day) for day in TURNS), share)
    return asdict(deliver(paths, order, lambda month: outbox(paths, month.as_of)))


def _generate_months(paths: Paths, last: date, share: float, _: Path) -> Mapping[str, Any]:
    """Every month up to the business date `last`."""
    from prefecture.generate import Order, deliver

    return asdict(deliver(paths, Order(_months(last), share), lambda month: outbox(paths, month.as_of)))


def _arrivals(paths: Paths, last: date, _: float, __: Path) -> Mapping[str, Any]:
    from prefecture.bench.arriving import arrive

    return arrive(paths, [(month.as_of, outbox(paths, month.as_of)) for month in _months(last)])


def _withdraw(paths: Paths, day: date, _: float, __: Path) -> Mapping[str, Any]:
    from prefecture.bench.arriving import hand_in_withdrawals

    hand_in_withdrawals(paths, day)
    return {}


def _pass(paths: Paths, *_: Any) -> Mapping[str, Any]:
    """A month goes by: no snapshot is young any more."""
    from pipelines.kit.lake import connect, forget_old_snapshots

    with connect(paths) as con:
        return {"files_deleted": forget_old_snapshots(con, keep="0 seconds")}


def _months(last: date) -> tuple[Month, ...]:
    return MONTHS[: month_of(last).index + 1]


def outbox(paths: Paths, as_of: date) -> Path:
    """Where the departments' files of a business date wait for it."""
    return paths.root / "departments" / as_of.isoformat()


def send(paths: Paths, folder: Path) -> int:
    """The departments' files of a business date arrive where they drop them; returns how many."""
    files = sorted(folder.glob("*/*"))
    for file in files:
        arrived = paths.drop / file.parent.name / file.name
        arrived.parent.mkdir(parents=True, exist_ok=True)
        file.rename(arrived)
    return len(files)


def _play(paths: Paths, as_of: date, _: float, __: Path) -> Mapping[str, Any]:
    from prefecture.townships import play

    return {"report": str(play(paths, as_of))}


def _judge(paths: Paths, as_of: date, _: float, out: Path) -> Mapping[str, Any]:
    from prefecture.bench.judge import judge

    earlier = sorted(p for p in out.parent.glob("keys-*.parquet") if p.stem < f"keys-{as_of}")
    return judge(paths, as_of, out.parent / f"keys-{as_of}.parquet", earlier[-1] if earlier else None)


def _floor(paths: Paths, _: date, __: float, out: Path) -> Mapping[str, Any]:
    from prefecture.bench.floor import measure

    return measure(paths, out.parent / "floor")


def _ours(paths: Paths, as_of: date, _: float, __: Path) -> Mapping[str, Any]:
    from prefecture.bench.instead import ours

    return ours(paths, as_of)


def _hand(paths: Paths, as_of: date, _: float, out: Path) -> Mapping[str, Any]:
    from prefecture.bench.instead import by_hand

    return by_hand(paths, as_of, out.parent / "by_hand.parquet")


def _stock(paths: Paths, as_of: date, _: float, __: Path) -> Mapping[str, Any]:
    from prefecture.bench.instead import stock

    return stock(paths, as_of)


def _linking(paths: Paths, as_of: date, _: float, __: Path) -> Mapping[str, Any]:
    from prefecture.bench.linking import measure

    return measure(paths, as_of)


PARTS: dict[str, Callable[..., Mapping[str, Any]]] = {
    "generate": _generate, "play": _play, "judge": _judge, "floor": _floor, "ours": _ours, "by_hand": _hand,
    "stock": _stock, "generate_months": _generate_months, "arrivals": _arrivals, "withdraw": _withdraw, "pass": _pass,
    "linking": _linking,
}  # fmt: skip
