"""A table of the analysts' file taken along, and the dictionary in the file: what is said of each column."""

import csv
import stat

import duckdb
import pytest

from pipelines import __main__ as commands
from pipelines.give.published.export import publish
from pipelines.give.published.take import NotTakenError, take
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths

MARK = b"\xef\xbb\xbf"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """An analysts' file of enterprises, one of which has a name that a spreadsheet would compute."""
    paths = Paths(tmp_path_factory.mktemp("made"))
    with connect(paths) as con:
        con.execute("""
            CREATE TABLE lake.published.enterprise_profile AS SELECT 'e' || i AS enterprise_id, '芝罘区' AS county_name,
                if(i = 0, '=1+1', '向阳街道') AS township_name, '370602001' AS township_code,
                '有限责任公司' AS entity_type, '5211' AS industry_code, '零售' AS industry_name,
                'F' AS industry_section_code, '批发和零售业' AS industry_section_name, '存续' AS status_name,
                1990 AS established_year, NULL::BIGINT AS cancelled_year, i AS insured_count FROM range(3) t(i)""")
        con.execute("CREATE TABLE lake.published.source_freshness (feed VARCHAR, department VARCHAR, scope VARCHAR, "
                    "newest_period VARCHAR, due_period VARCHAR, days_behind BIGINT, "
                    "is_stale BOOLEAN)")  # fmt: skip
        con.executemany(
            "INSERT INTO lake.published.source_freshness VALUES (?, 'market', ?, ?, NULL, 0, ?)",
            [("F14", "370602", "202402", False), ("F14", "370685", "202312", True), ("F17", "370600", "202401", False)],
        )
        texts = {"": "企业 Firms", "insured_count": "参保人数 Insured"}
        publish(paths, con, "2024-02-29", {"enterprise_profile": texts})
    return paths


def dictionary(file) -> dict[str, dict]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return {row["列"]: row for row in csv.DictReader(lines)}


def test_csv_opens_in_excel_and_computes_nothing(made, tmp_path):
    taken = take(made, "enterprise_profile", "csv", tmp_path / "new" / "folder")
    content = taken.file.read_bytes()
    assert taken.rows == 3 and content.startswith(MARK) and not content.startswith(MARK + b'"')
    rows = list(csv.DictReader(content.decode("utf-8-sig").splitlines()))
    assert sorted(row["township_name"] for row in rows) == ["'=1+1", "向阳街道", "向阳街道"]
    assert {row["cancelled_year"] for row in rows} == {""} and content.endswith(b"\r\n")
    assert sorted(file.name for file in taken.file.parent.iterdir()) == [
        "enterprise_profile.csv", "enterprise_profile_数据字典.csv",
    ]  # fmt: skip


def test_parquet_holds_what_the_file_holds(made, tmp_path):
    taken = take(made, "q07_firms_by_section", "parquet", tmp_path)
    with duckdb.connect(made.published / "analyst.duckdb", read_only=True) as con:
        there = con.execute("FROM q07_firms_by_section").fetchall()
        columns = con.execute("DESCRIBE q07_firms_by_section").fetchall()
    with duckdb.connect() as con:
        assert con.execute(f"FROM '{taken.file}'").fetchall() == there
        assert [row[:2] for row in con.execute(f"DESCRIBE FROM '{taken.file}'").fetchall()] == [c[:2] for c in columns]
    assert taken.rows == len(there) == 1


def test_the_dictionary_says_what_a_column_is_made_of_and_how_new_that_is(made, tmp_path):
    told = dictionary(take(made, "enterprise_profile", "parquet", tmp_path).dictionary)
    assert list(told)[:2] == ["enterprise_id", "county_name"] and len(told) == 13
    assert told["insured_count"] == {
        "列": "insured_count", "类型": "BIGINT",
        "说明": told["insured_count"]["说明"], "单位": "人", "来源": "F17 职工参保",
        "最旧一处到": "202401", "最新一处到": "202401", "有欠报": "false",
    }  # fmt: skip
    assert told["insured_count"]["说明"].startswith("参保人数 Insured ")
    status = told["status_name"]
    assert (status["来源"], status["最旧一处到"], status["最新一处到"], status["有欠报"]) == (
        "F14 市场主体登记", "202312", "202402", "true",
    )  # fmt: skip
    assert (told["industry_name"]["来源"], told["industry_name"]["有欠报"]) == ("参考数据 reference", "")
    assert told["established_year"]["单位"] == ""


