"""Codes, units and names of evidence, told one way."""

import pytest

from pipelines.judge.rules import load_rules
from pipelines.judge.wording import Wording, named_codes
from pipelines.kit.contracts import load_contracts
from pipelines.kit.contracts.elements import load_elements
from pipelines.kit.contracts.shown import shown
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths

RULES = load_rules()
GRID = "370602001001003"
WORDING = Wording(load_contracts(), {"grid": {GRID: "甲村第3网格"}})


@pytest.mark.parametrize(("rule_id", "feed", "facts", "told"), [
    # A rule's own label; a code that no column of the feed has, but an element.
    ("R35", "F14", {"name": "甲", "sex_code": "1", "no_such_column": "x"}, {"企业名称": "甲", "性别": "男"}),
    ("R01", "F01", {"name": "甲", "id_defect": "length"}, {"姓名": "甲", "身份证号问题": "位数不对"}),
    # Codes of the feed's own column; the same column of a feed that does not have it stays.
    ("R25", "F11", {"class_code": "4", "level_code": "3"}, {"残疾类别": "肢体", "残疾等级": "三级"}),
    ("R25", "F99", {"class_code": "4", "level_code": "9"}, {"残疾类别": "4", "残疾等级": "9"}),
    # A unit that stands beside, a label that does, a unit of the catalogue.
    ("R43", "F24", {"place_kind": "仓库", "place_name": "甲库", "quantity": "64.0000", "minimum_quantity": "2.50",
                    "unit": "床"}, {"仓库": "甲库", "库存数量": "64 床", "最低储备量": "2.5 床"}),
    ("R43", "F24", {"quantity": "100.0000"}, {"库存数量": "100"}),
    ("R20", "F10", {"amount_after_death": "1500.00", "months_paid_after_death": "3"},
     {"身故后已知发放金额": "1500 元", "身故后已知发放月数": "3 个月"}),
    # Grids with their names, also as the value of whatever field was corrected; others are as they are.
    ("R11", "F31", {"grid_code": "9", "house_grid_code": GRID}, {"网格编码": "9", "同屋网格": f"{GRID} 甲村第3网格"}),
    ("R46", "F31", {"field": "grid_code", "wrong_value": "", "new_value": GRID},
     {"更正字段": "网格编码", "已更正的错误值": "（空白）", "镇街更正值": f"{GRID} 甲村第3网格"}),
    # Told one after the other, with the full stop of the last.
    ("R47", "F20", {"breaker_message": "行数过多，请核对。"}, {"拦截原因": "行数过多，请核对"}),
    ("R46", "F01", {"field": "status_name", "new_value": GRID}, {"更正字段": "户口状态", "镇街更正值": GRID}),
])  # fmt: skip
def test_evidence_is_told_in_words(rule_id, feed, facts, told):
    assert WORDING.evidence(RULES[rule_id], facts, feed) == told


@pytest.mark.parametrize(("text", "told"), [
    ("0.50", "0.5 床"), ("-7.000", "-7 床"), ("100", "100 床"), ("", ""), ("很多", "很多 床"),
])  # fmt: skip
def test_numbers_lose_empty_decimals_and_have_their_unit(text, told):
    assert shown(load_elements()["quantity"], text, "床") == told


def test_names_come_from_the_lists_that_townships_choose_from(tmp_path):
    with connect(Paths(tmp_path)) as con:
        con.execute("create table lake.returns.return_grid as select 't' as township_code, '1' as grid_code, "
                    "'第1网格' as grid_name, '甲村' as village_name")  # fmt: skip
        assert named_codes(con) == {"grid": {"1": "甲村第1网格"}}
