"""R16, R23, R24 and R30 a second time, in the plainest form.

Belongs here: births, children and marriages. Does not belong here: people's own data (persons.py).
"""

from datetime import date

from pipelines.kit.keys import entity_key, record_key
from prefecture.months import MONTHS
from tests.prefecture.judges.known import Known, day, plain_name
from tests.prefecture.validity import years

_IN_NEED = ("孤儿", "事实无人抚养儿童", "困境儿童")


def _births_of(row: dict) -> set[str]:
    """The birth dates a row of F01 tells: by its column and by its number."""
    return {f"{day(row['birth_date']):%Y%m%d}", row["person"][6:14]}


def r16(k: Known) -> set[str]:
    """Born more than 60 days ago and not registered."""
    homes: dict[str, set[str]] = {}
    born_in, named = set(), set()
    for r in k.residents:
        homes.setdefault(r["person"], set()).add(r["household_no"])
        for birth in _births_of(r):
            born_in.add((r["household_no"], birth))
            named.add((plain_name(r["name"]), birth))
    dead = {(r["name"], day(r["birth_date"])) for r in k.rows("F04")}
    found = set()
    for r in k.rows("F06"):
        birth, name = day(r["birth_time"]), r["newborn_name"]
        text = f"{birth:%Y%m%d}"
        parents = {k.person(r[c]) for c in ("mother_id_no", "father_id_no") if r[c]}
        is_old = (k.as_of - birth).days > 60
        at_home = any((home, text) in born_in for p in parents for home in homes.get(p, ()))
        by_name = not name.endswith(("之子", "之女")) and (plain_name(name), text) in named
        if is_old and parents & k.active and not at_home and not by_name and (name, birth) not in dead:
            found.add(record_key("F06", r["cert_no"]))
    return found


def _registrations(k: Known) -> list[tuple[date, str, str, str]]:
    """(day, type, husband, wife) in order of days; rows of unreadable files have no day."""
    rows = [r for r in k.rows("F07") if r["registered_date"]]
    return sorted(
        (day(r["registered_date"]), r["registration_type"], k.person(r["husband_id_no"]), k.person(r["wife_id_no"]))
        for r in rows
    )


def r30(k: Known) -> set[str]:
    """Two open marriages."""
    deaths = k.death_days("F03", "F04")
    by_person: dict[str, list[tuple[date, str, str]]] = {}
    for on, kind, husband, wife in _registrations(k):
        by_person.setdefault(husband, []).append((on, kind, wife))
        by_person.setdefault(wife, []).append((on, kind, husband))
    found = set()
    for person, events in by_person.items():
        for first, kind, spouse in events:
            for second, again, other in events:
                if "离婚" in (kind, again) or other == spouse or second <= first:
                    continue
                divorced = any(t == "离婚" and s == spouse and first <= d <= second for d, t, s in events)
                widowed = any(d <= second for d in deaths.get(spouse, ()))
                if not divorced and not widowed:
                    found.add(entity_key("person", person))
    return found


def _married(k: Known) -> set[str]:
    open_pairs = set()
    for _, kind, husband, wife in _registrations(k):
        if kind == "离婚":
            open_pairs.discard((husband, wife))
        else:
            open_pairs.add((husband, wife))
    return {person for pair in open_pairs for person in pair}


def r23(k: Known) -> set[str]:
    """Grown up and not studying, or married."""
    married, found = _married(k), set()
    for r in k.rows("F09"):
        listed_on = MONTHS[r["_month"]].as_of
        is_grown = years(day(r["birth_date"]), listed_on) >= 18 and r["study_state_name"] != "在读"
        if r["category_name"] in _IN_NEED and (is_grown or k.person(r["id_no"]) in married):
            found.add(record_key("F09", r["id_no"]))
    return found


def r24(k: Known) -> set[str]:
    """Orphans with a living parent who is not said to be missing."""
    dead = set(k.death_days("F03", "F04"))
    rows_of = {r["person"]: r for r in k.residents}
    families: dict[str, list[dict]] = {}
    for r in k.residents:
        families.setdefault(r["household_no"], []).append(r)
    certificates = {(plain_name(r["newborn_name"]), day(r["birth_time"])): r for r in k.rows("F06")}
    found = set()
    for r in k.rows("F09"):
        if r["category_name"] != "孤儿":
            continue
        parents = {k.person(r[c]) for c in ("father_id_no", "mother_id_no") if r[c]}
        child = rows_of.get(k.person(r["id_no"]))
        if child and child["relation_code"] in ("20", "30"):
            parents |= {m["person"] for m in families[child["household_no"]] if m["relation_code"] in ("01", "10")}
        certificate = certificates.get((plain_name(r["name"]), day(r["birth_date"])))
        if certificate:
            parents |= {k.person(certificate[c]) for c in ("mother_id_no", "father_id_no") if certificate[c]}
        for parent in (parents & k.active) - dead:
            if _state(k, r, parent) != "宣告失踪":
                found.add(record_key("F09", r["id_no"]))
    return found


def _state(k: Known, child: dict, parent: str) -> str | None:
    for which in ("father", "mother"):
        if child[f"{which}_id_no"] and k.person(child[f"{which}_id_no"]) == parent:
            return child[f"{which}_state_name"]
    return child["father_state_name" if int(parent[16]) % 2 else "mother_state_name"]
