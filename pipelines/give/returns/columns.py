"""The sheets of a return workbook: names, columns, widths, and which cells are signed.

Belongs here: what both the writer (`workbook`) and the reader (`pipelines.give.inbox`) must agree on. Does not
belong here: either of them.
"""

from dataclasses import dataclass

GUIDE, ANOMALIES, RESIDENTS, SPECIAL, CHANGES, RECEIPT = (
    "说明", "异常清单", "人口", "特殊人群", "变更清单", "回执",
)  # fmt: skip
META, CODES = "_meta", "_codes"
META_MARK = "zhenjie-return-1"
SIGN_PURPOSE = "return-meta"

SEVERITY = {"C": "紧急", "H": "高", "M": "中", "L": "低", "I": "线索"}


@dataclass(frozen=True)
class Column:
    """A column of a sheet. `name` is its lake column ('' for the running number), `width` in characters."""

    name: str
    title: str
    width: float
    type: str = "text"
    is_centred: bool = False


SHEETS: dict[str, tuple[Column, ...]] = {
    RESIDENTS: (
        Column("name", "姓名", 10),
        Column("sex_name", "性别", 5, is_centred=True),
        Column("id_no", "身份证号", 22, is_centred=True),
        Column("birth_date", "出生日期", 12, "date", True),
        Column("age_years", "年龄", 6, "integer", True),
        Column("household_no", "户号", 16, is_centred=True),
        Column("village_name", "村居", 22),
        Column("grid_code", "网格编码", 19, is_centred=True),
        Column("living_type", "居住类型", 10, is_centred=True),
        Column("address", "住址", 40),
        Column("disputed", "异议标注", 16, is_centred=True),
    ),
    SPECIAL: (
        Column("name", "姓名", 10),
        Column("id_no", "身份证号", 22, is_centred=True),
        Column("village_name", "村居", 24),
        Column("group_name", "人群类别", 12, is_centred=True),
        Column("detail", "明细", 40),
        Column("amount", "金额（元）", 12, "decimal"),
        Column("pay_month", "月份", 10, is_centred=True),
        Column("disputed", "异议标注", 16, is_centred=True),
    ),
    CHANGES: (
        Column("change_type", "变更类型", 10, is_centred=True),
        Column("name", "姓名", 12),
        Column("village_name", "村居", 24),
        Column("field_label", "项目", 14, is_centred=True),
        Column("old_value", "原值", 28),
        Column("new_value", "新值", 28),
    ),
}
# Columns that only the bulk files carry, after the shown ones.
KEYS = (Column("person_id", "人员编号", 34), Column("village_code", "村居代码", 14))
BULK_KEYS = {RESIDENTS: KEYS, SPECIAL: KEYS[:1], CHANGES: KEYS[:1]}

ANOMALY_COLUMNS = (
    Column("", "序号", 5, is_centred=True),
    Column("ticket", "工单号", 15.5, is_centred=True),
    Column("rule", "规则", 14),
    Column("severity", "严重程度", 5, is_centred=True),
    Column("name", "姓名", 8),
    Column("id_no", "身份证号", 22, is_centred=True),
    Column("village_name", "村居", 14),
    Column("question", "问题说明", 22),
    Column("evidence", "依据", 28),
    Column("value", "当前值", 19),
    Column("answer", "处理结果", 13, is_centred=True),
    Column("new_value", "更正值", 22),
    Column("note", "说明", 13),
    Column("row_key", "row_key", 8),
    Column("group_key", "group_key", 8),
    Column("_chk", "_chk", 8),
)
# 0-based positions in 异常清单.
COL = {c.name or "number": i for i, c in enumerate(ANOMALY_COLUMNS)}
ANSWER_CELLS = (COL["answer"], COL["new_value"], COL["note"])
HIDDEN_FROM = COL["row_key"]
# Everything the township must not change: shown columns before the answer, then the two keys.
SIGNED_CELLS = (*range(COL["answer"]), COL["row_key"], COL["group_key"])
HEADER_ROW = 2
FIRST_ROW = 3
TITLES = tuple(c.title for c in ANOMALY_COLUMNS)

ANSWER_HINT = (
    "请只填写黄色的「处理结果」「更正值」「说明」三列；红色表示还没有选。其他内容请不要改动，行请不要删除。"
)

EMPTY_HINT = "本期没有需要贵镇街核实的内容，不必交回。"

SIGN_OFF = (("officer", "经办人"), ("phone", "联系电话"), ("date", "办理日期"), ("reviewer", "审核人"))
SIGN_OFF_ROW, SIGN_OFF_COLUMN = 3, 1


def heading(place: str, as_of: str) -> str:
    """Text of the first row of 异常清单."""
    return f"{place} 异常清单（数据截至 {as_of}）"


def column_letter(index: int) -> str:
    """Spreadsheet letter of a 0-based column below 26."""
    return chr(ord("A") + index)
