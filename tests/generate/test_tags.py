"""Tags as data: what is wrong with one is told; one more file is one more select."""

import shutil
from pathlib import Path

import pytest
import yaml

from pipelines.generate.__main__ import write
from pipelines.generate.conditions import columns, condition, flags
from pipelines.generate.tag_checks import check_tags, staged_feeds, tables_of
from pipelines.generate.tags import MODEL, SEED, TAGS, Tag, files, load_tag, load_tags
from pipelines.kit.contracts import load_contracts
from pipelines.kit.contracts.feed_file import load_feed_files
from pipelines.kit.disclosure.columns import load_lineage
from pipelines.kit.house_files import HouseFileError
from pipelines.kit.paths import PROJECT_ROOT


@pytest.fixture(scope="module")
def feeds():
    """What feeds say, by the table of their staging."""
    contracts = load_contracts()
    return staged_feeds((contracts[f.code], f.says) for f in load_feed_files() if f.says)


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
        ("vacant", {"where": "not " * 3000 + "is_vacant"}, "vacant.yaml: where: is one short condition"),
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
    ("where", "complaint"),
    [
        ("house_no", "where: house_no is neither true nor false; compare it"),
        ("is_vacant and house_no", "where: house_no is neither true nor false; compare it"),
        ("house_no is true", "where: house_no is neither true nor false; compare it"),
        ("'x'", "where: 'x' is neither true nor false; compare it"),
        ("house_no in (values ('1'))", "where: VALUES ('1') is more than a condition on one row; known are columns"),
        ("house_no in unnest(['1'])", "is more than a condition on one row"),
        ("house_no = $1", "where: $1 is more than a condition"),
        ("house_no = ?", "where: ? is more than a condition"),
        ("other.house_no = '1'", "where: other.house_no names a table; a condition asks about one"),
        ("columns('is_.*')", "is more than a condition"),
        ("*", "where: * is more than a condition"),
        ("nosuch(house_no) = '1'", "where: NOSUCH(house_no) is more than a condition"),
        ("count(*) > 1", "where: COUNT(*) is more than a condition"),
        ("max(house_no) = '1'", "where: MAX(house_no) is more than a condition"),
        ("row_number() over () = 1", "where: ROW_NUMBER() OVER () is more than a condition"),
        ("random() < 0.5", "where: RANDOM() is more than a condition"),
        ("current_date > until", "where: CURRENT_DATE is more than a condition"),
        ("now() > until", "where: NOW() is more than a condition"),
        ("getenv('HOME') = '1'", "where: GETENV('HOME') is more than a condition"),
        ("cast(house_no as integer) = 1", "where: CAST(house_no AS INT) ends the night where it fails; write try_cast"),
        ("until > date '2024-02-30'", "ends the night where it fails"),
    ],
)  # fmt: skip
def test_what_a_row_alone_cannot_tell_is_no_condition(where: str, complaint: str):
    with pytest.raises(ValueError) as told:
        condition(where)
    assert complaint in str(told.value)


@pytest.mark.parametrize(
    ("where", "asked", "bare"),
    [
        ("is_vacant and not (has_lift or coalesce(is_old, false))", ["has_lift", "is_old", "is_vacant"],
         ["has_lift", "is_old", "is_vacant"]),
        ("a not in ('x', 'y') and b is not null and c between 1 and -2 and d like '低%'", ["a", "b", "c", "d"], []),
        ("coalesce(lower(a), upper(b), '') = '' or length(substr(c, 1, 2)) <> 2", ["a", "b", "c"], []),
        ("try_cast(a as date) >= date '2024-01-31' and is_b is true", ["a", "is_b"], ["is_b"]),
        ("true", [], []),
    ],
)  # fmt: skip
def test_what_a_row_tells_is_a_condition(where: str, asked: list[str], bare: list[str]):
    tree = condition(where)
    assert (columns(tree), flags(tree)) == (asked, bare)


