"""What judges of people and families look up: dates as written, numbers, names and codes made comparable.

Belongs here: reading files' text. Does not belong here: rules.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date

import polars as pl

from prefecture.months import Month
from tests.prefecture.readback import Outbox
from tests.prefecture.validity import with_century


def day(text: str | None) -> date | None:
    """A date in any of the forms departments write."""
    if not text:
        return None
    if re.fullmatch(r"\d{8}", text):
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    year, month, of_month = (int(n) for n in re.findall(r"\d+", text)[:3])
    return date(year, month, of_month)


def plain_name(text: str) -> str:
    """NFKC, no white space, every run of characters outside the common ones as one 「?」."""
    folded = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    return re.sub(r"[^\u4e00-\u9fa5]+", "?", folded)


def heirs(units: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Of rows of F36: code -> the other code that took over."""
    told = ((u["unit_code"], u["successor_code"]) for u in units)
    return {code: heir for code, heir in told if heir not in (None, "", code)}


class Known:
    """All that was delivered by the end of a month."""

    def __init__(self, outbox: Outbox, month: Month) -> None:
        self.outbox, self.month, self.as_of = outbox, month, month.as_of
        changes = [e for e in self.rows("F03") if e["event_type"] == "身份证号变更"]
        self.newer = {e["old_id_no"]: e["id_no"] for e in changes}
        self.replaced = {e["old_id_no"]: day(e["event_date"]) for e in changes}
        self.residents = [r | {"person": self.person(r["id_no"])} for r in self.rows("F01")]
        self.active = {r["person"] for r in self.residents if r["status_name"] == "正常"}

    def rows(self, feed: str) -> list[dict]:
        """All rows of a feed the receiver knows."""
        frame: pl.DataFrame = self.outbox.known(feed, self.month)
        return frame.rows(named=True)

    def person(self, number: str) -> str:
        """The newest number of whoever bears this one."""
        if len(number) == 15 and number.isdigit():
            number = with_century(number)
        return self.newer.get(number, number)

    def death_days(self, *feeds: str) -> dict[str, set[date]]:
        """Person -> days of death in the feeds; certificates without a number go to the only one they fit."""
        days: dict[str, set[date]] = {}
        if "F03" in feeds:
            for event in self.rows("F03"):
                if event["event_type"] == "死亡注销":
                    days.setdefault(self.person(event["id_no"]), set()).add(day(event["event_date"]))
        if "F04" in feeds:
            known: dict[tuple, set[str]] = {}
            for r in self.residents:
                sex = {"1": "男", "2": "女"}[r["sex_code"]]
                known.setdefault((r["name"], sex, day(r["birth_date"])), set()).add(r["person"])
            for r in self.rows("F04"):
                same = known.get((r["name"], r["sex_name"], day(r["birth_date"])), set())
                number = r["id_no"] or (next(iter(same)) if len(same) == 1 else None)
                if number:
                    days.setdefault(self.person(number), set()).add(day(r["death_date"]))
        if "F05" in feeds:
            newest = {r["cremation_no"]: r for r in self.rows("F05")}
            for r in newest.values():
                days.setdefault(self.person(r["id_no"]), set()).add(day(r["death_date"]))
        return days
