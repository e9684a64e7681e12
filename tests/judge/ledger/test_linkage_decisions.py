"""Whom a row means: decisions of people, as they come in and as they are told."""

import io
from datetime import date

import xlsxwriter

from pipelines.judge.ledger import schema
from pipelines.judge.ledger.linkage_decisions import LINKAGE, append_ruled_out, problems, record_decisions, take_in

DESK = "linkage"
T1, T2, T3 = date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31)


def entry(claim="c1", person="p1", decision="same", on="2024-02-10") -> str:
    what = f"claim_id: {claim}, person_id: {person}, decision: {decision}"
    return f"- {{{what}, reason: 走访核实, by: 李主任, on: {on}}}\n"


def recorded(con, paths, as_of):
    schema.ensure(con)
    record_decisions(con, paths, as_of)
    return con.execute(
        "SELECT decision_no, claim_id, person_id, decision, turn FROM lake.ledger.linkage_decision ORDER BY 1"
    ).fetchall()


def test_every_decision_is_kept_in_the_order_of_days(con, paths, hand_in):
    hand_in("a.yaml", entry(on="2024-02-11"), entry(person="p2", decision="not_same"))
    take_in(paths, T1)  # decided after that turn
    assert recorded(con, paths, T1) == []
    take_in(paths, T2)
    first = [(1, "c1", "p2", "not_same", T2), (2, "c1", "p1", "same", T2)]
    assert recorded(con, paths, T2) == first
    hand_in("b.yaml", entry(decision="open", on="2024-03-01"))
    take_in(paths, T3)
    assert recorded(con, paths, T3) == [*first, (3, "c1", "p1", "open", T3)]
    assert recorded(con, paths, T2) == first


def outcomes(con, *rows):
    """What the models say of decisions: number, claim, person today, decision, turn, number on the row, outcome."""
    con.execute("CREATE SCHEMA IF NOT EXISTS lake.linkage")
    con.execute(
        "CREATE OR REPLACE TABLE lake.linkage.decision_outcome (decision_no BIGINT, claim_id VARCHAR, "
        "decided_person_id VARCHAR, person_id VARCHAR, decision VARCHAR, turn DATE, is_numbered BOOLEAN, "
        "outcome VARCHAR)"
    )
    for no, claim, person, decision, turn, is_numbered, outcome in rows:
        con.execute(
            "INSERT INTO lake.linkage.decision_outcome VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [no, claim, person, None if outcome == "nobody" else person, decision, turn, is_numbered, outcome],
        )
    con.execute(
        "CREATE OR REPLACE TABLE lake.linkage.person_decision AS SELECT claim_id, person_id, decision "
        "FROM lake.linkage.decision_outcome WHERE outcome = 'counts'"
    )


def test_a_decision_without_effect_is_told_where_it_stands(con, paths, hand_in):
    schema.ensure(con)
    con.execute(
        "CREATE OR REPLACE TABLE lake.unified.person_claim AS SELECT * FROM (VALUES ('c1'), ('c2')) AS told(claim_id)"
    )
    hand_in("a.yaml", entry(), entry(person="slip"), entry(person="p2"), entry("c2", decision="open"), entry("c9"))
    take_in(paths, T2)
    outcomes(
        con, (1, "c1", "p1", "same", T2, False, "counts"), (2, "c1", "slip", "same", T2, False, "nobody"),
        (3, "c1", "p2", "same", T2, False, "waits"), (4, "c2", "p1", "open", T2, False, "no_effect"),
        (5, "c9", "p1", "same", T2, False, "counts"),
    )  # fmt: skip
    told = problems(con, paths, T2)
    assert [t.partition(" ")[2].partition("，")[0] for t in told] == [
        "第2条“person_id”：库中没有人员 slip", "第3条“person_id”：这条记录已经认定为人员 p1",
        "第4条“decision”：这条记录和这个人没有可以撤销的决定", "第5条“claim_id”：库中没有记录 c9",
    ]  # fmt: skip
    assert "以前的决定照旧有效" in told[0] and "另填一行“撤销”" in told[1]


def test_a_slip_in_a_workbook_is_told_by_sheet_row_and_heading(con, paths):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("疑似同一人")
        sheet.write_row(0, 0, list(LINKAGE.headings.values()))
        sheet.write_row(1, 0, ["c1", "slip", "同一人", "走访核实", "李主任", "2024-02-10"])
    folder = paths.decisions / DESK
    folder.mkdir(parents=True)
    (folder / "a.xlsx").write_bytes(out.getvalue())
    take_in(paths, T2)
    con.execute("CREATE OR REPLACE TABLE lake.unified.person_claim AS SELECT 'c1' AS claim_id")
    outcomes(con, (1, "c1", "slip", "same", T2, False, "nobody"))
    (told,) = problems(con, paths, T2)
    assert " 工作表“疑似同一人”第2行“人员主键”：库中没有人员 slip" in told


def test_whether_a_row_bore_the_number_is_kept_as_it_was_when_somebody_was_ruled_out(con, paths, hand_in):
    con.execute("CREATE OR REPLACE TABLE lake.unified.person_claim AS SELECT 'c1' AS claim_id")
    hand_in("a.yaml", entry(decision="not_same"))
    take_in(paths, T1)
    for as_of, is_numbered, outcome in ((T2, False, "counts"), (T2, False, "counts"), (T3, True, "outweighed")):
        outcomes(con, (1, "c1", "p1", "not_same", T2, is_numbered, outcome))
        append_ruled_out(con, as_of)  # T2 runs twice
    assert con.execute("FROM lake.ledger.ruled_out").fetchall() == [(T2, "c1", "p1", T2, False)]
    take_in(paths, T3)
    outcomes(con, (1, "c1", "p1", "not_same", T3, True, "outweighed"))
    (told,) = problems(con, paths, T3)
    assert "第1条“decision”：这条记录后来填报了此人的有效证号" in told and "请填“撤销”" in told
