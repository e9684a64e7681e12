"""What became of every delivery of a feed by a business date: its rank among those in force, or why it has none.

Belongs here: the order of the steps and the shape of the answer. Does not belong here: putting pages together
(sets.py), looking for gaps (gaps.py), comparing rows (rows.py); those are asked for.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pipelines.ingest.bronze.result import ACCEPTED, DeliveryResult
from pipelines.ingest.deliveries import gaps
from pipelines.ingest.deliveries.sets import PageSet, page_sets
from pipelines.kit.contracts import Feed

IN_FORCE = "in_force"
COVERED = "covered"
SUPERSEDED = "superseded"
REPEAT = "repeat"
WAITING = "waiting"
WITHDRAWN = "withdrawn"
REFUSED = "refused"

# Whether two sets of deliveries hold the same rows.
SameRows = Callable[[PageSet, PageSet], bool]


@dataclass(frozen=True)
class Standing:
    """One delivery. `rank` counts 1, 2, 3… over the deliveries of a feed whose rows count in history, in the order
    in which they speak; None for all others. `head` names the first delivery of the set it belongs to, `folder` its
    place in bronze.

    `state`: in_force; covered (in force once, a later full says all again); superseded (corrected); repeat (same
    rows as `other`); waiting (a page is missing); withdrawn; refused (by a breaker, or its name not understood).
    `other`: the delivery that superseded, covered or already said it. `note` is Chinese, None when all is plain.
    """

    feed: str
    delivery_id: str
    delivery_seq: int
    delivered_on: str
    scope: str | None
    period: str | None
    mode: str | None
    folder: str
    state: str
    rank: int | None = None
    head: str | None = None
    other: str | None = None
    note: str | None = None

    @property
    def is_current(self) -> bool:
        """True when its rows may stand in the present."""
        return self.state == IN_FORCE


def stand(
    feed: Feed, results: Sequence[DeliveryResult], withdrawn: Mapping[str, date], same_rows: SameRows
) -> list[Standing]:
    """Every delivery of a feed known by a business date, in order of landing.

    `results` are those delivered by then, `withdrawn` the ids taken out of force by then, with the day.
    """
    verdicts: dict[str, dict] = {r.delivery_id: {"state": REFUSED} for r in results if r.status != ACCEPTED}
    verdicts |= {r.delivery_id: {"state": WITHDRAWN} for r in results if r.delivery_id in withdrawn}
    winners: list[tuple[tuple[str, int], PageSet]] = []
    for slot in _slots(results):
        winner = _choose(slot, withdrawn, same_rows, verdicts)
        if winner:
            winners.append(((winner.period, min(r.delivery_seq for r in slot)), winner))
    ordered = [pages for _, pages in sorted(winners, key=lambda w: w[0])]
    _cover(ordered, verdicts)
    for pages, note in gaps.notes(feed, [p for p in ordered if verdicts[p.head]["state"] == IN_FORCE]):
        verdicts[pages.head]["note"] = note
    ranked = [r.delivery_id for pages in ordered for r in pages.deliveries]
    for rank, delivery_id in enumerate(ranked, start=1):
        verdicts[delivery_id]["rank"] = rank
    return [_standing(r, verdicts[r.delivery_id]) for r in sorted(results, key=lambda r: r.delivery_seq)]


def _slots(results: Iterable[DeliveryResult]) -> list[list[DeliveryResult]]:
    """Deliveries that speak about the same: scope, period and mode; each in order of landing."""
    slots: dict[tuple, list[DeliveryResult]] = defaultdict(list)
    for result in sorted(results, key=lambda r: r.delivery_seq):
        if result.period is not None:
            slots[result.scope, result.period, result.mode].append(result)
    return list(slots.values())


def _choose(
    slot: Sequence[DeliveryResult], withdrawn: Mapping[str, date], same_rows: SameRows, verdicts: dict[str, dict]
) -> PageSet | None:
    """The set that speaks for the slot: the newest whole one that says something new. Gives the others a verdict."""
    gone = page_sets(slot, lambda r: r.status == ACCEPTED and r.delivery_id in withdrawn)
    said = [pages for pages in gone if not pages.missing]
    winner = None
    for pages in page_sets(slot, lambda r: r.status == ACCEPTED and r.delivery_id not in withdrawn):
        if pages.missing:
            lacking = "、".join(map(str, pages.missing))
            _judge(pages, verdicts, state=WAITING, note=f"缺第 {lacking} 页，整套暂不生效；请补报缺页")
            continue
        echo = next((s for s in said if _echoes(pages, s, withdrawn) and same_rows(pages, s)), None)
        if echo:
            _judge(pages, verdicts, state=REPEAT, other=echo.head, note=_repeat_note(echo, winner))
            continue
        if winner:
            _judge(winner, verdicts, state=SUPERSEDED, other=pages.head, note="已被同期更正的交付替代")
        said.append(pages)
        winner = pages
        _judge(pages, verdicts, state=IN_FORCE, head=pages.head)
    return winner


def _echoes(pages: PageSet, said: PageSet, withdrawn: Mapping[str, date]) -> bool:
    """Whether `pages` can be a mere repeat of `said`: it came later, and before that was withdrawn."""
    gone_on = withdrawn.get(said.head)
    came = pages.deliveries[0]
    return said.deliveries[0].delivery_seq < came.delivery_seq and (
        gone_on is None or came.delivered_on < gone_on.isoformat()
    )


def _repeat_note(echo: PageSet, winner: PageSet | None) -> str:
    if winner is echo:
        return "内容与已生效的交付相同，不重复生效"
    return "内容与已被更正或撤回的交付相同，未生效；如确需恢复，请撤回后来的更正"


def _cover(ordered: Sequence[PageSet], verdicts: dict[str, dict]) -> None:
    """A full says everything about its scope: what comes before it in the order no longer stands by itself."""
    full: dict[str, str] = {}
    for pages in reversed(ordered):
        if pages.scope in full:
            _judge(pages, verdicts, state=COVERED, other=full[pages.scope], head=pages.head)
        elif pages.mode == "full":
            full[pages.scope] = pages.head


def _judge(pages: PageSet, verdicts: dict[str, dict], **verdict: str) -> None:
    for result in pages.deliveries:
        verdicts[result.delivery_id] = dict(verdict)


def _standing(result: DeliveryResult, verdict: Mapping) -> Standing:
    return Standing(
        feed=result.feed,
        delivery_id=result.delivery_id,
        delivery_seq=result.delivery_seq,
        delivered_on=result.delivered_on,
        scope=result.scope,
        period=result.period,
        mode=result.mode,
        folder=result.folder,
        **verdict,
    )
