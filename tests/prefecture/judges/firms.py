"""R37 and R39 a second time, in the plainest form.

Belongs here: judging files read back. Does not belong here: anything of the generator but keys.
"""

import csv
from pathlib import Path

from pipelines.kit.keys import record_key
from pipelines.kit.paths import Paths
from prefecture.months import Month
from tests.prefecture.judges.inbox import Inbox, day, months_of, plain_code
from tests.prefecture.validity import credit_valid

_CODES = Path("codes")


def idle_enterprises(inbox: Inbox, month: Month) -> set[str]:
    """R37: live companies that neither declared nor insured anybody for twelve months."""
    now = months_of(month.month)
    signs = [
        (code, declared) for code, declared in inbox.known("F16", month).select("uscc", "declared_month").iter_rows()
    ]
    signs += list(inbox.known("F17", month).select("employer_code", "period_month").iter_rows())
    busy = {plain_code(code) for code, last in signs if last and now - months_of(last) < 12}
    found = set()
    columns = ("uscc", "entity_type", "status_name", "established_date")
    for code, kind, status, established in inbox.known("F14", month).select(columns).iter_rows():
        plain, since = plain_code(code), day(established)
        old = (since.year + 1, since.month, since.day) <= (month.as_of.year, month.as_of.month, month.as_of.day)
        if (kind, status) == ("有限责任公司", "存续") and old and credit_valid(plain) and plain not in busy:
            found.add(record_key("F14", plain))
    return found


def industries(inbox: Inbox, month: Month) -> set[str]:
    """R39: classes that differ between register and tax office."""
    folder = Paths.default().reference / _CODES
    with (folder / "gbt4754_2011_retired.csv").open(encoding="utf-8") as file:
        newer = {row["old_code"]: row["new_code"] for row in csv.DictReader(file)}
    with (folder / "gbt4754_2017_industry.csv").open(encoding="utf-8") as file:
        classes = {row["code"] for row in csv.DictReader(file) if row["level"] == "4"}

    def plain(code: str | None) -> str | None:
        digits = (code or "").lstrip("ABCDEFGHIJKLMNOPQRST")
        digits = newer.get(digits, digits)
        return digits if digits in classes else None

    taxed = {plain_code(u): plain(c) for u, c in inbox.known("F16", month).select("uscc", "industry_code").iter_rows()}
    found = set()
    for code, industry in inbox.known("F14", month).select("uscc", "industry_code").iter_rows():
        there, here = taxed.get(plain_code(code)), plain(industry)
        if there and here and there != here:
            found.add(record_key("F14", plain_code(code)))
    return found
