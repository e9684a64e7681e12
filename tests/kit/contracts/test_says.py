"""What a feed says of its columns, and everything that can be wrong with it."""

import re
from pathlib import Path

import pytest
import yaml

from pipelines.generate import models
from pipelines.generate.staging import staging_sql
from pipelines.kit.contracts import load_contracts
from pipelines.kit.contracts.__main__ import main
from pipelines.kit.contracts.elements import load_elements
from pipelines.kit.contracts.feed_file import load_feed_file, load_feed_files
from pipelines.kit.contracts.odcs import contract
from pipelines.kit.contracts.workbook import contract_workbook, read_feed
from pipelines.kit.house_files import HouseFileError

_PERSON = "{id: card_no, digits: 18, name: name, rank: 4}"


@pytest.mark.parametrize(
    ("new", "complaint"),
    [
        ("{id: cardno, name: name}", "says.person.self.id: no column cardno; name one of card_no, name"),
        ("{id: card_no, name: name}", "says.person.self.id: column card_no is no identity number; name another"),
        ("{id: card_no, digits: 18, birth: name}", "says.person.self.birth: column name is no date; name another"),
        ("{id: card_no, digits: 18, sex: class_code}", "says.person.self.sex: column class_code is no sex"),
        ("{id: card_no, digits: 18, age: name}", "says.person.0.age: is no key; known are aged_on, any_number, birth"),
        ("{id: card_no, digits: 0}", "says.person.0.digits: input should be greater than or equal to 1, is 0"),
        ("{id: card_no, digits: 18, rank: -1}", "says.person.0.rank: input should be greater than"),
        ("{id: card_no, digits: 18, role: ''}", "says.person.0.role: string should match pattern"),
        ("{id: card_no, digits: 18, role: \"x' or '1\"}", "says.person.0.role: string should match pattern"),
        ("{id: card_no, digits: 18, key: a-b}", "says.person.0.key: input should be 'marriage_party', 'family_role'"),
        ("{id: card_no, digits: 18, of_sex: 1}", "says.person.0.of_sex: input should be '男' or '女'"),
        ("{id: card_no, digits: 18, least_age: 0}", "says.person.0.least_age: input should be greater than or equal"),
        ("{id: card_no, digits: 18, least_age: 9, aged_on: name}", "says.person.self.aged_on: column name is no date"),
        ("{id: card_no, digits: 18, aged_on: name}", "says.person.self.aged_on: it is the day of an age; say"),
        ("{id: card_no, digits: 18, sex: name, of_sex: 男}", "says.person.self.of_sex: column name tells the sex"),
        ("{id: card_no, digits: 18, vouches: true}", "says.person.self.vouches: people are looked for by name"),
        ("{id: card_no, digits: 18, former: card_no, name: name}", "says.person: column card_no is bound twice; a"),
        (f"{_PERSON}\n    - {{role: kin, id: card_no, digits: 17}}", "says.person: digits in self, kin; staging cuts"),
        ("{id: card_no, digits: 18, name: card_no}", "says.person.self.name: column card_no is no name; name another"),
        ("{id: card_no, digits: 18, name: class_code}", "says.person.self.name: column class_code is no name"),
        ("{id: card_no, digits: 18, rank: 4}", "says.person.self.rank: it is of no field; say which of name, sex"),
        ("{id: card_no, digits: 18, name: name, rank: {}}", "says.person.self.rank: it is of no field; say which"),
        ("{id: card_no, digits: 18, name: name, rank: {sex: 4}}", "says.person.self.rank: this feed does not tell sex"),
        ("{id: card_no, digits: 18, name: name, rank: 0}", "says.person.0.rank: input should be greater than"),
        ("{id: card_no, digits: 18, name: name, rank: 10000}", "says.person.0.rank: input should be less than"),
        ("{id: card_no, digits: 18, name: name, rank: {name: 0}}", "says.person.0.rank.name: input should be greater"),
        ("{id: card_no, digits: 18, names: false, rank: 4}", "says.person.self.rank: with names: false the number is"),
        ("{id: card_no, digits: 18, names: false, name: name}", "says.person.self.name: with names: false the number"),
        ("{id: card_no, digits: 18, names: false, any_number: true}", "says.person.self.any_number: with names: false"),
        ("{id: card_no, digits: 18, mixed: true, name: name}", "says: mixed is of a column with both kinds of numbers"),
        (f"{_PERSON}\n    - {_PERSON}", "says.person: role self twice; give each its own role"),
        (f"{_PERSON}\n    - {{role: kin, id: card_no, digits: 17}}", "give each of them a key, e.g."),
    ],
)  # fmt: skip
def test_what_columns_do_not_bear_is_told_with_file_key_and_what_to_do(change, capsys, new: str, complaint: str):
    assert main(["generate", "--root", str(change(_PERSON, new))]) == 1
    told = capsys.readouterr().err
    assert complaint in told
    assert "disabled_federation/disability_cards.yaml" in told


