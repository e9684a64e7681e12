"""The sheets of a contract workbook: which cell holds which fact of a feed file.

Belongs here: titles, hints, order and forms, read by the writer and the reader alike. Does not belong here: looks.
"""

from dataclasses import dataclass

from pipelines.kit.contracts.elements import Element
from pipelines.kit.contracts.load import THRESHOLDS
from pipelines.kit.contracts.model import Thresholds
from pipelines.kit.contracts.words import AHEAD, FORMATS, IDENTITIES, MODES, NIL_RETURNS, RETURNS, SCOPES, SOURCES
from pipelines.kit.contracts.workbook.cells import (
    CODES,
    DURATION,
    RATIO,
    SIGNS,
    UNIT,
    WORDS,
    YES,
    Form,
    choice,
    number,
    suggestion,
    text,
)

GUIDE, BASICS, COLUMNS, FETCHED, ELEMENTS = "填写说明", "基本信息", "数据项", "系统取数", "数据元目录"
# The rows above what is filled in: a title, a hint, the headings.
TOP = 3
ITEM, CONTENT = "项目", "内容"
_SNAKE = text(r"[a-z][a-z0-9_]*", "只能用小写英文字母、数字和下划线，以字母开头")
_SHOUTED = text(r"[A-Z][A-Z0-9_]*", "只能用大写英文字母、数字和下划线")
_MONTH = text(r"\d{4}(0[1-9]|1[0-2])", "应为年月六位数字，如 202401")
_VERSIONS = "新约定不填即 1.0.0；减少或收紧时第一段加一，增加时第二段加一"


@dataclass(frozen=True)
class Fact:
    """A cell: `name` is the fact's place in a feed file, `delivery.format` one inside another."""

    title: str
    name: str
    form: Form
    hint: str = ""
    is_needed: bool = False
    width: float = 12


_BREAKERS = {
    "minRowRatio": ("全量行数下限（倍）", "少于上一次的多少倍就整份退回"),
    "maxRowRatio": ("全量行数上限（倍）", "多于上一次的多少倍就整份退回"),
    "maxDuplicateShare": ("重复主键上限", "占比超过就整份退回"),
    "maxQuarantineShare": ("不能入库行上限", "占比超过就整份退回"),
    "maxDeleteShare": ("增量删除上限", "一次删除的占现有记录的比例"),
    "maxRenamedShare": ("号码错位上限", "号码与上次相同而姓名不同的人的比例"),
    "maxVanishedShare": ("主键消失上限", "上一次全量的主键在新的全量中不见了的比例"),
    "maxInvalidIdShare": ("号码校验位不对上限", "占号码的比例"),
    "rowTolerance": ("行数常规波动", "与历次中位数相差在此比例内总算正常"),
    "rowMads": ("行数异常波动（倍）", "与历次中位数的差，为绝对中位差的多少倍以内总算正常"),
    "rowFloor": ("可忽略的行数差", "相差不超过这么多行时不比较"),
}


def _breaker(name: str) -> Fact:
    title, hint = _BREAKERS.get(name, (name, ""))
    usual = getattr(Thresholds, THRESHOLDS[name])
    return Fact(title, f"breakers.{name}", RATIO, f"{hint}，不填即 {usual:g}")


