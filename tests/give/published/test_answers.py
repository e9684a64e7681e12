"""Standing questions on tables of a few rows: a count of those shown is blank where others are not, and rows come in
order."""

import duckdb
import pytest

from pipelines.give.published.answers import add_answer, load_answers

ROWS = {
    "resident_profile": (
        "county_name, township_name, township_code, age_band, birth_year, sex_name",
        [
            *[("乙", "丙镇", "3", None, "1950-1959", None)] * 5,
            *[("乙", "丙镇", "3", "15-59岁", "1950-1959", "女")] * 6,
            *[("甲", None, None, None, None, None)] * 5, *[("甲", "丁镇", "2", "65-79岁", "1940-1949", "男")] * 7,
        ],
    ),
    "household_profile": (
        "county_name, township_name, member_count, elderly_count",
        [
            *[("乙", "丙镇", None, None)] * 5, *[("乙", "丙镇", "1", "1")] * 6, *[("乙", "丁镇", "2", "1")] * 5,
            *[("甲", "戊镇", "1", None)] * 8,
            *[("丙", "己镇", "2", "1")] * 5, *[("丙", None, "1", "1")] * 5,
        ],
    ),
    "enterprise_profile": (
        "county_name, industry_section_code, industry_section_name, status_name",
        [
            *[("乙", "F", "批发和零售业", None)] * 5, *[("乙", "A", "农、林、牧、渔业", "注销")] * 6,
            *[("甲", None, None, "存续")] * 7, *[("甲", "A", "农、林、牧、渔业", "注销")] * 6,
        ],
    ),
}  # fmt: skip
SHOWN = {
    "q01_population_by_age": [
        ("乙", "丙镇", "3", 11, None, 6, None, None, None, 5), ("甲", "丁镇", "2", 7, None, None, None, 7, None, 0),
        ("甲", None, None, 5, None, None, None, None, None, 5),
    ],
    "q02_population_pyramid": [
        ("乙", "1950-1959", None, 6, 5), ("甲", "1940-1949", 7, None, 0), ("甲", None, None, None, 5),
    ],
    "q06_old_people_alone": [
        ("丙", "己镇", 5, None, 0), ("丙", None, 5, 5, 0), ("乙", "丁镇", 5, 0, 0), ("乙", "丙镇", 11, 6, 5),
        ("甲", "戊镇", 8, None, 8),
    ],
    "q07_firms_by_section": [
        ("乙", "A", "农、林、牧、渔业", 6, 0, 0), ("乙", "F", "批发和零售业", 5, None, 5),
        ("甲", "A", "农、林、牧、渔业", 6, None, 0),
        ("甲", None, None, 7, 7, 0),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", SHOWN)
def test_what_is_not_shown_is_blank_and_never_zero(name):
    answer = next(a for a in load_answers() if a.name == name)
    with duckdb.connect() as con:
        for table, (columns, rows) in ROWS.items():
            con.execute(f"CREATE TABLE {table} ({columns.replace(',', ' VARCHAR,')} VARCHAR)")
            con.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)
        assert add_answer(con, answer, ROWS, "memory")
        assert con.execute(f"FROM {name}").fetchall() == SHOWN[name]
