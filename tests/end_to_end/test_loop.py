"""The loop from departments' files to closed tickets, on the sample prefecture at 0.1 %."""

from datetime import date

import duckdb
import openpyxl
import polars as pl
import pytest

from pipelines.give.published.export import RESIDENT_ID
from pipelines.judge.rules import load_rules
from pipelines.kit.lake import connect
from prefecture.register import register_of
from prefecture.sample.story import TURNS
from prefecture.scoring import score, score_places

FIRST, LAST = TURNS
RULES = set(load_rules())


@pytest.mark.parametrize("as_of", TURNS)
def test_every_planted_defect_is_found_and_nothing_else(story, as_of: date):
    paths, _ = story
    with connect(paths, read_only=True) as con:
        scores = {s.rule_id: s for s in score(con, register_of(paths), as_of)}
    assert set(scores) == RULES
    wrong = {r: s for r, s in scores.items() if s.false_alarms or s.missed or s.hard_negatives_fired}
    assert wrong == {}
    planted = [r for r, s in scores.items() if s.planted]
    assert set(planted) >= RULES - ({"R46", "R47"} if as_of == FIRST else set())


def test_all_real_units_stand(query):
    found = query("SELECT level_name, count(*) FROM lake.unified.division WHERE is_current GROUP BY 1")
    taken_up = 5
    assert {k: n for k, n in found if k != "网格"} == {"市": 1, "县": 13, "乡镇": 159, "村": 6509 + taken_up}


def test_every_dated_code_of_a_reorganised_village_leads_to_the_unit_of_its_day_and_of_today(story):
    paths, _ = story
    with connect(paths, read_only=True) as con:
        found = score_places(con, register_of(paths))
    assert found.planted > 20
    assert found.of_day == found.of_today == found.planted


def test_functional_zones_are_units_though_no_national_table_has_them(query):
    """370671, and 370676, which was 370672 until June 2023."""
    zones = "('370671', '370672', '370676')"
    assert query(f"SELECT count(*) FROM lake.reference.gbt2260 WHERE code IN {zones}") == [(0,)]
    told = "SELECT division_code, level_name, current_code FROM lake.unified.division"
    assert query(f"{told} WHERE division_code IN {zones} ORDER BY 1") == [
        ("370671", "县", "370671"), ("370672", "县", "370676"), ("370676", "县", "370676"),
    ]


def test_every_township_got_a_set_in_both_turns(story, query):
    paths, _ = story
    assert query("SELECT as_of, count(DISTINCT township_code) FROM lake.ledger.return_set GROUP BY 1 ORDER BY 1") == [
        (FIRST, 159), (LAST, 159),
    ]
    assert len(list(paths.returns.glob("*/20240229/*.xlsx"))) == 159


def test_a_correction_closed_its_ticket_and_a_flip_back_reopened_one(query):
    flipped = query(
        "SELECT ticket_id, state, assignee FROM lake.ledger.ticket t WHERE EXISTS "
        "(SELECT 1 FROM lake.ledger.ticket_event e WHERE e.ticket_id = t.ticket_id AND e.event = 'flip_back')"
    )
    assert flipped and {(state, assignee) for _, state, assignee in flipped} <= {
        ("reopened", "source"), ("returned", "source"),
    }
    (closed,) = query(
        "SELECT count(*) FROM lake.ledger.ticket t JOIN lake.ledger.correction c USING (ticket_id) "
        "WHERE t.state = 'closed'"
    )
    assert closed[0] > 0


def test_the_corrected_value_still_stands_after_the_flip_back(query):
    rows = query(
        "SELECT c.new_value, s.grid_code, s.correction_ref, c.ticket_id FROM lake.ledger.correction_standing c "
        "JOIN lake.ledger.ticket_event e ON e.ticket_id = c.ticket_id AND e.event = 'flip_back' "
        "JOIN lake.staging.stg_grid_centre__grid_survey s ON s.record_key = c.record_key WHERE c.field = 'grid_code'"
    )
    assert rows
    assert all(new == value and ref == ticket for new, value, ref, ticket in rows)


