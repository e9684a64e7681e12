"""One round of 查询核验: every list received is answered, locked for who asked, and recorded.

Belongs here: the order of the steps, limits over lists. Does not belong here: what an answer is (answering.py), its
file and its record (answers.py). A list that cannot be read gets an answer, too: why. `ledger.query_access` is rebuilt
from the records on disk.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from pipelines.give.inbox.receive import Received, receive, received
from pipelines.give.queries.answering import NO_ANSWER, NOBODY, Answered, answer_rows
from pipelines.give.queries.answers import UNKNOWN, Answer, write_answer
from pipelines.give.queries.catalogue import Catalogue, load_catalogue
from pipelines.give.queries.probing import Memory, earlier
from pipelines.give.queries.reading import MAX_BYTES, UNFORESEEN, AskedRow, ListRefused, read_list
from pipelines.give.queries.records import read_answered
from pipelines.judge.ledger import schema
from pipelines.judge.ledger.freshness import lines, sources
from pipelines.judge.ledger.reissue import Unfounded
from pipelines.kit.contracts import load_contracts
from pipelines.kit.incidents import incident, is_ours, words
from pipelines.kit.paths import Paths
from pipelines.kit.security.keys import KeyProvider
from pipelines.kit.tables import insert, transaction
from pipelines.kit.whole_files import fresh_folder
from pipelines.kit.workers import Apart

_OTHER = "（不在目录中）"
_IDS_IN_NAMES = re.compile(r"\d{14,18}[Xx]?")


@dataclass(frozen=True)
class AnsweredList:
    """What became of one list. `refusal` '' = answered row by row; `counts`: answer -> rows; `kept`: why an earlier
    answer stays, '' where this one is out."""

    township_code: str
    refusal: str
    rows: int
    counts: Counter
    file: Path | None
    kept: str = ""


def answer_lists(
    paths: Paths, con: duckdb.DuckDBPyConnection, as_of: date, because: str = ""
) -> list[AnsweredList]:
    """Take in the drop folder and answer everything received for `as_of`, which the lake must show.

    The same lists on the same lake give the same answers and leave the files as they are. A list that cannot be
    taken in or read is refused with the reason and stops no other. An answer that is out is replaced by another for a
    reason only (answers.py), else it stays and is told as `kept`.
    """
    taken = receive(paths, as_of, paths.queries, may_repeat=True)
    keys, catalogue = KeyProvider(paths), load_catalogue()
    places = dict(con.execute(
        "SELECT DISTINCT township_code, county_name || township_name FROM lake.unified.division "
        "WHERE level_name = '乡镇' AND is_current"
    ).fetchall())  # fmt: skip
    done, asked_before, memories = [], Counter(), {}
    scratch = fresh_folder(paths.queries / ".reading")  # what a killed run left there is a list in plain
    with Apart() as reader:
        for source, path in received(paths, as_of, paths.queries):
            for township in source.addressed_to:
                refusal, answers, missed = None, [], []
                memory = memories.setdefault(township, Memory(keys, earlier(paths, township, as_of)))
                try:
                    rows = _rows(path, township, places, keys, catalogue, asked_before, as_of, scratch, reader)
                    answers = answer_rows(con, rows, catalogue, township, memory.guesses(rows))
                    missed = sorted(trace for a in answers if a.answer == NOBODY for trace in memory.traces(a.asked))
                    memory.remember(missed)
                except ListRefused as refused:
                    refusal = refused
                except BaseException as error:  # whatever it is, the other lists are other people's
                    if is_ours(error):
                        raise
                    number = incident(paths, f"queries/{source.file_name}", source.sha256, as_of, error)
                    refusal, answers, missed = ListRefused(UNFORESEEN, f"{words(number)}。"), [], []
                asked_before[township] += len(answers)
                told = _sources(con, as_of, township, answers, catalogue)
                answer = _answer(as_of, source, township, places, refusal, answers, catalogue, missed, told)
                done.append(_written(paths, keys, answer, because))
    for one in taken.left:
        refusal, (township,) = ListRefused(UNFORESEEN, one.reason), one.source.addressed_to
        answer = _answer(as_of, one.source, township, places, refusal, [], catalogue)
        done.append(_written(paths, keys, answer, because))
    record_access(con, paths)
    return done


def record_access(con: duckdb.DuckDBPyConnection, paths: Paths) -> int:
    """Replace ledger.query_access by what the records on disk say; returns its rows."""
    schema.ensure(con)
    rows = []
    for path in sorted((paths.queries / "records").glob("*/*.json")):
        record = read_answered(path)
        head = (date.fromisoformat(record["as_of"]), record["asked_by"], record["list_sha256"])
        rows += [
            (*head, c["question"], c["purpose"], c["answer"], c["reason_code"], c["rows"], record["answers_sha256"])
            for c in record["counts"]
        ]
    with transaction(con):
        con.execute("DELETE FROM lake.ledger.query_access")
        insert(con, "lake.ledger.query_access", rows)
    return len(rows)


def _rows(
    path: Path, township: str, places: dict[str, str], keys: KeyProvider, catalogue: Catalogue,
    asked_before: Counter, as_of: date, scratch: Path, reader: Apart,
) -> list[AskedRow]:  # fmt: skip
    """Raises ListRefused."""
    if township not in places:
        raise ListRefused("E_NO_TOWNSHIP")
    with path.open("rb") as file:
        rows = read_list(file.read(MAX_BYTES + 1), township, keys, as_of, scratch, reader)
    if len(rows) > catalogue.rows_per_list:
        raise ListRefused("E_TOO_MANY", rows=len(rows), limit=catalogue.rows_per_list)
    if asked_before[township] + len(rows) > catalogue.rows_per_turn:
        raise ListRefused("E_TURN_LIMIT", limit=catalogue.rows_per_turn)
    return rows


def _sources(
    con: duckdb.DuckDBPyConnection, as_of: date, township: str, answers: Sequence[Answered], catalogue: Catalogue
) -> list[str]:
    """How old the sources of the questions asked are, as far as they concern the township, the oldest first."""
    asked = {a.asked.question for a in answers if a.asked.question in catalogue.questions}
    feeds = {code for text in asked for code in catalogue.questions[text].feeds}
    found = sources(con, as_of, feeds, township) if feeds else []
    return lines(found, load_contracts())


def _answer(
    as_of: date, source: Received, township: str, places: dict[str, str], refusal: ListRefused | None,
    answers: Sequence[Answered], catalogue: Catalogue, missed: Sequence[str] = (), told: Sequence[str] = (),
) -> Answer:  # fmt: skip
    return Answer(
        as_of, source.sha256, _IDS_IN_NAMES.sub("…", source.file_name), township or UNKNOWN, places.get(township, ""),
        refusal.reason if refusal else "", answers, _counts(answers, catalogue, refusal), missed, told,
    )  # fmt: skip


def _written(paths: Paths, keys: KeyProvider, answer: Answer, because: str) -> AnsweredList:
    kept = ""
    try:
        file = write_answer(paths, keys, answer, because)
    except Unfounded as why:
        file, kept = None, str(why)
    counts = Counter(a.answer for a in answer.answers)
    return AnsweredList(answer.asked_by, answer.refusal, len(answer.answers), counts, file, kept)


def _counts(
    answers: Sequence[Answered], catalogue: Catalogue, refusal: ListRefused | None
) -> list[dict[str, Any]]:
    """Rows by question, purpose and answer; what people typed beside the catalogue is not repeated."""
    if refusal:
        return [{"question": "", "purpose": "", "answer": NO_ANSWER, "reason_code": refusal.code, "rows": 0}]
    counts = Counter(
        (
            a.asked.question if a.asked.question in catalogue.questions else _OTHER,
            a.asked.purpose if a.asked.purpose in catalogue.purposes else _OTHER,
            a.answer,
            a.reason_code,
        )
        for a in answers
    )
    names = ("question", "purpose", "answer", "reason_code")
    return [{**dict(zip(names, key, strict=True)), "rows": n} for key, n in sorted(counts.items())]
