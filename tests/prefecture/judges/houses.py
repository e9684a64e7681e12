"""R12, R13 and R14 a second time, in the plainest form.

Belongs here: one plain function a rule, on files read back. Does not belong here: anything the generator or
the pipeline uses, except keys.
"""

import re
from collections import defaultdict
from datetime import date, timedelta

from pipelines.kit.keys import entity_key, record_key
from prefecture.months import Month
from tests.prefecture.judges.known import heirs
from tests.prefecture.readback import Outbox


def contradictory_houses(outbox: Outbox, month: Month) -> set[str]:
    """R12: houses 空置 with people in them or calls from them, or lived in by nobody."""
    houses, called = _houses(outbox, month), defaultdict(list)
    for ticket in outbox.known("F29", month).rows(named=True):
        called[ticket["address"]].append(date.fromisoformat(ticket["received_time"][:10]))
    found = set()
    for number, rows in houses.items():
        empty = [r for r in rows if r["living_type"] == "空置"]
        resident = [r for r in rows if r["name"] and r["living_type"] != "空置"]
        named = [r for r in rows if r["name"]]
        claimed = [r for r in rows if r["living_type"] in ("自有", "租住", "独居")]
        calls = [
            day
            for r in empty
            for day in called[r["house_address"]]
            if r["survey_date"] < day.isoformat() and month.as_of - timedelta(days=90) <= day <= month.as_of
        ]
        if (empty and resident) or (claimed and not named) or calls:
            found.add(entity_key("house", number))
    return found


def impossible_house_numbers(outbox: Outbox, month: Month) -> set[str]:
    """R13: rows about people whose house number names no village, or one of another township."""
    units = outbox.known("F36", month).rows(named=True)
    at = month.as_of.isoformat()
    current = {u["unit_code"]: u for u in units if not u["valid_to"] or u["valid_to"] > at}
    successor = heirs(units)
    found = set()
    for row in outbox.known("F31", month).rows(named=True):
        if not row["name"]:
            continue
        village = row["house_no"][:12]
        while village not in current and village in successor:
            village = successor[village]
        is_grid = row["grid_code"] in current
        if (
            not re.fullmatch(r"\d{12}[A-Z]\d{4,6}", row["house_no"])
            or current.get(village, {}).get("level_name") != "村"
            or (is_grid and row["grid_code"][:9] != village[:9])
        ):
            found.add(record_key("F31", row["survey_no"]))
    return found


def crowded_houses(outbox: Outbox, month: Month) -> set[str]:
    """R14: houses with eight tenants of six surnames, unless they are dormitories."""
    found = set()
    for number, rows in _houses(outbox, month).items():
        tenants = [r for r in rows if r["living_type"] == "租住" and "宿舍" not in r["house_address"]]
        if len(tenants) >= 8 and len({r["name"][0] for r in tenants}) >= 6:
            found.add(entity_key("house", number))
    return found


def _houses(outbox: Outbox, month: Month) -> dict[str, list[dict]]:
    houses = defaultdict(list)
    for row in outbox.known("F31", month).rows(named=True):
        houses[row["house_no"]].append(row)
    return houses
