"""Golden rows count where they say what is true."""

from datetime import date

import polars as pl
import pytest

from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths
from prefecture.register import register_of
from prefecture.scoring import SubjectScore, score_subjects

AS_OF = date(2024, 2, 29)
TRUTH = {
    "parcels": [
        {"parcel_code": code, "contract_code": "c", "id_no": "1", "area": 2.0, "map_area": 2.5, "village": "v"}
        for code in ("right", "other_area", "other_holder", "not_delivered")
    ],
    "projects": [
        {"first_code": first, "project_code": code, "uscc": "u", "project_name": "p", "money": 10.0,
         "filed_date": date(2023, 3, 1), "started_date": date(2023, 6, 1), "finished_date": date(2024, 3, 1)}
        for first, code in (("a", "a"), ("a", "a2"), ("b", "b"), ("b", "b2"), ("c", "c"))
    ],
    "insured": [
        {"scheme_name": "s", "id_no": id_no, "employer_code": firm, "first_day": date(2020, 1, 1), "last_day": last}
        for id_no, firm, last in (("1", "e", None), ("2", "e", None), ("2", "f", None), ("3", "e", date(2022, 1, 1)))
    ],
}
LAKE = """
CREATE SCHEMA IF NOT EXISTS lake.staging; CREATE SCHEMA IF NOT EXISTS lake.unified;
CREATE SCHEMA IF NOT EXISTS lake.linkage;
CREATE TABLE lake.linkage.person_identifier AS
    SELECT * FROM (VALUES ('1', 'p1'), ('2', 'p2'), ('3', 'p3')) AS i(id_no, person_id);
CREATE TABLE lake.staging.stg_agriculture__land_contracts AS
    SELECT unnest(['right', 'other_area', 'other_holder']) AS parcel_code;
CREATE TABLE lake.unified.parcel AS
    SELECT 'c' AS contract_code, 'v' AS village_code, 2.00 AS contract_area_mu, * FROM (VALUES ('right', 2.50, 'p1'),
        ('other_area', 2.00, 'p1'), ('other_holder', 2.50, 'p2')) AS p(parcel_code, map_area_mu, holder_person_id);
CREATE TABLE lake.unified.project_record AS
    SELECT '项目' AS record_type, unnest(['a', 'a2', 'b', 'b2']) AS project_code;
CREATE TABLE lake.unified.project AS SELECT 'u' AS uscc, 10.00 AS project_amount, DATE '2023-03-01' AS filed_date,
    DATE '2023-06-01' AS started_date, NULL::DATE AS finished_date, *
    FROM (VALUES ('k1', 'a2'), ('k2', 'b'), ('k3', 'b2')) AS p(project_id, project_code);
CREATE TABLE lake.unified.insurance_spell AS SELECT 's' AS scheme_name, 'F17' AS feed, * FROM (VALUES
    ('p1', DATE '2020-01-01', NULL, true, 'e', false), ('p2', DATE '2020-01-01', NULL, true, 'f', false),
    ('p3', DATE '2019-01-01', DATE '2022-01-01', false, 'e', false))
    AS s(person_id, insured_from, insured_until, is_insured, employer_code, has_two_employers);
"""


@pytest.fixture
def paths(tmp_path) -> Paths:
    paths = Paths(tmp_path)
    for subject, rows in TRUTH.items():
        folder = register_of(paths) / subject
        folder.mkdir(parents=True)
        pl.DataFrame(rows).write_parquet(folder / "0.parquet")
    return paths


def test_a_golden_row_counts_where_all_of_it_is_true(paths) -> None:
    """Of the insured p1 is right on both days, p2 has two employers, and p3 was not insured on the earlier day."""
    with connect(paths) as con:
        con.execute(LAKE)
        found = score_subjects(con, register_of(paths), AS_OF)
    assert found == [SubjectScore("parcels", 3, 1), SubjectScore("projects", 2, 1), SubjectScore("insured", 6, 3)]
