"""Who got what, when, what for: `ledger.export_issue`, rebuilt from the manifests on disk; and what is due.

Belongs here: looking at issues that stand. Does not belong here: issuing (issue.py).
"""

from collections.abc import Iterable
from datetime import date

import duckdb

from pipelines.give.exports.contract import Export
from pipelines.give.exports.standing import Issue, all_issues
from pipelines.judge.ledger import schema
from pipelines.judge.ledger.decisions import issued_turns
from pipelines.kit.paths import Paths
from pipelines.kit.security.keys import KeyProvider, write_password_list
from pipelines.kit.security.signature import digest
from pipelines.kit.tables import insert, transaction

_FACTS = (
    "export", "name", "receiver", "unit", "scope", "issue", "kind", "contract_version", "rows", "rows_full",
    "classification", "purpose", "legal_basis", "key_id", "content_digest", "supersedes",
)  # fmt: skip


def record_issues(con: duckdb.DuckDBPyConnection, paths: Paths) -> int:
    """Replace ledger.export_issue by every issue on disk, and the list of the receivers' passwords; returns how
    many issues."""
    schema.ensure(con)
    issues = list(all_issues(paths))
    rows = [_row(issue) for issue in issues]
    with transaction(con):
        con.execute("DELETE FROM lake.ledger.export_issue")
        insert(con, "lake.ledger.export_issue", rows)
    _list_passwords(paths, issues)
    return len(rows)


def due(paths: Paths, exports: Iterable[Export], day: date) -> list[Export]:
    """Exports that have not been issued in the day, week, month … of `day`; none when that turn is not out."""
    if day not in issued_turns(paths):
        return []
    last: dict[str, date] = {}
    for issue in all_issues(paths):
        code = issue.manifest["export"]
        last[code] = max(last.get(code, issue.as_of), issue.as_of)
    return [
        e for e in exports
        if e.code not in last or _period(last[e.code], e.feed.cadence_days) < _period(day, e.feed.cadence_days)
    ]  # fmt: skip


def _period(day: date, cadence_days: int) -> int:
    """Number of the period a day falls into."""
    if cadence_days < 7:
        return day.toordinal() // cadence_days
    if cadence_days < 28:
        return (day.toordinal() - 1) // 7  # weeks begin on Monday
    months = day.year * 12 + day.month - 1
    return months // max(1, round(cadence_days / 31))


def _list_passwords(paths: Paths, issues: Iterable[Issue]) -> None:
    locked = [i.manifest for i in issues if i.is_password_locked]
    if locked:
        units = [(m["unit"], m["receiver_name"]) for m in locked]
        headings = ("接收单位代码", "接收单位名称", "工作簿口令")
        write_password_list(KeyProvider(paths), units, "receiver_passwords.csv", headings)


def _row(issue: Issue) -> tuple:
    return (issue.as_of, *(issue.manifest[f] for f in _FACTS), digest(issue.manifest))
