"""What a trial found, for a program (JSON) and for a department (Chinese).

Belongs here: names of the JSON's fields and sentences. Does not belong here: the trial (trial.py).
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pipelines.ingest.bronze.result import ACCEPTED
from pipelines.ingest.feeds.trial import Trial
from pipelines.ingest.formats import kinds
from pipelines.ingest.values.problems import DELIVERY
from pipelines.kit.contracts import Feed
from pipelines.kit.contracts.words import file_name_example

_MOST_NAMED = 3
QUARANTINED, REFUSED = "quarantined", "refused"
_UNKNOWN = (
    "文件名不符合任何数据源的约定：应以数据源代码开头，依次为名称、范围代码、年月，以「_」分开，"
    "如「{}」；各数据源的代码和规则见数据目录（docs/catalogue）"
)
_NO_ROWS = "可以入库，但文件中没有数据行（只有表头），按零报告收下"
_STATUS = {
    ACCEPTED: "可以入库",
    QUARANTINED: "会整份拦截（逐行留存，需改正后重报或经审批放行）",
    REFUSED: "会退回（没有一行可以入库）",
}


def status(trial: Trial) -> str:
    """accepted; quarantined: every row is held back with the file; refused: no row can be read."""
    if trial.result.status == ACCEPTED:
        return ACCEPTED
    return QUARANTINED if trial.result.rows_in else REFUSED


def as_json(trial: Trial) -> dict[str, Any]:
    """Plain values: dates in ISO form, times as 2024-01-01 07:30:00, amounts as text with their decimals."""
    result = trial.result
    notices = zip(result.notice_codes, result.notices, strict=True)
    return {
        "status": status(trial),
        "feed": result.feed,
        "kind": trial.kind,
        "scope": result.scope,
        "period": result.period,
        "mode": result.mode,
        "rows_in": result.rows_in,
        "rows_bronze": result.rows_bronze,
        "rows_quarantined": result.rows_quarantined,
        "rows_faulty": trial.faulty,
        "codes": list(trial.codes),
        "message": result.breaker_message,
        "reasons": trial.reasons,
        "notices": [{"code": code, "text": text} for code, text in notices],
        "outside_code_lists": trial.strange,
        "rows": [{name: _plain(value) for name, value in row.items()} for row in trial.rows],
    }


def unknown(name: str, feeds: Mapping[str, Feed]) -> dict[str, Any]:
    """The JSON of a file whose name says of no feed that it is its own."""
    return left_alone(name, _UNKNOWN.format(file_name_example(next(iter(feeds.values())))))


def left_alone(name: str, why: str) -> dict[str, Any]:
    """The JSON of a file that is not taken up because of its name."""
    message = f"文件「{name}」：{why}。"
    nothing = dict.fromkeys(("feed", "kind", "scope", "period", "mode"))
    counts = dict.fromkeys(("rows_in", "rows_bronze", "rows_quarantined", "rows_faulty"), 0)
    empty = {"reasons": [], "notices": [], "outside_code_lists": {}, "rows": []}
    return {"status": REFUSED, **nothing, **counts, "codes": ["E_FILE_NAME"], "message": message, **empty}


def not_read(name: str) -> dict[str, Any]:
    """The JSON of a file over which its reader died."""
    problem = DELIVERY["E_READER"]
    return left_alone(name, f"{problem.what}，{problem.next}") | {"codes": ["E_READER"]}


def as_text(trial: Trial, feed: Feed) -> str:
    """Lines for a department: the outcome first, then why, then what should be known, then the first rows."""
    said, result = as_json(trial), trial.result
    is_nil = said["status"] == ACCEPTED and not result.rows_in
    lines = [f"{result.file_name}：{_NO_ROWS if is_nil else _STATUS[said['status']]}"]
    lines.append(f"  数据源 {feed.code} {feed.title}，文件是{kinds.NAMES.get(trial.kind, '不认识的格式')}")
    if result.period:
        lines.append(f"  范围 {result.scope}，期间 {result.period}，方式 {result.mode}")
    if said["status"] != REFUSED:
        lines.append(f"  共 {result.rows_in} 行：入库 {result.rows_bronze} 行，不能入库 {result.rows_quarantined} 行")
    lines += [f"  ✗ {said['message']}"] if said["message"] else []
    lines += [f"  ✗ {reason['code']} {reason['message']}" for reason in trial.reasons]
    if trial.faulty > len(trial.reasons):
        lines.append(f"  … 另有 {trial.faulty - len(trial.reasons)} 行本身有误，原因略")
    if collective := result.rows_quarantined - trial.faulty:
        lines.append(f"  … {'其余 ' if trial.faulty else ''}{collective} 行只随整份文件拦截，不逐行列出")
    lines += [f"  ! {code} {text}" for code, text in zip(result.notice_codes, result.notices, strict=True)]
    labels = {column.name: column.label for column in feed.columns}
    for name, values in trial.strange.items():
        named = "、".join(f"“{value}”" for value in list(values)[:_MOST_NAMED]) + "等" * (len(values) > _MOST_NAMED)
        rows = sum(values.values())
        lines.append(f"  ! 「{labels[name]}」列有 {rows} 行写的是代码表以外的 {named}：照样入库，请核对更正")
    for number, row in enumerate(said["rows"], start=1):
        cells = "，".join(f"{labels[name]}={value}" for name, value in row.items() if value is not None)
        lines.append(f"  读出的第 {number} 行：{cells}")
    return "\n".join(lines)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return str(value) if isinstance(value, (date, Decimal)) else value
