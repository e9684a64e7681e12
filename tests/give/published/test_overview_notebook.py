"""What the notebook says of blanks: never zero, never left out of a total in silence."""

import json

import duckdb
import matplotlib
import pytest

from pipelines.kit.paths import PROJECT_ROOT

FILE = PROJECT_ROOT / "notebooks" / "grassroots_overview.ipynb"
TABLES = """
    CREATE TABLE about AS SELECT 5 AS k;
    CREATE TABLE township AS SELECT '芝罘区' AS county_name, '370602' AS county_code;
    CREATE TABLE resident_profile AS SELECT '芝罘区' AS county_name, unnest(
        ['65-79岁', '80岁及以上', '0-14岁', '15-59岁', '60-64岁', '不详', NULL, NULL]) AS age_band;
    CREATE TABLE anomaly_total AS FROM (VALUES ('R08', '重复', 20), ('R11', '网格', 40), ('R47', '整批', NULL))
        t(rule_id, rule_name, ticket_count);
    CREATE TABLE anomaly_summary AS FROM (VALUES
        (NULL, NULL, 'R08', '重复', NULL, NULL, 20), ('芝罘区', '二', 'R11', '网格', 'returned', 'township', 30),
        ('芝罘区', NULL, 'R11', '网格', 'returned', 'township', 10)
    ) t(county_name, township_name, rule_id, rule_name, state, assignee, ticket_count);
    CREATE TABLE benefit_total AS FROM (VALUES
        ('2024-02', '特困', 168, 216000), ('2024-02', '高龄津贴', 90, 9000), ('2024-02', '临时救助', NULL, NULL),
        ('2024-02', '残疾人护理补贴', 50, NULL)
    ) t(pay_month, scheme_name, payee_count, amount);
    CREATE TABLE benefit_month AS FROM (VALUES
        ('芝罘区', '2024-02', '特困', 36, false), ('芝罘区', '2024-02', '特困', NULL, false),
        ('芝罘区', '2024-02', '特困', NULL, false), ('芝罘区', '2024-02', '高龄津贴', 50, false),
        ('招远市', '2024-02', '高龄津贴', 40, true), ('芝罘区', '2024-02', '临时救助', NULL, false),
        ('芝罘区', '2024-02', '残疾人护理补贴', 50, true)
    ) t(county_name, pay_month, scheme_name, payee_count, is_stale);
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory) -> dict:
    """The names the notebook leaves behind, run on a small file."""
    data = tmp_path_factory.mktemp("data")
    (data / "published").mkdir()
    with duckdb.connect(data / "published" / "analyst.duckdb") as con:
        con.execute(TABLES)
    matplotlib.use("Agg")
    names: dict = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZHENJIE_DATA", str(data))
        for cell in json.loads(FILE.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                exec("".join(cell["source"]), names)
    matplotlib.pyplot.close("all")
    names["con"].close()
    return names


def test_withheld_tickets_are_no_zero(said):
    table = said["tickets"].to_dict("index")
    assert table["R08 重复"] == {"returned": "–", "合并": "20", "total": "20"}
    assert table["R11 网格"] == {"returned": "40", "合并": "–", "total": "40"}
    assert table["R47 整批"] == {"returned": "–", "合并": "–", "total": "未公布"}


def test_bars_hold_what_is_added_up(said):
    assert said["drawn"]["added up"].dropna().to_dict() == {"R08": 20}
    assert said["drawn"]["returned"].dropna().to_dict() == {"R11": 40}
    assert said["unpublished"] == "R47"


def test_who_has_no_age_is_neither_old_nor_young(said):
    (row,) = said["old"].to_dict("records")
    assert (row["residents"], row["share_65"], row["share_unknown"]) == (8, 40.0, 37.5)


def test_only_townships_that_are_named_wait(said):
    assert said["waiting"].to_dict("records") == [{"county_name": "芝罘区", "township_name": "二", "shown_waiting": 30}]


def test_benefits_are_the_citys_and_name_who_repeats_a_month(said):
    rows = {row["scheme_name"]: row for row in said["benefits"].to_dict("records")}
    shown = {name: (r["payees"], r["amount"], r["withheld_cells"], r["沿用上期"]) for name, r in rows.items()}
    assert shown == {
        "特困": ("168", "216000", 2, ""),
        "高龄津贴": ("90", "9000", 0, "招远市"),
        "临时救助": ("未公布", "未公布", 1, ""),
        "残疾人护理补贴": ("50", "来源未报", 0, "全部"),
    }
