"""The answering machine: what playing townships do with the workbook they got.

Belongs here: opening it with the password, filling in like a person, sending it back to the inbox. Does not
belong here: what a township knows (register/answers.parquet) or what the pipeline makes of the answer. Equal
answers give equal bytes, so playing twice sends the same file twice.
"""

import io
import re
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.keys import ticket_id
from pipelines.paths import Paths
from pipelines.returns import columns as layout
from pipelines.returns.columns import COL, FIRST_ROW
from pipelines.returns.issue import issued_set
from pipelines.security.keys import KeyProvider
from pipelines.security.workbook_lock import unlock

NOTES = {"wrong": "按村里登记填写", "dispute": "已入户核实，请部门复核", "right": "已入户核实"}


@dataclass(frozen=True)
class PlayReport:
    """What was sent. `behaviours`: behaviour -> tickets in the workbooks."""

    workbooks: int
    answers: int
    behaviours: Counter = field(default_factory=Counter)

    def __str__(self) -> str:
        kinds = ", ".join(f"{name} {count}" for name, count in sorted(self.behaviours.items()))
        return f"{self.workbooks} townships sent {self.answers} answers ({kinds})"


def play(paths: Paths, as_of: date) -> PlayReport:
    """Answer the sets issued on `as_of` for the playing townships, into `inbox/drop/<township>/`.

    Columns used of register/answers.parquet: township_code, rule_id, entity_key, behaviour, answer_code and
    given_value (null = that cell stays empty). Who is late answers after the story has ended.
    """
    keys = KeyProvider(paths)
    players = sorted(pl.read_parquet(paths.register / "players.parquet")["township_code"].to_list())
    known = {
        (row["township_code"], ticket_id(row["rule_id"], row["entity_key"])): row
        for row in pl.read_parquet(paths.register / "answers.parquet").iter_rows(named=True)
    }
    workbooks, behaviours, answers = 0, Counter(), 0
    for code in players:
        issued = issued_set(paths, code, as_of)
        if issued is None or not issued.anomalies:
            continue
        (source,) = issued.folder.glob("返还_*.xlsx")
        book = openpyxl.load_workbook(io.BytesIO(unlock(source.read_bytes(), keys.password(code))))
        plan = {ticket: row for (township, ticket), row in known.items() if township == code}
        done, answered = _fill(book[layout.ANOMALIES], plan, _grids(book))
        behaviours += done
        if answered:
            _sign_off(book[layout.RECEIPT], as_of)
            _send(paths, code, source.name, frozen_bytes(book, as_of))
            workbooks, answers = workbooks + 1, answers + answered
    return PlayReport(workbooks, answers, behaviours)


def frozen_bytes(book: openpyxl.Workbook, saved_on: date) -> bytes:
    """The saved workbook without the moment of saving in it."""
    out, frozen = io.BytesIO(), io.BytesIO()
    book.save(out)
    stamp = f"{saved_on.isoformat()}T09:00:00Z".encode()
    with zipfile.ZipFile(out) as given, zipfile.ZipFile(frozen, "w", zipfile.ZIP_DEFLATED) as made:
        for member in sorted(given.infolist(), key=lambda m: m.filename != "[Content_Types].xml"):
            content = given.read(member)
            if member.filename == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, content)
            made.writestr(zipfile.ZipInfo(member.filename), content, zipfile.ZIP_DEFLATED)
    return frozen.getvalue()


def _fill(sheet: Worksheet, plan: dict[str, dict], grids: list[str]) -> tuple[Counter, int]:
    """Type the planned answers; returns the behaviours met and how many rows were answered."""
    behaviours, answered = Counter(), 0
    for row in range(FIRST_ROW + 1, sheet.max_row + 1):
        known = plan.get(sheet.cell(row, COL["row_key"] + 1).value, {})
        behaviours[known.get("behaviour", "none")] += 1
        if known.get("answer_code") is None or known["behaviour"] == "late":
            continue
        answered += 1
        value = known["given_value"]
        chosen = next((text for text in grids if text.split()[0] == value), value)
        sheet.cell(row, COL["answer"] + 1).value = known["answer_code"]
        sheet.cell(row, COL["new_value"] + 1).value = chosen
        sheet.cell(row, COL["note"] + 1).value = NOTES.get(known["behaviour"])
    return behaviours, answered


def _grids(book: openpyxl.Workbook) -> list[str]:
    column = next(book[layout.CODES].iter_cols(1, 1, min_row=2, values_only=True), ())
    return [text for text in column if text]


def _sign_off(sheet: Worksheet, as_of: date) -> None:
    for i, said in enumerate(("镇街数据专员", "12800000000", as_of.isoformat(), "镇街负责人")):
        sheet.cell(layout.SIGN_OFF_ROW + i + 1, layout.SIGN_OFF_COLUMN + 1).value = said


def _send(paths: Paths, code: str, name: str, content: bytes) -> None:
    folder: Path = paths.inbox / "drop" / code
    folder.mkdir(parents=True, exist_ok=True)
    scratch = folder / f".{name}"
    scratch.write_bytes(content)
    scratch.replace(folder / name)
