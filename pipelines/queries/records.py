"""The records of answered lists on disk: who asked, counts and keyed hashes, no person.

Belongs here: reading one, whatever has become of it. Does not belong here: what stands in it (answers.py, probing.py).
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from pipelines.queries.answering import NO_ANSWER

_LOST = "（记录损坏）"
_HEAD = {"as_of", "asked_by", "list_sha256", "answers_sha256", "missed", "issue", "turns_issued"}
_COUNT = {"question", "purpose", "answer", "reason_code", "rows"}


def read_record(path: Path) -> dict[str, Any]:
    """A record; of one that is damaged what its name says, and that it is."""
    with suppress(OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        said = json.loads(path.read_bytes())
        if said.keys() >= _HEAD and all(count.keys() >= _COUNT for count in said["counts"]):
            return said
    digest, _, asked_by = path.stem.partition("_")
    lost = {"question": _LOST, "purpose": "", "answer": NO_ANSWER, "reason_code": "E_RECORD", "rows": 0}
    head = {"as_of": path.parent.name, "asked_by": asked_by, "list_sha256": digest, "answers_sha256": ""}
    return head | {"counts": [lost], "missed": [], "issue": 1, "turns_issued": 1}


def is_lost(record: Mapping[str, Any]) -> bool:
    """Whether this stands for one that is damaged."""
    return not record["answers_sha256"]


def is_refusal(record: Mapping[str, Any]) -> bool:
    """Whether the whole list was refused."""
    return [c["question"] for c in record["counts"]] == [""]
