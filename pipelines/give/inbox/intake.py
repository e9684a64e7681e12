"""One turn of the inbox: every workbook received is checked, recorded in ledger.answer, and answered.

Belongs here: the order of the steps and the record. Does not belong here: what makes a file or a row
acceptable. A file that cannot be read never stops the others, and the same files give the same record.
"""

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from pipelines.give.inbox.check import ACCEPTED, REJECTED, RowResult, check_rows
from pipelines.give.inbox.form import cell_text
from pipelines.give.inbox.identity import Identity, check_addressee, identify
from pipelines.give.inbox.known import Known, known_tickets
from pipelines.give.inbox.merge import merge
from pipelines.give.inbox.problems import Refused
from pipelines.give.inbox.reader import Book, Reader
from pipelines.give.inbox.receipt import Handed, build_receipt
from pipelines.give.inbox.receive import Received, Taken, put_back, receive, received
from pipelines.give.inbox.unlocking import unlocked
from pipelines.give.returns import columns as layout
from pipelines.give.returns.issue import issued_set
from pipelines.judge.ledger.set_manifest import read_manifest
from pipelines.judge.rules import Rule, load_rules
from pipelines.kit.file_names import without_numbers
from pipelines.kit.incidents import incident, is_ours, words
from pipelines.kit.issues import folder_name, issues_in
from pipelines.kit.paths import Paths
from pipelines.kit.receipt_files import receipt_name, receipts
from pipelines.kit.security.keys import KeyProvider
from pipelines.kit.security.signature import RowSigner
from pipelines.kit.security.workbook_lock import is_locked
from pipelines.kit.tables import replace_turn
from pipelines.kit.whole_files import write_whole

MAX_BYTES = 150_000_000
UNKNOWN_FOLDER = "未识别"
UNFORESEEN = "E_UNFORESEEN"
_ANSWER = {
    "as_of": pl.Date, "workbook_sha256": pl.String, "file_name": pl.String, "township_code": pl.String,
    "set_id": pl.String, "sheet_row": pl.Int64, "ticket_id": pl.String, "answer_text": pl.String,
    "answer_code": pl.String, "answer_kind": pl.String, "new_value": pl.String, "note": pl.String, "officer": pl.String,
    "outcome": pl.String, "reason_code": pl.String, "reason": pl.String,
}  # fmt: skip


@dataclass
class FileResult:
    """What became of one file. `reason` '' = taken in; `counts`: outcome -> rows; `unwritten`: why without receipt."""

    source: Received
    identity: Identity | None = None
    officer: str = ""
    reason_code: str = ""
    reason: str = ""
    rows: list[RowResult] = field(default_factory=list)
    receipt: Path | None = None
    unwritten: str = ""

    @property
    def counts(self) -> Counter:
        return Counter(row.outcome for row in self.rows)

    @property
    def shown_name(self) -> str:
        """The file name for logs and receipts."""
        return without_numbers(self.source.file_name)

    @property
    def township_code(self) -> str | None:
        """Whose file it is: what it proves, else the folder it came in."""
        if self.identity is not None:
            return self.identity.township_code
        return next((a for a in self.source.addressed_to if a), None)


@dataclass(frozen=True)
class IntakeReport:
    """What one intake did. `repeats`: names of dropped files that had arrived before; `left`: what could not be taken
    out of the drop folder; `early`: what answers the very sets of this turn and waits there for the next."""

    files: tuple[FileResult, ...]
    repeats: tuple[str, ...]
    left: tuple[FileResult, ...] = ()
    early: tuple[FileResult, ...] = ()

    @property
    def workbooks(self) -> int:
        """Files looked at."""
        return len(self.files)

    @property
    def answers(self) -> int:
        """Accepted rows."""
        return sum(f.counts[ACCEPTED] for f in self.files)

    @property
    def problems(self) -> list[str]:
        """A Chinese sentence per file or row not accepted; no name, no id number."""
        said = [f"{f.shown_name}：{f.reason}" for f in (*self.left, *self.early, *self.files) if f.reason]
        said += [f"{f.shown_name}：{f.unwritten}" for f in (*self.left, *self.files) if f.unwritten]
        rejected = ((f, r) for f in self.files for r in f.rows if r.outcome == REJECTED)
        return said + [f"{f.shown_name}：{r.reason}" for f, r in rejected]


def intake(paths: Paths, con: duckdb.DuckDBPyConnection, as_of: date) -> IntakeReport:
    """Take in the drop folder, judge what was received, replace this turn's answers, write receipts.

    Reads the ledger's events, anomalies and sets of earlier turns only, so a second run says the same.
    """
    report = _judged(paths, con, as_of, receive(paths, as_of), received(paths, as_of), is_taken=True)
    _record(con, as_of, report.files)
    return report


