"""R45 a second time, in the plainest form.

Belongs here: one plain function on files read back. Does not belong here: anything the generator or the
pipeline uses, except keys.
"""

import csv
import re
from datetime import datetime, timedelta
from itertools import combinations
from pathlib import Path

from pipelines.kit.keys import record_key
from prefecture.months import Month
from tests.prefecture.readback import Outbox

_WORDS = {"F28": "grid_platform_name", "F29": "hotline_name", "F30": "municipal_name"}


def repeated_reports(outbox: Outbox, month: Month, codes: Path) -> set[str]:
    """Keys of reports that repeat an earlier one of another platform."""
    with (codes / "incident_classes.csv").open(encoding="utf-8") as file:
        classes = list(csv.DictReader(file))
    last = {}
    for feed, words in _WORDS.items():
        number = {c[words]: c["class_code"] for c in classes if c[words]}
        for row in outbox.known(feed, month).rows(named=True):
            report = _report(feed, row) | {"class": number[row["class_name"]]}
            last[report["key"]] = report
    alike: dict[tuple, list[dict]] = {}
    for report in last.values():
        if report["related"] is None and report["status"] != "作废":
            for mark in ("phone", "part"):
                if report[mark]:
                    alike.setdefault((mark, report[mark], report["class"]), []).append(report)
    found = set()
    for (mark, _, _), reports in alike.items():
        for first, later in combinations(sorted(reports, key=lambda r: (r["time"], r["feed"])), 2):
            places = {first["township"], later["township"]} - {None}
            if (
                first["feed"] != later["feed"]
                and later["time"] - first["time"] <= timedelta(hours=24)
                and (mark == "part" or len(places) < 2)
            ):
                found.add(later["key"])
    return found


def _report(feed: str, row: dict) -> dict:
    if feed == "F29":
        spoken = re.search(r"1\d{10}", row["content"])
        number, time = row["ticket_no"], row["received_time"]
        phone = row["caller_phone"] or (spoken and spoken.group())
        part, township = None, row["division_code"]
    else:
        number, time, phone = row["event_no"], row["reported_time"], row["reporter_phone"]
        part, township = row["part_code"], row["grid_code"][:9]
    return {
        "feed": feed,
        "key": record_key(feed, number),
        "time": datetime.fromisoformat(time),
        "phone": phone,
        "part": part,
        "township": township,
        "related": row["related_no"],
        "status": row["status_name"],
    }
