"""The analysts' file: new keys, comments, and a refusal to publish an identifier."""

import duckdb
import pytest

from pipelines.give.published.anonymity import load_plans
from pipelines.give.published.export import IdentifierLeak, publish
from pipelines.give.published.words import remarks
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths


@pytest.fixture
def paths(tmp_path):
    with connect(Paths(tmp_path)) as con:
        con.execute(
            "CREATE TABLE lake.published.enterprise_profile AS "
            "SELECT 'abc' AS enterprise_id, 1950::BIGINT AS established_year, '有限责任公司' AS entity_type, "
            "'x' AS county_name, 'x' AS township_name, '1' AS township_code, 'x' AS industry_code, "
            "'x' AS industry_name, 'F' AS industry_section_code, '批发和零售业' AS industry_section_name, "
            "'存续' AS status_name, NULL::BIGINT AS cancelled_year, 1 AS insured_count"
        )
        con.execute("CREATE TABLE lake.published.benefit AS SELECT 'abc' AS enterprise_id, '低保' AS scheme_name")
    return Paths(tmp_path)


def _freshness(con, *rows):
    """lake.published.source_freshness of (feed, scope, due period, whether it is stale)."""
    con.execute("CREATE TABLE lake.published.source_freshness (feed VARCHAR, department VARCHAR, scope VARCHAR, "
                "newest_period VARCHAR, due_period VARCHAR, days_behind BIGINT, is_stale BOOLEAN)")  # fmt: skip
    con.executemany("INSERT INTO lake.published.source_freshness VALUES (?, 'health', ?, '202401', ?, 0, ?)", rows)


def _publish(paths, texts=None):
    with connect(paths) as con:
        return publish(paths, con, "2024-01-31", texts or {})


def test_ids_are_rekeyed_and_still_join(paths):
    result = _publish(paths)
    with duckdb.connect(result.file, read_only=True) as con:
        joined = con.execute("SELECT enterprise_id FROM enterprise_profile JOIN benefit USING (enterprise_id)")
        (pid,) = joined.fetchone()
    assert pid != "abc" and len(pid) == 32
    assert result.rows == {"benefit": 1, "enterprise_profile": 1}


def test_the_same_key_gives_the_same_pseudonym(paths):
    def pseudonym():
        with duckdb.connect(_publish(paths).file, read_only=True) as con:
            return con.execute("SELECT enterprise_id FROM enterprise_profile").fetchone()
    assert pseudonym() == pseudonym()


def test_tables_and_columns_carry_comments(paths):
    result = _publish(paths, {"enterprise_profile": {"": "居民's", "established_year": "成立年"}})
    with duckdb.connect(result.file, read_only=True) as con:
        tables = dict(con.execute("SELECT table_name, comment FROM duckdb_tables()").fetchall())
        columns = dict(con.execute(
            "SELECT column_name, comment FROM duckdb_columns() WHERE table_name = 'enterprise_profile'"
        ).fetchall())
        bare = con.execute(
            "SELECT table_name, column_name FROM duckdb_columns() WHERE table_name IN ('about', 'withheld') "
            "AND coalesce(comment, '') = ''"
        ).fetchall()
    assert bare == [] and tables["about"] and tables["withheld"]
    assert tables["enterprise_profile"] == "居民's"
    assert columns["established_year"].startswith("成立年 ")


@pytest.mark.parametrize(
    "select", ["'x' AS id_no", "'见370602195001011232' AS note", "'张三' AS name", "'1' AS house_address"]
)
def test_an_identifier_stops_publication_and_keeps_the_last_file(paths, select):
    file = _publish(paths).file
    before = file.read_bytes()
    with connect(paths) as con:
        con.execute(f"CREATE TABLE lake.published.leak AS SELECT {select}")
    with pytest.raises(IdentifierLeak):
        _publish(paths)
    assert file.read_bytes() == before


def test_the_file_says_how_many_sources_are_stale_and_since_when(paths):
    with connect(paths) as con:
        _freshness(
            con, ("F10", "370685", "202402", True), ("F20", "370600", "202312", True), ("F01", "370600", None, False)
        )
    with duckdb.connect(_publish(paths).file, read_only=True) as con:
        assert con.execute("SELECT as_of, stale_sources, stale_since FROM about").fetchall() == [
            ("2024-01-31", 2, "202312")
        ]
        assert con.execute("SELECT count(*) FROM source_freshness").fetchone() == (3,)


