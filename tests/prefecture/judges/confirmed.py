"""R48 a second time, in the plainest form.

Belongs here: one plain function on files read back. Does not belong here: anything the generator or the
pipeline uses, except keys.
"""

from collections import Counter, defaultdict

from pipelines.kit.keys import entity_key
from prefecture.months import MONTHS, Month
from tests.prefecture.judges.known import heirs
from tests.prefecture.readback import Outbox


def wrongly_confirmed(outbox: Outbox, month: Month) -> set[str]:
    """Cells that say something else than the feeds or their parts, or were confirmed without reading."""
    versions = defaultdict(dict)
    for row in outbox.known("F90", month).rows(named=True):
        versions[row["cell_no"]][float(row["version_no"])] = row
    parts: Counter = Counter()
    for cell in versions.values():
        if cell[1]["parent_cell_no"]:
            parts[cell[1]["parent_cell_no"]] += float(cell[1]["value"])
    recounted = {m.as_of.isoformat(): _recounted(outbox, m) for m in MONTHS[: month.index + 1]}
    found = set()
    for number, cell in versions.items():
        row = cell[max(cell)]
        if row["status_name"] == "已退回":
            continue
        if len(row["division_code"]) == 9:
            true = recounted[row["as_of_date"]][row["indicator_name"], row["division_code"]]
            is_wrong = float(row["value"]) != true and not row["reason"]
        else:
            is_wrong = float(row["value"]) != parts[number]
        if is_wrong or float(row["second_count"]) < 2 * float(row["row_count"]) / 100:
            found.add(entity_key("report_cell", number))
    return found


def _recounted(outbox: Outbox, month: Month) -> Counter:
    units = [u for u in outbox.known("F36", month).rows(named=True) if u["level_name"] == "村"]
    current = {u["unit_code"] for u in units if not u["valid_to"]}
    successor = heirs(units)

    def township(code: str) -> str | None:
        while code in successor:
            code = successor[code]
        return code[:9] if code in current else None

    counts: Counter = Counter()
    for row in outbox.known("F01", month).rows(named=True):
        if row["status_name"] == "正常":
            where = township(row["division_code"])
            counts["户籍登记人口", where] += 1
            born = row["birth_date"].replace("-", "")
            if f"{month.as_of.year - 80}{month.as_of:%m%d}" >= born:
                counts["80岁以上户籍人口", where] += 1
    for row in outbox.sent("F08", month).rows(named=True):
        is_readable = row["name"] and "e+" not in row["id_no"]
        if row["category"] == "低保" and row["pay_month"] == month.month and is_readable:
            counts["低保对象人数", township(row["division_code"])] += 1
    return counts
