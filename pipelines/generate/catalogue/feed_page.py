"""The catalogue in Markdown, for readers of the repository: one Chinese page a feed, and an index.

Belongs here: the tables of those pages. Does not belong here: the words in them (words.py).
"""

from collections.abc import Iterable

from pipelines.generate.catalogue.markdown import NOTE, cell, head
from pipelines.generate.catalogue.tables import SHOWN, STAGING
from pipelines.generate.catalogue.uses import COMES_TO, KINDS, RULE, House, User
from pipelines.kit.contracts.model import Column, Feed
from pipelines.kit.contracts.words import MODES, facts, marks, refusals, type_words

_COLUMN_HEADINGS = (
    "序号", "名称", "字段", "类型", "主键", "必填", "分级", "标记", "标准", "取值与说明", "可用的其他表头",
)  # fmt: skip
_INDEX_HEADINGS = ("代码", "名称", "部门", "粒度", "周期", "方式", "最高分级")
_MOST_CODES = 12
_BROWSE = (
    "可检索的目录（数据元、数据源、规则、数据表、标签、返还表页、导出、问题、场景包、术语）：[index.html](index.html)，下载后双击打开，"
    "不需要网络。校核规则见 [rules/](rules/index.md)。\n"
)


def page(feed: Feed, house: House) -> str:
    """Markdown of one feed: who sends what, how, with which columns, when a delivery is refused, what it comes to, and
    who uses it."""
    lines = [NOTE, f"# {feed.code} {feed.title}", "", *head(("项目", "内容"))]
    lines += [f"| {item} | {cell(content)} |" for item, content in facts(feed)]
    lines += [f"| {SHOWN[STAGING]} | {name} |" for name in [house.staged(feed)] if name]
    lines += ["", "## 数据项", "", *head(_COLUMN_HEADINGS)]
    lines += [_row(number, column) for number, column in enumerate(feed.columns, start=1)]
    lines += ["", "## 整份退回的情形", "", *(f"- {r}" for r in refusals(feed))]
    if met := house.comes_to({f"{feed.code}.{c.name}" for c in feed.columns}):
        lines += ["", "## 到了哪里", "", f"{COMES_TO}\n"]
        lines += head(("表、表页、导出", "内容", "列"))
        lines += [f"| `{code}` | {cell(title)} | {cell('、'.join(told))} |" for code, title, told in met]
    lines += ["", "## 谁在用", "", *_used(house.users(feed.code))]
    return "\n".join(lines) + "\n"


def index(feeds: Iterable[Feed]) -> str:
    """Markdown list of all feeds with links to their pages."""
    lines = [NOTE, "# 数据目录", "", _BROWSE, *head(_INDEX_HEADINGS)]
    for feed in feeds:
        highest = max(c.classification for c in feed.columns)
        lines.append(
            f"| [{feed.code}]({feed.code}.md) | {feed.title} | {feed.department_name} | {feed.grain} "
            f"| {feed.cadence} | {MODES[feed.mode]} | {highest} |"
        )
    return "\n".join(lines) + "\n"


def _used(users: list[User]) -> list[str]:
    """A line a kind of user; a rule has a page of its own."""
    told = {kind: "、".join(_named(u) for u in users if u.kind == kind) for kind in KINDS}
    return [f"- {kind}：{who}" for kind, who in told.items() if who] or ["暂未使用。"]


def _named(user: User) -> str:
    return f"[{user.code}](rules/{user.code}.md) {user.title}" if user.kind == RULE else f"{user.code} {user.title}"


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
    return "| " + " | ".join(cell(c) for c in cells) + " |"


def _values(column: Column) -> str:
    """What a column may hold; a long list stands with its element."""
    if len(column.code_list) > _MOST_CODES:
        return f"{len(column.code_list)} 个代码，见数据元 {column.element}"
    labels = dict(column.code_labels)
    return "、".join(f"{code} {labels.get(code, '')}".strip() for code in column.code_list)
