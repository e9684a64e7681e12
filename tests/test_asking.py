"""`make query` reads the lake and does nothing else."""

from datetime import date
from pathlib import Path

import pytest

from pipelines.asking import NotAQuestionError, ask
from pipelines.judge.ledger import schema, shown
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths


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


def test_every_row_and_column_comes_as_csv(paths: Paths, capsys: pytest.CaptureFixture) -> None:
    ask(paths, "SELECT i, 'a,\"' || i AS told, NULL AS nothing FROM range(20001) AS t(i)", is_whole=True)
    lines = capsys.readouterr().out.splitlines()
    assert (lines[0], lines[1], lines[-1]) == ("i,told,nothing", '0,"a,""0",', '20000,"a,""20000",')
    assert len(lines) == 20_002


def test_a_lake_that_stands_half_way_in_a_turn_is_said_to(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    paths = Paths(tmp_path)
    with connect(paths):
        pass

    def said() -> str:
        ask(paths, "SELECT 1")
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


@pytest.mark.parametrize(
    ("sql", "told", "engine"),
    [
        ("SELECT * FROM unified.persons", "没有表 persons；相近的有 unified.person", "Catalog Error"),
        ("SELECT * FROM person", "没有表 person；相近的有 unified.person", "Catalog Error"),
        ("SELECT * FROM nosuch.person", "没有表 nosuch.person；相近的有 unified.person", "Catalog Error"),
        ("SELECT * FROM stg_zz", "没有表 stg_zz；全部表见 SHOW ALL TABLES；新数据源的表，下一轮之后才有", "Catalog"),
        ("SELECT * FROM zzzz", "没有表 zzzz；全部表见 SHOW ALL TABLES", "Catalog Error"),
        ("SELECT persn_id FROM unified.person", "没有列 persn_id；相近的列有 person_id", "Binder Error"),
        ("SELECT p.x FROM unified.person p", "没有列 x；相近的列有 person_id", "Binder Error"),
        ("SELECT person_id, count(*) FROM unified.person", "汇总时，没有汇总的列要写进 GROUP BY", "Binder Error"),
        ("SELECT foo(1)", "没有函数 foo", "Catalog Error"),
        ("SELEC 1", "语法不对，请核对 LINE 所指之处的拼写、括号和引号", "Parser Error"),
        ("SELECT * FROM read_csv('/etc/hosts')", "只能查湖仓里的表，不能打开别的文件", "Permission Error"),
        ("SELECT * FROM '/etc/hosts'", "只能查湖仓里的表，不能打开别的文件", "Catalog Error"),
        ("SELECT CAST('a' AS INTEGER)", "有的值不能变成所要的类型，可用 TRY_CAST", "Conversion Error"),
    ],
)
def test_an_error_says_its_kind_in_chinese_before_the_engines_words(
    paths: Paths, sql: str, told: str, engine: str
) -> None:
    with pytest.raises(NotAQuestionError) as error:
        ask(paths, sql)
    first, *rest = str(error.value).splitlines()
    assert first == told
    assert rest[0].startswith(engine)


@pytest.mark.parametrize(("sql", "found"), [("DELETE FROM unified.person", "DELETE"), ("", "空白"),
                                            ("SELECT 1; SELECT 2", "SELECT, SELECT")])  # fmt: skip
def test_what_does_not_only_read_is_told_so(paths: Paths, sql: str, found: str) -> None:
    with pytest.raises(NotAQuestionError, match=f"^湖仓只供查询：一次一句 SELECT.*这里是 {found}$"):
        ask(paths, sql)


def test_without_a_lake_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotAQuestionError, match="make run"):
        ask(Paths(tmp_path / "none"), "SELECT 1")
    assert not (tmp_path / "none").exists()


def test_a_past_day_is_asked_by_its_variables(paths: Paths, capsys: pytest.CaptureFixture) -> None:
    ask(paths, "SELECT getvariable('known_on') AS known, getvariable('valid_on')", {"known_on": date(2024, 1, 31)})
    assert "2024-01-31" in (said := capsys.readouterr().out)
    assert "NULL" in said


@pytest.fixture(scope="module")
def with_past(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    """A lake that came to know one person on 31 January 2024."""
    made = Paths(tmp_path_factory.mktemp("asking_past"))
    with connect(made) as con:
        con.execute("CREATE TABLE lake.unified.person AS SELECT 'p' AS person_id")
        con.execute("CREATE TABLE lake.past.person_change AS SELECT 'p' AS person_id, DATE '2024-01-31' AS known_from")
        con.execute("CREATE VIEW lake.past.person AS FROM lake.past.person_change")
        con.execute("CREATE TABLE lake.unified.tag AS SELECT 'p' AS subject_id")
    return made


@pytest.mark.parametrize(
    ("sql", "known", "told"),
    [
        ("FROM unified.person", date(2024, 2, 29), "这里查的是 unified.person，.*改查 past.person；.*make past DATE="),
        ("FROM past.person_change", date(2024, 2, 29), "请改查 past.person；"),
        ("FROM lake.unified.tag", date(2024, 2, 29), "是 unified.tag，.*past 有 past.benefit、.*make past DATE="),
        ("FROM past.person", date(2024, 1, 30), "past.person 从 2024-01-31 这一轮起才有记载，2024-01-30 那天"),
        ("FROM past.tag", date(2024, 2, 29), "这里查的是 past.tag"),
        ("SELECT '\ud800'", date(2024, 2, 29), "不是 UTF-8"),
    ],
)
def test_a_day_that_counts_for_nothing_asked_is_said_to(with_past: Paths, sql: str, known: date, told: str) -> None:
    with pytest.raises(NotAQuestionError, match=told):
        ask(with_past, sql, {"known_on": known})


def test_what_is_as_of_now_beside_the_past_is_named(with_past: Paths, capsys: pytest.CaptureFixture) -> None:
    sql = "WITH p AS (FROM past.person) FROM p JOIN unified.tag ON p.person_id = tag.subject_id"
    ask(with_past, sql, {"known_on": date(2024, 1, 31)})
    said = capsys.readouterr()
    assert "2024-01-31" in said.out
    assert "注意：unified.tag 不是 past 的表，查到的是现在的" in said.err
    ask(with_past, sql)
    assert "unified.tag" not in capsys.readouterr().err
