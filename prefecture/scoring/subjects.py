"""Of parcels, projects and the insured, how many golden rows say what is true.

Belongs here: the counts. Does not belong here: what is true (prefecture/subjects.py).
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

# What was delivered is judged: a parcel whose county sent nothing is nobody's mistake.
_PARCELS = """
SELECT count(*), count(*) FILTER (
    golden.contract_code = told.contract_code AND golden.contract_area_mu = told.area
    AND golden.map_area_mu = told.map_area AND golden.village_code = told.village
    AND golden.holder_person_id = who.person_id)
FROM read_parquet($files) AS told
SEMI JOIN lake.staging.stg_agriculture__land_contracts AS staged ON staged.parcel_code = told.parcel_code
LEFT JOIN lake.unified.parcel AS golden ON golden.parcel_code = told.parcel_code
LEFT JOIN lake.linkage.person_identifier AS who ON who.id_no = told.id_no
"""
_PROJECTS = """
SELECT count(*), count(*) FILTER (told.row_count = 1 AND told.is_right)
FROM (
    SELECT told.first_code, count(DISTINCT golden.project_id) AS row_count, bool_and(
        golden.uscc = told.uscc AND golden.project_amount = told.money
        AND golden.filed_date IS NOT DISTINCT FROM told.filed_date
        AND golden.started_date IS NOT DISTINCT FROM if(told.started_date <= $as_of, told.started_date, NULL)
        AND golden.finished_date IS NOT DISTINCT FROM if(told.finished_date <= $as_of, told.finished_date, NULL)
    ) FILTER (golden.project_id IS NOT NULL) AS is_right
    FROM read_parquet($files) AS told
    SEMI JOIN lake.unified.project_record AS staged
        ON staged.project_code = told.project_code AND staged.record_type = '项目'
    LEFT JOIN lake.unified.project AS golden ON golden.project_code = told.project_code
    GROUP BY told.first_code
) AS told
"""
# Each person and scheme is asked about the day of the turn and about one long ago; by whom, of those employed now.
# Lists do not spill to the disk, so the persons of a city are asked about in slices.
_INSURED = """
WITH told AS (
    SELECT who.person_id, told.*, told.last_day IS NULL AS is_now
    FROM read_parquet($files) AS told
    JOIN lake.linkage.person_identifier AS who ON who.id_no = told.id_no
    SEMI JOIN lake.unified.insurance_spell AS known
        ON known.person_id = who.person_id AND known.feed = if(ends_with(told.scheme_name, '医疗保险'), 'F20',
            if(told.scheme_name = '住房公积金', 'F19', 'F17'))
    WHERE hash(who.person_id) % $slices = $slice
),
asked AS (SELECT unnest([$as_of, DATE '2019-06-30']) AS day),
truth AS (
    SELECT person_id, scheme_name, day,
        bool_or(coalesce(first_day <= day, true) AND coalesce(day <= last_day, true)) AS is_insured,
        list(DISTINCT employer_code) FILTER (is_now) AS employers
    FROM told, asked GROUP BY ALL
),
golden AS (
    SELECT person_id, scheme_name, day,
        bool_or(day >= coalesce(insured_from, day) AND (is_insured OR coalesce(day <= insured_until, false)))
            AS is_insured,
        max(employer_code) FILTER (is_insured) AS employer_code, bool_or(has_two_employers) AS has_two_employers
    FROM lake.unified.insurance_spell, asked WHERE hash(person_id) % $slices = $slice GROUP BY ALL
)
SELECT count(*), count(*) FILTER (golden.is_insured = truth.is_insured
    AND coalesce(list_contains(truth.employers, golden.employer_code), golden.employer_code IS NULL)
    AND golden.has_two_employers = (coalesce(len(truth.employers), 0) > 1))
FROM truth LEFT JOIN golden USING (person_id, scheme_name, day)
"""
_QUESTIONS = {"parcels": (_PARCELS, 1), "projects": (_PROJECTS, 1), "insured": (_INSURED, 8)}


@dataclass(frozen=True)
class SubjectScore:
    """`planted`: what is true of a subject and was delivered; `right`: of that, what the golden rows say."""

    subject: str
    planted: int
    right: int

    @property
    def share(self) -> float:
        """Of what is true; 1.0 where nothing is."""
        return self.right / self.planted if self.planted else 1.0


def score_subjects(con: duckdb.DuckDBPyConnection, register: Path, as_of: date) -> list[SubjectScore]:
    """One score a subject."""
    return [_score(con, register, subject, as_of) for subject in _QUESTIONS]


def _score(con: duckdb.DuckDBPyConnection, register: Path, subject: str, as_of: date) -> SubjectScore:
    question, slices = _QUESTIONS[subject]
    told = {"files": str(register / subject / "*.parquet"), "as_of": as_of, "slices": slices}
    asked = {name: value for name, value in told.items() if f"${name}" in question}
    counts = [
        con.execute(question, asked | ({"slice": n} if slices > 1 else {})).fetchone() for n in range(slices)
    ]
    return SubjectScore(subject, *(sum(column) for column in zip(*counts, strict=True)))
