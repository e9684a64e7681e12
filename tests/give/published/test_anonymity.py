"""Nobody stands alone in what analysts get: groups, small cells, and what is said about both."""

from decimal import Decimal

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines.give.published.anonymity import Plan, generalise, load_plans, smallest_group
from pipelines.give.published.export import publish
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths

ROWS = Plan(
    drop=("household_id",),
    bands={"year": 10, "size": (1, 2, 3)},
    known=("town", "village", "year", "size"),
    blanked=("village", "size", "year"),
)
CELLS = Plan(cells=(("payees", "amount"),), within=("county",))


def people(con: duckdb.DuckDBPyConnection, rows: list[tuple]) -> None:
    columns = "household_id VARCHAR, town VARCHAR, village VARCHAR, year BIGINT, size BIGINT"
    con.execute(f"CREATE OR REPLACE TEMP TABLE t ({columns})")
    if rows:
        con.executemany("INSERT INTO t VALUES ('h', ?, ?, ?, ?)", rows)


def test_columns_are_blanked_one_after_the_other_until_enough_agree() -> None:
    with duckdb.connect() as con:
        people(con, [*[("甲", "一", 1951, 2)] * 5, *[("甲", "二", 1958, 2)] * 3, *[("甲", "三", 1950, 2)] * 2])
        lost = generalise(con, "t", ROWS, 5)
        rows = con.execute("SELECT *, count(*) FROM t GROUP BY ALL ORDER BY ALL").fetchall()
    assert rows == [("甲", "一", "1950-1959", "2", 5), ("甲", None, "1950-1959", "2", 5)]
    assert (lost.blanked, lost.withheld) == (5, 0)


def test_who_stands_alone_even_then_does_not_leave() -> None:
    with duckdb.connect() as con:
        people(con, [*[("甲", "一", 1951, 9)] * 5, ("乙", "九", 1900, 1)])
        lost = generalise(con, "t", ROWS, 5)
        assert con.execute("SELECT DISTINCT * FROM t").fetchall() == [("甲", "一", "1950-1959", "3及以上")]
    assert lost.withheld == 1


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("甲乙"), st.sampled_from("一二三"), st.integers(1930, 2020), st.integers(1, 6)
        ),
        max_size=60,
    ),
    st.integers(2, 6),
)
def test_any_table_comes_out_k_anonymous_and_whole(rows: list[tuple], k: int) -> None:
    with duckdb.connect() as con:
        people(con, rows)
        lost = generalise(con, "t", ROWS, k)
        left = con.execute("SELECT count(*) FROM t").fetchone()[0]
        assert left + lost.withheld == len(rows)
        assert left == 0 or smallest_group(con, "t", ROWS) >= k


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([1, 9, 20], [None, None, 20]),  # alone, it would follow from the total
        ([2, 2, 9, 20], [None, None, None, 20]),  # four people in all: their sum would give them away
        ([3, 4, 9, 20], [None, None, 9, 20]),
        ([1, 1, 1, 2, 9, 20], [None] * 5 + [20]),  # five people in four cells: each would be one or two
        ([9, 20], [9, 20]),
        ([1], [None]),
    ],
)
def test_small_cells_go_with_the_one_that_would_give_them_away(counts: list[int], shown: list) -> None:
    with duckdb.connect() as con:
        con.execute("CREATE TEMP TABLE t (county VARCHAR, town BIGINT, payees BIGINT, amount DECIMAL(9,2))")
        con.executemany("INSERT INTO t VALUES ('甲', ?, ?, ?)", [(i, n, n * 100) for i, n in enumerate(counts)])
        lost = generalise(con, "t", CELLS, 5)
        rows = con.execute("SELECT payees, amount::INT FROM t ORDER BY town").fetchall()
    assert [payees for payees, _ in rows] == shown
    assert [amount for _, amount in rows] == [n and n * 100 for n in shown]
    assert lost.withheld == shown.count(None)


