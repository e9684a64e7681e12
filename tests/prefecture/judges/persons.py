"""R03, R04 and R18 a second time, in the plainest form.

Belongs here: names, numbers and death dates across sources. Does not belong here: families (families.py).
"""

from datetime import timedelta

from pipelines.kit.keys import entity_key, record_key
from prefecture.feeds import FEEDS
from tests.prefecture.judges.known import Known, plain_name


def _key(feed: str, row: dict) -> str:
    return record_key(feed, *(row[k] for k in FEEDS[feed].keys))


def r03(k: Known) -> set[str]:
    """One number, different names."""
    names: dict[str, set[str]] = {}
    for r in k.residents:
        names.setdefault(r["person"], set()).add(plain_name(r["name"]))
    for e in k.rows("F03"):
        if e["event_type"] == "更名" and k.person(e["id_no"]) in names:
            names[k.person(e["id_no"])].add(plain_name(e["old_name"]))
    found = set()
    for feed in ("F02", "F04", "F05", "F12", "F17", "F31"):
        for r in k.rows(feed):
            right = names.get(k.person(r["id_no"])) if r["id_no"] else None
            if right and r["name"] and plain_name(r["name"]) not in right:
                found.add(_key(feed, r))
    return found


def r04(k: Known, is_valid) -> set[str]:
    """One person, two numbers."""
    numbers = {r["id_no"] for r in k.residents} | {r["person"] for r in k.residents}
    for e in k.rows("F03"):
        numbers |= {e["id_no"], e["old_id_no"]}
    alike: dict[tuple, set[str]] = {}
    for r in k.residents:
        if len(r["person"]) == 18:
            who = (plain_name(r["name"]), r["person"][:14], int(r["person"][16]) % 2)
            alike.setdefault(who, set()).add(r["person"])
    found = set()
    for feed in ("F02", "F31"):
        for r in k.rows(feed):
            number = r["id_no"]
            if not number or number in numbers or not is_valid(number):
                continue
            who = (plain_name(r["name"]), number[:14], int(number[16]) % 2)
            if len(alike.get(who, set())) == 1:
                found.add(_key(feed, r))
    for feed in ("F17", "F31"):
        for r in k.rows(feed):
            changed = k.replaced.get(r["id_no"])
            if changed and k.as_of - changed > timedelta(days=60):
                found.add(_key(feed, r))
    return found


def r18(k: Known) -> set[str]:
    """Days of death more than three days apart."""
    days = k.death_days("F03", "F04", "F05")
    return {entity_key("person", p) for p, d in days.items() if (max(d) - min(d)).days > 3}
