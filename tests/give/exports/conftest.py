"""A lake with the tables that the exports read."""

import shutil

import pytest

from pipelines.judge.ledger import schema, shown
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths
from tests.give.exports.samples import AS_OF

COUNTIES = (("370602", "芝罘区"), ("370611", "福山区"))


@pytest.fixture(scope="session")
def filled(tmp_path_factory):
    """The lake, made once; every test works on a copy."""
    made = Paths(tmp_path_factory.mktemp("lake"))
    with connect(made) as connection:
        fill(connection)
    return made


@pytest.fixture
def paths(tmp_path, filled):
    shutil.copytree(filled.root, tmp_path, dirs_exist_ok=True)
    return Paths(tmp_path)


@pytest.fixture
def con(paths):
    with connect(paths) as connection:
        yield connection


def fill(con):
    schema.ensure(con)
    con.execute("INSERT INTO lake.ledger.shown VALUES (?, ?)", [AS_OF, shown.CLOSED])
    con.execute(
        "CREATE TABLE lake.published.thing AS SELECT * FROM (VALUES "
        "('0001', '=1+1', DATE '2024-01-02', 7, 12.50::DECIMAL(18, 2), TIMESTAMP '2024-01-02 08:30:00.123', 0.0375), "
        "('0002', '', NULL, NULL, NULL, NULL, NULL), "
        "('0003', '  𠮷䶮 \"a\", b\r\nc  ', DATE '1949-10-01', -3, -0.01::DECIMAL(18, 2), NULL, NULL)"
        ") AS t(code, text, day, count, price, seen_at, area)"
    )
    con.execute(
        "CREATE TABLE lake.unified.division (division_code VARCHAR, division_name VARCHAR, level_name VARCHAR, "
        "county_code VARCHAR, township_code VARCHAR, is_current BOOLEAN)"
    )
    con.execute(
        "CREATE TABLE lake.published.enterprise_profile (enterprise_id VARCHAR, township_code VARCHAR, "
        "township_name VARCHAR, entity_type VARCHAR, industry_code VARCHAR, industry_name VARCHAR, "
        "status_name VARCHAR, established_year BIGINT, cancelled_year BIGINT, insured_count BIGINT)"
    )
    con.execute(
        "CREATE TABLE lake.published.resident_profile (person_id VARCHAR, village_code VARCHAR, age_band VARCHAR)"
    )
    con.execute(
        "CREATE TABLE lake.verify.benefit_payee (entity_key VARCHAR, township_code VARCHAR, source_ref VARCHAR, "
        "name VARCHAR, id_no VARCHAR, scheme_name VARCHAR, death_date DATE, death_feed VARCHAR, "
        "life_word VARCHAR, "
        "months_paid_after_death BIGINT, amount_after_death DECIMAL(18, 2), last_paid_month VARCHAR)"
    )
    for code, _ in COUNTIES:
        con.execute(
            "INSERT INTO lake.unified.division VALUES (?, '甲村', '村', ?, ?, true)",
            [f"{code}001201", code, f"{code}001"],
        )
    con.execute(
        "INSERT INTO lake.published.enterprise_profile SELECT 'e' || i, "
        "CASE WHEN i = 9 THEN NULL ELSE '370602001' END, '向阳街道', '企业', "
        "'F51', '批发业', '存续', 2020, NULL, i FROM range(10) t(i)"
    )
    con.execute(
        "INSERT INTO lake.published.resident_profile SELECT 'p' || i, '370602001201', "
        "CASE WHEN i < 2 THEN '80岁及以上' ELSE '15-59岁' END FROM range(5) t(i)"
    )
    con.execute(
        "INSERT INTO lake.verify.benefit_payee VALUES "
        "('k1', '370602001', 'F10/20240131-aaaaaaaa/5', '王秀兰', '370602194001010023', '高龄津贴', '2023-10-02', "
        "'F04', NULL, 3, 300, '2024-01'), "
        "('k2', '370602001', 'F11/20240131-bbbbbbbb/6', '张建国', '370602194101010031', '残疾人护理补贴', "
        "'2023-10-02', 'F03', NULL, 3, NULL, '2024-01')"
    )
    for key, department in (("k1", "civil_affairs"), ("k2", "disabled_federation")):
        con.execute(
            "INSERT INTO lake.ledger.anomaly BY NAME SELECT ?::DATE AS first_seen, ?::DATE AS last_seen, "
            "'R20' AS rule_id, ? AS entity_key, 't' || ? AS ticket_id, ? AS department",
            [AS_OF, AS_OF, key, key, department],
        )
    add_ticket(con, "a", "closed")
    add_ticket(con, "b", "returned")


def add_ticket(con, ticket_id, state, reopened=0):
    con.execute(
        "INSERT INTO lake.ledger.ticket BY NAME SELECT ? AS ticket_id, 'R11' AS rule_id, ? AS state, "
        "'370602001' AS township_code, DATE '2024-01-02' AS opened_on, DATE '2024-01-20' AS last_event_on, "
        "CASE WHEN ? = 'closed' THEN DATE '2024-01-20' END AS closed_on, ? AS reopen_count",
        [ticket_id, state, state, reopened],
    )
