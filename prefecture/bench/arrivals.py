"""Two years of deliveries of every department arrive, month by month, broken ones among them.

Belongs here: the processes of this part of the benchmark, and what their answers say together. Does not belong here:
what happens inside them (arriving.py), how a result is shown (report.py).
"""

import shutil
from collections.abc import Callable, Mapping
from typing import Any

from pipelines.kit.paths import Paths
from prefecture import months as prefecture
from prefecture.bench import sizes
from prefecture.bench.ratios import over
from prefecture.bench.runner import Bench
from prefecture.bench.usage import used

# Enough for every kind of delivery to occur; more would only take longer.
LARGEST = 0.01
MONTHS = 24


def run(paths: Paths, share: float, months: int = MONTHS, say: Callable[[str], None] = print) -> dict[str, Any]:
    """Remake `paths` and let the months arrive there, at `share` but no more than LARGEST. Raises PartFailed."""
    shutil.rmtree(paths.root, ignore_errors=True)
    bench = Bench(paths, min(share, LARGEST), say)
    bench.work.mkdir(parents=True)
    last = prefecture.MONTHS[months - 1].as_of
    generating, made = bench.part("generate_months", last)
    watched, told = bench.part("arrivals", last)
    first = told["months"][0]["day"]
    stages = [{"turn": first, "stage": "generate months", "rows": made["rows"], **generating.usage.record()}]
    for month in told["months"]:
        for name, since, until in (("arrivals", "start", "read"), ("arrivals ledgers", "read", "end")):
            usage = used(watched.samples, [(month[since], month[until])])
            rows = month["rows"] if name == "arrivals" else None
            stages.append({"turn": month["day"], "stage": name, "rows": rows, **usage.record()})
    return {
        "share": bench.share, "asked_share": share, **told, "stages": stages, "process": watched.usage.record(),
        "sizes": sizes.layers(paths),
    }  # fmt: skip


def add(
    result: dict[str, Any], paths: Paths, share: float, months: int = MONTHS, say: Callable[[str], None] = print
) -> None:
    """Run, and put figures, stages and ratios into a result. Raises PartFailed."""
    found = run(paths, share, months, say)
    result["stages"] += found.pop("stages")
    result["sizes"] |= {f"arrivals: {layer}": size for layer, size in found.pop("sizes").items()}
    result["arrivals"] = found
    result["ratios"] |= ratios(result)


def ratios(result: Mapping[str, Any]) -> dict[str, float | None]:
    """Name -> figure of the arrivals in a result; None where there is nothing to divide by."""
    lines = [s for s in result["stages"] if s["stage"] == "arrivals"]
    ledgers = [s for s in result["stages"] if s["stage"] == "arrivals ledgers"]
    stock, later = lines[0], lines[1:]

    def a_row(of: list[Mapping[str, Any]]) -> float | None:
        return over(sum(s["wall"] for s in of), sum(s["rows"] for s in of))

    told = result["arrivals"]
    accepted = told["good"] - len(told["falsely_refused"])
    return {
        "arrivals: rows per second": over(1, a_row(lines)),
        "arrivals: seconds a row, later months / stock": over(a_row(later), a_row([stock])),
        "arrivals: seconds of a later month": over(sum(s["wall"] for s in later), len(later)),
        "arrivals: seconds of its ledgers": over(sum(s["wall"] for s in ledgers[1:]), len(later)),
        "arrivals: broken deliveries refused, share": over(told["refused"], told["broken"]),
        "arrivals: good deliveries accepted, share": over(accepted, told["good"]),
        "arrivals: planted cells in force, share": over(told["cells_arrived"], told["cells_expected"]),
    }
