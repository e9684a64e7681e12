"""Two years of whole turns, month after month, with the townships' answers between: what a turn costs as the lake ages.

Belongs here: the order of the processes, and what their figures say together. Does not belong here: what a part does
(parts.py), deliveries alone (arrivals.py).
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pipelines.kit.paths import Paths
from prefecture import months as prefecture
from prefecture.bench import sizes
from prefecture.bench.parts import outbox, send
from prefecture.bench.ratios import over
from prefecture.bench.runner import Bench

# The first turn reads the stock and the second has the first answers; from the third on turns are alike.
_FIRST_ALIKE = 2


def run(paths: Paths, share: float, say: Callable[[str], None], months: int) -> dict[str, Any]:
    """Remake `paths` and play so many turns there; returns `stages`, `turns` (one record each), `sizes` and `ratios`.
    Raises PartFailed."""
    shutil.rmtree(paths.root, ignore_errors=True)
    bench = Bench(paths, share, say)
    bench.work.mkdir(parents=True)
    days = [month.as_of for month in prefecture.MONTHS[:months]]
    watched, made = bench.part("generate_months", days[-1])
    stages = [{"turn": str(days[0]), "stage": "generate months", "rows": made["rows"], **watched.usage.record()}]
    turns = []
    for number, day in enumerate(days):
        if number:
            bench.part("play", days[number - 1])
            bench.part("pass", days[number - 1])
        bench.part("withdraw", day)
        files = send(paths, outbox(paths, day))
        usage = bench.turn(day).usage.record()
        stages.append({"turn": str(day), "stage": "turn", "rows": None, **usage})
        on_disk = {layer: size["bytes"] for layer, size in sizes.layers(paths).items() if "/" not in layer}
        turns.append({"day": str(day), "files": files, "bytes": on_disk, **usage})
    return {"stages": stages, "turns_played": turns, "sizes": sizes.layers(paths), "ratios": ratios(turns)}


def ratios(turns: Sequence[Mapping[str, Any]]) -> dict[str, float | None]:
    """Name -> figure of turns played one after the other; None where there are too few."""
    if len(turns) <= _FIRST_ALIKE:
        return {}
    early, last = turns[_FIRST_ALIKE], turns[-1]
    number = len(turns)
    grown = {layer: last["bytes"][layer] - early["bytes"][layer] for layer in ("landing", "lake")}
    return {
        f"turn {number} / turn {_FIRST_ALIKE + 1}, wall": over(last["wall"], early["wall"]),
        f"turn {number} / turn {_FIRST_ALIKE + 1}, CPU": over(last["cpu"], early["cpu"]),
        "lake grown / deliveries grown, bytes": over(grown["lake"], grown["landing"]),
    }