@pytest.mark.parametrize(
    ("new", "complaint"),
    [
        ("place: {code: division_code, day: valid_to, month: name, of: name}", "leave out day and changed"),
        ("place: {code: division_code, of: card_no}", "month and of go together: give both, or neither"),
        ("place: {code: village}", "says.place.code: no column village"),
        ("place: {code: name}", "says.place.code: column name is no division or grid; name another column"),
        ("same: {village: {'1': '2'}}", "says.same: no column village"),
        ("same: {class_code: {}}", "says.same.class_code: dictionary should have at least 1 item"),
        ("same: {class_code: {'1': '1'}}", "says.same.class_code: '1' means itself without a word; leave it out"),
        ("event: [{kind: death, day: valid_to, rank: 8}, {kind: death, day: valid_to, rank: 9}]",
         "says.event: death twice; a feed tells it once, keep one"),
        ("each: {columns: [valid_to], separator: 、}", "says.each: column valid_to lists nothing: it is"),
        ("each: {columns: [name], separator: \"'\"}", "says.each.separator: string should match pattern"),
        ("each: {columns: [name], separator: 、}", "says.each: a row becomes several; give its people"),
        ("without: [village]", "says.without: no column village"),
        ("enterprise: [{code: name}, {role: b, code: name}]", "says.enterprise: column name is bound twice"),
        ("same: {class_code: {'1': \"' or '\"}}", "says.same.class_code: \"' or '\" is no code of column class_code"),
    ],
)  # fmt: skip
def test_a_place_speaks_of_one_day(change, capsys, new: str, complaint: str):
    assert main(["generate", "--root", str(change("place: {code: division_code}", new))]) == 1
    assert complaint in capsys.readouterr().err


_SUBSIDY = (
    "  benefit: {scheme: {column: subsidy_type, word: 补贴, none: 无, prefix: 残疾人}, "
    "where: {subsidy_status: 发放}}\n"
)


