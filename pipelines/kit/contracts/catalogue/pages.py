"""The catalogue in Markdown, for readers of the repository: one Chinese page a feed, and an index.

Belongs here: the tables of those pages. Does not belong here: the words in them (words.py).
"""

from collections.abc import Iterable, Sequence

from pipelines.kit.contracts.model import Column, Feed
from pipelines.kit.contracts.words import MODES, facts, marks, refusals, type_words

_COLUMN_HEADINGS = (
    "序号", "名称", "字段", "类型", "主键", "必填", "分级", "标记", "标准", "取值与说明", "可用的其他表头",
)  # fmt: skip
_INDEX_HEADINGS = ("代码", "名称", "部门", "粒度", "周期", "方式", "最高分级")
_MOST_CODES = 12
_NOTE = "<!-- 由 python -m pipelines.kit.contracts generate 生成，请勿手工修改 -->\n"
_BROWSE = "可检索的目录：[index.html](index.html)，下载后双击即可打开，不需要网络。\n"


def page(feed: Feed) -> str:
    """Markdown of one feed: who sends what, how, with which columns, and when a delivery is refused."""
    lines = [_NOTE, f"# {feed.code} {feed.title}", "", *_table_head(("项目", "内容"))]
    lines += [f"| {item} | {_cell(content)} |" for item, content in facts(feed)]
    lines += ["", "## 数据项", "", *_table_head(_COLUMN_HEADINGS)]
    lines += [_row(number, column) for number, column in enumerate(feed.columns, start=1)]
    lines += ["", "## 整份退回的情形", "", *(f"- {r}" for r in refusals(feed))]
    return "\n".join(lines) + "\n"


def index(feeds: Iterable[Feed]) -> str:
    """Markdown list of all feeds with links to their pages."""
    lines = [_NOTE, "# 数据目录", "", _BROWSE, *_table_head(_INDEX_HEADINGS)]
    for feed in feeds:
        highest = max(c.classification for c in feed.columns)
        lines.append(
            f"| [{feed.code}]({feed.code}.md) | {feed.title} | {feed.department_name} | {feed.grain} "
            f"| {feed.cadence} | {MODES[feed.mode]} | {highest} |"
        )
    return "\n".join(lines) + "\n"


def _row(number: int, column: Column) -> str:
    cells = [
        str(number),
        column.label,
        f"`{column.name}`",
        type_words(column),
        "是" if column.key else "",
        "是" if column.required else "",
        column.classification,
        "，".join(marks(column.tags)),
        column.standard or "",
        "；".join(p for p in (_values(column), column.description) if p),
        "、".join(column.aliases),
    ]
    return "| " + " | ".join(_cell(c) for c in cells) + " |"


def _values(column: Column) -> str:
    """What a column may hold; a long list stands with its element."""
    if len(column.code_list) > _MOST_CODES:
        return f"{len(column.code_list)} 个代码，见数据元 {column.element}"
    labels = dict(column.code_labels)
    return "、".join(f"{code} {labels.get(code, '')}".strip() for code in column.code_list)


def _table_head(headings: Sequence[str]) -> list[str]:
    return ["| " + " | ".join(headings) + " |", "|" + "---|" * len(headings)]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