BASIC_FACTS = (
    Fact("数据源代码", "code", text(r"F\d{2,3}[A-Z]?", "应为 F 加两三位数字，如 F37"), "市大数据局编号，如 F37", True),
    Fact("名称", "title", text(r"[^\s_/\\.]+", "不能含空格、下划线、斜杠和点"), "文件名里也用这个名称", True),
    Fact("提供部门", "department", suggestion(()), "部门简称，如 市民政局", True),
    Fact("部门英文名", "slug", _SNAKE, "由市大数据局填写；部门已有数据源时可不填"),
    Fact("数据表英文名", "entity", _SNAKE, "由市大数据局填写，如 veterans", True),
    Fact("领域", "domain", suggestion(()), "", True),
    Fact("粒度", "grain", text(), "一行数据说的是什么，如 每人每月一行", True),
    Fact("用途", "purpose", text(), "镇街用这些数据做什么", True),
    Fact("使用限制", "limitations", text(), "不填即为通用的限制"),
    Fact("合同版本", "version", text(r"\d+\.\d+\.\d+", "应为三段数字，如 1.0.0"), _VERSIONS),
    Fact("返还方式", "returned", choice(RETURNS), "不填即返还明细"),
    Fact("行的身份", "identity", choice(IDENTITIES), "不填即按主键认行；确实没有主键的清单才选另一项"),
    Fact("文件格式", "delivery.format", choice(FORMATS), "", True),
    Fact("文本编码", "delivery.encoding", suggestion(("gb18030", "utf-8", "utf-8-sig")), "只有文本文件要填"),
    Fact("报送范围", "delivery.scope", choice(SCOPES), "", True),
    Fact("报送方式", "delivery.mode", choice(MODES), "", True),
    Fact("更新周期", "delivery.every", DURATION, "", True),
    Fact("报送期限（天）", "delivery.due", number(), "每期结束后多少天内送到，不填即 10"),
    Fact("首期", "delivery.first", _MONTH, "第一期的年月，不填即 202401"),
    Fact("零报告", "delivery.nil", choice(NIL_RETURNS), "某期没有数据时怎么办，不填即每期必报"),
    Fact("表头行数", "delivery.header_rows", number(1), "合并表头有两行时填 2，不填即 1"),
    Fact("只填主键的行是数据", "delivery.bare_keys", YES, "不填即当作页与页之间的标题行，不入库"),
    Fact("数值单位", "delivery.unit", suggestion(("万元", "千元", "亩", "公顷")), "整表的单位与列的不同才填"),
    Fact("空值写法", "delivery.missing", SIGNS, "没有值时写的字样，用顿号分开；日期、数字和号码列中的“无”等不必列出"),
    Fact("接口成功码", "delivery.success", SIGNS, "表示成功的状态码，如 1、2000；不填即 0、200 等通行的写法"),
    Fact("接口记录路径", "delivery.records", text(), "回答里有几组数据时填，如 data.list"),
    Fact("保存期限", "delivery.retention", DURATION, "不填即 36 个月"),
    *map(_breaker, THRESHOLDS),
)

COLUMN_FACTS = (
    Fact("数据元", "element", suggestion(()), "从下拉框中选；没有的先向市大数据局申请登记", True, 28),
    Fact("表头", "label", text(), "文件里的列名；与数据元同名可不填", width=20),
    Fact("其他表头", "aliases", WORDS, "旧的或别的写法，用顿号分开", width=26),
    Fact("主键顺序", "key", number(1), "合起来能认出一行的列，依次填 1、2、3", width=7),
    Fact("必填", "required", YES, "不能为空的列选“是”；主键必为必填", width=6),
    Fact("镇街可更正", "correctable", YES, "镇街核实后可以更正的列", width=8),
    Fact("字段英文名", "name", _SNAKE, "由市大数据局填写；同一数据元用两次时必填", width=20),
    Fact("分级", "classification", choice({c: c for c in ("L1", "L2", "L3", "L4")}), "只能比数据元的分级高", width=6),
    Fact("标记", "tags", WORDS, "由市大数据局填写", width=10),
    Fact("代码取值", "codes", CODES, "与数据元不同时填，如 1=男、2=女", width=18),
    Fact("最大长度", "max_length", number(1), "", width=7),
    Fact("小数位", "scale", number(), "", width=7),
    Fact("单位", "unit", UNIT, "与数据元不同时填；没有固定单位填“无”", width=8),
    Fact("缩进表示上下级", "indent", YES, "如地区名按省、市、县逐级缩进", width=8),
    Fact("可早于所属期（月）", "months_before", number(), "该列是年月时填；更早的照收并提示，不填即不问", width=9),
    Fact("晚于所属期", "ahead", choice(AHEAD), "该列是年月时选；不选即照收并提示", width=9),
    Fact("说明", "description", text(), "", width=20),
)  # fmt: skip

SOURCE_FACTS = (
    Fact("取数方式", "kind", choice(SOURCES), "", True, 24),
    Fact("连接名称", "connection", _SHOUTED, "由市大数据局填写；地址和密码不写在这里", True, 30),
    Fact("位置", "place", text(), "表名、路径或目录", True, 30),
    Fact("更新标识列", "watermark", text(), "每次变动都会增大的列，没有可不填", width=20),
)

# The sheets of one fact a column and one entry a row, by what their entries are called in a feed file; and how many
# rows are left free for more.
LISTS = {"columns": (COLUMNS, COLUMN_FACTS, 30), "sources": (FETCHED, SOURCE_FACTS, 3)}


def option(element: Element) -> str:
    """How an element stands in the drop-down."""
    return f"{element.label} {element.code}"
