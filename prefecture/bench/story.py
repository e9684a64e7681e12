"""A benchmark run from an empty folder to a result.

Belongs here: the order of the processes and what is put together from them. Does not belong here: what any
figure means (docs/benchmark.md) or how it is shown (report.py).
"""

import shutil
from collections.abc import Callable
from datetime import date
from typing import Any

from pipelines.kit.contracts import load_contracts
from pipelines.kit.paths import Paths
from prefecture.bench import arrivals, floor, ratios, scale, sizes, turns
from prefecture.bench.machine import code, load, machine
from prefecture.bench.parts import outbox, send
from prefecture.bench.process import Watched
from prefecture.bench.runner import Bench
from prefecture.bench.stages import stages
from prefecture.bench.usage import used
from prefecture.sample.story import TURNS

# Stock GX on pandas is stopped here, so that it cannot take the machine with it.
STOCK_LIMIT = 16 << 30


def run(
    paths: Paths, share: float, say: Callable[[str], None] = print, months: int = arrivals.MONTHS
) -> dict[str, Any]:
    """Remake `paths`, play the story there, let so many months of deliveries arrive beside it (0: none), and return
    the result. Raises PartFailed."""
    shutil.rmtree(paths.root, ignore_errors=True)
    bench = Bench(paths, share, say)
    bench.work.mkdir(parents=True)
    result: dict[str, Any] = {**_head(share), "stages": [], "turns": {}}
    watched, result["generated"] = bench.part("generate")
    result["stages"].append(_line(TURNS[0], "generate", result["generated"]["rows"], watched))
    for number, as_of in enumerate(TURNS):
        if number:
            watched, _ = bench.part("play", TURNS[number - 1])
            result["stages"].append(_line(as_of, "townships answer", None, watched))
        send(paths, outbox(paths, as_of))
        _turn(bench, as_of, result)
    result["sizes"] = sizes.layers(paths)
    watched, found = bench.part("floor")
    result["floor"] = {
        **watched.usage.record(), "by_date": found,
        "seconds": {str(day): round(floor.seconds(found, day), 3) for day in TURNS},
    }  # fmt: skip
    _, result["linking"] = bench.part("linking", TURNS[-1])
    result["instead"] = _instead(bench, TURNS[-1])
    result["ratios"] = ratios.ratios(result)
    if months:
        arrivals.add(result, Paths(paths.root.with_name(f"{paths.root.name}-arrivals")), share, months, say)
    return result


def run_arrivals(paths: Paths, share: float, say: Callable[[str], None], months: int) -> dict[str, Any]:
    """Only the arrivals, as a result that compares with others. Raises PartFailed."""
    result: dict[str, Any] = {**_head(share), "stages": [], "turns": {}, "ratios": {}, "sizes": {}}
    arrivals.add(result, paths, share, months, say)
    return result


def run_turns(paths: Paths, share: float, say: Callable[[str], None], months: int) -> dict[str, Any]:
    """Only whole turns, one a month, as a result that compares with others. Raises PartFailed."""
    return {**_head(share), "turns": {}, **turns.run(paths, share, say, months)}


def _head(share: float) -> dict[str, Any]:
    return {"scale": scale.name(share), "share": share, **code(), "load_before": load(), "machine": machine()}


def _turn(bench: Bench, as_of: date, result: dict[str, Any]) -> None:
    from pipelines.defs.timeline import newest_turn

    watched = bench.turn(as_of)
    steps = newest_turn(bench.paths, as_of)
    named = stages((watched.start, watched.end), steps, load_contracts())
    _, found = bench.part("judge", as_of)
    rows = found.pop("rows")
    result["stages"] += [
        {"turn": str(as_of), "stage": name, "rows": rows.get(name)}
        | used(watched.samples, intervals).record()
        for name, intervals in named.items()
    ]
    result["turns"][str(as_of)] = found


def _instead(bench: Bench, as_of: date) -> dict[str, Any]:
    """The rules three ways; ours last, because it writes."""
    told = {}
    for name, limit in (("by_hand", None), ("stock", STOCK_LIMIT), ("ours", None)):
        watched, answer = bench.part(name, as_of, limit)
        told[name] = {"process": watched.usage.record(), "is_stopped": watched.over_limit, **answer}
    return told


def _line(as_of: date, stage: str, rows: int | None, watched: Watched) -> dict[str, Any]:
    return {"turn": str(as_of), "stage": stage, "rows": rows, **watched.usage.record()}
