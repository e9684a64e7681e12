"""The disclosure policy, and a walk over everything that asks it."""

import pytest

from pipelines.judge.ledger.schema import TABLES
from pipelines.judge.rules import load_rules
from pipelines.judge.verify.run import load_suites
from pipelines.kit.contracts import load_contracts
from pipelines.kit.disclosure import ANALYST, PREVIEW, TOWNSHIP, may_show
from pipelines.kit.disclosure.columns import DISCLOSURE_FILE, load_exceptions, load_ledger_columns, load_lineage
from pipelines.kit.office.sheets import Sheet, load_sheets

FEEDS = load_contracts()
OF_A_FEED = [(f"bronze.{feed.code}", c) for feed in FEEDS.values() for c in feed.columns]


def test_nothing_classed_l3_or_l4_nor_masked_of_any_feed_is_previewed() -> None:
    leaks = [
        (table, c.name)
        for table, c in OF_A_FEED
        if may_show(table, c.name, PREVIEW) and (c.classification in ("L3", "L4") or c.mask or "直接标识符" in c.tags)
    ]
    assert leaks == []
    shown = [c.name for table, c in OF_A_FEED if may_show(table, c.name, PREVIEW)]
    assert len(shown) > 100  # it is not shut altogether


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("bronze.F10", "amount"),
        ("bronze.F06", "birth_time"),
        ("bronze.F32", "political_code"),
        ("bronze.F01", "_record_key"),
        ("unified.person", "person_id"),
        ("unified.person", "name"),
        ("unified.person", "is_alive"),
        ("unified.benefit", "amount"),
        ("published.resident_profile", "sex_name"),
        ("ledger.ticket", "evidence"),
        ("ledger.issued_resident", "name"),
        ("ledger.person_key", "person_id"),
        ("unified.person", "no_such_column"),
        ("no.such_table", "rows"),
    ],
)
def test_persons_and_the_unknown_stay_out_of_previews(table: str, column: str) -> None:
    assert not may_show(table, column, PREVIEW)


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("bronze.F14", "uscc"),
        ("reference.division_2023", "name"),
        ("unified.division", "township_name"),
        ("published.township", "resident_count"),
        ("ledger.delivery", "rows_in"),
    ],
)
def test_what_names_nobody_is_previewed(table: str, column: str) -> None:
    assert may_show(table, column, PREVIEW)


def test_every_column_of_every_model_is_judged_for_every_audience() -> None:
    for table, columns in load_lineage().items():
        for column in columns:
            for audience in (PREVIEW, ANALYST, TOWNSHIP):
                assert may_show(table, column, audience) in (True, False)
    with pytest.raises(ValueError, match="unknown audience"):
        may_show("unified.person", "name", "everybody")


@pytest.mark.parametrize("sheet", [s for s in load_sheets(TOWNSHIP).values() if s.table], ids=lambda s: s.code)
def test_return_sheets_hold_nothing_that_may_only_be_asked(sheet: Sheet) -> None:
    assert [c.name for c in sheet.listed if not may_show(sheet.table, c.name, TOWNSHIP)] == []


def test_evidence_a_township_reads_holds_nothing_that_may_only_be_asked() -> None:
    rules, asked = load_rules(), 0
    for suite in load_suites():
        for expectation in suite["expectations"]:
            meta = expectation["meta"]
            if rules[meta["rule_id"]].asks_township:
                asked += 1
                # The code of a defect is no column: it is the verdict, which whoever is asked reads anyway.
                columns = [c for c in (*meta["evidence"], meta["value"]) if c != meta.get("defect")]
                assert [c for c in columns if not may_show(f"verify.{suite['name']}", c, TOWNSHIP)] == []
    assert asked >= 4


def test_a_name_of_a_feed_that_may_only_be_asked_is_not_returned() -> None:
    assert FEEDS["F20"].return_mode == "query"
    assert not may_show("bronze.F20", "name", TOWNSHIP)
    assert "bronze.F20.name" in load_lineage()["unified.person_claim"]["name"]
    assert "bronze.F20.name" not in load_lineage()["returns.return_resident"]["name"]


def test_analysts_read_only_what_may_be_shown_to_them() -> None:
    tables = {t: c for t, c in load_lineage().items() if t.startswith("published.")}
    assert len(tables) >= 6
    assert [(t, c) for t, columns in tables.items() for c in columns if not may_show(t, c, ANALYST)] == []


def test_declared_columns_exist() -> None:
    known = {c.split()[0] for columns in TABLES.values() for c in columns.split(", ")}
    assert load_ledger_columns() <= known, DISCLOSURE_FILE.name
    of_models = {c for columns in load_lineage().values() for c in columns}
    for (_, table), columns in load_exceptions().items():
        there = of_models if table == "*" else load_lineage()[table]
        assert set(columns) <= set(there)
        assert all(len(reason) >= 3 for reason in columns.values())
