"""R41 and R42 in the plainest form, on files read back.

Belongs here: what these rules find in a month. Does not belong here: anything of the generator but keys.
"""

from collections import defaultdict
from datetime import date
from itertools import combinations

from pipelines.kit.keys import entity_key
from prefecture.months import Month
from tests.prefecture.readback import Outbox


def hazards(outbox: Outbox, month: Month) -> set[str]:
    """R41: overdue, closed without evidence, or reopened twice."""
    last: dict[str, dict] = {}
    records = [r for r in outbox.known("F25", month).iter_rows(named=True) if r["record_type"] == "隐患整改"]
    for record in sorted(records, key=lambda r: r["updated_date"]):
        last[record["record_no"]] = record
    today = month.as_of.isoformat()
    return {
        entity_key("hazard", number)
        for number, r in last.items()
        if (r["closed_date"] is None and r["due_date"] < today)
        or (r["closed_date"] is not None and r["evidence_no"] is None)
        or int(r["reopen_count"]) >= 2
    }


def inspected_twice(outbox: Outbox, month: Month) -> set[str]:
    """R42: one place and item, two departments, within 30 days."""
    visits = defaultdict(list)
    for r in outbox.known("F25", month).iter_rows(named=True):
        if r["record_type"] == "检查记录":
            visits[r["uscc"] or r["place_no"], r["item_code"]].append(r)
    found = set()
    for (place, item), records in visits.items():
        for one, other in combinations(records, 2):
            days = abs((date.fromisoformat(one["checked_date"]) - date.fromisoformat(other["checked_date"])).days)
            together = one["joint_no"] is not None and one["joint_no"] == other["joint_no"]
            if one["department_name"] != other["department_name"] and days <= 30 and not together:
                found.add(entity_key("inspected_item", place, item))
    return found
