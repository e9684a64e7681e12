"""The past of golden tables: any turn's state can be asked for again, whatever came after."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.judge.ledger import past, schema
from pipelines.kit.lake import connect
from pipelines.kit.models import Remembered, remembered
from pipelines.kit.paths import Paths
from pipelines.kit.tables import insert

THING = Remembered("unified", "thing", ("thing_id",), "begun", "ended", ("seen",), ("age",))
T1, T2, T3 = date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31)
B, E = date(2020, 1, 1), date(2024, 2, 10)


@pytest.fixture
def thing(con, monkeypatch):
    """Returns `turn(day, rows)`: a turn in which `unified.thing` holds these rows of (id, name)."""
    monkeypatch.setattr(past, "remembered", lambda: [THING])
    for name in ("thing", "thing_change"):
        con.execute(f"DROP TABLE IF EXISTS lake.{'past' if 'change' in name else 'unified'}.{name}")

    def turn(day, *rows, begun=B, ended=None, ref="a"):
        con.execute(
            "CREATE OR REPLACE TABLE lake.unified.thing (thing_id VARCHAR, name VARCHAR, begun DATE, ended DATE, "
            "source_ref VARCHAR, seen DATE, age INTEGER)"
        )
        insert(con, "lake.unified.thing", [(id_, name, begun, ended, ref, day, day.month) for id_, name in rows])
        schema.open_turn(con, day)
        added = past.remember(con, day)["thing"]
        con.execute("INSERT INTO lake.ledger.turn VALUES (?)", [day])
        return added

    return turn


def known(con, on=None, valid=None, columns="thing_id, name"):
    for variable, day in ((past.KNOWN_ON, on), (past.VALID_ON, valid)):
        con.execute(f"SET VARIABLE {variable} = {f'DATE {chr(39)}{day}{chr(39)}' if day else 'NULL'}")
    return con.execute(f"SELECT {columns} FROM lake.past.thing ORDER BY ALL").fetchall()


def test_only_what_is_otherwise_is_added_and_every_day_can_be_asked(con, thing):
    assert thing(T1, ("1", "甲"), ("2", "乙")) == 2
    assert thing(T2, ("1", "甲"), ("2", "丙"), ("3", "丁"), ref="b") == 2  # the first has another file only
    assert thing(T3, ("2", "丙")) == 2  # two ends
    assert known(con) == [("2", "丙")]
    assert known(con, T2) == [("1", "甲"), ("2", "丙"), ("3", "丁")]
    assert known(con, T3 - timedelta(1)) == known(con, T2)
    assert known(con, T1) == [("1", "甲"), ("2", "乙")]
    assert known(con, T1 - timedelta(1)) == []
    said = known(con, T2, columns="thing_id, known_from, source_ref")
    assert said == [("1", T1, "a"), ("2", T2, "b"), ("3", T2, "b")]


def test_what_went_and_came_again_is_there_again(con, thing):
    for day, rows in ((T1, [("1", "甲")]), (T2, []), (T3, [("1", "甲")])):
        thing(day, *rows)
    assert [len(known(con, day)) for day in (T1, T2, T3)] == [1, 0, 1]


def test_a_turn_that_is_run_again_and_one_that_was_killed_leave_nothing_behind(con, thing):
    thing(T1, ("1", "甲"))
    thing(T2, ("1", "乙"))
    con.execute("DELETE FROM lake.ledger.turn WHERE as_of = ?", [T2])  # killed before it closed
    thing(T3, ("1", "丙"))
    assert [known(con, day) for day in (T1, T2, T3)] == [[("1", "甲")], [("1", "甲")], [("1", "丙")]]
    thing(T1, ("1", "丁"))
    assert known(con) == [("1", "丁")]


def test_valid_time_is_first_day_to_last_and_open_where_nobody_tells(con, thing):
    thing(T1, ("1", "甲"), begun=B, ended=E)
    thing(T2, ("1", "甲"), begun=B, ended=None)
    assert [len(known(con, T1, day)) for day in (B - timedelta(1), B, E, E + timedelta(1))] == [0, 1, 1, 0]
    assert len(known(con, T2, E + timedelta(1))) == 1  # that it ended was not known any more


def test_what_nobody_tells_the_beginning_of_is_so_since_it_was_known(con, thing):
    thing(T1, ("1", "甲"), begun=None)
    thing(T2, ("1", "乙"), begun=None)
    assert [known(con, valid=day) for day in (T1 - timedelta(1), T1)] == [[], [("1", "乙")]]


def test_a_column_that_is_new_is_unknown_of_the_past(con, thing):
    thing(T1, ("1", "甲"))
    con.execute("ALTER TABLE lake.unified.thing ADD COLUMN colour VARCHAR")
    con.execute("UPDATE lake.unified.thing SET colour = '红'")
    past.remember(con, T2)
    con.execute("INSERT INTO lake.ledger.turn VALUES (?)", [T2])
    assert known(con, T1, columns="colour") == [(None,)]
    assert known(con, columns="colour") == [("红",)]


def test_a_column_of_another_type_begins_the_past_again(con, thing):
    thing(T1, ("1", "甲"))
    con.execute("ALTER TABLE lake.unified.thing DROP COLUMN name")
    con.execute("ALTER TABLE lake.unified.thing ADD COLUMN name INTEGER")
    past.remember(con, T2)
    assert known(con, columns="thing_id, known_from") == [("1", T2)]


@settings(deadline=None, max_examples=15)
@given(st.lists(st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["x", "y", None])), min_size=1, max_size=5))
def test_the_state_of_every_turn_comes_back(tmp_path_factory, states):
    days = [T1 + timedelta(30 * number) for number in range(len(states))]
    with connect(Paths(tmp_path_factory.mktemp("past"))) as con, pytest.MonkeyPatch.context() as patched:
        patched.setattr(past, "remembered", lambda: [THING])
        schema.ensure(con)
        for day, state in zip(days, states, strict=True):
            con.execute(
                "CREATE OR REPLACE TABLE lake.unified.thing (thing_id VARCHAR, name VARCHAR, begun DATE, ended DATE, "
                "source_ref VARCHAR, seen DATE, age INTEGER)"
            )
            insert(con, "lake.unified.thing", [(i, name, B, None, str(day), day, 1) for i, name in state.items()])
            past.remember(con, day)
            con.execute("INSERT INTO lake.ledger.turn VALUES (?)", [day])
        for day, state in zip(days, states, strict=True):
            assert dict(known(con, day)) == state


def test_every_table_of_the_house_that_is_remembered_has_a_key_and_its_columns():
    found = {table.name: table for table in remembered()}
    assert set(found) >= {"person", "household", "household_member", "dwelling", "enterprise", "place", "parcel"}
    assert found["person"].key == ("person_id",)
    assert (found["person"].valid_from, found["person"].valid_through) == ("birth_date", "death_date")
    assert found["person"].is_provenance("name_source_ref") and not found["person"].is_provenance("name")