def test_comments_say_what_was_done_to_a_column_and_about_what_k_does_not_cover(paths):
    with connect(paths) as con:
        con.execute(
            "CREATE TABLE lake.published.benefit_month AS SELECT * FROM (VALUES "
            "('芝罘区', '低保', '2024-01', 9, 4020.0), ('芝罘区', '低保', '2024-01', 2, 700.0), "
            "('芝罘区', '低保', '2024-01', 4, 700.0)) t(county_name, scheme_name, pay_month, payee_count, amount)"
        )
        con.execute(
            "CREATE TABLE lake.published.benefit_total AS SELECT scheme_name, pay_month, sum(payee_count)::BIGINT "
            "AS payee_count, sum(amount) AS amount, false AS is_stale FROM lake.published.benefit_month GROUP BY ALL"
        )
    result = _publish(paths, {"benefit_month": {"amount": "金额（元）", "pay_month": "发放月份"}})
    with duckdb.connect(result.file, read_only=True) as con:
        said = dict(con.execute(
            "SELECT column_name, comment FROM duckdb_columns() WHERE table_name = 'benefit_month'"
        ).fetchall())
        assert "相邻两期" in con.execute("SELECT limits FROM about").fetchone()[0]
        assert con.execute("SELECT payee_count, amount FROM benefit_month ORDER BY 1 NULLS LAST").fetchall() == [
            (9, 4000), (None, None), (None, None)
        ]
        assert con.execute("SELECT payee_count, amount FROM benefit_total").fetchall() == [(15, 5000)]
    assert said["pay_month"] == "发放月份"
    assert said["amount"].startswith(
        "金额（元） 四舍五入到 1000，不足 500 的留空 Rounded to 1,000, less than 500 is blank. 空白也"
    )


def test_words_stand_behind_every_code(paths):
    with connect(paths) as con:
        con.execute(
            "CREATE TABLE lake.published.anomaly_summary AS SELECT 'R08' AS rule_id, '芝罘区' AS county_name, "
            "'一' AS township_name, '370602001' AS township_code, 'public_security' AS department, "
            "'C' AS severity, 'returned' AS state, 'source' AS assignee, 9 AS ticket_count, 0 AS reopen_count"
        )
        _freshness(con, ("F01", "370600", None, False))
    result = _publish(paths, {"anomaly_summary": {"rule_id": "规则编号"}})
    with duckdb.connect(result.file, read_only=True) as con:
        columns = [name for name, *_ in con.execute("DESCRIBE anomaly_summary").fetchall()]
        named = con.execute("SELECT columns('.*_name') FROM anomaly_summary").fetchall()
        assert con.execute("SELECT feed_name FROM source_freshness").fetchone() == ("户籍人口",)
        said = dict(con.execute(
            "SELECT column_name, comment FROM duckdb_columns() WHERE table_name = 'anomaly_summary'"
        ).fetchall())
    assert named == [("一人两户(重复户口)", "芝罘区", "一", "市公安局", "紧急", "待核实", "数据源部门")]
    assert columns[:2] == ["rule_id", "rule_name"]
    assert said["rule_id"] == "规则编号" and said["rule_name"] == "Name of the rule. 规则名称"


def test_a_code_without_words_keeps_its_row(paths):
    with connect(paths) as con:
        _freshness(con, ("F77", "370600", None, False))
    with duckdb.connect(_publish(paths).file, read_only=True) as con:
        assert con.execute("SELECT feed, feed_name FROM source_freshness").fetchall() == [("F77", None)]


def test_a_view_answers_from_what_left_and_opens_under_any_name(paths):
    with connect(paths) as con:
        con.execute(
            "CREATE TABLE lake.published.township AS SELECT '芝罘区' AS county_name, '370602' AS county_code, "
            "'一' AS township_name, code AS township_code, 100 AS resident_count, aged AS aged_80_count, "
            "30 AS household_count FROM (VALUES ('1', 2), ('2', 8), ('3', 20)) t(code, aged)"
        )
    file = _publish(paths).file
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{file}' AS other (READ_ONLY)")
        shown = con.execute("SELECT aged_80_count, share FROM other.q05_aged_80 ORDER BY township_code").fetchall()
        views = {name for (name,) in con.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()}
    assert shown == [(None, None), (None, None), (20, 20.0)]
    assert views == {"q05_aged_80", "q07_firms_by_section"}, "what reads tables that are not there is left out"


def test_a_number_that_leaves_in_bands_says_so():
    k, plans = load_plans()
    said = remarks(plans["resident_profile"], k)
    assert said["birth_year"].startswith("只给分档") and "withheld" in said["disputed"]
    assert "county_name" not in said


def test_a_blank_count_may_also_be_one_of_k_or_more_and_says_so():
    k, plans = load_plans()
    counts = remarks(plans["township"], k)["resident_count"]
    assert "不足 5，或为不让人由合计推出不足 5 的另一个数" in counts and "or beside a number that is" in counts
    rows = remarks(plans["resident_profile"], k)["village_name"]
    assert rows == "空白也可能是隐去（不足 5） Blank may mean withheld (fewer than 5)."
    assert "合计推出" not in remarks(plans["anomaly_summary"], k)["county_name"], "what is added up is not blank"