def acknowledge(paths: Paths, con: duckdb.DuckDBPyConnection, as_of: date) -> IntakeReport:
    """Take in the drop folder before the turn of `as_of` or later comes to it, judge what is new, write receipts.

    Files that may be of one township are judged together, because a later one may replace what an earlier one said. The
    turn judges all of them again and replaces their receipts; nothing is recorded here.
    """
    taken = receive(paths, as_of)
    there = received(paths, as_of)
    new = {folder for source in unanswered(paths, there) for folder in source.addressed_to}
    folders = _connected(new, [source.addressed_to for source, _ in there])
    return _judged(paths, con, as_of, taken, [one for one in there if folders.intersection(one[0].addressed_to)])


def _connected(folders: set[str], of_files: Sequence[tuple[str, ...]]) -> set[str]:
    """Those folders and all whose files may be of the same township: a file may lie in several, and one in no
    township's folder may be anybody's."""
    if folders and any("" in of_file for of_file in of_files):
        return {folder for of_file in of_files for folder in of_file}
    while more := {f for of_file in of_files if folders.intersection(of_file) for f in of_file} - folders:
        folders = folders | more
    return folders


def unanswered(paths: Paths, there: Iterable[tuple[Received, Path]]) -> list[Received]:
    """Of files taken in, those without a receipt, or that were handed in for somebody else since they had it."""
    told: dict[tuple[str, str], int] = {}
    for receipt in receipts(paths):
        of = receipt.parent.name, receipt.name
        told[of] = max(told.get(of, 0), _written(receipt))
    return [
        source for source, stored in there
        if told.get((source.received_on, receipt_name(source.sha256)), -1) < _noted(source, stored)
    ]  # fmt: skip


def _noted(source: Received, stored: Path) -> int:
    """When was last noted for whom a file is."""
    return _written(stored.with_name(f"{source.sha256}.json"))


def _written(file: Path) -> int:
    """When a file was written, in nanoseconds; of one that has gone meanwhile before all others."""
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return -1


def _judged(
    paths: Paths, con: duckdb.DuckDBPyConnection, as_of: date, taken: Taken, there: Iterable[tuple[Received, Path]],
    is_taken: bool = False,
) -> IntakeReport:
    keys, rules = KeyProvider(paths), load_rules()
    known = known_tickets(con, as_of, rules)
    desk = _Desk(paths, keys, rules, as_of, _issued(con, as_of), _tickets(con, as_of), known)
    files, early = [], []
    with Reader() as reader:
        for source, path in there:
            result = FileResult(source)
            try:
                _judge(result, path, desk, reader)
            except _Early as answered:
                result.reason_code, result.reason = answered.code, answered.reason
                put_back(paths, source)
                early.append(result)
                continue
            except Refused as refused:
                result.reason_code, result.reason = refused.code, refused.reason
            except BaseException as error:  # whatever it is, the other files are other people's
                if is_ours(error):
                    raise
                result.reason_code, result.reason = UNFORESEEN, _unforeseen(paths, as_of, source, error)
            files.append(result)
    for result, rows in zip(files, merge([f.rows for f in files]), strict=True):
        result.rows = rows
    left = [FileResult(one.source, reason_code=UNFORESEEN, reason=one.reason) for one in taken.left]
    handed: Counter = Counter()
    for result in (*left, *files):
        handed[result.township_code] += 1
        number = handed[result.township_code]
        said = Handed(result.shown_name, number, *_whose(paths, as_of, result), is_signed=bool(result.officer))
        try:
            result.receipt = _write_receipt(paths, as_of if is_taken else None, result, rules, said)
            if result.reason_code == UNFORESEEN:  # it answers nothing: whoever comes next judges the file again
                os.utime(result.receipt, (0, 0))
        except OSError as error:  # what stands in its place stands in nobody else's
            if is_ours(error):
                raise
            number = incident(paths, f"receipts/{result.township_code}", result.source.sha256, as_of, error)
            result.unwritten = f"回执没有写出，{words(number)}。"
    return IntakeReport(tuple(files), taken.repeats, tuple(left), tuple(early))


class _Early(Refused):
    """The file answers a set of this turn, which is being run again."""


@dataclass(frozen=True)
class _Desk:
    """What every file is judged by. `sets`: (township, business date) -> newest issue."""

    paths: Paths
    keys: KeyProvider
    rules: Mapping[str, Rule]
    as_of: date
    sets: Mapping[tuple[str, date], int]
    tickets: Mapping[str, tuple[str, str]]
    known: Mapping[str, Known]


