"""R38 in the plainest form, on files read back.

Belongs here: what the rule finds in a month. Does not belong here: anything of the generator but keys.
"""

from pipelines.kit.keys import entity_key
from prefecture.months import Month
from tests.prefecture.readback import Outbox


def wrong_grants(outbox: Outbox, month: Month) -> set[str]:
    """R38: paid to the cancelled, without the title, or twice."""
    records = list(outbox.known("F34", month).iter_rows(named=True))
    ended = {
        firm["uscc"]: firm["cancelled_date"]
        for firm in outbox.known("F14", month).iter_rows(named=True)
        if firm["status_name"] in ("注销", "吊销")
    }
    grants = sorted(
        (r for r in records if r["record_type"] == "补贴"), key=lambda r: (r["record_date"], r["record_no"])
    )
    found, paid = set(), set()
    for grant in grants:
        on, holder = grant["record_date"], grant["uscc"]
        title = grant["programme_name"].removesuffix("认定奖补")
        needs_title = title != grant["programme_name"]
        has_title = any(
            r["title_name"] == title and r["uscc"] == holder and r["valid_from"] <= on <= r["valid_to"]
            for r in records
            if r["record_type"] == "资质"
        )
        part = (grant["project_code"], grant["programme_name"], grant["instalment"])
        if (
            (holder in ended and ended[holder] < on)
            or (needs_title and not has_title)
            or (grant["project_code"] and part in paid)
        ):
            found.add(entity_key("F34", grant["record_no"]))
        paid.add(part)
    return found
