"""A register for the answering machine, and what each row it sent must get as a receipt.

Belongs here: what several tests of the machine share. Does not belong here: the machine, and the inbox.
"""

import polars as pl

from prefecture.register import register_of
from prefecture.townships import ways
from tests.give.returns.small_lake import ALL_RULES, entity, ticket

SETTLED = {"E_TICKET_CLOSED", "E_TICKET_SOURCE", "E_TICKET_WAITING"}
_COLUMNS = (
    "township_code", "rule_id", "entity_key", "ticket_id", "feed", "behaviour", "answer_code", "true_answer",
    "true_value", "given_value",
)  # fmt: skip


def register(paths, answers, players):
    """Write answers.parquet and players.parquet from (township, number of the ticket, answer, value, behaviour)."""
    register_of(paths).mkdir(parents=True, exist_ok=True)
    pl.DataFrame({"township_code": players}).write_parquet(register_of(paths) / "players.parquet")
    rows = []
    for code, n, answer, value, kind in answers:
        rule = ALL_RULES[min(n, 5)]
        true_value = f"{code}001002" if rule == "R11" else None
        true_answer = "更正网格" if rule == "R11" else answer
        rows.append((code, rule, entity(code, n), ticket(code, n), "F31", kind, answer, true_answer, true_value, value))
    schema = dict.fromkeys(_COLUMNS, pl.String)
    pl.DataFrame(rows, schema=schema, orient="row").write_parquet(register_of(paths) / "answers.parquet")


def sent(paths, as_of):
    """The register of what was sent."""
    return pl.read_parquet(register_of(paths) / f"sent_{as_of}.parquet")


def is_taken(row):
    """Whether the row holds a complete answer, true or not, with a value that is allowed."""
    is_complete = row["behaviour"] in ("right", "wrong", "dispute", "late") and row["answer_code"] is not None
    return is_complete and not (row["value"] or "").endswith("998")


def receipt_due(row, is_answered_elsewhere):
    """(outcomes, reason codes) one of which the inbox must have noted for a row that arrived; by the register, and by
    whether another file of the same turn answers its ticket."""
    behaviour, way = row["behaviour"], row["workbook_behaviour"]
    blank = ({"duplicate"}, {"N_ANSWERED"}) if is_answered_elsewhere else ({"unanswered"}, {"E_BLANK", *SETTLED})
    if behaviour == "late" and row["answer_code"] is None:
        return blank
    if is_taken(row):
        return ({"accepted", "duplicate"}, {"", "E_DUPLICATE_FILE"}) if "twice" in way else ({"accepted"}, {""})
    return {
        "wrong": ({"rejected"}, {"E_VALUE_NOT_ALLOWED"}),
        "revised": ({"superseded"}, {"E_SUPERSEDED"}),
        "again": ({"rejected"}, SETTLED),
        "comment": ({"rejected"}, {"E_ROW_FOREIGN"}),
        "none": blank,
        "partial": ({"rejected"}, {"E_VALUE_MISSING"}) if row["answer_code"] else
                   ({"rejected"}, {"E_ANSWER_MISSING"}) if row["value"] else
                   ({"unanswered"}, {"E_NOTE_ONLY"}) if row["note"] and not is_answered_elsewhere else blank,
    }[behaviour]  # fmt: skip


def check_receipts(con, as_of, lines):
    """Every row that was sent has the receipt it must have, every receipt belongs to a row that was sent."""
    noted = con.execute(
        "select file_name, ticket_id, outcome, reason_code, reason, sheet_row from lake.ledger.answer where as_of = ?",
        [as_of],
    ).fetchall()
    accepted = {ticket_id: file for file, ticket_id, outcome, *_ in noted if outcome == "accepted"}
    found = {(file, ticket_id): rest for file, ticket_id, *rest in noted}
    assert len(found) == len(noted)
    refused = {
        row["file"] for row in lines.iter_rows(named=True)
        if row["file"] and row["workbook_behaviour"] == ways.SHEET_RENAMED
    }  # fmt: skip
    for file in refused:
        outcome, code, reason, sheet_row = found.pop((file, None))
        assert (outcome, code, sheet_row) == ("rejected", "E_SHEET", 0)
        assert reason == "缺少工作表「异常清单」。请用原工作簿重新填写，不要删除或改名工作表。"
    for row in lines.iter_rows(named=True):
        if row["file"] is None or row["file"] in refused:
            continue
        outcome, code, reason, _ = found.pop((row["file"], row["ticket_id"]))
        taken = accepted.get(row["ticket_id"], row["file"])
        outcomes, codes = receipt_due(row, taken != row["file"])
        assert outcome in outcomes and code in codes, (row, outcome, code)
        assert reason == "" or (reason.startswith("工作表「异常清单」第 ") and reason.endswith("。"))
    assert found == {}