@pytest.mark.parametrize(
    ("new", "complaint"),
    [
        ("  benefit: {scheme: {prefix: 残疾人}}\n", "says.benefit.scheme: a benefit has a name; give its"),
        ("  benefit: {scheme: {word: 补贴, none: 无}}\n", "says.benefit.scheme: none is a code of the column"),
        ("  benefit: {scheme: {word: \"' or '\"}}\n", "says.benefit.scheme.word: string should match pattern"),
        ("  benefit: {scheme: {column: subsidy}}\n", "says.benefit.scheme.column: no column subsidy; name"),
        ("  benefit: {scheme: {column: name}}\n", "says.benefit.scheme.column: column name is no code list; name"),
        ("  benefit: {scheme: {column: card_no}}\n", "says.benefit.scheme.column: column card_no is no code list"),
        ("  insurance: {scheme: {word: 医保}, status: name, running: 正常}\n", "says.insurance.status: column name"),
        ("  insurance: {scheme: {word: 医保}, status: subsidy_status, running: 正常}\n",
         "says.insurance.running: '正常' is no code of column subsidy_status"),
        ("  benefit: {scheme: {column: subsidy_type, none: 没有}}\n", "says.benefit.scheme.none: '没有' is no code"),
        ("  benefit: {scheme: {word: 补贴}, where: {subsidy_status: 给}}\n",
         "says.benefit.where.subsidy_status: '给' is no code of column subsidy_status; known are 发放"),
        ("  benefit: {scheme: {word: 补贴}, paid: {subsidy_status: 给}}\n", "says.benefit.paid.subsidy_status: '给'"),
        ("  benefit: {scheme: {word: 补贴}, month: valid_to}\n", "says.benefit.month: column valid_to is no month"),
        ("  benefit: {scheme: {word: 补贴}, amount: name}\n", "says.benefit.amount: column name is no amount"),
        ("  benefit: {scheme: {word: 补贴}}\n  household: {number: name}\n", "says.household.number: column name"),
        ("  benefit: {scheme: {word: 补贴}}\n  dwelling: {number: card_no, day: name}\n",
         "says.dwelling.day: column name"),
    ],
)  # fmt: skip
def test_what_is_said_of_other_subjects_is_held_against_the_columns(change, capsys, new: str, complaint: str):
    assert main(["generate", "--root", str(change(_SUBSIDY, new))]) == 1
    assert complaint in capsys.readouterr().err


def test_what_happens_to_a_person_needs_one(change, capsys):
    assert main(["generate", "--root", str(change(f"  person:\n    - {_PERSON}\n", ""))]) == 1
    assert "says.benefit: it is paid to a person; say which under person" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("new", "wanted"),
    [
        (_SUBSIDY, "    '残疾人' || coalesce(nullif(subsidy_type, '无'), '补贴') as scheme_name,\n"),
        (_SUBSIDY, "    {{ month_of('delivered_on') }} as pay_month,\n"),
        (_SUBSIDY, "    true as is_paid,\n"),
        ("  benefit: {scheme: {word: 补贴}, paid: {subsidy_status: 发放}}\n",
         "    coalesce(subsidy_status, '') = '发放' as is_paid,\n"),
        ("  benefit: {scheme: {column: subsidy_type, prefix: 残疾人}}\n",
         "    '残疾人' || subsidy_type as scheme_name,\n"),
    ],
)  # fmt: skip
def test_what_a_feed_pays_is_read_from_its_columns(change, new: str, wanted: str):
    text = models.generated(change(_SUBSIDY, new))[models.SAID / "said_benefit.sql"]
    (cards,) = [part for part in text.split("union all\n") if "disability_cards" in part]
    assert wanted in cards


def test_a_quote_in_a_code_is_part_of_a_text(change, project: Path):
    change("element: disability_subsidy_type", "element: disability_subsidy_type, codes: [护理, \"没'有\"]")
    change("element: disability_subsidy_status", "element: disability_subsidy_status, codes: [发放, \"停'发\"]")
    new = """  benefit: {scheme: {column: subsidy_type, none: "没'有", word: 补贴}, where: {subsidy_status: "停'发"},
            paid: {subsidy_status: "停'发"}}
  event: [{kind: death, day: valid_to, where: {subsidy_status: "停'发"}, rank: 8}]
  same: {subsidy_status: {"停'发": 发放}}
"""
    made = models.generated(change(_SUBSIDY, new))
    cards = "stg_disabled_federation__disability_cards"
    for name, wanted in (
        (models.SAID / "said_benefit.sql", "coalesce(nullif(subsidy_type, '没''有'), '补贴') as scheme_name"),
        (models.SAID / "said_benefit.sql", "coalesce(subsidy_status, '') = '停''发' as is_paid"),
        (models.SAID / "said_benefit.sql", f"from {{{{ ref('{cards}') }}}}\nwhere subsidy_status = '停''发'\n"),
        (models.SAID / "said_event.sql", f"from {{{{ ref('{cards}') }}}}\nwhere subsidy_status = '停''发'\n"),
        (models.STAGING / f"{cards}.sql", "case subsidy_status when '停''发' then '发放' else subsidy_status end"),
    ):
        assert wanted in made[name]