@pytest.mark.parametrize(
    ("name", "values", "complaint"),
    [
        ("vacant", {"table": "unified.houses"},
         "tags/vacant.yaml: table: there is no unified.houses; a dwelling is borne out by unified.dwelling"),
        ("vacant", {"table": "unified.tag"}, "table: unified.tag is made of tags; a dwelling is borne out by unified"),
        ("vacant", {"where": "is_empty"}, "tags/vacant.yaml: unified.dwelling has no column is_empty"),
        ("vacant", {"expires": {"day": "until"}}, "tags/vacant.yaml: unified.dwelling has no column until"),
        ("vacant", {"subject": "person"},
         "tags/vacant.yaml: unified.dwelling has no column person_id; a person is borne out by unified.benefit"),
        ("disabled", {"table": "unified.person", "where": "is_alive", "expires": None, "detail": {}},
         "tags/disabled.yaml: unified.person has no column source_ref; a person is borne out by"),
        ("vacant", {"expires": {"month": "house_no"}}, "unified.dwelling has no column feed"),
        ("disabled", {"table": "staging.stg_emergency__risk_points", "where": "true", "expires": None, "detail": {}},
         "table: no row of staging.stg_emergency__risk_points names just one person; a person is borne out by"),
        ("disabled", {"expires": {"day": "class_code"}}, "expires.day: class_code is no date; name another column"),
        ("minimum_living", {"expires": {"month": "remark"}}, "expires.month: remark is no month; name another column"),
        ("disabled", {"detail": {"class_code": "no_list"}},
         "detail.class_code: there is no code list no_list; known are disability_class, disability_level, sex, '' is"),
        ("vacant", {"title": "低保"},
         "tags/minimum_living.yaml, tags/vacant.yaml: title: 低保 is that of another tag; people tell them apart"),
        ("vacant", {"classification": "L2"},
         "tags/vacant.yaml: classification: is L2, but it tells of is_vacant, which is L4"),
        ("old_age_allowance", {"classification": "L2", "where": "is_back_payment is null", "detail": {"name": ""}},
         "classification: is L2, but it tells of"),
        ("disabled", {"classification": "L2", "where": "true", "expires": None, "detail": {}},
         "classification: is L2, but it tells of id_no"),
    ],
)  # fmt: skip
def test_what_the_tables_do_not_bear_is_told(changed, feeds, name: str, values: dict, complaint: str):
    others = [tag for tag in load_tags(PROJECT_ROOT / TAGS) if tag.code != name]
    tags = sorted([*others, changed(name, **values)], key=lambda tag: tag.code)
    for tables in (tables_of(PROJECT_ROOT, feeds), load_lineage()):
        with pytest.raises(HouseFileError) as told:
            check_tags(tags, tables, feeds)
        assert complaint in str(told.value)


def test_the_example_of_the_readme_is_a_tag_with_every_key(tmp_path: Path, feeds):
    text = (PROJECT_ROOT / "dbt_project/models/unified/README.md").read_text(encoding="utf-8")
    file = tmp_path / "example.yaml"
    file.write_text(text.partition("```yaml\n")[2].partition("```")[0], encoding="utf-8")
    tag = load_tag(file)
    assert tag.model_fields_set == {*Tag.model_fields}
    check_tags([tag], load_lineage(), feeds)


def test_where_a_tag_is_refused_nothing_is_written(tmp_path: Path):
    (tmp_path / "expectations").mkdir()
    for name in ("elements.yaml", "standards.yaml"):
        shutil.copyfile(PROJECT_ROOT / "expectations" / name, tmp_path / "expectations" / name)
    for name in ("feeds", "tags"):
        shutil.copytree(PROJECT_ROOT / "expectations" / name, tmp_path / "expectations" / name)
    before = {*tmp_path.rglob("*")}
    file = tmp_path / TAGS / "vacant.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("where: is_vacant", "where: is_empty"), encoding="utf-8")
    with pytest.raises(HouseFileError, match="tags/vacant.yaml: unified.dwelling has no column is_empty"):
        write(tmp_path)
    assert {*tmp_path.rglob("*")} == before


def test_a_tag_more_is_a_select_and_a_kind_more(tmp_path: Path):
    shutil.copytree(PROJECT_ROOT / TAGS, tmp_path / TAGS)
    text = "title: 集体户\nowner: 市公安局\nclassification: L3\nsubject: household\ntable: unified.household\n"
    (tmp_path / TAGS / "collective.yaml").write_text(text + "where: household_type = '集体户'\n", encoding="utf-8")
    made = files(load_tags(tmp_path / TAGS))
    codes = [line.partition(",")[0] for line in made[SEED].splitlines()[1:]]
    place = codes.index("collective")
    assert made[SEED].splitlines()[place + 1] == "collective,集体户,household,市公安局,L3,false"
    select = made[MODEL].split("union all\n")[place]
    assert "    marked.household_id as subject_id,\n" in select
    assert "from (select * from household where household_type = '集体户') as marked\n" in select
    assert made[MODEL].count("{{ ref('household') }}") == 1, "a table is read once, however many tags ask it"
    assert made[MODEL].count("union all\n") == len(codes) - 1 == len([*(PROJECT_ROOT / TAGS).glob("*.yaml")])


def test_without_tags_it_says_so(tmp_path: Path):
    with pytest.raises(HouseFileError, match="there is no tag; models read them, so there must be one"):
        load_tags(tmp_path)
