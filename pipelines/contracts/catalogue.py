"""The browsable catalogue: one Chinese page a feed, and an index.

Belongs here: the words and tables of those pages. Does not belong here: anything not in a contract.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from pipelines.contracts.model import Column, Feed

_MODES = {"full": "每次全量", "full_delta": "先全量后增量", "append": "逐次追加"}
_SCOPES = {"city": "全市一个文件", "county": "每县（市、区）一个文件", "township": "每镇街一个文件"}
_TYPES = {
    "string": "文本",
    "date": "日期",
    "timestamp": "日期时间",
    "integer": "整数",
    "geometry": "空间数据",
}
_MASKS = {
    "surname": "只显示姓",
    "last2": "只显示后两位",
    "phone": "显示前三后二",
    "village": "只到村居",
    "last4": "只显示后四位",
    "year": "只显示年份",
    "hide": "不显示",
}
_COLUMN_HEADINGS = (
    "序号", "名称", "字段", "类型", "主键", "必填", "分级", "标记", "标准", "取值与说明", "可用的其他表头",
)  # fmt: skip
_INDEX_HEADINGS = ("代码", "名称", "部门", "粒度", "周期", "方式", "最高分级")
_NOTE = "<!-- 由 python -m pipelines.contracts generate 生成，请勿手工修改 -->\n"


def page(feed: Feed) -> str:
    """Markdown of one feed: who sends what, how, with which columns, and when a delivery is refused."""
    form = f"{feed.format.upper()}" + (f"（{feed.encoding}）" if feed.encoding else "")
    facts = [
        ("提供部门", feed.department_name),
        ("数据表", f"`{feed.table}`"),
        ("粒度", feed.grain),
        ("用途", feed.description),
        ("使用限制", feed.limitations),
        ("更新周期", feed.cadence),
        ("保存期限", feed.retention),
        ("文件格式", form),
        ("表头行数", str(feed.header_rows)),
        ("报送范围", _SCOPES[feed.scope_kind]),
        ("报送方式", _MODES[feed.mode]),
        ("文件名规则", _file_name(feed.file_pattern)),
        ("合同版本", feed.version),
    ]
    lines = [_NOTE, f"# {feed.code} {feed.title}", "", *_table_head(("项目", "内容"))]
    lines += [f"| {name} | {_cell(value)} |" for name, value in facts]
    lines += ["", "## 数据项", "", *_table_head(_COLUMN_HEADINGS)]
    lines += [_row(number, column) for number, column in enumerate(feed.columns, start=1)]
    lines += [
        "",
        "## 整份退回的情形",
        "",
        *(f"- {text}" for text in _refusals(feed)),
        "",
        "被退回的批次不入库，上一次可用的数据继续有效并标明陈旧；确认无误的，由大数据局具名放行。",
    ]
    return "\n".join(lines) + "\n"


def _refusals(feed: Feed) -> Iterator[str]:
    """When a delivery is refused as a whole; pipelines/bronze/breakers.py does what this says."""
    limits = feed.thresholds
    yield "文件打不开、不是约定的格式或编码，或没有数据行"
    yield "缺少必填的列（含表头改名而未事先约定）；一向有值的非必填列不见了或全部为空"
    yield "文字成了乱码；某列由文字变成数字之类；文件在一行中间断开"
    yield f"重复的主键超过 {limits.max_duplicate_share:.0%}"
    yield f"无法入库的行超过 {limits.max_quarantine_share:.0%}"
    if any(c.has_check_character for c in feed.columns):
        yield f"号码列中校验位不对的值超过 {limits.max_invalid_id_share:.0%}（空值和 15 位旧号不算）"
    if feed.mode == "full_delta":
        yield f"一次增量删除的记录超过现有记录的 {limits.max_delete_share:.0%}"
    if feed.mode != "append":
        yield f"全量文件的行数少于上一次的 {limits.min_row_ratio:g} 倍，或多于 {limits.max_row_ratio:g} 倍"
        yield f"上一次全量的主键在新的全量中不见了 {limits.max_vanished_share:.0%} 以上"
    yield (
        "可比的交付有五次以上时，行数与其中位数相差过大：全量允许上下各 "
        f"{limits.row_tolerance:.0%}，增量和追加允许 {limits.min_row_ratio / 2:g} 至 {limits.max_row_ratio * 2:g} 倍，"
        "平时波动大的放宽；相差几行不算"
    )


def index(feeds: Iterable[Feed]) -> str:
    """Markdown list of all feeds with links to their pages."""
    lines = [_NOTE, "# 数据目录", "", *_table_head(_INDEX_HEADINGS)]
    for feed in feeds:
        highest = max(c.classification for c in feed.columns)
        lines.append(
            f"| [{feed.code}]({feed.code}.md) | {feed.title} | {feed.department_name} | {feed.grain} "
            f"| {feed.cadence} | {_MODES[feed.mode]} | {highest} |"
        )
    return "\n".join(lines) + "\n"


def _row(number: int, column: Column) -> str:
    labels = dict(column.code_labels)
    values = "、".join(f"{code} {labels.get(code, '')}".strip() for code in column.code_list)
    marks = [t for t in column.tags if t in ("直接标识符", "准标识符", "敏感")]
    marks += [_MASKS[column.mask]] if column.mask else []
    cells = [
        str(number),
        column.label,
        f"`{column.name}`",
        f"数值（{column.scale} 位小数）" if column.type == "decimal" else _TYPES[column.type],
        "是" if column.key else "",
        "是" if column.required else "",
        column.classification,
        "，".join(marks),
        column.standard or "",
        "；".join(p for p in (values, column.description) if p),
        "、".join(column.aliases),
    ]
    return "| " + " | ".join(_cell(c) for c in cells) + " |"


def _table_head(headings: Sequence[str]) -> list[str]:
    return ["| " + " | ".join(headings) + " |", "|" + "---|" * len(headings)]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _file_name(pattern: str) -> str:
    """The pattern of file names in words: groups become what they stand for."""
    words = (
        pattern.removeprefix("^").removesuffix("$").replace("\\.", ".").replace("(?:", "[").replace(")?", "]")
    )
    words = re.sub(r"\(\?P<scope>.*?\)", "〔范围代码〕", words)
    words = re.sub(r"\(\?P<period>.*?\)", "〔年月〕", words)
    return re.sub(r"\(\?P<kind>(.*?)\)", r"\1", words).replace("全量|增量", "〔全量或增量〕")
