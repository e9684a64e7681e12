"""The ways in which workbooks come back, and which township has which this time.

Belongs here: names and dealing. Does not belong here: what a way does to a file (filling.py, saving.py,
office.py) and what is answered in it (rows.py).
"""

from collections.abc import Iterable
from datetime import date

from prefecture.townships.chance import chance

# Saved by openpyxl without the password, or with it again.
AS_SAVED, LOCKED = "as_saved", "locked"
SORTED, EXTRA_COLUMN, COMMENT_ROW = "sorted", "extra_column", "comment_row"
LIST_RENAMED = "list_sheet_renamed"
# 异常清单 renamed: the inbox refuses the file. PUT_RIGHT is the second try.
SHEET_RENAMED, PUT_RIGHT = "answer_sheet_renamed", "put_right"
# Sent, then sent again with more and other answers.
TWICE, TWICE_AGAIN = "sent_twice", "sent_twice_again"
# In a folder of several townships, as the county forwards its mail.
MAILED, MAILED_LOCKED = "mailed", "mailed_locked"
FILE_RENAMED = "file_renamed"
# Opened and saved by LibreOffice.
OFFICE_XLSX, OFFICE_LOCKED, OFFICE_ODS = "office_xlsx", "office_locked", "office_ods"
# Never comes back; comes back after the next turn.
NEVER, LATE_WORKBOOK = "never", "late_workbook"
# Late rows of a workbook that came in time: in a fresh copy, or in the copy that was sent before.
LATE_ROWS, LATE_SAME_COPY = "late_rows", "late_same_copy"
# Every row went back as it came, so nothing was sent.
NOTHING_TO_SAY = "nothing_to_say"

FAST = (
    LOCKED, MAILED, SHEET_RENAMED, TWICE, SORTED, MAILED_LOCKED, COMMENT_ROW, EXTRA_COLUMN, FILE_RENAMED,
    LIST_RENAMED, AS_SAVED, LOCKED,
)  # fmt: skip
OFFICE = (OFFICE_XLSX, OFFICE_ODS, OFFICE_LOCKED)
LOSSES = (NEVER, LATE_WORKBOOK)
UNSENT = (NEVER, LATE_WORKBOOK, NOTHING_TO_SAY)
KIND = {OFFICE_XLSX: "xlsx", OFFICE_LOCKED: "xlsx", OFFICE_ODS: "ods"}
WITH_PASSWORD = (LOCKED, MAILED_LOCKED, OFFICE_LOCKED)


def deal(townships: Iterable[str], seed: int, as_of: date, office: bool, losses: bool) -> dict[str, str]:
    """A way for each township: in an order of chance, one after another from the list of ways.

    `losses`: also ways by which answers do not arrive in their turn.
    """
    deck = (*(OFFICE if office else ()), *(LOSSES if losses else ()), *FAST)
    order = sorted(townships, key=lambda code: chance(seed, as_of, code, "way"))
    return {code: deck[i % len(deck)] for i, code in enumerate(order)}
