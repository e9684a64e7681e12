"""A pack's page in `docs/packs/`, in Markdown: what it answers, from what, whose it is, what it gives.

Belongs here: that page and the index. Does not belong here: any wording about one pack (its pack.yaml).
"""

from collections.abc import Iterable, Mapping

from pipelines.kit.contracts.model import Feed
from pipelines.kit.packs.load import Pack
from pipelines.kit.packs.shapes import SHAPES

_NOTE = "<!-- 由 make generate 生成，请勿手工修改 -->\n"
Lineage = Mapping[str, Mapping[str, Iterable[str]]]


def page(
    pack: Pack, lineage: Lineage, reads: Iterable[str], feeds: Iterable[Feed], rules: Iterable[tuple[str, str]]
) -> str:
    """`reads`: models its own read; `rules`: (id, title) of the rules the pack brings."""
    staged = {f"stg_{feed.table}": feed for feed in feeds}
    named = [staged[name] for name in reads if name in staged]
    sources = [f"{feed.code} {feed.title}（{feed.department_name}）" for feed in named]
    tables = [f"`{name}`" for name in reads if name not in staged]
    lines = [_NOTE, f"# {pack.name}", "", pack.answers, "", "| 项目 | 内容 |", "|---|---|"]
    lines += [
        f"| {item} | {content} |"
        for item, content in (
            ("方案", pack.section), ("牵头单位", pack.lead), ("责任单位", "、".join(pack.units)),
            ("维护", f"`{pack.owner}`"), ("更新", pack.cadence), ("数据来源", "、".join(sources) or "无"),
            ("统一库的表", "、".join(tables) or "无"),
            ("核验规则", "；".join(f"{rule_id} {title}" for rule_id, title in rules) or "无"),
        )
    ]  # fmt: skip
    for shape in pack.gives:
        table = pack.table(shape)
        lines += ["", f"## {SHAPES[shape].title}：`packs.{table}`", "", f"一行是{SHAPES[shape].row}。", ""]
        lines += ["列：" + "、".join(f"`{column}`" for column in lineage[f"packs.{table}"])]
    return "\n".join(lines) + "\n"


def index(packs: Iterable[Pack]) -> str:
    """The list of all packs with links to their pages."""
    lines = [_NOTE, "# 场景包", "", "| 场景 | 方案 | 牵头单位 | 给出 |", "|---|---|---|---|"]
    lines += [
        f"| [{p.name}]({p.code}.md) | {p.section} | {p.lead} | {'、'.join(SHAPES[s].title for s in p.gives)} |"
        for p in packs
    ]
    return "\n".join(lines) + "\n"

