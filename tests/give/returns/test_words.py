"""Codes are for machines: no name of a column, no code of an answer or of a state in what people open."""

import json
import re

import openpyxl
import pytest

from pipelines.give.returns.assemble import township_returns
from pipelines.give.returns.guide import NIL
from pipelines.give.returns.notices import write_notices
from pipelines.give.returns.workbook import build_workbook
from pipelines.judge.rules import load_rules
from pipelines.judge.verify.suites import load_suites
from pipelines.kit.contracts import load_contracts
from pipelines.kit.security.keys import KeyProvider
from tests.give.returns.small_lake import AS_OF, TOWNSHIPS

RULES = load_rules()
EVIDENCE = {e["meta"]["rule_id"]: e["meta"]["evidence"] for s in load_suites() for e in s["expectations"]}
CODES = {c for columns in EVIDENCE.values() for c in columns} - {"name", "field"}
CODES |= {c for words in RULES["R01"].value_labels.values() for c in words if c.islower()}
CODES |= {a.code for rule in RULES.values() for a in rule.answers}
RAW = re.compile(rf"(?<![A-Za-z0-9_])({'|'.join(sorted(CODES))})(?![A-Za-z0-9_])")



def evidence(rule_id, number=0):
    """Evidence as verify writes it: every column of the rule, codes where there are words for them."""
    words = RULES[rule_id].value_labels
    return {c: "grid_code" if c == "field" else [*words.get(c, {"甲": ""})][number % len(words.get(c, "1"))]
            for c in EVIDENCE[rule_id]}  # fmt: skip


def cells(sheets):
    return [str(c) for sheet in sheets for row in sheet.iter_rows(values_only=True) for c in row if c is not None]


def test_a_sheet_that_names_its_feed_tells_how_new_its_data_are(con):
    con.execute(
        "insert into lake.ledger.freshness by name select ? as as_of, 'F26' as feed, 0 as days_behind, "
        "unnest(['370602', '370611']) as scope, unnest(['202312', '202401']) as last_good_period, 'current' as state",
        [AS_OF],
    )
    data = next(township_returns(con, AS_OF, RULES, load_contracts()))
    assert data.periods == {"small_places": "2023年12月", "emergency_stores": ""}


def test_where_nothing_has_to_be_sent_nothing_is_waited_for(con):
    """F24 may be silent in 370602 and is; of F26 something came there and was refused."""
    con.execute(
        "insert into lake.ledger.arrival by name select ? as as_of, unnest(['F24', 'F26']) as feed, "
        "'370602' as scope, '202312' as period, 'presumed_nil' as state", [AS_OF]
    )  # fmt: skip
    con.execute(
        "insert into lake.ledger.freshness by name select ? as as_of, 'F26' as feed, '370602' as scope, "
        "0 as days_behind, '202401' as behind_period, 'refused' as state", [AS_OF]
    )  # fmt: skip
    data = next(township_returns(con, AS_OF, RULES, load_contracts()))
    assert data.periods == {"small_places": "", "emergency_stores": NIL}


@pytest.mark.parametrize("number", range(6))
def test_no_code_stands_in_a_workbook_or_letter(paths, con, number):
    for township, holder in ((TOWNSHIPS[0][0], "township"), (TOWNSHIPS[1][0], "source")):
        ticket_ids = con.execute(
            "select ticket_id from lake.ledger.ticket where township_code = ? order by 1", [township]
        ).fetchall()
        assert len(ticket_ids) == 6
        for i, (ticket_id,) in enumerate(ticket_ids):
            found_by = [*EVIDENCE][(i + 6 * number) % len(EVIDENCE)]
            con.execute(
                "update lake.ledger.ticket set assignee = ?, found_by = ?, evidence = ? where ticket_id = ?",
                [holder, found_by, json.dumps(evidence(found_by, number)), ticket_id],
            )
    data = next(township_returns(con, AS_OF, RULES, load_contracts()))
    file = paths.root / "book.xlsx"
    file.write_bytes(build_workbook(data, KeyProvider(paths)))
    book = openpyxl.load_workbook(file)
    shown = cells(s for s in book if s.sheet_state == "visible")
    (notice,) = write_notices(paths, con, AS_OF)
    told = cells(openpyxl.load_workbook(notice.file))
    assert len(data.anomalies) == notice.tickets == 6 and any("：" in a.evidence for a in data.anomalies)
    hidden_columns = {"row_key", "group_key", "_chk"}
    assert [text for text in (*shown, *told) if text not in hidden_columns and RAW.search(text)] == []
