"""Who looked at what on the page: a line a request, `page/access/<month>.jsonl`.

Belongs here: what a line says. Does not belong here: what was answered (the answers themselves say who and when). A
line names an officer by number and a page by kind: no ticket, no name, nothing of a citizen.
"""

from datetime import datetime

from pipelines.kit.json_lines import add_line
from pipelines.kit.paths import Paths


def note(
    paths: Paths, now: datetime, address: str, officer: str, township: str, method: str, what: str, status: int
) -> None:
    """Append one line."""
    said = {"at": now.isoformat(timespec="seconds"), "from": address, "officer": officer, "township": township,
            "method": method, "what": what, "status": status}  # fmt: skip
    add_line(paths.page / "access" / f"{now:%Y-%m}.jsonl", said, is_lasting=False)
