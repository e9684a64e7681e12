"""The arrivals of a result for people.

Belongs here: tables of months, kinds and deliveries that went wrong. Does not belong here: computing anything.
"""

from collections.abc import Mapping
from typing import Any

from prefecture.bench.markdown import table

_MONTHS = ("month", "files", "rows", "s", "rows/s", "ledgers s", "refused", "lost rows", "due", "arrived", "coverage")


def lines(told: Mapping[str, Any]) -> list[str]:
    """Everything about arrivals, as lines of a page."""
    asked, share = told["asked_share"], told["share"]
    less = f" (not {asked * 100:g} %: arrivals run at no more)" if share < asked else ""
    lost = sum(month["lost"] for month in told["months"])
    return [
        "", "## Arrivals", "",
        f"All feeds over {len(told['months'])} months at {share * 100:g} %{less}: {told['deliveries']:,} deliveries; "
        f"of {told['broken']} broken ones {told['refused']} were refused whole and {len(told['leaked'])} leaked; of "
        f"{told['good']:,} good ones {len(told['falsely_refused'])} were refused; {lost:,} rows lost; of "
        f"{told['cells_expected']:,} planted cells (feed, scope, period) {told['cells_arrived']:,} are there at last.",
        "", *table(_MONTHS, [_month(m) for m in told["months"]]),
        "", "### By kind", "", *table(("kind", "must", "planted", "as it must"), [
            (k["kind"], k["must"], k["planted"], k["right"]) for k in told["kinds"]
        ]),
        *_deliveries("Leaked", told["leaked"]), *_deliveries("Falsely refused", told["falsely_refused"]),
    ]  # fmt: skip


def _month(m: Mapping[str, Any]) -> tuple[str, ...]:
    seconds, covered = m["read"] - m["start"], m["coverage"]
    share = f"{covered['arrived'] / covered['due']:.1%}" if covered["due"] else ""
    return (
        m["day"], f"{m['files']:,}", f"{m['rows']:,}", f"{seconds:.1f}", f"{m['rows'] / seconds:,.0f}",
        f"{m['end'] - m['read']:.1f}", m["refused"], m["lost"], f"{covered['due']:,}", f"{covered['arrived']:,}", share,
    )  # fmt: skip


def _deliveries(title: str, found: list[Mapping[str, Any]]) -> list[str]:
    rows = [(d["since"], d["feed"], d["kind"] or "", d["file"], d["code"] or "") for d in found]
    return ["", f"### {title}", "", *table(("month", "feed", "kind", "file", "code"), rows)] if rows else []
