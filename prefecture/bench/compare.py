"""Two results side by side: B over A.

Belongs here: ratios of figures of two results, and which rules changed. Does not belong here: measuring.
Results of different sizes compare by seconds a row, too.
"""

from collections.abc import Mapping
from typing import Any

from prefecture.bench.markdown import mega, table
from prefecture.bench.ratios import over

# Below this a figure is mostly noise.
_QUIET_SECONDS = 0.2


def stages(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Per turn and stage of both: seconds and peak of each, B/A of wall, CPU, peak and of wall per row."""
    left = {(s["turn"], s["stage"]): s for s in a["stages"]}
    return [
        {
            "turn": new["turn"], "stage": new["stage"],
            "wall_a": old["wall"], "wall_b": new["wall"], "peak_a": old["peak"], "peak_b": new["peak"],
            **{name: over(new[name], old[name]) for name in ("wall", "cpu", "peak")},
            "wall_per_row": over(over(new["wall"], new["rows"]), over(old["wall"], old["rows"])),
            "is_noise": max(old["wall"], new["wall"]) < _QUIET_SECONDS,
        }
        for new in b["stages"]
        if (old := left.get((new["turn"], new["stage"])))
    ]  # fmt: skip


def missing(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[str]:
    """Stages only one of the results has."""
    names = [{f"{s['turn']} {s['stage']}" for s in r["stages"]} for r in (a, b)]
    return [f"only in A: {n}" for n in sorted(names[0] - names[1])] + [
        f"only in B: {n}" for n in sorted(names[1] - names[0])
    ]


def rules(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[tuple]:
    """(turn, rule, 'precision' or 'recall', A, B) where they differ; None where a result lacks the rule."""
    changed = []
    left, right = (_judged(r) for r in (a, b))
    for turn, rule in sorted(left.keys() | right.keys()):
        for name in ("precision", "recall"):
            old, new = (judged.get((turn, rule), {}).get(name) for judged in (left, right))
            if old != new:
                changed.append((turn, rule, name, old, new))
    return changed


def sizes(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[tuple[str, int, int, float | None]]:
    """(layer, bytes A, bytes B, B/A) of layers both have."""
    return [
        (layer, a["sizes"][layer]["bytes"], new["bytes"], over(new["bytes"], a["sizes"][layer]["bytes"]))
        for layer, new in b["sizes"].items()
        if layer in a["sizes"]
    ]


def markdown(a: Mapping[str, Any], b: Mapping[str, Any]) -> str:
    """The comparison as a page."""
    lines = [f"# {b['scale']} {b['commit']} over {a['scale']} {a['commit']} (B/A)", ""]
    if a["machine"] != b["machine"]:
        lines += ["**The machines or versions differ: durations compare only as far as they do.**", ""]
    lines += table(("ratio", "A", "B", "B/A"), [
        (name, _text(a["ratios"].get(name)), _text(value), _text(over(value, a["ratios"].get(name))))
        for name, value in b["ratios"].items()
    ])  # fmt: skip
    head = ("turn", "stage", "wall A", "wall B", "wall", "wall a row", "CPU", "peak")
    lines += ["", *table(head, [
        (s["turn"], s["stage"], f"{s['wall_a']:.1f}", f"{s['wall_b']:.1f}",
         *(_text(s[n]) for n in ("wall", "wall_per_row", "cpu", "peak")))
        for s in stages(a, b) if not s["is_noise"]
    ])]  # fmt: skip
    lines += ["", *missing(a, b), ""]
    changed = rules(a, b)
    lines += table(("turn", "rule", "", "A", "B"), [
        (turn, rule, what, _share(old), _share(new)) for turn, rule, what, old, new in changed
    ]) if changed else ["No rule's precision or recall changed."]  # fmt: skip
    lines += ["", *table(("layer", "A MB", "B MB", "B/A"), [
        (layer, mega(x), mega(y), _text(r)) for layer, x, y, r in sizes(a, b)
    ]), ""]  # fmt: skip
    return "\n".join(lines)


def _judged(result: Mapping[str, Any]) -> dict[tuple[str, str], Mapping[str, Any]]:
    return {
        (turn, s["rule_id"]): s for turn, told in result["turns"].items() for s in told["scores"]
    }  # fmt: skip


def _text(value: float | None) -> str:
    return "–" if value is None else f"{value:,.2f}"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"
