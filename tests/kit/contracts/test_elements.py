"""The data standard as somebody who keeps such a standard would check it."""

import csv

from pipelines.kit.contracts import load_contracts
from pipelines.kit.contracts.elements import load_elements, load_standards
from pipelines.kit.paths import PROJECT_ROOT

ELEMENTS = load_elements()
FEEDS = load_contracts()
# Elements answered for by somebody who sends no feed.
_OTHERS = {"市大数据局", "市发展改革委", "市水利局", "市委政法委", "镇街"}
# Counted or measured in what the row itself says (计量单位, 金额单位), or degrees of both signs.
_UNIT_IN_ROW = {"quantity", "total_amount"}


def test_every_cited_standard_has_its_title_and_none_is_idle():
    assert {e.standard for e in ELEMENTS.values() if e.standard} == set(load_standards())


def test_codes_of_national_standards_are_the_standards():
    with (PROJECT_ROOT / "data/reference/codes/gbt3304_ethnic.csv").open(encoding="utf-8") as file:
        ethnic = {row["digitalCode"]: row["name"] for row in csv.DictReader(file)}
    assert ELEMENTS["ethnic_code"].codes == ethnic | {"97": "其他", "98": "外国血统中国籍人士"}
    assert list(ELEMENTS["sex_code"].codes) == ["0", "1", "2", "9"]
    assert list(ELEMENTS["political_code"].codes) == [f"{n:02d}" for n in range(1, 14)]
    relations = [1, 2, 10, 11, 12, *range(20, 98), 99]
    assert list(ELEMENTS["relation_code"].codes) == [f"{n:02d}" for n in relations]
    assert {"47", "90"} < set(ELEMENTS["education_code"].codes) and "50" not in ELEMENTS["education_code"].codes


def test_departments_are_known_and_every_element_is_used():
    departments = {f.department_name.partition("(")[0] for f in FEEDS.values()}
    assert {e.source for e in ELEMENTS.values()} <= departments | _OTHERS
    used = {c.element for f in FEEDS.values() for c in f.columns}
    assert [name for name, e in ELEMENTS.items() if e.code not in used] == []


def test_codes_and_classes_are_in_order():
    codes = [e.code for e in ELEMENTS.values()]
    assert codes == sorted(codes)
    assert all(e.classification >= "L3" for e in ELEMENTS.values() if "直接标识符" in e.tags)
    assert all(e.sharing != "无条件共享" for e in ELEMENTS.values() if e.classification >= "L2")


def test_numbers_have_a_unit():
    bare = {name for name, e in ELEMENTS.items() if e.type in ("integer", "decimal") and not e.unit}
    assert bare == _UNIT_IN_ROW
