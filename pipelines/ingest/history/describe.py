"""The life of a record in words people read.

Belongs here: Chinese text of a trace. Does not belong here: finding it (trace.py).
"""

from collections.abc import Iterable, Iterator

from pipelines.ingest.history.trace import Version
from pipelines.ingest.values.problems import place
from pipelines.kit.contracts import Feed

_KINDS = {"new": "首次出现", "changed": "变更", "same": "未变", "deleted": "删除", "returned": "恢复", None: "不计"}
_STATES = {
    "in_force": "生效", "covered": "已被后来的全量覆盖", "superseded": "已被更正", "repeat": "重复",
    "waiting": "缺页待齐", "withdrawn": "已撤回", "refused": "已拦截",
}  # fmt: skip


def describe(feed: Feed, versions: Iterable[Version]) -> Iterator[str]:
    """Two lines a version: when, by which file, sheet and row; what it says, masked. `*` marks the one that stands."""
    for version in versions:
        said = version.delivery
        mark = "*" if version.stands else " "
        what = _KINDS[version.kind]
        if version.changed:
            what += "（" + "、".join(feed.by_name[c].label for c in version.changed) + "）"
        state = _STATES[said.state]
        yield f"{mark} {said.period} {said.scope} 交付 {said.delivery_id}（{said.delivered_on}，{state}）：{what}"
        if version.source_ref is None:
            yield "    全量中已没有这条记录"
            continue
        yield f"    {place(version.file, version.sheet, version.row)} {version.source_ref}"
        shown = (f"{feed.by_name[c].label}={'' if v is None else v}" for c, v in version.values)
        yield "    " + " ".join(shown)