@pytest.mark.parametrize(
    ("counts", "total"),
    [
        ([2, 4, 30], 36),
        ([2, 3, 30], None),  # both would be fewer than five
        ([9, 20], 29),
        ([1, 30, None], None),  # two counties: the one cell of the first would follow
        ([2, 2], None),
    ],
)
def test_a_total_is_shown_where_the_cells_shown_leave_enough(counts: list, total: int | None) -> None:
    plan = Plan(cells=(("payees", "amount"),), within=("month",), total_of="parts", rounded={"amount": 1000})
    with duckdb.connect() as con:
        con.execute("CREATE TEMP TABLE parts (month VARCHAR, payees BIGINT)")
        con.executemany("INSERT INTO parts VALUES (NULL, ?)", [[n if n and n >= 5 else None] for n in counts if n])
        people = sum(n or 0 for n in counts)
        con.execute("CREATE TEMP TABLE t AS SELECT NULL::VARCHAR AS month, ?::BIGINT AS payees, "
                    "3499.99::DECIMAL(18,2) AS amount", [people])  # fmt: skip
        lost = generalise(con, "t", plan, 5)
        rows = con.execute("SELECT payees, amount FROM t").fetchall()
    assert rows == [(total, 3000 if total else None)]
    assert lost.withheld == (total is None)


def test_a_month_less_the_one_before_is_no_persons_amount() -> None:
    _, plans = load_plans()
    with duckdb.connect() as con:
        con.execute("""
            CREATE TEMP TABLE t AS SELECT * FROM (VALUES
                ('甲', '一', '低保', '2024-01', 6, 4020.00::DECIMAL(18,2)),
                ('甲', '一', '低保', '2024-02', 5, 3320.00)
            ) v(county_name, township_code, scheme_name, pay_month, payee_count, amount)""")
        generalise(con, "t", plans["benefit_month"], 5)
        assert con.execute("SELECT payee_count, amount FROM t ORDER BY pay_month").fetchall() == [(6, 4000), (5, 3000)]


@settings(max_examples=60, deadline=None)
@example([Decimal(0), Decimal(300), Decimal(-300), Decimal("499.99"), Decimal(500), Decimal(-500)])
@given(st.lists(st.decimals(-6000, 6000, places=2), min_size=1, max_size=20))
def test_an_amount_is_the_nearest_thousand_or_blank_where_that_is_nothing(amounts: list[Decimal]) -> None:
    _, plans = load_plans()
    with duckdb.connect() as con:
        con.execute("CREATE TEMP TABLE t (county_name VARCHAR, scheme_name VARCHAR, pay_month VARCHAR, "
                    "payee_count BIGINT, amount DECIMAL(18,2), truth DECIMAL(18,2))")  # fmt: skip
        con.executemany("INSERT INTO t VALUES ('甲', '低保', '2024-01', 9, ?, ?)", [(a, a) for a in amounts])
        generalise(con, "t", plans["benefit_month"], 5)
        shown = con.execute("SELECT truth, amount, CAST(round(truth / 1000) AS BIGINT) FROM t").fetchall()
    for truth, amount, thousands in shown:
        assert amount == (thousands * 1000 or None)
        assert abs(truth - (amount or 0)) <= 500


def test_of_enterprises_those_that_are_a_person_are_hidden_among_others() -> None:
    _, plans = load_plans()
    plan = plans["enterprise_profile"]
    with duckdb.connect() as con:
        con.execute("""
            CREATE TEMP TABLE t AS SELECT 'e' || i AS enterprise_id, '芝罘区' AS county_name,
                '向阳街道' AS township_name, '370602001' AS township_code, entity_type, '5211' AS industry_code,
                '零售' AS industry_name, 'F' AS industry_section_code, '批发和零售业' AS industry_section_name,
                '存续' AS status_name,
                1990 + i AS established_year, NULL::BIGINT AS cancelled_year, i AS insured_count
            FROM (VALUES (1, '个体工商户'), (2, '个体工商户'), (3, '个体工商户'), (4, '个体工商户'), (5, '个体工商户'),
                (6, '有限责任公司'), (7, NULL), (8, '个人独资企业')) AS v(i, entity_type)""")
        lost = generalise(con, "t", plan, 5)
        shown = "entity_type, township_name, established_year, insured_count"
        rows = con.execute(f"SELECT {shown}, count(*) FROM t GROUP BY ALL ORDER BY ALL").fetchall()
    assert rows == [("个体工商户", "向阳街道", None, None, 5), ("有限责任公司", "向阳街道", 1996, 6, 1)]
    assert (lost.blanked, lost.withheld) == (5, 2), "a type nobody knows may be a person"


