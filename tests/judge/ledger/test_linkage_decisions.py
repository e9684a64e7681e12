"""Whom a row means: decisions of people, and which stand."""

from datetime import date

from pipelines.judge.ledger import schema
from pipelines.judge.ledger.linkage_decisions import problems, record_decisions, take_in

DESK = "linkage"
T1, T2, T3 = date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31)


def entry(claim="c1", person="p1", decision="same", on="2024-02-10") -> str:
    what = f"claim_id: {claim}, person_id: {person}, decision: {decision}"
    return f"- {{{what}, reason: 走访核实, by: 李主任, on: {on}}}\n"


def standing(con, paths, as_of):
    schema.ensure(con)
    record_decisions(con, paths, as_of)
    return con.execute(
        "SELECT claim_id, person_id, decision, turn FROM lake.ledger.linkage_decision ORDER BY 1, 2"
    ).fetchall()


def test_the_last_decision_about_a_pair_stands_and_can_be_undone(con, paths, hand_in):
    hand_in("a.yaml", entry(), entry(person="p2", decision="not_same"), entry(claim="c2"))
    take_in(paths, T1)  # decided after that turn
    assert standing(con, paths, T1) == []
    take_in(paths, T2)
    first = [("c1", "p1", "same", T2), ("c1", "p2", "not_same", T2), ("c2", "p1", "same", T2)]
    assert standing(con, paths, T2) == first
    hand_in("b.yaml", entry(decision="not_same", on="2024-03-01"), entry(claim="c2", decision="open", on="2024-03-01"))
    take_in(paths, T3)
    assert standing(con, paths, T3) == [("c1", "p1", "not_same", T3), ("c1", "p2", "not_same", T2)]
    assert standing(con, paths, T2) == first


def test_a_row_is_one_person_the_last_decided(con, paths, hand_in):
    hand_in("a.yaml", entry(person="p2", on="2024-02-11"), entry(), entry(claim="c2", person="p2"))
    take_in(paths, T2)
    assert standing(con, paths, T2) == [("c1", "p2", "same", T2), ("c2", "p2", "same", T2)]


def test_a_decision_about_nobody_is_told(con, paths, hand_in):
    schema.ensure(con)
    con.execute(
        "CREATE OR REPLACE TABLE lake.unified.person_claim AS "
        "SELECT * FROM (VALUES ('c1', 'p1'), ('c2', NULL)) t(claim_id, person_id)"
    )
    con.execute("INSERT INTO lake.ledger.person_key_event VALUES (?, '1', 'gone', 'p1', 'merge')", [T1])
    hand_in("a.yaml", entry(), entry("c2", "gone"), entry("c9", "p1"), entry("c1", "p9"))
    take_in(paths, T2)
    assert problems(con, paths, T2) == [
        f"{told}，请核对主键。该决定未生效。" for told in (
            _file(paths) + " 第3条：库中没有记录 c9", _file(paths) + " 第4条：库中没有人员 p9",
        )
    ]  # fmt: skip


def _file(paths) -> str:
    (kept,) = (paths.decisions / "linkage" / T2.isoformat()).iterdir()
    return kept.name