def test_who_the_townships_say_lives_lives_and_who_they_say_is_dead_is_dead(story, query):
    """Every answer planted in the register that has arrived counts at once, marked where a feed says otherwise."""
    paths, _ = story
    planted = pl.read_parquet(register_of(paths) / "answers.parquet").filter(
        pl.col("answer_code").is_in(["确认健在", "确认已死亡"]),
        pl.col("behaviour").is_in(["right", "wrong", "dispute"]),
    )
    said = {ticket: code == "确认健在" for ticket, code in planted.select("ticket_id", "answer_code").iter_rows()}
    kept = query(
        "SELECT a.ticket_id, p.is_alive, p.life_source_ref, p.disputed, r.person_id IS NOT NULL "
        "FROM lake.ledger.assertion_standing a JOIN lake.linkage.person_identifier i ON i.id_no = a.id_no "
        "JOIN lake.unified.person p ON p.person_id = i.person_id "
        "LEFT JOIN lake.returns.return_resident r ON r.person_id = p.person_id WHERE a.asserts IS NOT NULL"
    )
    assert {t: alive for t, alive, *_ in kept} == said and set(said.values()) == {True, False}
    for ticket, alive, reference, disputed, is_listed in kept:
        assert (reference, is_listed) == (f"ticket/{ticket}", alive)
        assert not alive or "生死" in disputed


def test_a_letter_about_a_life_cites_the_row_of_its_reader(story):
    paths, _ = story
    (letter,) = (paths.notices / "health" / "20240229").glob("*.xlsx")
    sheet = openpyxl.load_workbook(letter).active
    top = next(c.row for c in sheet["A"] if c.value == "序号")
    rows = [[c.value or "" for c in row] for row in sheet.iter_rows(min_row=top)]
    disputes = [dict(zip(rows[0], row, strict=True)) for row in rows[1:] if row[1] == "镇街异议"]
    assert disputes
    for row in disputes:
        assert row["数据文件"].startswith("F04_") and row["行号"].isdigit() and row["记录"].startswith("姓名：")


def test_a_value_of_a_person_leads_to_the_row_of_its_file(story, query):
    """Name by name: the reference of a golden value names a landed file whose row holds that value."""
    paths, _ = story
    rows = query(
        "SELECT name, name_source_ref FROM lake.unified.person WHERE name_source_ref LIKE 'F01/%' "
        "ORDER BY person_id LIMIT 20"
    )
    assert len(rows) == 20
    for name, reference in rows:
        feed, delivery, row = reference.split("/")
        (file,) = (p for p in (paths.landing / feed / delivery).iterdir() if p.name != "delivery.json")
        line = file.read_text(encoding="gb18030").splitlines()[int(row) - 1]
        assert name in line.split(",")


def test_nothing_unseen_is_lost(query):
    assert query("SELECT count(*) FROM lake.ledger.delivery WHERE rows_in <> rows_bronze + rows_quarantined") == [(0,)]


def test_the_unreadable_rows_in_quarantine_are_exactly_the_planted_ones(story, query):
    """Row by row; deliveries quarantined whole are R47's."""
    paths, _ = story
    refused = [d for (d,) in query("SELECT delivery_id FROM lake.ledger.delivery WHERE status = 'quarantined'")]
    held = pl.concat(pl.read_parquet(p) for p in paths.bronze.glob("*/*/quarantine.parquet"))
    place = ["feed", "file", "row", "code"]
    found = set(held.filter(~pl.col("delivery_id").is_in(refused)).select(place).rows())
    planted = set(pl.read_parquet(register_of(paths) / "quarantine" / "*.parquet").select(place).rows())
    assert len(planted) > 3
    assert found == planted


def test_the_summary_says_where_to_look(story):
    _, printed = story
    for word in ("Rows per layer", "R46", "analyst.duckdb", "return-loop.md", "passwords.csv"):
        assert word in printed


def test_the_published_file_holds_no_identity_number(story):
    """Ids are left out: they are hashes, which may hold eighteen digits in a row by chance."""
    paths, _ = story
    with duckdb.connect(paths.published / "analyst.duckdb", read_only=True) as con:
        texts = con.execute(
            "SELECT table_name, column_name FROM duckdb_columns() WHERE data_type = 'VARCHAR' "
            "AND NOT internal AND NOT ends_with(column_name, '_id')"
        ).fetchall()
        assert len(texts) > 20
        for table, column in texts:
            count = f'SELECT count(*) FROM "{table}" WHERE regexp_matches("{column}", ?)'
            assert con.execute(count, [RESIDENT_ID]).fetchone() == (0,), (table, column)
