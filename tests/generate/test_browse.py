"""The searchable catalogue, in the browser a clerk opens it with: its own search, run there."""

import html
import json
import re
from pathlib import Path

import pytest

from pipelines.generate.tags import TAGS, load_tags
from pipelines.kit.contracts import load_contracts
from pipelines.kit.contracts.elements import load_elements
from pipelines.kit.contracts.words import file_name_example, file_name_rule
from pipelines.kit.paths import PROJECT_ROOT
from tests.generate.browser import after_scripts

PAGE = PROJECT_ROOT / "docs/catalogue/index.html"
FEEDS = load_contracts()
# What a person does: open each address, look at the hits and the page; then walk with the arrow keys.
_VISIT = """<script>
const seen = {};
for (const hash of HASHES) {
  history.replaceState(null, "", "#" + hash);
  show();
  seen[hash] = { hits: [...at("hits").querySelectorAll("a")].map(a => a.querySelector("code").textContent),
    page: at("right").innerText, none: at("hits").innerText };
}
history.replaceState(null, "", "#");
at("q").focus();
at("q").value = "死亡日期";
at("q").dispatchEvent(new Event("input"));
const press = key => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
press("ArrowDown");
document.activeElement.click();
show();
seen.keys = { page: at("right").innerText, address: decodeURIComponent(location.hash) };
document.body.replaceChildren(Object.assign(document.createElement("pre"), { textContent: JSON.stringify(seen) }));
</script>"""
_HASHES = (
    "q=死亡日期", "q=证件号码", "q=swrq", "q=GB+11643", "q=户籍 公安", "q=没有这样的词", "q=DE01008",
    "q=低保", "q=身份证&kind=数据源", "q=死亡", "q=网格", "q=身份证", "q=R11", "q=分析库", "q=staging", "q=户主",
    "q=归集日报", "q=未到", "q=逾期", "q=迟报", "q=催报", "q=应到", "view=DE05004",
    "view=staging.stg_grid_centre__grid_survey", "view=ledger.ticket", "view=minimum_living", "view=household_head",
    "view=q02_population_pyramid", "view=packs.small_places", "view=small_places", "view=R17", "view=unified.death",
    "view=X01", "view=F04",
    "department=市残联", "level=L1&group=项目与资金", "sharing=不予共享", "view=DE01008", "view=F12",
)  # fmt: skip


_FIRST = {
    "低保": "minimum_living", "身份证": "DE01001", "R11": "R11", "网格": "grid", "分析库": "analyst_database",
    "staging": "staging", "户主": "household_head", "归集日报": "daily_report", "未到": "overdue", "逾期": "overdue",
    "迟报": "late_delivery", "催报": "reminder", "应到": "due_delivery",
}  # fmt: skip


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict:
    """What the page showed at each of _HASHES, and after the keys."""
    copy = tmp_path_factory.mktemp("catalogue") / "index.html"
    text = PAGE.read_text(encoding="utf-8")
    visit = _VISIT.replace("HASHES", json.dumps(_HASHES))
    copy.write_text(text.replace("</body>", visit + "</body>"), encoding="utf-8")
    (found,) = re.findall(r"<pre>(.*)</pre>", after_scripts(copy), re.S)
    return json.loads(html.unescape(found))


def test_a_person_finds_a_field_by_its_name_alias_initials_standard_or_code(seen: dict):
    assert seen["q=死亡日期"]["hits"][:3] == ["DE01008", "F04", "F05"]
    assert seen["q=证件号码"]["hits"][0] == "DE01001"
    assert seen["q=swrq"]["hits"][0] == "DE01008"
    assert seen["q=GB+11643"]["hits"][0] == "DE01001"
    assert seen["q=DE01008"]["hits"] == ["DE01008"]
    assert {"F01", "F03"} <= set(seen["q=户籍 公安"]["hits"])
    assert seen["q=没有这样的词"]["hits"] == [] and "没有找到" in seen["q=没有这样的词"]["none"]


def test_one_search_finds_words_of_code_lists_columns_tables_rules_exports_and_questions(seen: dict):
    assert {"DE06002", "F08"} <= set(seen["q=低保"]["hits"]) and "取值 低保" in seen["q=低保"]["none"]
    id_no = load_elements()["id_no"].code
    with_id_no = {f.code for f in FEEDS.values() if any(c.element == id_no for c in f.columns)}
    assert set(seen["q=身份证&kind=数据源"]["hits"]) == with_id_no and len(with_id_no) == 26
    assert {"DE01008", "F04", "F05", "unified.death", "R17", "R20", "R43", "X01", "Q02"} <= set(seen["q=死亡"]["hits"])
    assert {"F28", "F31", "F36", "R11", "residents", "unified.person"} <= set(seen["q=网格"]["hits"])


