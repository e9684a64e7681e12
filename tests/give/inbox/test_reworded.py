"""Words change between the issue of a workbook and its replay: what the ledger says of it does not."""

import json
from datetime import date

import pytest
import yaml

from pipelines.give.inbox import intake as desk
from pipelines.give.returns.assemble import township_returns
from pipelines.give.returns.sets import write_return_sets
from pipelines.judge.ledger import assertions, corrections, schema, tickets
from pipelines.judge.rules import RULES_FILE, load_rules
from pipelines.kit.contracts import load_contracts
from pipelines.kit.security.keys import KeyProvider
from pipelines.kit.security.workbook_lock import unlock
from tests.give.inbox.desk import R11, R17, R20, R22, fill_in
from tests.give.inbox.test_intake import GRID, drop
from tests.give.returns.small_lake import AS_OF, TOWNSHIPS, ticket

TURN, FIRST = date(2024, 2, 29), TOWNSHIPS[0][0]
DEPARTMENTS = {"F01": "public_security", "F03": "public_security", "F04": "health"}
LEDGER = ("answer", "correction", "assertion", "assertion_standing", "ticket_event", "ticket")
EVIDENCE = {"name": "赵逝", "id_no": "370602194005050199", "death_feed": "F04", "days_since_death": "40"}


@pytest.fixture
def reworded(tmp_path):
    """The catalogue after somebody chose better words, for answers, labels and codes."""
    document = yaml.safe_load(RULES_FILE.read_text(encoding="utf-8"))
    document["labels"]["death_feed"] = "谁报的死亡"
    document["value_labels"]["death_feed"]["F04"] = "市卫健委"
    for rule in document["rules"].values():
        for answer in rule.get("answers", ()):
            answer["formerly"] = [answer["words"]]
            answer["words"] = f"新：{answer['words']}"
    file = tmp_path / "rules.yaml"
    file.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    return load_rules(file)


@pytest.fixture
def answered(paths, con):
    """January's workbook, in the words of then, sent back; every answer the lake's four rules have at hand."""
    con.execute("update lake.ledger.ticket set evidence = ?", [json.dumps(EVIDENCE)])
    columns = ", ".join(c.split()[0] for c in schema.SPAN_TABLES["anomaly"].split(", ")[2:] if "version" not in c)
    columns = columns.replace("fixer, ", "")
    con.execute(
        f"insert into lake.ledger.anomaly by name select ? as first_seen, ? as last_seen, {columns} "
        "from lake.ledger.ticket", [AS_OF, AS_OF],
    )  # fmt: skip
    made = next(s for s in write_return_sets(paths, con, AS_OF) if s.township_code == FIRST)
    con.execute("insert into lake.ledger.turn values (?)", [AS_OF])
    content = unlock(next(made.folder.glob("*.xlsx")).read_bytes(), KeyProvider(paths).password(FIRST))
    said = {
        R20: ("确认已死亡",), R17: ("确认健在", None, "本人在家"), R22: ("本人放弃",), R11: ("更正网格", GRID),
        R11 + 1: ("不是错误",), R11 + 2: ("数据源有误",),
    }  # fmt: skip
    drop(paths, f"{FIRST}/一月.xlsx", fill_in(content, said))
    return con


def replayed(paths, con, monkeypatch, rules):
    """What the ledger holds after the turn that takes the workbook in, table by table."""
    schema.open_turn(con, TURN)
    monkeypatch.setattr(desk, "load_rules", lambda: rules)
    report = desk.intake(paths, con, TURN)
    assert (report.answers, report.problems) == (6, [])
    corrections.record_corrections(con, TURN, rules)
    assertions.record_assertions(con, TURN, rules)
    assertions.rebuild_standing(con, TURN, [])
    tickets.advance(con, TURN, [], rules, DEPARTMENTS)
    return {t: con.execute(f"from lake.ledger.{t} order by all").fetchall() for t in LEDGER}


def test_a_workbook_in_former_words_is_replayed_to_the_same_ledger(paths, answered, monkeypatch, reworded):
    before = replayed(paths, answered, monkeypatch, load_rules())
    assert replayed(paths, answered, monkeypatch, reworded) == before
    assert {t: len(rows) for t, rows in before.items()}["assertion"] == 3
    codes = answered.execute("select ticket_id, answer_code, answer_text from lake.ledger.answer").fetchall()
    assert (ticket(FIRST, 1), "alive", "确认健在") in codes and (ticket(FIRST, 0), "dead", "确认已死亡") in codes
    state = "select state, department from lake.ledger.ticket where ticket_id = ?"
    disputed = answered.execute(state, [ticket(FIRST, 1)]).fetchone()
    assert disputed == ("disputed_to_source", "health"), "the department that recorded the death"


def test_a_word_that_was_never_in_the_list_is_none(paths, answered, monkeypatch, reworded):
    del answered
    rules = load_rules()
    assert rules["R17"].said("新：确认健在") is None
    assert reworded["R17"].said("新：确认健在") is reworded["R17"].said("确认健在") is reworded["R17"].answer("alive")


def test_what_is_issued_next_is_in_the_new_words(con, reworded):
    con.execute("update lake.ledger.ticket set evidence = ?, found_by = 'R17'", [json.dumps(EVIDENCE)])
    data = next(township_returns(con, AS_OF, reworded, load_contracts()))
    assert {a.evidence for a in data.anomalies} == {"谁报的死亡：市卫健委；距死亡天数：40 天"}
    assert {c.code for q in data.questions for c in q.choices} == {
        a.words for r in reworded.values() for a in r.answers
    }
