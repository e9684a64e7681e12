"""A result as JSON for machines and Markdown for people.

Belongs here: the shape of both. Does not belong here: computing anything.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from prefecture.bench import arrivals_report
from prefecture.bench.markdown import mega, table
from prefecture.bench.stages import TOTALS

_HARDWARE = ("cores", "memory_gib", "processor", "system")
_FLOOR_HEAD = ("turn", "feed", "files", "rows", "s", "in MB", "out MB", "refused")
_HEAD = ("turn", "stage", "rows", "wall s", "CPU s", "peak MB", "read MB", "written MB")


def write(result: Mapping[str, Any], folder: Path) -> Path:
    """`<scale>-<moment>-<commit>.json` and `.md`; returns the JSON file."""
    folder.mkdir(parents=True, exist_ok=True)
    moment = "".join(c for c in result["measured_at"][:16] if c.isdigit())
    what = "" if "floor" in result else "-arrivals" if "arrivals" in result else "-turns"
    file = folder / f"{result['scale']}{what}-{moment}-{result['commit']}.json"
    file.write_text(json.dumps(result, ensure_ascii=False, indent=1, default=str) + "\n", encoding="utf-8")
    file.with_suffix(".md").write_text(markdown(result), encoding="utf-8")
    return file


def markdown(result: Mapping[str, Any]) -> str:
    """The whole result as a page."""
    m = result["machine"]
    versions = ", ".join(f"{k} {v}" for k, v in m.items() if k not in _HARDWARE)
    changed = " with changes" if result["is_changed"] else ""
    lines = [
        f"# Benchmark at {result['share'] * 100:g} %", "",
        f"{m['cores']} cores ({m['processor']}), {m['memory_gib']} GiB, {m['system']}; {versions}; commit "
        f"{result['commit']}{changed}; {result['measured_at']}; "
        f"load average before {result['load_before']}.", "",
        "## Ratios", "", *table(("ratio", "value"), [(n, _number(v)) for n, v in result["ratios"].items()]),
        "", "## Stages", "", *table(_HEAD, [_stage(s) for s in result["stages"]]),
        *(_story(result) if "floor" in result else ()),
        *(arrivals_report.lines(result["arrivals"]) if "arrivals" in result else ()),
        *(_turns(result["turns_played"]) if "turns_played" in result else ()),
        "", "## On disk", "", *table(("layer", "files", "MB"), [
            (layer, f"{s['files']:,}", mega(s["bytes"])) for layer, s in result["sizes"].items()
        ]), "",
    ]  # fmt: skip
    return "\n".join(lines)


def _story(result: Mapping[str, Any]) -> list[str]:
    """The parts only a whole run has."""
    return [
        "", "## Floor", "", *table(_FLOOR_HEAD, _floor(result)),
        "", "## Rules instead", "", *_instead(result["instead"]),
        "", "## Found against planted", "",
        *_scores(result["turns"]),
        "", "## Codes of reorganised villages", "", *_places(result["turns"]),
        "", "## Rows with old numbers of enterprises", "", *_numbers(result["turns"]),
        "", "## Rows of places", "", *_sites(result["turns"]),
        "", "## Addresses", "", *_addresses(result["turns"]),
        "", "## Golden rows that say what is true", "", *_subjects(result["turns"]),
        "", "## Linkage", "", *_linkage(result["turns"]),
    ]  # fmt: skip


def _turns(played: Sequence[Mapping[str, Any]]) -> list[str]:
    layers = tuple(played[0]["bytes"])
    return ["", "## Turn after turn", "", *table(("turn", "files", "wall s", "CPU s", *(f"{n} MB" for n in layers)), [
        (t["day"], t["files"], f"{t['wall']:.1f}", f"{t['cpu']:.1f}", *(mega(t["bytes"][n]) for n in layers))
        for t in played
    ])]  # fmt: skip


def _stage(s: Mapping[str, Any]) -> tuple[str, ...]:
    name = f"**{s['stage']}**" if s["stage"] in TOTALS else s["stage"]
    rows = "" if s["rows"] is None else f"{s['rows']:,}"
    return (
        s["turn"],
        name,
        rows,
        f"{s['wall']:,.1f}",
        f"{s['cpu']:,.1f}",
        f"{s['peak'] / 1e6:,.0f}",
        mega(s["read"]),
        mega(s["written"]),
    )


def _floor(result: Mapping[str, Any]) -> list[tuple]:
    return [
        (
            day,
            code,
            f["files"],
            f"{f['rows']:,}",
            f"{f['seconds']:.2f}",
            mega(f["in"]),
            mega(f["out"]),
            f["refused"],
        )
        for day, feeds in result["floor"]["by_date"].items()
        for code, f in feeds.items()
    ]


def _instead(instead: Mapping[str, Any]) -> list[str]:
    rows = []
    for name, told in instead.items():
        process = told["process"]
        inside = "stopped" if told["is_stopped"] else f"{told['seconds']:.2f}"
        rows.append((
            name, inside, f"{told.get('import_seconds', 0):.1f}", f"{process['wall']:.1f}",
            f"{process['cpu']:.1f}", f"{process['peak'] / 1e6:,.0f}",
        ))  # fmt: skip
    return [
        *table(("way", "rules s", "imports s", "process s", "CPU s", "peak MB"), rows),
        "",
        *differences(instead),
    ]


def differences(instead: Mapping[str, Any]) -> list[str]:
    """Sentences about what the three ways do not agree on; one sentence when they do."""
    hand, stock, ours = (instead[n] for n in ("by_hand", "stock", "ours"))
    told = [
        f"NOT EQUAL: {rule} by hand finds other keys than the pipeline: {d['only_pipeline']} only there, "
        f"{d['only_hand']} only by hand."
        for rule, d in hand["differing"].items()
    ]
    told += [f"Not written by hand: {', '.join(hand['not_written'])}."] if hand["not_written"] else []
    if lacking := stock.get("not_expressible"):
        told.append(f"Stock GX cannot express: {', '.join(lacking)}.")
    told += [
        f"Stock GX counts {n} for {rule}, the pipeline {ours['counts'].get(rule)}."
        for rule, n in stock.get("counts", {}).items()
        if ours["counts"].get(rule) != n
    ]
    told += [f"The pipeline could not evaluate {rule}: {why}" for rule, why in ours.get("errors", {}).items()]
    both = len(set(ours["counts"]) - set(hand["not_written"]))
    equal = f"By hand equals the pipeline, key by key, for {both} rules."
    return [*([] if hand["differing"] else [equal]), *told]


def _scores(turns: Mapping[str, Any]) -> list[str]:
    head = ("turn", "rule", "planted", "found", "false", "missed", "traps fired", "precision", "recall")
    counts = ("rule_id", "planted", "found", "false_alarms", "missed", "hard_negatives_fired")
    return table(head, [
        (day, *(s[c] for c in counts), f"{s['precision']:.4f}", f"{s['recall']:.4f}")
        for day, turn in turns.items() for s in turn["scores"]
    ])  # fmt: skip


def _places(turns: Mapping[str, Any]) -> list[str]:
    rows = [(day, *(turn["places"][n] for n in ("planted", "of_day", "of_today"))) for day, turn in turns.items()]
    return table(("turn", "rows planted", "unit of their day", "unit of today"), rows)


def _numbers(turns: Mapping[str, Any]) -> list[str]:
    counts = ("rows", "findable", "found", "wrong")
    return table(("turn", *counts), [(day, *(turn["numbers"][c] for c in counts)) for day, turn in turns.items()])


def _sites(turns: Mapping[str, Any]) -> list[str]:
    counts = ("rows", "sites", "keys", "findable", "found", "misled")
    rows = [(day, *(turn["sites"][c] for c in counts), *(f"{turn['sites'][c]:.6f}" for c in ("precision", "recall")))
            for day, turn in turns.items() if turn["sites"]]  # fmt: skip
    head = ("turn", "rows", "places", "keys", "without number findable", "found", "misled", "precision", "recall")
    return table(head, rows)


def _addresses(turns: Mapping[str, Any]) -> list[str]:
    rows = [(day, a["level"], a["rows"], a["right"], a["wrong"], f"{a['share']:.4f}")
            for day, turn in turns.items() for a in turn["addresses"]]  # fmt: skip
    return table(("turn", "level", "rows", "right", "wrong", "share right"), rows)


def _subjects(turns: Mapping[str, Any]) -> list[str]:
    rows = [(day, s["subject"], s["planted"], s["right"], f"{s['share']:.4f}")
            for day, turn in turns.items() for s in turn["subjects"]]  # fmt: skip
    return table(("turn", "subject", "true", "right", "share"), rows)


def _linkage(turns: Mapping[str, Any]) -> list[str]:
    lines = []
    for day, turn in turns.items():
        if turn["linkage"] is None:
            lines.append(f"{day}: NO IDENTITY REGISTER (register/identity.parquet); linkage was not judged.")
            continue
        k = turn["linkage"]
        lines.append(
            f"{day}: precision {k['precision']:.6f}, recall {k['recall']:.6f}, F1 {k['f1']:.6f} over "
            f"{k['pairs_true']:,} true pairs of {k['records']:,} records; {k['unlinked']:,} linked to nobody."
        )
        if turn["stability"]:
            s = turn["stability"]
            lines.append(
                f"{day}: {s['share']:.6f} of {s['persons']:,} persons keep the key they had, {s['same_set']:.6f} "
                "have exactly the same keys (the others a record with somebody else's number)."
            )
    return lines + _unnumbered(turns)


def _unnumbered(turns: Mapping[str, Any]) -> list[str]:
    counts = ("feed", "role", "records", "findable", "linked", "right")
    rows = [
        (day, *(f[c] for c in counts), *(f"{f[c]:.4f}" for c in ("precision", "recall", "f1")))
        for day, turn in turns.items() for f in turn["linkage_by_feed"]
    ]  # fmt: skip
    title = "Records without a valid number; findable: a number elsewhere makes the person known."
    return ["", title, "", *table(("turn", *counts, "precision", "recall", "F1"), rows)] if rows else []


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:,.2f}"
