"""Following columns through SQL."""

import pytest
from sqlglot.errors import SqlglotError

from pipelines.kit.disclosure.lineage import origins

SOURCES = {
    "bronze": {"F01": ("id_no", "name", "sex_code"), "F20": ("id_no", "name")},
    "reference": {"code_label": ("code", "label")},
}
STAGED = (
    "select t.* from read_parquet('/data/bronze/{feed}/*/rows.parquet', union_by_name=true) as t",
    "select id_no, name from read_parquet('/data/bronze/{feed}/*/rows.parquet', union_by_name=true)",
)


def models(**layers: str) -> dict[tuple[str, str], str]:
    names = {"F01": "residents", "F20": "enrolments"}
    staged = {("staging", name): STAGED[feed == "F20"].format(feed=feed) for feed, name in names.items()}
    return staged | {("unified", name): sql for name, sql in layers.items()}


@pytest.mark.parametrize(
    ("sql", "column", "sources"),
    [
        ('select name from "lake"."staging"."residents"', "name", ("bronze.F01.name",)),
        ('select upper(name) as shown from "lake"."staging"."residents"', "shown", ("bronze.F01.name",)),
        (
            'select name from "lake"."staging"."residents" union all select name from "lake"."staging"."enrolments"',
            "name",
            ("bronze.F01.name", "bronze.F20.name"),
        ),
        (
            'select name from "lake"."staging"."residents" '
            'union all select cast(null as varchar) from "lake"."staging"."enrolments"',
            "name",
            ("bronze.F01.name",),
        ),
        ('select count(*) as n from "lake"."staging"."residents"', "n", ()),
        (
            'with a as (select min_by(name, id_no) as name from "lake"."staging"."residents") select name from a',
            "name",
            ("bronze.F01.id_no", "bronze.F01.name"),
        ),
        (
            'select l.label as sex_name from "lake"."staging"."residents" p '
            'join "lake"."reference"."code_label" l on l.code = p.sex_code',
            "sex_name",
            ("reference.code_label.label",),
        ),
    ],
)  # fmt: skip
def test_a_column_leads_to_the_feeds_it_is_made_of(sql: str, column: str, sources: tuple[str, ...]) -> None:
    assert origins(models(person=sql), SOURCES)["unified.person"][column] == sources


def test_models_are_followed_through_models_in_any_order() -> None:
    found = origins(
        models(
            a='select name as shown from "lake"."unified"."b"', b='select s.* from "lake"."staging"."residents" as s'
        ),
        SOURCES,
    )
    assert found["unified.a"] == {"shown": ("bronze.F01.name",)}
    assert list(found["unified.b"]) == ["id_no", "name", "sex_code"]


def test_an_unknown_column_is_an_error() -> None:
    with pytest.raises(SqlglotError):
        origins(models(person='select nobody from "lake"."staging"."residents"'), SOURCES)
