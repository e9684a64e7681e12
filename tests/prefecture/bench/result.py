"""A small made-up result of the benchmark.

Belongs here: figures that tests can compute with in their head.
"""

from copy import deepcopy
from typing import Any

T1, T2 = "2024-01-31", "2024-02-29"
PLACES = {"planted": 60, "of_day": 60, "of_today": 59}
NUMBERS = {"rows": 30, "findable": 15, "found": 15, "wrong": 0}
SUBJECTS = [{"subject": "parcels", "planted": 40, "right": 39, "share": 0.975}]


def stage(turn: str, name: str, rows: int | None, wall: float, peak: int = 100) -> dict[str, Any]:
    """One line of `stages`; CPU is twice the wall time."""
    return {
        "turn": turn, "stage": name, "rows": rows, "wall": wall, "cpu": 2 * wall, "peak": peak, "read": 10,
        "written": 20,
    }  # fmt: skip


def rule(rule_id: str, precision: float, recall: float) -> dict[str, Any]:
    """One score."""
    counts = ("planted", "found", "false_alarms", "missed", "hard_negatives", "hard_negatives_fired")
    return {"rule_id": rule_id, **dict.fromkeys(counts, 1), "precision": precision, "recall": recall}


UNLINKED: dict[str, Any] = {
    "numbers": NUMBERS, "sites": None, "addresses": [], "linkage": None, "linkage_by_feed": [], "stability": None,
}  # fmt: skip
RESULT: dict[str, Any] = {
    "scale": "1pct",
    "share": 0.01,
    "commit": "abc",
    "is_changed": False,
    "measured_at": "2024-03-01T08:00:00+00:00",
    "load_before": 0.0,
    "machine": {"cores": 2, "memory_gib": 8.0, "processor": "x", "system": "Linux 6", "python": "3.11"},
    "stages": [
        stage(T1, "turn", 1000, 40.0, 3_000_000_000),
        stage(T1, "bronze", 1000, 5.0),
        stage(T1, "rules", 500, 2.0),
        stage(T1, "return sets", 90, 10.0),
        stage(T2, "turn", 600, 20.0, 2_000_000_000),
        stage(T2, "bronze", 600, 2.0),
        stage(T2, "rules", 500, 3.0),
        stage(T2, "return sets", 90, 60.0),
    ],
    "turns": {
        T1: {"workbooks": 159, "scores": [rule("R01", 1.0, 1.0)], "places": PLACES, "subjects": SUBJECTS, **UNLINKED},
        T2: {"workbooks": 30, "scores": [rule("R01", 1.0, 0.5)], "places": PLACES, "subjects": SUBJECTS, **UNLINKED},
    },
    "sizes": {"landing": {"files": 2, "bytes": 1000}, "lake": {"files": 3, "bytes": 500}},
    "floor": {"seconds": {T1: 4.0, T2: 1.0}, "by_date": {}},
    "linking": {"ours": 3.0, "by_hand": 2.0},
    "instead": {
        "by_hand": {
            "seconds": 1.5,
            "is_stopped": False,
            "counts": {"R01": 3},
            "differing": {},
            "not_written": [],
        },
        "stock": {"seconds": 6.0, "is_stopped": False, "counts": {"R01": 3}, "not_expressible": ["R99"]},
        "ours": {"seconds": 1.8, "is_stopped": False, "counts": {"R01": 3}, "errors": {}},
    },
}
for told in RESULT["instead"].values():
    told["process"] = {"wall": 9.0, "cpu": 9.0, "peak": 10, "read": 0, "written": 0}


def changed(**stage_walls: float) -> dict[str, Any]:
    """A copy with other wall seconds for stages of the first turn (`rules=4.0`)."""
    other = deepcopy(RESULT)
    for line in other["stages"]:
        if line["turn"] == T1 and line["stage"] in stage_walls:
            line["wall"] = stage_walls[line["stage"]]
    return other
