"""The pages of the catalogue: one a feed, one a rule; in line with their files, and nothing they name is missing."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from pipelines.generate import catalogue
from pipelines.generate.__main__ import _tell, main
from pipelines.generate.catalogue import feed_page, precision, rule_page, tables
from pipelines.generate.catalogue.reads import readers
from pipelines.generate.catalogue.things import things
from pipelines.generate.catalogue.uses import house
from pipelines.judge.measured import Figures, Measured, Measuring
from pipelines.kit.contracts.generate import drifted
from pipelines.kit.paths import PROJECT_ROOT

HOUSE = house()
PAGES = catalogue.pages()
_LINK = re.compile(r"\]\(([^)#]+)")


def test_every_feed_and_every_rule_has_a_page_and_nothing_else_has():
    wanted = {f"{code}.md" for code in HOUSE.feeds} | {f"rules/{rule_id}.md" for rule_id in HOUSE.rules}
    assert {p.relative_to(catalogue.PAGES).as_posix() for p in PAGES} == wanted | {
        "index.md", "index.html", "rules/index.md",
    }  # fmt: skip


def test_the_pages_are_what_the_files_say_and_are_made_alike_again():
    assert drifted(PROJECT_ROOT, PAGES, catalogue.present(PROJECT_ROOT)) == []
    assert catalogue.pages() == PAGES


def test_no_page_names_a_file_that_is_not_there():
    links = {(path, link) for path, text in PAGES.items() for link in _LINK.findall(text) if path.suffix == ".md"}
    missing = [(str(path), link) for path, link in links if not (PROJECT_ROOT / path.parent / link).exists()]
    assert missing == [] and len(links) > len(PAGES)


def test_check_tells_a_page_edited_by_hand_and_one_of_a_rule_that_is_no_more(tmp_path, monkeypatch, capsys):
    stray = catalogue.RULES / "R99.md"
    rule = catalogue.RULES / "R17.md"
    monkeypatch.setattr(catalogue, "present", lambda root: {*PAGES, stray})
    monkeypatch.setattr(catalogue, "pages", lambda: PAGES | {rule: PAGES[rule] + "x"})
    assert main(["--check"]) == 1
    told = [f"drifted, make generate: {page.as_posix()}" for page in (rule, stray)]
    assert capsys.readouterr().out.splitlines() == told


@pytest.mark.parametrize("rule", HOUSE.rules.values(), ids=HOUSE.rules)
def test_a_page_of_a_rule_tells_its_words_and_masks_its_example(rule):
    page = PAGES[catalogue.RULES / f"{rule.rule_id}.md"]
    assert all(words in page for words in (rule.title_zh, rule.problem_zh, rule.fix_zh, rule.question_zh, "市大数据局"))
    assert all(f"| {a.words} |" in page for a in rule.answers)
    assert all(f"{code} {HOUSE.feeds[code].title}（" in page for code in rule.needs)
    people = [v for c, v in rule.example.items() if c in ("id_no", "card_no", "responsible_name")]
    names = [rule.example["name"]] if "id_no" in rule.example or "card_no" in rule.example else []
    assert not [value for value in (*people, *names) if value in page]


def test_parameters_stand_with_their_days_and_their_reason():
    assert "grace_days = 30，2020-01-01 起（户口注销应在死亡后一个月内办理）" in PAGES[catalogue.RULES / "R17.md"]


def test_findings_go_where_the_rule_sends_them():
    def places(rule_id: str) -> str:
        return PAGES[catalogue.RULES / f"{rule_id}.md"].split("## 发现的问题去哪里")[1].split("##")[0]

    assert "异常清单" in places("R20") and "异议函" in places("R20") and "导出 X01 已故仍领补贴" in places("R20")
    assert "异常清单" not in places("R01") and "异议函" in places("R01")
    assert "重开原来的那张" in places("R46")


def test_who_uses_a_feed_follows_lineage():
    used = {user.code for user in HOUSE.users("F10")}
    assert {"R20", "R21", "R22", "X01"} <= used and not {"R05", "R35", "Q03"} & used
    assert HOUSE.users("F32") == [] and "暂未使用。" in PAGES[catalogue.PAGES / "F32.md"]
    assert "unified.benefit" in HOUSE.tables and HOUSE.telling("unified.benefit", {"F10.band_name"}) == ["band_name"]


def test_feed_pages_explain_codes_and_refusals():
    page = PAGES[catalogue.PAGES / "F11.md"]
    assert "| 1 | 残疾人证号 | `card_no` |" in page and "4 肢体" in page and "少于上一次的 0.5 倍" in page
    assert "少于上一次" not in PAGES[catalogue.PAGES / "F10.md"]
    renamed = replace(HOUSE.feeds["F11"], title="残疾人证二")
    assert "# F11 残疾人证二" in feed_page.page(renamed, HOUSE)


def test_a_rule_without_answers_or_example_has_no_section_of_them():
    page = rule_page.page(replace(HOUSE.rules["R05"], example={}), HOUSE)
    assert "镇街可以怎样答复" not in page and "示例" not in page and "## 依据来自哪些数据" in page


def test_tables_are_told_in_chinese_by_their_own_yaml(tmp_path: Path):
    (tmp_path / "unified").mkdir()
    (tmp_path / "columns.md").write_text("{% docs name %}Name. 姓名{% enddocs %}", encoding="utf-8")
    (tmp_path / "unified/one.yml").write_text(
        "models:\n  - name: one\n    description: One row. 一行一人。\n    columns:\n"
        "      - {name: name, description: '{{ doc(\"name\") }} Not the nickname.'}\n      - {name: bare}\n",
        encoding="utf-8",
    )
    (table,) = tables.tables(tmp_path).values()
    assert (table.name, table.words, table.columns) == ("unified.one", "一行一人。", {"name": "姓名", "bare": ""})


def test_every_column_people_meet_has_chinese_words():
    assert [f"{t.name}.{c}" for t in HOUSE.tables.values() for c, words in t.columns.items() if not words] == []
    assert {t.schema for t in HOUSE.tables.values()} == set(tables.SHOWN)
    assert [name for name in HOUSE.lineage if name.partition(".")[0] in tables.SHOWN and name not in HOUSE.tables] == []


def test_a_file_that_is_no_more_is_told_as_removed(capsys):
    _tell([Path("README.md"), Path("docs/of_a_feed_that_was.md")], False)
    assert capsys.readouterr().out.splitlines() == ["written: README.md", "removed: docs/of_a_feed_that_was.md"]


WHEN = Measuring(share=0.01, as_of=date(2024, 2, 29), measured_on=date(2024, 3, 1), commit="0123456789ab")


@pytest.mark.parametrize(("figures", "shares"), [
    (Figures(planted=2000, found=1999, false_alarms=1, traps=9, traps_fired=1), ("99.9%", "99.9%")),
    (Figures(planted=3, found=3, false_alarms=0, traps=0, traps_fired=0), ("100%", "100%")),
    (Figures(planted=3, found=0, false_alarms=0, traps=0, traps_fired=0), ("没有查出", "0%")),
    (Figures(planted=0, found=0, false_alarms=4, traps=0, traps_fired=0), ("0%", "没有埋设")),
])  # fmt: skip
def test_a_share_is_100_only_where_it_is_all(figures, shares):
    assert precision.cells(Measured(figures, WHEN)) == (str(figures.planted), *shares)


def test_a_page_of_a_rule_says_how_precise_it_was_and_where_that_was_measured():
    figures = Figures(planted=8, found=6, false_alarms=2, traps=5, traps_fired=1)
    known = replace(HOUSE, measured={"R05": Measured(figures, WHEN)})
    page, index = rule_page.page(HOUSE.rules["R05"], known), rule_page.index(known)
    assert "| 精确率 | 75%：查出 8 处，其中误报 2 处 |" in page and "| 召回率 | 75%：埋设 8 处，漏报 2 处 |" in page
    assert "合成样本，规模为全市的 1%，数据截至 2024-02-29" in page and "2024-03-01，代码版本 0123456789ab" in page
    assert "| 8 | 75% | 75% |" in index and "|  | 尚未测量 | 尚未测量 |" in index
    assert "| 精确率、召回率 | 尚未测量 |" in rule_page.page(HOUSE.rules["R07"], known)


def of(code: str) -> tuple[dict, dict]:
    """Facts of a thing, and the rows of its first section by name."""
    (found,) = [thing for thing in things(HOUSE) if thing["code"] == code]
    return dict(found["facts"]), {row[1]: row for row in found["sections"][0][2]}


def test_a_count_comes_from_the_rows_of_the_tables_its_table_reads_and_has_no_class_of_its_own():
    facts, rows = of("published.township")
    assert facts["读的表"] == [
        "unified.division", "unified.dwelling", "unified.enterprise", "unified.household", "returns.return_resident",
    ]  # fmt: skip
    assert {"F01", "F14", "F31", "F36"} <= set(facts["来自"])
    assert facts["分级"].startswith("L1 公开；不含按行计数的列，")
    assert rows["aged_80_count"][2:] == ["按行计数", []] and rows["county_name"][2:] == ["L1", ["F36"]]
    facts, rows = of("unified.benefit")
    assert "按行计数" not in facts["分级"] + "".join(row[2] for row in rows.values())
    assert HOUSE.counts("published.residence", "resident_count") and not HOUSE.counts("unified.benefit", "feed")


def test_a_table_or_question_of_benefits_is_found_by_the_name_of_a_scheme():
    for code in ("published.benefit_month", "published.benefit_total", "q04_benefits_by_scheme", "unified.benefit"):
        told = of(code)[1]["scheme_name"][0]
        names = told.split("。")[-1].split("、")
        assert {"低保", "高龄津贴", "残疾人生活补贴", "残疾人补贴"} <= {*names} and "残疾人无" not in names


def test_every_entry_has_a_code_of_its_own_and_a_term_names_entries_that_are_there():
    known = [*things(HOUSE)]
    codes = [*(e.code for e in HOUSE.elements.values()), *HOUSE.feeds, *(thing["code"] for thing in known)]
    assert sorted(set(codes)) == sorted(codes)
    assert [see for term in HOUSE.terms.values() for see in term.see if see not in codes] == []
    lists = [code for t in known for _, told in t["facts"] if isinstance(told, list) for code in told]
    assert [code for code in lists if code not in codes] == []


def test_every_entry_says_what_it_is_who_owns_it_and_how_fresh_it_is():
    for thing in things(HOUSE):
        items = dict(thing["facts"])
        assert thing["title"] and thing["department"] and items, thing["code"]
        assert thing["kind"] == "术语" or items["更新"], thing["code"]


def test_no_column_reads_public_in_a_table_about_persons():
    known = {t["code"]: t for t in things(HOUSE) if t["kind"] == "数据表"}
    highest = "整表按其中最高级别管理（就高）"
    assert {name for name, t in known.items() if highest not in dict(t["facts"])["分级"]} == set()
    assert dict(known["unified.person"]["facts"])["分级"] == f"L4 敏感个人信息；{highest}"
    classes = {name: {row[1]: row[2] for row in t["sections"][0][2]} for name, t in known.items()}
    assert classes["unified.person"]["residence_grid_code"] == "L1（整表按 L4）"
    assert classes["returns.return_resident"]["grid_code"].endswith("（整表按 L4）")
    assert classes["ledger.issued_resident"]["name"] == "未定级，按 L4"
    assert known["ledger.issued_resident"]["level"] == "L4"
    assert {*classes["published.township"].values()} == {"L1", "按行计数"}
    assert {n for n, t in known.items() if t["level"] >= "L3" and {"L1", "L2"} & {*classes[n].values()}} == set()


def test_what_one_row_is_stands_only_where_it_says_more_than_the_title():
    told = {t["code"]: dict(t["facts"]).get("一行是") for t in things(HOUSE)}
    assert told["verify.survey_residence"] is None and told["unified.death"] is None
    assert told["unified.person"] == "人口：一人一条，每个值都注明出处。"


def test_rules_stand_in_the_order_of_their_numbers():
    rows = re.findall(r"^\| \[(R\d+)\]", PAGES[catalogue.RULES / "index.md"], re.M)
    assert rows == sorted(rows, key=lambda rule: int(rule[1:])) and {"R40", "R43", "R46"} < set(rows)
    assert [t["code"] for t in things(HOUSE) if t["kind"] == "规则"] == rows


def test_a_table_says_what_is_made_of_it_through_macros_and_what_feeds_say(tmp_path: Path):
    models, macros = tmp_path / "models", tmp_path / "macros"
    models.mkdir()
    macros.mkdir()
    (macros / "m.sql").write_text("{% macro placed(a) %} join {{ ref('place') }} {% endmacro %}", encoding="utf-8")
    (models / "stg.sql").write_text("select 1 from {{ source('ledger', 'delivery') }}", encoding="utf-8")
    (models / "said.sql").write_text("select 1 from {{ ref('stg') }}", encoding="utf-8")
    (models / "delivery.sql").write_text("select 1 from {{ ref('said') }} {{ placed('x') }}", encoding="utf-8")
    known = ["staging.stg", "unified.place", "ledger.delivery", "verify.delivery"]
    assert readers(known, tmp_path) == {
        "staging.stg": ["verify.delivery"], "unified.place": ["verify.delivery"], "ledger.delivery": ["staging.stg"],
        "verify.delivery": [],
    }  # fmt: skip
    assert "unified.person_claim" in HOUSE.readers["linkage.person_claim_match"]
    assert "published.source_freshness" in HOUSE.readers["ledger.freshness"]


def test_a_feed_page_follows_its_columns_to_tables_sheets_and_exports():
    page = PAGES[catalogue.PAGES / "F31.md"]
    assert "| 标准化表 | staging.stg_grid_centre__grid_survey |" in page
    met = {code: told for code, _, told in HOUSE.comes_to({"F31.living_type"})}
    assert met["residents"] == ["居住类型"] and "living_type" in met["unified.person_dwelling"]
    assert not [code for code in met if code.startswith(("staging.", "verify.", "linkage."))]
    assert "| `residents` | 人口 |" in page and "| `unified.dwelling` | 房屋 |" in page
