"""The ratios a result is judged by.

Belongs here: dividing figures of one result. Does not belong here: measuring, or comparing two results.
"""

from collections.abc import Mapping
from typing import Any


def ratios(result: Mapping[str, Any]) -> dict[str, float | None]:
    """Name -> ratio or figure; None where the divisor is missing.

    The first turn is the full build: everything delivered is read and every table made from it.
    """
    first, last = list(result["turns"])[0], list(result["turns"])[-1]
    floor = result["floor"]["seconds"]
    instead = result["instead"]
    hand = instead["by_hand"].get("seconds")
    bronze_rows = figure(result, first, "bronze", "rows")
    return {
        "rows generated per second": over(
            figure(result, first, "generate", "rows"), figure(result, first, "generate", "wall")
        ),
        "full build / floor": over(figure(result, first, "turn", "wall"), floor[first]),
        "full build without return sets / floor": over(
            figure(result, first, "turn", "wall") - figure(result, first, "return sets", "wall"), floor[first]
        ),
        "full build in CPU seconds / floor": over(figure(result, first, "turn", "cpu"), floor[first]),
        "bronze / floor": over(figure(result, first, "bronze", "wall"), floor[first]),
        "both turns / floor": over(
            figure(result, first, "turn", "wall") + figure(result, last, "turn", "wall"), sum(floor.values())
        ),
        "rules / by hand": over(instead["ours"].get("seconds"), hand),
        "rules step of the turn / by hand": over(figure(result, last, "rules", "wall"), hand),
        "rules / stock GX": over(instead["ours"].get("seconds"), instead["stock"].get("seconds")),
        "linking / joined by clean numbers": over(result["linking"]["ours"], result["linking"]["by_hand"]),
        "seconds per million rows, full build": over(
            figure(result, first, "turn", "wall"), (bronze_rows or 0) / 1e6
        ),
        "peak memory of a turn in GB": max(figure(result, t, "turn", "peak") for t in result["turns"]) / 1e9,
        "workbooks per second": over(
            result["turns"][last]["workbooks"], figure(result, last, "return sets", "wall")
        ),
        "minutes for the return sets": figure(result, last, "return sets", "wall") / 60,
    }


def figure(result: Mapping[str, Any], turn: str, stage: str, name: str) -> float | None:
    """One figure of one stage; None when the stage is not there."""
    found = [s for s in result["stages"] if s["turn"] == turn and s["stage"] == stage]
    return found[0][name] if found else None


def over(part: float | None, whole: float | None) -> float | None:
    """`part / whole`, or None."""
    return part / whole if part is not None and whole else None
