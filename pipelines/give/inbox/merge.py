"""Several workbooks of one turn about the same ticket: the later answer counts, and both are on record.

Belongs here: choosing between files. Does not belong here: judging a row (`check`).
"""

from collections.abc import Sequence

from pipelines.give.inbox.check import ACCEPTED, DUPLICATE, REJECTED, SUPERSEDED, UNANSWERED, RowResult


def merge(files: Sequence[list[RowResult]]) -> list[list[RowResult]]:
    """The rows of all files, in order of arrival; afterwards at most one row per ticket is accepted.

    A later accepted row supersedes an earlier one; if it says the same, the later one is the duplicate. A
    later row that was rejected or left blank changes nothing. A row that is not accepted says so where the ticket is
    answered in another file: nobody is told to do again what is done.
    """
    merged = [list(rows) for rows in files]
    standing: dict[str, tuple[int, int]] = {}
    for f, rows in enumerate(merged):
        for r, row in enumerate(rows):
            if row.outcome != ACCEPTED:
                continue
            if row.ticket_id in standing:
                of, at = standing[row.ticket_id]
                if merged[of][at].said == row.said:
                    rows[r] = row.but(DUPLICATE, "E_DUPLICATE_FILE")
                    continue
                merged[of][at] = merged[of][at].but(SUPERSEDED, "E_SUPERSEDED")
            standing[row.ticket_id] = (f, r)
    for f, rows in enumerate(merged):
        for r, row in enumerate(rows):
            answered_in, _ = standing.get(row.ticket_id, (f, r))
            if row.outcome == UNANSWERED and answered_in != f:
                rows[r] = row.but(DUPLICATE, "N_ANSWERED")
            elif row.outcome == REJECTED and answered_in > f:
                rows[r] = row.but(SUPERSEDED, "N_MENDED")
    return merged
