"""The stages of a turn as stretches of time.

Belongs here: which step or model is which stage. Does not belong here: reading logs (pipelines.defs.timeline)
or measuring. A total (`bronze`, `models`, `ledger`, `turn`) stands beside its parts.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from pipelines.kit.contracts import Feed
from prefecture.bench.usage import Interval, gaps

LAYERS = ("staging", "linkage", "unified", "verify", "returns", "packs", "published")
TOTALS = ("turn", "bronze", "models", "ledger")
STEPS = {
    "ledger__business_date": "business date",
    "bronze": "bronze",
    "bronze_structure": "structure checks",
    "bronze_arrivals": "arrival checks",
    "bronze__rulings": "rulings",
    "reference__tables": "reference",
    "ledger__turn": "ledger open",
    "ledger__correction": "ledger inbox",
    "reference__address": "addresses",
    "models": "models",
    "past__tables": "past",
    "ledger__anomaly": "rules",
    "ledger__ticket": "ledger tickets",
    "returns__return_sets": "return sets",
    "returns__department_notices": "notices",
    "published__analyst_database": "published export",
    "reports__daily_arrivals": "daily report",
    "reports__precedence": "precedence",
    "reports__linkage": "likeness",
}
ALWAYS = (
    "turn", "start", "business date", "bronze", "structure checks", "reference", "ledger", "ledger open",
    "ledger inbox", "ledger tickets", "addresses", "models", "models start", *(f"models {layer}" for layer in LAYERS),
    "models seeds and tests", "models described", "past", "rules", "return sets", "notices", "published export",
    "collected", "rulings", "arrival checks", "daily report", "precedence", "likeness", "between steps",
)  # fmt: skip


class Step(Protocol):
    """What pipelines.defs.timeline says of a step; `parts` are its assets."""

    key: str
    start: float
    end: float
    parts: Mapping[str, Interval]


def named(feeds: Mapping[str, Feed]) -> dict[str, str]:
    """Step of a turn -> its stage."""
    return STEPS | {f"collected__{feed.table}": "collected" for feed in feeds.values()}


def stages(whole: Interval, steps: Sequence[Step], feeds: Mapping[str, Feed]) -> dict[str, list[Interval]]:
    """Stage -> its stretches, in the order people read them. Raises KeyError for a step nobody named.

    Feeds are read side by side, so that those of `bronze F01` and others overlap.
    """
    by_step = named(feeds)
    code_of = {f"bronze/{feed.table}": code for code, feed in feeds.items()}
    found: dict[str, list[Interval]] = {"turn": [whole], "start": [(whole[0], steps[0].start)]}
    for step in steps:
        found.setdefault(by_step[step.key], []).append((step.start, step.end))
        found |= {f"bronze {code_of[asset]}": [part] for asset, part in step.parts.items() if asset in code_of}
        if step.key == "models":
            found |= _inside_models(step)
    found["ledger"] = sorted(i for name, parts in found.items() if name.startswith("ledger ") for i in parts)
    found["between steps"] = gaps((steps[0].start, whole[1]), [(s.start, s.end) for s in steps])
    bronze = sorted(name for name in found if name.startswith("bronze "))
    order = [name for name in ALWAYS if name in found]
    order[order.index("bronze") + 1 : order.index("bronze") + 1] = bronze
    return {name: found[name] for name in order}


def _inside_models(step: Step) -> dict[str, list[Interval]]:
    """Tables are made one after the other; what lies between them are tests, and the seeds are counted with those.
    Before them the models are looked up, after them Dagster looks at the tables."""
    every = sorted(step.parts.values())
    if not every:
        return {}
    first, last = every[0][0], every[-1][1]
    inside: dict[str, list[Interval]] = {}
    for asset, interval in sorted(step.parts.items(), key=lambda part: part[1]):
        layer = asset.partition("/")[0]
        inside.setdefault(f"models {layer if layer in LAYERS else 'seeds and tests'}", []).append(interval)
    tests = gaps((first, last), every)
    inside["models seeds and tests"] = sorted([*inside.get("models seeds and tests", ()), *tests])
    return {"models start": [(step.start, first)], **inside, "models described": [(last, step.end)]}