def test_a_register_of_its_own_numbers_other_households(change):
    new = "  benefit: {scheme: {word: 补贴}}\n  household: {numbers: cards, number: card_no}\n"
    text = models.generated(change(_SUBSIDY, new))[models.SAID / "said_household.sql"]
    assert "    feed,\n    'cards' as numbers,\n    record_key as claim_id,\n" in text.split("union all\n")[1]


def test_says_with_nothing_behind_it_is_told(project: Path):
    file = project / "expectations/feeds/disabled_federation/disability_cards.yaml"
    file.write_text(file.read_text(encoding="utf-8").partition("says:")[0] + "says:\n", encoding="utf-8")
    with pytest.raises(HouseFileError, match=r"disability_cards\.yaml: says: is empty; say whom a row names"):
        load_feed_files(project / "expectations/feeds")


_TYPE, _LIVES = "{name: level_code, element", "{element: division_code}"


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        *((_TYPE, f"{{name: {word}, element", f"columns: {word} is a word of SQL; give the column another name")
          for word in ("select", "order", "left", "end", "user", "filter")),
        *((_TYPE, f"{{name: {name}, element", f"columns: {name} is a name that staging gives; give the column another")
          for name in ("feed", "record_key", "source_ref", "delivery_id", "delivery_seq", "delivered_on", "scope",
                       "correction_ref", "corrected_fields", "id_defect", "id_no_norm", "id_no_defect", "township_code",
                       "current_division_code")),
        (_LIVES, "{element: division_code, correctable: true}\n  - {name: division_code_now, element: person_name, "
         "label: 备注}", "columns: division_code_now is a name that staging gives"),
        (_LIVES, "{element: division_code, correctable: true}\n  - {name: division, element: person_name, label: 备注, "
         "correctable: true}", "columns: staging would give the name division_source_ref twice"),
    ],
)  # fmt: skip
def test_a_column_bears_no_name_of_sql_or_of_staging(change, old: str, new: str, complaint: str):
    with pytest.raises(HouseFileError, match=re.escape(f"disabled_federation/disability_cards.yaml: {complaint}")):
        models.generated(change(old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [("title: 残疾人证", "title: '残疾人证{{ x }}'"), (_TYPE, "{name: subsidy_type, label: '甲{% x %}', element")],
)
def test_words_hold_nothing_that_dbt_would_unfold(change, capsys, old: str, new: str):
    assert main(["generate", "--root", str(change(old, new))]) == 1
    assert "dbt takes {{, {% and {# for its own; write it without them" in capsys.readouterr().err


def test_a_title_is_no_expression(change):
    folder = change("title: 残疾人证", "title: 残疾人证(一).+") / "expectations/feeds/disabled_federation"
    feed = load_feed_file(folder / "disability_cards.yaml")
    pattern = yaml.safe_load(contract(feed, load_elements()))["customProperties"]
    named = re.compile(next(p["value"] for p in pattern if p["property"] == "filePattern"))
    assert named.match(f"{feed.code}_残疾人证(一).+_370600_202401.csv")
    assert not named.match(f"{feed.code}_残疾人证一xx_370600_202401.csv")


def test_a_feed_that_says_nothing_keeps_off_words_of_sql_alone(project: Path):
    for tag in (project / "expectations/tags").glob("*.yaml"):
        if "disab" in tag.read_text(encoding="utf-8"):
            tag.unlink()
    file = project / "expectations/feeds/disabled_federation/disability_cards.yaml"
    text = file.read_text(encoding="utf-8").partition("says:")[0]
    file.write_text(text.replace("name: subsidy_type", "name: feed"), encoding="utf-8")
    assert models.generated(project)
    file.write_text(text.replace("name: subsidy_type", "name: where"), encoding="utf-8")
    with pytest.raises(HouseFileError, match="columns: where is a word of SQL"):
        models.generated(project)


def test_who_is_meant_cannot_be_corrected_by_townships(change, capsys):
    root = change("aliases: [残疾人证件号], key: 1}", "aliases: [残疾人证件号], key: 1, correctable: true}")
    assert main(["generate", "--root", str(root)]) == 1
    told = capsys.readouterr().err
    assert "column card_no tells who is meant, so townships cannot correct it; drop correctable" in told


def test_two_feeds_hold_no_place_in_the_queue_together(change):
    with pytest.raises(HouseFileError, match="rank 3 for name is .* already; give another one"):
        models.generated(change("rank: 4", "rank: 3"))


def test_ranks_may_differ_by_field(change):
    files = models.generated(change("rank: 4", "rank: {name: 41}"))
    ranks = " ".join(files[models.SAID / "said_rank.sql"].split())
    assert "select 'F11' as feed, 'name' as field, cast(41 as integer) as rank" in ranks


def test_who_is_not_ranked_stands_in_no_place_of_the_queue(change):
    ranks = " ".join(models.generated(change(", rank: 4", ""))[models.SAID / "said_rank.sql"].split())
    assert "select 'F11' as feed, 'name' as field, cast(null as integer) as rank" in ranks


def test_evidence_of_a_residence(project: Path):
    said = " ".join(models.generated(project)[models.SAID / "said_residence.sql"].split())
    assert "where status_name = '有效'" in said
    assert "where coalesce(living_type, '') not in ('空置', '户在人不在')" in said


def test_who_is_insured_in_what(project: Path):
    said = " ".join(models.generated(project)[models.SAID / "said_insurance.sql"].split())
    assert "insurance_kind || '基本医疗保险' as scheme_name, cast(null as string) as employer_code" in said
    assert "'住房公积金' as scheme_name, employer_code, status_name, " in said
    assert "coalesce(status_name, '') = '正常' as is_running, opened_date as since_date" in said


def test_a_model_that_nobody_feeds_any_more_is_told(project: Path):
    for file in (project / "expectations/feeds").rglob("*.yaml"):
        file.write_text(file.read_text(encoding="utf-8").partition("says:")[0], encoding="utf-8")
    with pytest.raises(HouseFileError, match="said_person_number: no feed says anything of the kind"):
        models.generated(project)


def test_words_for_a_sex_and_codes_that_mean_another_are_read_once_in_staging():
    feeds = load_contracts()
    says = {f.code: f.says for f in load_feed_files()}
    certificates = staging_sql(feeds["F04"], says["F04"])
    assert "    sex_name,\n    case sex_name when '男' then '1' when '女' then '2' end as sex_code,\n" in certificates
    residents = staging_sql(feeds["F01"], says["F01"])
    assert "    case relation_code when '02' then '01' else relation_code end as relation_code,\n" in residents


def test_a_grid_is_looked_up_with_its_village_and_left_to_its_own_rule(project: Path):
    files = models.generated(project)
    survey = files[models.STAGING / "stg_grid_centre__grid_survey.sql"]
    assert "substr(grid_code_now, 1, 12) as grid_village_code" in survey
    assert "    coalesce(substr(current_grid_code, 1, 9), township_code) as township_code,\n" in survey
    assert "grid_survey" not in files[models.SAID / "said_place.sql"]


def test_what_may_only_be_asked_is_never_returned(project: Path):
    text = models.generated(project)[models.SAID / "said_person.sql"]
    (asked,) = [part for part in text.split("union all\n") if "medical_insurance__enrolments" in part]
    assert "cast(null as string) as returned_name,\n    cast(null as string) as returned_sex_code," in asked
    assert "    name,\n    sex_code,\n    birth_date,\n" in asked


def test_a_department_that_fills_in_its_contract_anew_does_not_undo_what_it_means():
    elements, feeds = load_elements(), load_feed_files()
    feed = next(f for f in feeds if f.code == "F11")
    read, problems = read_feed(contract_workbook(elements, feeds, feed), elements, feeds)
    assert (read.says, problems) == (feed.says, [])
