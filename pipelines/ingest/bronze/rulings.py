"""What people decided about refused deliveries: YAML files in `decisions/deliveries/`.

Belongs here: what such a file says, which decision counts, writing one. Does not belong here: reading files
(kit/decision_files.py), taking a released delivery in (judging.py).
A file is a list of {feed, delivery_id, decision: release | reject, reason, by, on: YYYY-MM-DD}. The first
decision about a delivery is final.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from pipelines.ingest.bronze.breakers import RELEASABLE
from pipelines.ingest.bronze.result import QUARANTINED, DeliveryResult
from pipelines.kit import decision_files
from pipelines.kit.decision_files import Desk
from pipelines.kit.file_names import safe_name
from pipelines.kit.paths import Paths
from pipelines.kit.whole_files import write_whole

RELEASE, REJECT = "release", "reject"
CHOICES = {RELEASE: "放行", REJECT: "退回"}
DELIVERIES = Desk("deliveries", ("feed", "delivery_id", "decision", "reason", "by"), CHOICES)


@dataclass(frozen=True)
class Ruling:
    """One decision about one delivery. `turn`: the business date that took it in, from which it counts."""

    feed: str
    delivery_id: str
    decision: str
    reason: str
    by: str
    on: date
    turn: date
    file: str
    position: int

    @property
    def place(self) -> str:
        """Where it stands, in Chinese."""
        return f"{self.file} 第{self.position}条"


def take_in(paths: Paths, as_of: date) -> None:
    """Move new files into the folder of this turn."""
    decision_files.take_in(paths, DELIVERIES, as_of)


def write_ruling(paths: Paths, entry: Mapping[str, str]) -> Path:
    """Put a decision file of one entry where the next turn takes it in; the same entry gives the same file.

    Raises ValueError with the Chinese problem when something is missing or wrong.
    """
    text = yaml.safe_dump([dict(entry)], allow_unicode=True, sort_keys=False)
    if found := decision_files.read("这一决定", text.encode(), DELIVERIES)[1]:
        raise ValueError("".join(found))
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    name = f"{entry['feed']}_{entry['delivery_id']}_{entry['decision']}_{digest}.yaml"
    file = paths.decisions / DELIVERIES.folder / safe_name(name)
    write_whole(file, text)
    return file


def rulings(paths: Paths, as_of: date) -> list[Ruling]:
    """Every decision taken in by `as_of`, in order of turn, day and file."""
    taken = decision_files.taken_in(paths, DELIVERIES, as_of)
    made = [Ruling(**e.text, on=e.on, turn=turn, file=e.file, position=e.position) for turn, e in taken]
    return sorted(made, key=lambda r: (r.turn, r.on, r.file, r.position))


def in_force(made: Iterable[Ruling], refused: Mapping[str, DeliveryResult]) -> dict[str, Ruling]:
    """The decision that counts for each delivery of a feed that was refused; `refused` by delivery id."""
    counting: dict[str, Ruling] = {}
    for ruling in made:
        result = refused.get(ruling.delivery_id)
        if result is not None and result.feed == ruling.feed and _problem(ruling, result) is None:
            counting.setdefault(ruling.delivery_id, ruling)
    return counting


def problems(paths: Paths, as_of: date, known: Mapping[str, Mapping[str, DeliveryResult]]) -> list[str]:
    """Chinese messages about files nobody can read or that wait, and decisions new to this turn that have no effect.

    `known`: by feed and delivery id, each delivery as it came.
    """
    since, first = decision_files.last_turn(paths, as_of), {}
    found = decision_files.not_taken_in(paths, DELIVERIES, as_of)
    for ruling in rulings(paths, as_of):
        problem = _problem(ruling, known.get(ruling.feed, {}).get(ruling.delivery_id))
        earlier = first.get((ruling.feed, ruling.delivery_id))
        if problem is None and earlier is None:
            first[ruling.feed, ruling.delivery_id] = ruling
        elif problem is None and earlier.decision != ruling.decision:
            problem = _final(earlier.decision, f"{earlier.turn} ")
        if problem and ruling.turn > since:
            found.append(f"{ruling.place}：{ruling.feed} {ruling.delivery_id} {problem}。该决定未生效。")
    return found


def _problem(ruling: Ruling, result: DeliveryResult | None) -> str | None:
    """Why a decision can have no effect, or None. `result`: the delivery as it came."""
    has_come = result is not None and result.delivered_on <= ruling.turn.isoformat()
    return without_effect(ruling.decision, result if has_come else None)


def refusal(paths: Paths, entry: Mapping[str, str], result: DeliveryResult | None) -> str | None:
    """Why a decision about a delivery, as it came, is not to be written: it can have no effect, or the opposite was
    written already; None where it is. `entry` as of `write_ruling`."""
    decision, about = entry["decision"], (entry["feed"], entry["delivery_id"])
    if why := without_effect(decision, result):
        return why
    if stands := in_force(rulings(paths, date.max), {about[1]: result}).get(about[1]):
        return _final(stands.decision, f"{stands.turn} ") if stands.decision != decision else None
    for e in decision_files.handed_in(paths, DELIVERIES):
        its = e.text["decision"]
        if (e.text["feed"], e.text["delivery_id"]) == about and its != decision and not without_effect(its, result):
            return _final(its, f"文件 {e.file} ")
    return None


def _final(decision: str, where: str) -> str:
    return f"{where}已决定{CHOICES[decision]}，不能再改。请该部门重新交付"


def without_effect(decision: str, result: DeliveryResult | None) -> str | None:
    """Why a decision about a delivery, as it came, can have no effect; None where it can."""
    if result is None:
        return "没有这一批交付，请核对数据源代码和交付编号"
    if result.status != QUARANTINED:
        return "没有被拦截，无需决定"
    if decision == RELEASE and result.breaker_code not in RELEASABLE:
        return "无法读取或缺少必填的列，不能放行。请该部门改正后重新交付"
    return None