def test_what_people_look_for_comes_first(seen: dict):
    first = {q: seen[f"q={q}"]["hits"][0] for q in _FIRST}
    assert first == _FIRST
    staged = {f"staging.stg_{table}" for table in ("grid_centre__grid_survey", "resident_id", "ledger__corrections")}
    assert staged < set(seen["q=staging"]["hits"])
    assert {"verify.survey_residence"} < set(seen["q=R11"]["hits"])
    assert {"q10_freshness", "published.source_freshness"} < set(seen["q=分析库"]["hits"])
    assert {"DE02003", "R15", "F01", "verify.household_head"} < set(seen["q=户主"]["hits"])


def test_tables_tags_terms_and_analysts_questions_have_pages(seen: dict):
    staged, ledger, tag = (seen[f"view={v}"]["page"] for v in (
        "staging.stg_grid_centre__grid_survey", "ledger.ticket", "minimum_living"))
    made = ("来自\nF31 网格摸排", "往下做成\nlinkage.", "verify.survey_residence", "摸排日期", "survey_date")
    assert all(words in staged for words in ("标准化表", "市委政法委(网格中心)，每月", "每期", *made))
    assert all(words in ledger for words in ("工单现状", "只有最近一期", "published.anomaly_summary", "state"))
    tells = ("市民政局", "unified.benefit", "scheme_name = '低保'", "special_groups 特殊人群")
    assert all(words in tag for words in tells)
    term, asked = seen["view=household_head"]["page"], seen["view=q02_population_pyramid"]["page"]
    assert "户口簿上一户的户主" in term and "R15 家庭户户主异常" in term
    assert "published.resident_profile" in asked and "出生年代，空白是未公布\tbirth_decade" in asked
    pack, sheet = seen["view=packs.small_places"]["page"], seen["view=small_places"]["page"]
    assert "市消防救援支队" in pack and sheet.removeprefix("‹ 返回检索结果\n").startswith("九小场所返还表页")


def test_a_page_of_a_rule_says_how_precise_it_was(seen: dict):
    assert "查得准不准、全不全" in seen["view=R17"]["page"] and "合成样本" in seen["view=R17"]["page"]


def test_a_page_says_who_owns_it_how_fresh_it_is_and_who_uses_it(seen: dict):
    rule, table, export, feed = (seen[f"view={v}"]["page"] for v in ("R17", "unified.death", "X01", "F04"))
    asked = ("确认健在", "孙***", "参数 grace_days")
    assert all(words in rule for words in ("市大数据局", "每期全部重算", "F01 户籍人口", *asked))
    assert all(words in table for words in ("市大数据局", "每期", "F03 户籍变动", "F04 死亡医学证明", "死亡日期"))
    assert all(words in export for words in ("市民政局", "每周", "F10", "公民身份号码"))
    users = ("unified.death", "R17 已有死亡记录但户口仍为正常", "X01 已故仍领补贴")
    assert all(words in feed for words in (*users, "月底之后"))


def test_filters_leave_what_fits(seen: dict):
    elements = load_elements()
    of = {"department": "市残联", "level": "L1", "group": "项目与资金", "sharing": "不予共享"}
    disabled = [e.code for e in elements.values() if e.source == of["department"]]
    tags = [tag.code for tag in load_tags(PROJECT_ROOT / TAGS) if tag.owner == of["department"]]
    assert sorted(seen["department=市残联"]["hits"]) == sorted([*disabled, "F11", *tags])
    public = [e.code for e in elements.values() if (e.classification, e.group) == ("L1", of["group"])]
    assert sorted(seen["level=L1&group=项目与资金"]["hits"]) == sorted(public) != []
    closed = [e.code for e in elements.values() if e.sharing == of["sharing"]]
    using = [f.code for f in FEEDS.values() if any(c.sharing == of["sharing"] for c in f.columns)]
    assert sorted(seen["sharing=不予共享"]["hits"]) == sorted(closed + using) != []


def test_an_element_says_who_uses_it_and_a_feed_what_it_holds(seen: dict):
    element, feed = seen["view=DE01008"]["page"], seen["view=F12"]["page"]
    assert "2 个部门的 2 个数据源在用" in element and "death_date" in element and "敏感个人信息" in element
    assert "只在关联（join）时用来对照、查找的，没有列出" in seen["view=DE05004"]["page"]
    assert "月底之后 10 日内" in feed and "重复的主键超过 20%" in feed
    assert all(c.label in feed for c in FEEDS["F12"].columns)


def test_the_keyboard_is_enough(seen: dict):
    assert seen["keys"]["page"].removeprefix("‹ 返回检索结果\n").startswith("死亡日期")
    assert seen["keys"]["address"] == "#q=死亡日期&view=DE01008"


def test_the_page_needs_nothing_from_anywhere():
    text = PAGE.read_text(encoding="utf-8")
    assert not re.search(r"https?://|src=|@import|url\(", text)
    assert text.count("</script>") == 2
    assert "/*style*/" not in text and "/*script*/" not in text and "/*data*/" not in text


@pytest.mark.parametrize("feed", FEEDS.values(), ids=FEEDS)
def test_the_example_of_a_file_name_is_one_the_contract_takes(feed):
    assert feed.file_regex.match(file_name_example(feed))
    assert Path(file_name_rule(feed)).suffix == f".{feed.format}"
