"""Tags as data: what is wrong with one is told; one more file is one more select."""

import shutil
from pathlib import Path

import pytest
import yaml

from pipelines.generate.tags import MODEL, SEED, TAGS, check_tags, files, load_tag
from pipelines.kit.disclosure.columns import load_lineage
from pipelines.kit.house_files import HouseFileError
from pipelines.kit.paths import PROJECT_ROOT


@pytest.fixture
def changed(tmp_path: Path):
    """A tag with other values for some keys."""

    def written(name: str, **values: object):
        said = yaml.safe_load((PROJECT_ROOT / TAGS / f"{name}.yaml").read_text(encoding="utf-8"))
        file = tmp_path / f"{name}.yaml"
        file.write_text(yaml.safe_dump(said | values, allow_unicode=True), encoding="utf-8")
        return load_tag(file)

    return written


@pytest.mark.parametrize(
    ("name", "values", "complaint"),
    [
        ("vacant", {"where": "is_vacant and"}, "vacant.yaml: where: is no condition in SQL"),
        ("vacant", {"where": "is_vacant -- all"}, "where: is one condition on columns; leave out braces, semicolons"),
        ("vacant", {"where": "house_no = '{{ x }}'"}, "where: is one condition on columns; leave out braces"),
        ("vacant", {"where": "is_vacant limit 3"}, "where: is one condition on columns of the table, without queries"),
        ("vacant", {"where": "is_vacant union select 1"}, "without queries or further clauses"),
        ("vacant", {"where": "house_no in (select house_no from x)"}, "without queries or further clauses"),
        ("vacant", {"table": "published.dwelling_use"}, "vacant.yaml: table: string should match pattern"),
        ("vacant", {"classification": "L5"}, "vacant.yaml: classification: input should be"),
        ("disabled", {"subject": "household"}, "disabled.yaml: rows of a feed name persons; take a unified table"),
        ("disabled", {"expires": {}}, "expires: name either the column of the month or that of the day"),
        ("disabled", {"expires": {"month": "a", "day": "b"}}, "expires: name either the column of the month or that"),
    ],
)  # fmt: skip
def test_a_tag_that_is_none_is_told(changed, name: str, values: dict, complaint: str):
    with pytest.raises(HouseFileError) as told:
        changed(name, **values)
    assert complaint in str(told.value)


@pytest.mark.parametrize(
    ("name", "values", "complaint"),
    [
        ("vacant", {"table": "unified.houses"}, "tags/vacant.yaml: table: there is no unified.houses; run"),
        ("vacant", {"where": "is_empty"}, "tags/vacant.yaml: unified.dwelling has no column is_empty"),
        ("vacant", {"expires": {"day": "until"}}, "tags/vacant.yaml: unified.dwelling has no column until"),
        ("vacant", {"subject": "person"}, "tags/vacant.yaml: unified.dwelling has no column person_id"),
        ("vacant", {"classification": "L2"},
         "tags/vacant.yaml: classification: is L2, but its condition reads what is L4"),
    ],
)  # fmt: skip
def test_what_the_tables_do_not_bear_is_told(changed, name: str, values: dict, complaint: str):
    with pytest.raises(HouseFileError) as told:
        check_tags([changed(name, **values)], load_lineage())
    assert complaint in str(told.value)


def test_a_tag_more_is_a_select_and_a_kind_more(tmp_path: Path):
    shutil.copytree(PROJECT_ROOT / TAGS, tmp_path / TAGS)
    text = "title: 集体户\nowner: 市公安局\nclassification: L3\nsubject: household\ntable: unified.household\n"
    (tmp_path / TAGS / "collective.yaml").write_text(text + "where: household_type = '集体户'\n", encoding="utf-8")
    made = files(tmp_path)
    assert made[SEED].splitlines()[1] == "collective,集体户,household,市公安局,L3,false"
    select = made[MODEL].split("union all\n")[0]
    assert "    marked.household_id as subject_id,\n" in select
    assert "from (select * from {{ ref('household') }} where household_type = '集体户') as marked\n" in select
    assert made[MODEL].count("union all\n") == 6


def test_without_tags_it_says_so(tmp_path: Path):
    with pytest.raises(HouseFileError, match="there is no tag; models read them, so there must be one"):
        files(tmp_path)
