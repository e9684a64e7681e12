"""R19, R28 and R29 a second time, in the plainest form.

Belongs here: judging files read back. Does not belong here: anything of the generator but keys.
"""

from pipelines.kit.keys import entity_key, record_key
from prefecture.months import Month
from tests.prefecture.judges.inbox import Inbox, day


def active_after_death(inbox: Inbox, month: Month) -> set[str]:
    """R19: records of F20 and F17 that tell of a visit or a contribution after the death F03 knows of."""
    deaths, newer = inbox.deaths(month), inbox.numbers(month)
    found = set()
    rows = inbox.known("F20", month).select("id_no", "insurance_kind", "last_visit_date").iter_rows()
    for number, kind, visit in rows:
        died = deaths.get(newer.get(number, number))
        if died and visit and day(visit) > died:
            found.add(record_key("F20", number, kind))
    for number, employer, period in (
        inbox.known("F17", month).select("id_no", "employer_code", "period_month").iter_rows()
    ):
        died = deaths.get(newer.get(number, number))
        if died and period > f"{died:%Y-%m}":
            found.add(record_key("F17", number, employer))
    return found


def two_pensions(inbox: Inbox, month: Month) -> set[str]:
    """R28: paid by two agencies for a month, or paid while an employee's pension is earned."""
    newer = inbox.numbers(month)
    agencies: dict[tuple, set[str]] = {}
    paid_now = set()
    columns = ("id_no", "agency_code", "pay_month", "status_name", "amount")
    for number, agency, paid_for, status, amount in inbox.known("F18", month).select(columns).iter_rows():
        if status == "发放" and float(amount) > 0:
            person = newer.get(number, number)
            agencies.setdefault((person, paid_for), set()).add(agency)
            if paid_for == month.month:
                paid_now.add(person)
    found = {person for (person, _), several in agencies.items() if len(several) > 1}
    columns = ("id_no", "insurance_kind", "status_name", "period_month")
    for number, kind, status, period in inbox.known("F17", month).select(columns).iter_rows():
        person = newer.get(number, number)
        if (kind, status, period) == ("企业职工基本养老保险", "参保", month.month) and person in paid_now:
            found.add(person)
    return {entity_key("person", person) for person in found}


def two_insurances(inbox: Inbox, month: Month) -> set[str]:
    """R29: 居民 and 职工 both 正常."""
    newer = inbox.numbers(month)
    kinds: dict[str, set[str]] = {}
    for number, kind, status in (
        inbox.known("F20", month).select("id_no", "insurance_kind", "status_name").iter_rows()
    ):
        if status == "正常":
            kinds.setdefault(newer.get(number, number), set()).add(kind)
    return {entity_key("person", person) for person, several in kinds.items() if {"居民", "职工"} <= several}
