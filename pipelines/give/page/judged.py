"""What intake will say about the answers, before they are handed in.

Belongs here: asking it. Does not belong here: any check of its own. The page does not know what became of a ticket
since the set went out (the ledger does): that the receipt tells.
"""

from collections.abc import Mapping
from datetime import date

from pipelines.give.inbox.check import RowResult, check_rows
from pipelines.give.page.answer_book import answered
from pipelines.give.page.asked import Asked
from pipelines.give.page.said import Answer
from pipelines.judge.rules import Rule
from pipelines.kit.security.keys import KeyProvider
from pipelines.kit.security.signature import RowSigner

_OPEN = ("returned", "township")


def judged(
    asked: Asked, answers: Mapping[str, Answer], keys: KeyProvider, rules: Mapping[str, Rule], today: date
) -> dict[str, RowResult]:
    """Ticket id -> what would become of its row."""
    tickets = dict.fromkeys(asked.identity.groups, _OPEN)
    book, signer = answered(asked, answers, "", today), RowSigner(keys, asked.identity.set_id)
    return {r.ticket_id: r for r in check_rows(book, asked.identity, signer, rules, tickets) if r.ticket_id}
