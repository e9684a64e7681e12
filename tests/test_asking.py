"""`make query` reads the lake and does nothing else."""

from datetime import date
from pathlib import Path

import pytest

from pipelines.asking import NotAQuestionError, ask
from pipelines.lake import connect
from pipelines.ledger import schema, shown
from pipelines.paths import Paths


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    made = Paths(tmp_path_factory.mktemp("asking"))
    with connect(made) as con:
        con.execute("CREATE TABLE lake.unified.person AS SELECT 'p' || i AS person_id FROM range(3) AS t(i)")
    return made


@pytest.mark.parametrize(
    "sql", ["SELECT count(*) AS n FROM unified.person", "FROM unified.person", "SHOW TABLES", "DESCRIBE unified.person"]
)
def test_questions_are_answered(paths: Paths, capsys: pytest.CaptureFixture, sql: str) -> None:
    ask(paths, sql)
    assert "│" in capsys.readouterr().out


def test_a_lake_that_stands_half_way_in_a_turn_is_said_to(paths: Paths, capsys: pytest.CaptureFixture) -> None:
    def said() -> str:
        ask(paths, "FROM unified.person")
        return capsys.readouterr().err

    assert "no turn is shown" in said()
    with connect(paths) as con:
        schema.ensure(con)
        shown.reach(con, date(2024, 2, 29), shown.BUILT)
    assert "2024-02-29 这一轮只走到「built」" in said()
    with connect(paths) as con:
        shown.reach(con, date(2024, 2, 29), shown.CLOSED)
    assert said() == ""


@pytest.mark.parametrize(
    "sql",
    [
        "COPY (SELECT 1) TO '{out}'",
        "EXPLAIN ANALYZE COPY (SELECT 1) TO '{out}'",
        "SELECT 1; COPY (SELECT 1) TO '{out}'",
        "EXPORT DATABASE '{out}'",
        "ATTACH '{out}' AS other",
        "INSTALL httpfs",
        "CREATE TABLE unified.other AS SELECT 1",
        "DELETE FROM unified.person",
        "SET enable_external_access = true",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM nowhere",
        "SELEC 1",
        "SELECT '\ud800'",
        "",
    ],
)
def test_anything_else_is_refused_in_one_message_and_leaves_nothing(
    paths: Paths, tmp_path: Path, sql: str
) -> None:
    out = tmp_path / "written"
    with pytest.raises(NotAQuestionError):
        ask(paths, sql.replace("{out}", str(out)))
    assert not out.exists()
    ask(paths, "SELECT count(*) FROM unified.person")


def test_without_a_lake_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotAQuestionError, match="make run"):
        ask(Paths(tmp_path / "none"), "SELECT 1")
    assert not (tmp_path / "none").exists()
