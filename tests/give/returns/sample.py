"""A return set of an invented township, for tests of the writer and the reader. All people are synthetic."""

from dataclasses import replace
from datetime import date

from pipelines.give.returns.columns import TOWNSHIP as TOWNSHIP_SHEETS
from pipelines.give.returns.model import Anomaly, TownshipReturn
from pipelines.give.returns.questions import questions
from pipelines.judge.rules import load_rules
from pipelines.kit.keys import ticket_id
from pipelines.kit.office.sheets import load_sheets

TOWNSHIP = "370602001"
AS_OF = date(2024, 1, 31)
_NAMES = ("王秀兰", "张建国", "李桂英", "刘淑珍", "陈志强", "欧阳文娟")
_RULES = ("R20", "R17", "R22", "R11", "R11", "R11")
_VALUES = ("3个月", "正常", "", "", "370602001001099", "")


def anomalies(count: int = 6) -> tuple[Anomaly, ...]:
    """`count` open tickets: R20, R17, R22, then R11 only."""
    made = []
    for i in range(count):
        rule = _RULES[min(i, 5)]
        entity = f"entity-{i}"
        made.append(
            Anomaly(
                ticket_id=ticket_id(rule, entity),
                group_key=f"group-{i}",
                rule_id=rule,
                severity={"R20": "C", "R17": "H", "R22": "H", "R11": "M"}[rule],
                name=_NAMES[i % 6],
                id_no=f"37060219{40 + i % 50}010112{i % 90 + 10}",
                village_name="北大街社区居委会",
                evidence="房屋地址:北大街12号3单元201;居住类型:自有;摸排日期:2024-01-12",
                value=_VALUES[min(i, 5)],
            )
        )
    return tuple(made)


def township_return(count: int = 6, residents: int = 30, **changes) -> TownshipReturn:
    """A return set with `count` anomalies."""
    data = TownshipReturn(
        township_code=TOWNSHIP,
        township_name="向阳街道",
        county_name="芝罘区",
        as_of=AS_OF,
        questions=questions(load_rules()),
        anomalies=anomalies(count),
        lists={code: () for code, sheet in load_sheets(TOWNSHIP_SHEETS).items() if sheet.table} | {"residents": tuple(
            (
                f"人员{i}", "男" if i % 2 else "女", f"3706021950010{i:05d}", "1950-01-01", "74",
                f"H{i // 3:08d}",
                "北大街社区居委会", f"370602001001{i % 4 + 1:03d}", "自有", f"山东省烟台市芝罘区北大街{i}号",
                "生死有异议" if i == 2 else "",
                f"p{i}", "370602001001",
            )
            for i in range(residents)
        ), "special_groups": (
            ("张建国", "370602194101011211", "北大街社区居委会", "低保", "", "860.00", "2024-01", "", "p1"),
            ("李桂英", "370602194201011212", "北大街社区居委会", "残疾人", "肢体二级 护理补贴", "", "", "", "p2"),
        ),
        "changes": (("新增", "陈志强", "北大街社区居委会", "", "", "", "p4"),)},
        values={"grid": tuple((f"370602001001{i:03d}", f"北大街社区第{i}网格") for i in range(1, 5))},
        previous_answers=(
            ("2023-12-31", "返还_向阳街道_20231231.xlsx", "0a1b2c3d4e5f", "R11 居住人员网格缺失或失效", "刘淑珍",
             "更正网格", "370602001001002", "已受理", "已办结", ""),
        ),
        sources=(
            ("市公安局 户籍人口", "最近交付 2024-01-05"),
            ("市民政局 高龄津贴发放", "最近交付 2024-01-20"),
        ),
    )  # fmt: skip
    return replace(data, **changes)