def tickets(con: duckdb.DuckDBPyConnection, rows: list[tuple]) -> None:
    """(rule, county, township, state, tickets) as published.anomaly_summary has them."""
    con.execute("CREATE TEMP TABLE t (rule_id VARCHAR, rule_name VARCHAR, county_name VARCHAR, township_name VARCHAR, "
                "township_code VARCHAR, department VARCHAR, severity VARCHAR, state VARCHAR, assignee VARCHAR, "
                "ticket_count BIGINT, reopen_count BIGINT)")  # fmt: skip
    for rule, county, town, state, count in rows:
        con.execute("INSERT INTO t VALUES (?, '名', ?, ?, ?, 'health', 'H', ?, 'source', ?, 1)",
                    [rule, county, town, town, state, count])  # fmt: skip


def test_few_tickets_are_added_up_and_none_is_blank() -> None:
    _, plans = load_plans()
    with duckdb.connect() as con:
        tickets(con, [
            ("R17", "甲", "一", "closed", 9), ("R17", "甲", "二", "closed", 2), ("R17", "甲", "三", "closed", 4),
            ("R17", "乙", "四", "closed", 3), ("R17", "丙", "五", "returned", 1),
            ("R20", "甲", "一", "closed", 3), ("R20", "乙", "四", "returned", 4),
            ("R47", "甲", "一", "closed", 1), ("R47", "甲", "二", "closed", 1),
        ])  # fmt: skip
        lost = generalise(con, "t", plans["anomaly_summary"], 5)
        rows = con.execute(
            "SELECT rule_id, county_name, township_name, state, ticket_count FROM t ORDER BY ALL NULLS LAST"
        ).fetchall()
    # Four tickets of 乙 and 丙 are too few even together: the smallest other row goes with them.
    assert rows == [
        ("R17", "甲", "一", "closed", 9), ("R17", None, None, None, 10), ("R20", None, None, None, 7)
    ]
    assert (lost.blanked, lost.withheld) == (6, 2), "of R47 there are too few in all"


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["R1", "R2"]), st.sampled_from("甲乙"), st.sampled_from("一二三"),
                       st.sampled_from(["closed", "returned"]), st.integers(1, 12)),
             max_size=14, unique_by=lambda r: r[:4]),
    st.integers(2, 6),
)  # fmt: skip
def test_of_any_tickets_all_that_is_shown_adds_up_and_nothing_is_left_to_solve(rows: list[tuple], k: int) -> None:
    _, plans = load_plans()
    with duckdb.connect() as con:
        tickets(con, rows)
        generalise(con, "t", plans["anomaly_summary"], k)
        shown = dict(con.execute("SELECT rule_id, list(ticket_count) FROM t GROUP BY 1").fetchall())
    totals: dict[str, int] = {}
    for rule, *_, count in rows:
        totals[rule] = totals.get(rule, 0) + count
    assert {rule: sum(counts) for rule, counts in shown.items()} == {r: n for r, n in totals.items() if n >= k}
    assert all(n >= k for counts in shown.values() for n in counts)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("甲乙丙"), st.integers(1, 30)), min_size=1, max_size=14), st.integers(2, 6)
)
def test_no_blank_is_told_by_rows_and_totals(cells: list[tuple], k: int) -> None:
    """Whoever knows the totals of the counties and, where it is shown, of the city solves for every blank: none is
    alone, and any may be k."""
    city = Plan(cells=(("payees",),), within=("month",), total_of="parts")
    with duckdb.connect() as con:
        con.execute("CREATE TEMP TABLE t (month VARCHAR, county VARCHAR, payees BIGINT, truth BIGINT)")
        con.executemany("INSERT INTO t VALUES ('1', ?, ?, ?)", [(c, n, n) for c, n in cells])
        generalise(con, "t", Plan(cells=(("payees",),), within=("county",)), k)
        con.execute("CREATE TEMP TABLE parts AS FROM t")
        by_county = con.execute("SELECT sum(truth) - coalesce(sum(payees), 0), count(*) - count(payees), count(payees) "
                                "FROM parts GROUP BY county").fetchall()  # fmt: skip
        con.execute("CREATE OR REPLACE TEMP TABLE t AS SELECT '1' AS month, sum(truth)::BIGINT AS payees FROM parts")
        generalise(con, "t", city, k)
        (total,) = con.execute("SELECT payees FROM t").fetchone()
    known = [(hidden, blanks) for hidden, blanks, shown in by_county if shown]
    if total is not None:
        known.append((sum(h for h, *_ in by_county), sum(b for _, b, _ in by_county)))
    for hidden, blanks in known:
        most = hidden - (blanks - 1)  # the others being one each
        assert blanks == 0 or (blanks > 1 and most >= k)


