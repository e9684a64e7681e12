"""Why a turn that is out may be issued again: what came in since.

Belongs here: what went into a turn, and telling what is new of it. Does not belong here: issuing
(pipelines.give.returns), the file that remembers it (turns.py).
"""

from collections.abc import Mapping, Sequence
from datetime import date

import duckdb

from pipelines.kit.decision_files import KEPT, is_past, last_turn
from pipelines.kit.paths import Paths

# The reason where the content is the same and only the files were not.
DAMAGED = "原签发的文件已损坏或缺失，内容不变"
# The reason where a new key makes what is out worthless: no password opens it, no answer in it can be confirmed.
RENEWED = "已换发密钥，原口令和原文件作废，内容不变"
_MOST_NAMED = 5
# Lists of names by kind: deliveries, answers, decisions.
Inputs = Mapping[str, Sequence[str]]


class Unfounded(ValueError):
    """What is out would be replaced by another content without a reason; nothing is written."""

    def __init__(self, what: str, as_of: date) -> None:
        super().__init__(
            f"{what} of {as_of} is out with another content, and nothing came in since that would explain it. No "
            "file was issued, and a turn stays unfinished until then 未签发任何文件，本轮未完成. A rule, a tag, a "
            "sheet or a contract of the house that was changed since may explain it. What is out is replaced for a "
            "reason only 重新签发须写明原因: run again with "
            '`--because "…"` on the command line, or launch the job with the tag because=…; or let it be and go on '
            "with the newest turn DATE."
        )


def inputs(con: duckdb.DuckDBPyConnection, paths: Paths, as_of: date) -> Inputs:
    """What came in for a turn since the turn before it: deliveries, workbooks with answers, decision files."""
    before = last_turn(paths, as_of)
    delivered = con.execute(
        "SELECT feed || '/' || delivery_id FROM lake.ledger.delivery WHERE delivered_on > ? ORDER BY ALL", [before]
    )
    deliveries = [name for (name,) in delivered.fetchall()]
    answered = con.execute(
        "SELECT DISTINCT workbook_sha256 FROM lake.ledger.answer WHERE as_of = ? ORDER BY ALL", [as_of]
    )
    days = before.isoformat(), as_of.isoformat()
    folders = [f for f in paths.decisions.glob("*/????-??-??") if days[0] < f.name <= days[1]]
    kept = (p for f in folders for p in f.iterdir() if p.suffix in KEPT)
    files = sorted(p.relative_to(paths.decisions).as_posix() for p in kept)
    return {"deliveries": deliveries, "answers": [name for (name,) in answered.fetchall()], "decisions": files}


def came_since(paths: Paths, as_of: date, before: Inputs, now: Inputs) -> str:
    """Chinese words for what is in `now` and was not in `before`; '' when nothing is, or when a later turn is out:
    what came since then belongs to that one."""
    if is_past(paths, as_of) or not before:
        return ""
    new = {kind: [name for name in names if name not in set(before[kind])] for kind, names in now.items()}
    said = []
    if new["deliveries"]:
        named = "、".join(new["deliveries"][:_MOST_NAMED])
        said.append(f"新到交付 {len(new['deliveries'])} 份（{named}{'等' * (len(new['deliveries']) > _MOST_NAMED)}）")
    if new["answers"]:
        said.append(f"新收镇街答复 {len(new['answers'])} 份")
    if new["decisions"]:
        said.append(f"新作决定 {len(new['decisions'])} 件")
    return "，".join(said)
