"""What the judges look up: the files read back once, whose number is whose, who died when.

Belongs here: looking up. Does not belong here: rules.
"""

import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache

import polars as pl

from prefecture.months import Month
from tests.prefecture.readback import Outbox


@dataclass(frozen=True)
class Inbox(Outbox):
    """An outbox whose frames are kept, so that nothing is read twice."""

    sent = cache(Outbox.sent)
    known = cache(Outbox.known)

    def numbers(self, month: Month) -> dict[str, str]:
        """The newer number of everyone whose number was changed."""
        events = self.known("F03", month).filter(pl.col("event_type") == "身份证号变更")
        return dict(events.select("old_id_no", "id_no").iter_rows())

    def deaths(self, month: Month) -> dict[str, date]:
        """Days of death the police know of."""
        events = self.known("F03", month).filter(pl.col("event_type") == "死亡注销")
        return {number: day(text) for number, text in events.select("id_no", "event_date").iter_rows()}


def day(text: str) -> date:
    """A date written with or without dashes."""
    digits = text.replace("-", "")
    return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))


def months_of(text: str) -> int:
    """YYYY-MM as a number."""
    return int(text[:4]) * 12 + int(text[5:7])


def plain_code(text: str) -> str:
    """A number or code without differences of width and case."""
    return unicodedata.normalize("NFKC", text).upper()