def test_a_township_with_few_old_people_says_no_number() -> None:
    _, plans = load_plans()
    with duckdb.connect() as con:
        con.execute("""
            CREATE TEMP TABLE t AS SELECT * FROM (VALUES
                ('370602', 'A', 90, 3, 40), ('370602', 'B', 80, 12, 30), ('370602', 'C', 70, 20, 20)
            ) v(county_code, township_code, resident_count, aged_80_count, household_count)""")
        generalise(con, "t", plans["township"], 5)
        rows = con.execute("SELECT resident_count, aged_80_count FROM t ORDER BY township_code").fetchall()
    assert rows == [(90, None), (80, None), (70, 20)]


def test_the_published_file_says_k_and_keeps_it(tmp_path) -> None:
    with connect(Paths(tmp_path)) as con:
        con.execute("""
            CREATE TABLE lake.published.resident_profile AS
            SELECT 'p' || i AS person_id, 'h' || (i // 3) AS household_id, 1930 + i % 80 AS birth_year,
                CASE i % 2 WHEN 0 THEN '男' ELSE '女' END AS sex_name, '芝罘区' AS county_name,
                '向阳街道' AS township_name,
                '370602001' AS township_code, '3706020010' || (10 + i % 7) AS village_code,
                '村' || (i % 7) AS village_name,
                CASE WHEN i % 80 > 60 THEN '0-14岁' ELSE '15-59岁' END AS age_band, NULL::VARCHAR AS living_type,
                1 + i % 6 AS household_size, CASE i WHEN 7 THEN '生死' END AS disputed
            FROM range(500) AS t(i)""")
        result = publish(Paths(tmp_path), con, "2024-01-31", {})
    k, plans = load_plans()
    known = ", ".join(plans["resident_profile"].known)
    with duckdb.connect(result.file, read_only=True) as con:
        assert con.execute("SELECT k FROM about").fetchone() == (k,)
        columns = [name for name, *_ in con.execute("DESCRIBE resident_profile").fetchall()]
        assert "household_id" not in columns
        assert con.execute(
            f"SELECT min(n) >= {k}, sum(n) FROM (SELECT count(*) AS n FROM resident_profile GROUP BY {known})"
        ).fetchone() == (True, 500 - result.withheld["resident_profile"].withheld)
        told = con.execute("SELECT rows_blanked > 0 FROM withheld WHERE table_name = 'resident_profile'").fetchone()
        assert told == (True,)
        assert con.execute("SELECT count(disputed) FROM resident_profile").fetchone() == (0,), "one alone is not marked"
