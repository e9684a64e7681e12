"""The stages of a turn as stretches of time.

Belongs here: which step or model is which stage. Does not belong here: reading logs (pipelines.defs.timeline)
or measuring. A total (`bronze`, `models`, `ledger`, `turn`) stands beside its parts.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from pipelines.kit.contracts import Feed
from prefecture.bench.usage import Interval, gaps

LAYERS = ("staging", "linkage", "unified", "verify", "returns", "published")
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
    "models": "models",
    "ledger__anomaly": "rules",
    "ledger__ticket": "ledger tickets",
    "returns__return_sets": "return sets",
    "returns__department_notices": "notices",
    "published__analyst_database": "published export",
    "reports__daily_arrivals": "daily report",
}
ALWAYS = (
    "turn", "start", "business date", "bronze", "structure checks", "reference", "ledger", "ledger open",
    "ledger inbox", "ledger tickets", "models", "models start", *(f"models {layer}" for layer in LAYERS),
    "models seeds and tests", "models described", "rules", "return sets", "notices", "published export",
    "collected", "rulings", "arrival checks", "daily report", "between steps",
)  # fmt: skip


class Step(Protocol):
    """What pipelines.defs.timeline says of a step; `parts` are its assets."""

    key: str
    start: float
    end: float
    parts: Mapping[str, Interval]


def node_times(run_results: Path) -> dict[str, list[Interval]]:
    """Layer -> when its models were built, from dbt's run_results.json; seeds and tests are one more."""
    times: dict[str, list[Interval]] = {}
    for result in json.loads(run_results.read_text(encoding="utf-8"))["results"]:
        told = [t for t in result["timing"] if t.get("started_at") and t.get("completed_at")]
        if told:
            start = min(_epoch(t["started_at"]) for t in told)
            end = max(_epoch(t["completed_at"]) for t in told)
            times.setdefault(_layer(result), []).append((start, end))
    return {layer: sorted(intervals) for layer, intervals in times.items()}


def stages(
    whole: Interval, steps: Sequence[Step], nodes: Mapping[str, Sequence[Interval]], feeds: Mapping[str, Feed]
) -> dict[str, list[Interval]]:
    """Stage -> its stretches, in the order people read them. Raises KeyError for a step nobody named.

    Feeds are read side by side, so that those of `bronze F01` and others overlap.
    """
    by_step = STEPS | {f"collected__{feed.table}": "collected" for feed in feeds.values()}
    code_of = {f"bronze/{feed.table}": code for code, feed in feeds.items()}
    found: dict[str, list[Interval]] = {"turn": [whole], "start": [(whole[0], steps[0].start)]}
    for step in steps:
        found.setdefault(by_step[step.key], []).append((step.start, step.end))
        found |= {f"bronze {code_of[asset]}": [part] for asset, part in step.parts.items()}
    found["ledger"] = sorted(i for name, parts in found.items() if name.startswith("ledger ") for i in parts)
    found |= _inside_models(found["models"][0], nodes)
    found["between steps"] = gaps((steps[0].start, whole[1]), [(s.start, s.end) for s in steps])
    bronze = sorted(name for name in found if name.startswith("bronze "))
    order = [name for name in ALWAYS if name in found]
    order[order.index("bronze") + 1 : order.index("bronze") + 1] = bronze
    return {name: found[name] for name in order}


def _inside_models(step: Interval, nodes: Mapping[str, Sequence[Interval]]) -> dict[str, list[Interval]]:
    """dbt runs one node at a time; before them it starts and parses, after them Dagster looks at tables."""
    every = [interval for intervals in nodes.values() for interval in intervals]
    if not every:
        return {}
    first, last = min(s for s, _ in every), max(e for _, e in every)
    inside = {f"models {layer}": list(intervals) for layer, intervals in nodes.items()}
    return {"models start": [(step[0], first)], **inside, "models described": [(last, step[1])]}


def _layer(result: Mapping) -> str:
    if result["unique_id"].startswith("model."):
        return (result.get("relation_name") or "").replace('"', "").split(".")[-2]
    return "seeds and tests"


def _epoch(text: str) -> float:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
