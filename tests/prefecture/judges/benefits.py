"""R26, R27, R32 and R33 a second time, in the plainest form.

Belongs here: judging files read back. Does not belong here: anything of the generator but keys.
"""

import csv
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.kit.keys import entity_key, record_key
from pipelines.kit.paths import Paths
from prefecture.months import Month
from tests.prefecture.judges.inbox import Inbox, day, months_of, plain_code
from tests.prefecture.validity import years

_BANDS = ((100, "100岁及以上"), (90, "90-99岁"), (80, "80-89岁"))


def exclusive_benefits(inbox: Inbox, month: Month) -> set[str]:
    """R26: two of 低保, 特困, 低边 for one month."""
    paid: dict[tuple, set[str]] = {}
    for number, category, paid_for, amount in _assistance(inbox, month):
        if category in ("低保", "特困", "低边") and amount > 0:
            paid.setdefault((number, paid_for), set()).add(category)
    return {entity_key("payee", "F08", number) for (number, _), several in paid.items() if len(several) > 1}


def _assistance(inbox: Inbox, month: Month) -> Iterator[tuple]:
    rows = inbox.known("F08", month).select("id_no", "category", "pay_month", "amount")
    for number, category, paid_for, amount in rows.iter_rows():
        if number:
            yield number, category, paid_for, float(amount)


def wealthy_recipients(inbox: Inbox, month: Month) -> set[str]:
    """R27: present payees of 低保 whose household has a company, a high base or two homes."""
    assistance = inbox.known("F08", month)
    now = assistance.filter(pl.col("pay_month") == pl.col("pay_month").max().over("_scope"))
    now = now.filter((pl.col("category") == "低保") & (pl.col("amount").cast(pl.Float64) > 0))
    here = inbox.known("F01", month).filter(pl.col("status_name") == "正常")
    columns = ("id_no", "household_no", "relation_code")
    homes_of, members = dict(here.select(columns[:2]).iter_rows()), {}
    for number, household, relation in here.select(columns).iter_rows():
        if relation != "97":
            members.setdefault(household, []).append(number)
    rich, homes = _rich(inbox, month), _homes(inbox, month)
    found = set()
    for number in now["id_no"].drop_nulls():
        family = members.get(homes_of.get(number), [])
        owned = set().union(*(homes.get(n, set()) for n in family))
        if rich.intersection(family) or len(owned) > 1:
            found.add(entity_key("payee", "F08", number))
    return found


def _rich(inbox: Inbox, month: Month) -> set[str]:
    rich = set()
    columns = ("legal_rep_id_no", "entity_type", "capital_text", "status_name")
    for rep, kind, capital, status in inbox.known("F14", month).select(columns).iter_rows():
        large = kind == "个体工商户" and int(re.match(r"\d+", capital).group()) >= 100
        if status == "存续" and (kind == "有限责任公司" or large):
            rich.add(rep)
    columns = ("id_no", "status_name", "base_band_name")
    for number, status, band in inbox.known("F19", month).select(columns).iter_rows():
        if status == "正常" and band in ("8000-12000元", "12000元以上"):
            rich.add(plain_code(number))
    return rich


def _homes(inbox: Inbox, month: Month) -> dict[str, set[str]]:
    homes: dict[str, set[str]] = {}
    columns = ("owner_code", "cert_no", "use_name", "status_name", "acquired_name", "ownership_name")
    for owners, cert, use, status, acquired, ownership in inbox.known("F13", month).select(columns).iter_rows():
        if (use, status) == ("住宅", "现势") and (acquired, ownership) != ("继承", "按份共有"):
            for owner in owners.split("、"):
                homes.setdefault(owner, set()).add(cert)
    return homes


def shared_accounts(inbox: Inbox, month: Month) -> set[str]:
    """R32: an account into which money for one month goes to people of three households."""
    newer, registered = inbox.numbers(month), inbox.known("F01", month)
    columns = ("id_no", "household_no")
    household = dict(registered.select(columns).iter_rows())
    household |= dict(registered.filter(pl.col("status_name") == "正常").select(columns).iter_rows())
    payees: dict[tuple, set[str]] = {}
    columns = ("account_hash", "account_type", "pay_month", "id_no")
    for account, kind, paid_for, number in inbox.known("F35", month).select(columns).iter_rows():
        if kind in ("个人账户", "家庭账户"):
            person = newer.get(number, number)
            payees.setdefault((account, paid_for), set()).add(household.get(person, person))
    return {entity_key("payee_account", account) for (account, _), several in payees.items() if len(several) >= 3}


def wrong_amounts(inbox: Inbox, month: Month) -> set[str]:
    """R33: amounts that are not the dated standard times the months."""
    tables = _Standards(Paths.default().reference / "benefits" / "standards.csv")
    found = set()
    columns = ("id_no", "category", "pay_month", "amount", "remark")
    for number, category, paid_for, amount, remark in inbox.known("F08", month).select(columns).iter_rows():
        if number and float(amount) > tables.sum("F08", category, paid_for, _months(remark)):
            found.add(record_key("F08", number, category, paid_for))
    columns = ("id_no", "birth_date", "band_name", "pay_month", "amount", "status_name", "remark")
    for number, birth, band, paid_for, amount, status, remark in inbox.known("F10", month).select(columns).iter_rows():
        bands = {band, *(_band(birth, end) for end in _ends(paid_for))} - {None}
        right = {tables.sum("F10", b, paid_for, _months(remark)) for b in bands}
        if status == "发放" and float(amount) not in right:
            found.add(record_key("F10", number, paid_for))
    columns = ("payment_no", "item_code", "pay_month", "quantity", "amount")
    for payment, item, paid_for, quantity, amount in inbox.known("F35", month).select(columns).iter_rows():
        right, paid = tables.sum("F35", item, paid_for, float(quantity)), float(amount)
        if paid > right + 0.005 or (tables.is_fixed(item) and paid < right - 0.005):
            found.add(record_key("F35", payment))
    return found


def _months(remark: str | None) -> int:
    said = re.match(r"补发(\d+)个月", remark or "")
    return int(said.group(1)) if said else 1


def _ends(paid_for: str) -> tuple[date, date]:
    first = day(f"{paid_for}-01")
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return first, date.fromordinal(after.toordinal() - 1)


def _band(birth: str | None, at: date) -> str | None:
    age = years(day(birth), at) if birth else 0
    return next((band for low, band in _BANDS if age >= low), None)


class _Standards:
    def __init__(self, path: Path) -> None:
        with path.open(encoding="utf-8") as file:
            self.rows = list(csv.DictReader(file))

    def on(self, scheme: str, category: str, first: str) -> dict[str, str]:
        mine = [r for r in self.rows if (r["scheme"], r["category"]) == (scheme, category) and r["valid_from"] <= first]
        return max(mine, key=lambda r: r["valid_from"])

    def is_fixed(self, item: str) -> bool:
        return any(r["category"] == item and r["kind"] == "fixed" for r in self.rows)

    def sum(self, scheme: str, category: str, paid_for: str, quantity: float) -> float:
        if self.on(scheme, category, f"{paid_for}-01")["unit"] != "月":
            return quantity * float(self.on(scheme, category, f"{paid_for}-01")["amount"])
        last = months_of(paid_for) - 1
        firsts = [f"{n // 12}-{n % 12 + 1:02d}-01" for n in range(last - round(quantity) + 1, last + 1)]
        return sum(float(self.on(scheme, category, first)["amount"]) for first in firsts)
