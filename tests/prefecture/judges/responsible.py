"""R43 in the plainest form, on files read back.

Belongs here: what the rule finds in a month. Does not belong here: anything of the generator but keys.
"""

from pipelines.kit.keys import entity_key
from prefecture.months import MONTHS, Month
from tests.prefecture.readback import Outbox


def stock_and_responsible(outbox: Outbox, month: Month) -> set[str]:
    """R43: short or expired goods, and responsible persons who have died."""
    today, found = month.as_of.isoformat(), set()
    for row in outbox.known("F24", month).iter_rows(named=True):
        if row["record_type"] != "物资":
            continue
        expired = row["expiry_date"] is not None and row["expiry_date"] < today
        if expired or float(row["quantity"]) < float(row["minimum_quantity"]):
            found.add(entity_key("F24", row["record_no"]))
    died = {
        r["id_no"]: r["event_date"]
        for r in outbox.known("F03", month).iter_rows(named=True)
        if r["event_type"] == "死亡注销"
    }
    for feed in ("F24", "F27"):
        for row in outbox.known(feed, month).iter_rows(named=True):
            if row["id_no"] in died and died[row["id_no"]] <= MONTHS[row["_month"]].as_of.strftime("%Y%m%d"):
                found.add(entity_key("responsible_person", feed, row["id_no"]))
    return found