def test_a_view_says_what_its_tables_are_made_of_and_a_count_what_it_counts(made, tmp_path):
    told = dictionary(take(made, "q07_firms_by_section", "csv", tmp_path).dictionary)
    assert told["county_name"]["来源"] == "F36 区划网格"
    assert {"F14 市场主体登记", "F17 职工参保"} <= set(told["enterprise_count"]["来源"].split("、"))
    assert any(row["最旧一处到"] for row in told.values())
    assert [told[c]["单位"] for c in ("county_name", "enterprise_count", "unknown_count")] == ["", "家", "家"]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("enterprise", "没有表 enterprise；相近的有 enterprise_profile。全部：about、"),
        ("ledger.ticket", "没有表 ledger.ticket；"),
        ('about" UNION FROM "withheld', "没有表 about"),
        ("sqlite_master", "没有表 sqlite_master"),
        ("/etc/passwd", "没有表 /etc/passwd"),
    ],
)
def test_nothing_leaves_that_is_not_in_the_file(made, tmp_path, name, told):
    with pytest.raises(NotTakenError, match="分析库里") as why:
        take(made, name, "csv", tmp_path)
    assert told in str(why.value) and list(tmp_path.iterdir()) == []


def test_where_nothing_can_be_written_it_is_said(made, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(NotTakenError, match="不能写到 .*file"):
        take(made, "about", "csv", tmp_path / "file")
    with pytest.raises(NotTakenError, match="还没有分析库"):
        take(Paths(tmp_path), "about", "csv", tmp_path)


def test_an_older_file_without_a_dictionary_is_said_to_be_one(tmp_path):
    paths = Paths(tmp_path)
    paths.published.mkdir()
    with duckdb.connect(paths.published / "analyst.duckdb") as con:
        con.execute("CREATE TABLE about AS SELECT 1 AS k")
    with pytest.raises(NotTakenError, match="以前的格式"):
        take(paths, "about", "csv", tmp_path)


@pytest.mark.parametrize("content", [b"", b"x" * 9999, "half"])
def test_a_damaged_file_is_said_to_be_one(made, tmp_path, content):
    paths = Paths(tmp_path)
    paths.published.mkdir()
    whole = (made.published / "analyst.duckdb").read_bytes()
    (paths.published / "analyst.duckdb").write_bytes(whole[: len(whole) // 2] if content == "half" else content)
    with pytest.raises(NotTakenError, match="打不开"):
        take(paths, "about", "csv", tmp_path)


def test_csv_holds_what_has_parts_as_json_and_everything_else_as_text(made, tmp_path):
    paths = Paths(tmp_path)
    paths.published.mkdir()
    with duckdb.connect(paths.published / "analyst.duckdb") as con:
        con.execute(f"ATTACH '{made.published / 'analyst.duckdb'}' AS whole (READ_ONLY)")
        con.execute("CREATE TABLE dictionary AS FROM whole.dictionary")
        con.execute("CREATE TABLE odd AS SELECT [1, 2] AS list, {'a': '甲'} AS struct, 'x'::BLOB AS blob, "
                    "INTERVAL 2 DAY AS span, 1.50::DECIMAL(9, 2) AS sum, TIME '08:00:00' AS at")  # fmt: skip
    file = take(paths, "odd", "csv", tmp_path / "out").file
    (row,) = csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines())
    assert list(row.items()) == [
        ("list", "[1,2]"), ("struct", '{"a":"甲"}'), ("blob", "x"), ("span", "2 days"), ("sum", "1.50"),
        ("at", "08:00:00"),
    ]  # fmt: skip


def test_the_command_tells_where_the_files_are_or_why_there_are_none(made, monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("ZHENJIE_DATA", str(made.root))
    monkeypatch.setattr("sys.argv", ["pipelines", "take", "about", "--out", str(tmp_path)])
    assert commands.main() == 0
    assert f"{tmp_path / 'about.csv'}（1 行）" in capsys.readouterr().out
    monkeypatch.setattr("sys.argv", ["pipelines", "take", "about"])
    assert commands.main() == 0
    taken = made.published / "taken" / "about.csv"
    assert taken.read_bytes() == (tmp_path / "about.csv").read_bytes()
    assert not stat.S_IMODE(made.published.stat().st_mode) & 0o077, "private, as all data is"
    monkeypatch.setattr("sys.argv", ["pipelines", "take", "q99"])
    assert commands.main() == 1
    assert "没有表 q99" in capsys.readouterr().err
