"""R06, R09, R10, R31, R34 and R44 a second time, in the plainest form, on what a receiver knows.

Belongs here: one function a rule; each returns the entity keys it finds. Does not belong here: speed, or code of
the generator (keys apart). `known(feed)` gives the rows, all text; `day` is the last day of the judged month.
"""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from pipelines.kit.keys import entity_key, record_key

Known = Callable[[str], pl.DataFrame]
LIVES_HERE = {"自有", "租住", "独居"}
DATED = pl.col("survey_date").str.contains(r"^\d{4}-")


def _codes(*ranges: tuple[int, int]) -> set[str]:
    return {f"{n:02d}" for low, high in ranges for n in range(low, high + 1)}


def code_lists(known: Known, _: date, reference: Path) -> set[str]:
    """R06."""
    classes = pl.read_csv(reference / "codes" / "gbt4754_2017_industry.csv", infer_schema=False)
    education = _codes(
        (10, 19), (20, 23), (28, 28), (30, 33), (40, 49), (60, 63), (70, 71), (73, 73), (80, 81), (83, 83)
    )
    lists = {
        ("F01", "ethnic_code", ("id_no", "household_no")): _codes((1, 56), (97, 98)),
        ("F01", "relation_code", ("id_no", "household_no")): _codes((1, 2), (10, 12), (20, 97), (99, 99)),
        ("F14", "industry_code", ("uscc",)): set(classes.filter(pl.col("level") == "4")["code"]),
        ("F21", "sex_code", ("student_no", "school_code")): {"0", "1", "2", "9"},
        ("F32", "political_code", ("member_no",)): _codes((1, 13)),
        ("F32", "education_code", ("member_no",)): education | {"90"},
    }
    return {
        record_key(feed, *key)
        for (feed, column, keys), codes in lists.items()
        for code, *key in known(feed).select(column, *keys).iter_rows()
        if code is not None and code not in codes
    }


def claimed_twice(known: Known, _: date) -> set[str]:
    """R09."""
    seen: dict[str, list[tuple[str, date]]] = {}
    rows = known("F31").filter(pl.col("living_type").is_in(LIVES_HERE) & pl.col("id_no").is_not_null() & DATED)
    for number, grid, day in rows.select("id_no", "grid_code", "survey_date").iter_rows():
        if len(number) == 18:
            seen.setdefault(number, []).append((grid, date.fromisoformat(day)))
    return {
        entity_key("person", number)
        for number, places in seen.items()
        if any(a[0] != b[0] and abs(a[1] - b[1]).days <= 92 for a in places for b in places)
    }


def lives_elsewhere(known: Known, day: date) -> set[str]:
    """R10."""
    surveyed: dict[str, list[tuple[str, str]]] = {}
    for number, grid, kind in known("F31").select("id_no", "grid_code", "living_type").iter_rows():
        surveyed.setdefault(number or "", []).append(((grid or "")[:9], kind))
    enrolled = set(known("F20").filter(pl.col("status_name") == "正常").select("id_no", "division_code").iter_rows())
    enrolled = {(number, code[:9]) for number, code in enrolled}
    firms = dict(known("F14").select("uscc", "division_code").iter_rows())
    jobs: dict[str, list[tuple[str, str]]] = {}
    open_jobs = known("F17").filter(pl.col("status_name") == "参保")
    for number, employer, start in open_jobs.select("id_no", "employer_code", "start_date").iter_rows():
        jobs.setdefault(number, []).append((start, firms.get(employer, "")[:9]))
    latest, found = (day - timedelta(days=365)).isoformat(), set()
    people = known("F01").filter(pl.col("status_name") == "正常")
    for number, home, code in people.select("id_no", "household_no", "division_code").iter_rows():
        town, rows, work = code[:9], surveyed.get(number, []), jobs.get(number, [])
        on_roll = (town, "户在人不在") in rows and (number, town) in enrolled
        lives = {place for place, kind in rows if kind in LIVES_HERE}
        works = work and all(start <= latest and place not in ("", town) for start, place in work)
        if on_roll and lives and town not in lives and works:
            found.add(record_key("F01", number, home))
    return found


def not_enrolled(known: Known, day: date, rolls_day: date) -> set[str]:
    """R31; `rolls_day` is the day of the latest F21."""
    enrolled = set()
    for number, status, paper in known("F21").select("id_no", "status_name", "document_no").iter_rows():
        if status == "在读" or (status in ("休学", "缓学") and paper):
            enrolled.add(number)
    year, found = rolls_day.year - (rolls_day.month < 9), set()
    for home, number in known("F22").select("poor_household_no", "id_no").iter_rows():
        born, month = int(number[6:10]), int(number[10:12])
        grade = year - (born + (6 if month <= 8 else 7)) + 1
        if 1 <= grade <= 9 and number not in enrolled:
            found.add(record_key("F22", home, number))
    return found


def alone_and_silent(known: Known, delivered: Callable[[int], date]) -> set[str]:
    """R34; `delivered` gives the last day of a month by its index."""
    contacts: dict[str, str] = {}
    for feed, column in (("F10", "certified_date"), ("F20", "last_visit_date")):
        for number, day in known(feed).select("id_no", column).drop_nulls().iter_rows():
            contacts[number] = max(contacts.get(number, ""), day)
    severe = {card[:18] for card in known("F11")["card_no"] if card[19] in "12"}
    found = set()
    rows = known("F31").filter((pl.col("living_type") == "独居") & pl.col("id_no").is_not_null() & DATED)
    for key, number, seen, month in rows.select("survey_no", "id_no", "survey_date", "_month").iter_rows():
        if not (len(number) == 18 and number[:17].isdigit()):
            continue
        day = delivered(month)
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
        years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
        last = date.fromisoformat(max(seen, contacts.get(number, "")))
        if (years >= 80 or number in severe) and (day - last).days > 30:
            found.add(record_key("F31", key))
    return found


def wrong_subsidies(known: Known, delivered: date) -> set[str]:
    """R44; `delivered` is the day of the latest F23."""
    homes: dict[str, set[str]] = {}
    members: dict[str, list[tuple[str, str]]] = {}
    for number, home, status, day in (
        known("F01").select("id_no", "household_no", "status_name", "updated_date").iter_rows()
    ):
        homes.setdefault(number, set()).add(home)
        members.setdefault(home, []).append((status, f"{day[:4]}-{day[4:6]}-{day[6:]}"))
    latest, found, claims = (delivered - timedelta(days=90)).isoformat(), set(), {}
    paid = known("F23").filter(pl.col("subsidy_status_name") == "享受")
    for row in paid.iter_rows(named=True):
        parcel, contract = row["parcel_code"], row["contract_code"]
        claims[parcel] = claims.get(parcel, 0) + 1
        people = [m for home in homes.get(row["head_id_no"], ()) for m in members[home]]
        if people and all(status in ("死亡注销", "迁出") and day <= latest for status, day in people):
            found.add(entity_key("contract", contract))
        area = float(row["contract_area"]) * (15 if row["area_unit_name"] == "公顷" else 1)
        if float(row["subsidy_area"]) > 1.05 * area:
            found.add(record_key("F23", contract, parcel))
    return found | {entity_key("parcel", parcel) for parcel, count in claims.items() if count > 1}