def _judge(result: FileResult, path: Path, desk: _Desk, reader: Reader) -> None:
    """Fill in what the file says. Raises Refused."""
    book = _open(path, result.source, desk.paths, desk.keys, reader)
    identity = identify(book, desk.keys)
    check_addressee(identity, result.source.addressed_to)
    result.identity = identity
    _check_set(identity, desk)
    result.officer = _officer(book)
    signer = RowSigner(desk.keys, identity.set_id)
    result.rows = check_rows(book, identity, signer, desk.rules, desk.tickets, desk.known)


def _unforeseen(paths: Paths, as_of: date, source: Received, error: Exception) -> str:
    return f"{words(incident(paths, f'inbox/{source.file_name}', source.sha256, as_of, error))}。"


def _open(path: Path, source: Received, paths: Paths, keys: KeyProvider, reader: Reader) -> Book:
    if path.stat().st_size > MAX_BYTES:
        raise Refused("E_SIZE", {"limit": MAX_BYTES // 1_000_000})
    blob = path.read_bytes()
    if is_locked(blob):
        blob = unlocked(blob, source, paths, keys)
    return reader.read(blob)


def _check_set(identity: Identity, desk: _Desk) -> None:
    """A set is known when this or a later issue of it is in the ledger; those of the turn itself are not there yet."""
    out = issued_set(desk.paths, identity.township_code, identity.as_of) if identity.as_of >= desk.as_of else None
    if out and out.issue >= identity.issue:
        raise _Early("N_NEXT_TURN", {"as_of": identity.as_of})
    if desk.sets.get((identity.township_code, identity.as_of), 0) < identity.issue:
        raise Refused("E_SET", {"as_of": identity.as_of.isoformat(), "issue": identity.issue})


def _officer(book: Book) -> str:
    row, column = layout.SIGN_OFF_ROW, layout.SIGN_OFF_COLUMN
    sheet = book.sheets.get(layout.RECEIPT, [])
    return cell_text(sheet[row][column]).strip() if len(sheet) > row and len(sheet[row]) > column else ""


def _issued(con: duckdb.DuckDBPyConnection, as_of: date) -> dict[tuple[str, date], int]:
    rows = con.execute(
        "select township_code, as_of, max(issue) from lake.ledger.return_set where as_of < ? group by all",
        [as_of],
    ).fetchall()
    return {(township, day): issue for township, day, issue in rows}


def _tickets(con: duckdb.DuckDBPyConnection, as_of: date) -> dict[str, tuple[str, str]]:
    rows = con.execute(
        "select distinct on (ticket_id) ticket_id, to_state, assignee from lake.ledger.ticket_event "
        "where as_of < ? order by ticket_id, as_of desc, seq desc",
        [as_of],
    ).fetchall()
    return {ticket: (state, assignee) for ticket, state, assignee in rows}


def _write_receipt(paths: Paths, as_of: date | None, result: FileResult, rules: dict, handed: Handed) -> Path:
    """One a file: under the day it was received for, where the turn finds and replaces the first one, wherever that
    lies: whose the file is may have been known wrongly."""
    folder = paths.receipts / (result.township_code or UNKNOWN_FOLDER) / result.source.received_on
    path = folder / receipt_name(result.source.sha256)
    write_whole(path, build_receipt(as_of, handed, result.reason, result.rows, rules))
    for earlier in paths.receipts.glob(f"*/{path.parent.name}/{path.name}"):
        if earlier != path and earlier.is_file():
            earlier.unlink()
    return path


def _whose(paths: Paths, as_of: date, result: FileResult) -> tuple[str, str]:
    """The place and the last day for answers of the file's set, or of the newest set before `as_of` of the township in
    whose folder it was dropped; '' where its manifest is lost."""
    shelf, of = paths.returns / (result.township_code or UNKNOWN_FOLDER), result.identity
    before = [folder for folder in issues_in(shelf) if folder.name < folder_name(as_of, 1)]
    said = read_manifest(shelf / folder_name(of.as_of, of.issue) if of else before[-1] if before else shelf)
    place = of.place if of else said.get("county_name", "") + said["township_name"] if said else ""
    return place, said.get("due_on", "") if said else ""


def _record(con: duckdb.DuckDBPyConnection, as_of: date, files: Sequence[FileResult]) -> None:
    lines = []
    for f in files:
        set_id = f.identity.set_id if f.identity else None
        head = (as_of, f.source.sha256, f.source.file_name, f.township_code, set_id)
        if f.reason:
            lines.append((*head, 0, None, "", "", "", "", "", f.officer, REJECTED, f.reason_code, f.reason))
        for r in f.rows:
            said = (r.answer_text, r.answer_code, r.answer_kind, r.new_value, r.note, f.officer)
            lines.append((*head, r.sheet_row, r.ticket_id, *said, r.outcome, r.reason_code, r.reason))
    replace_turn(con, "lake.ledger.answer", as_of, pl.DataFrame(lines, schema=_ANSWER, orient="row"))
