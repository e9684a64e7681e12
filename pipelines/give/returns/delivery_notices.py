"""Notices about deliveries: one workbook per delivery that was refused (数据退回通知), or accepted without some of its
rows or after a release (数据入库通知), for its department.

Belongs here: the workbook, and that it is never edited once it stands. Does not belong here: which rows are in it
(refused_rows.py), letters about tickets (notices.py). It holds rows as the department sent them, so it is locked
with the department's password, and neither its name nor its folder says anything about a person.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.give.returns.guide import chinese_date
from pipelines.give.returns.refused_rows import MOST_ROWS, BadRow, all_headings, bad_rows
from pipelines.ingest.bronze.breakers import RELEASABLE
from pipelines.ingest.bronze.result import ACCEPTED, Check, DeliveryResult, results
from pipelines.ingest.bronze.rulings import CHOICES, REJECT, Ruling
from pipelines.ingest.landing.delivery import to_json
from pipelines.judge.ledger.rulings import decided
from pipelines.judge.rules import load_rules
from pipelines.kit.contracts import Feed
from pipelines.kit.office.column import Column, centred
from pipelines.kit.office.styles import clean, page, workbook_bytes
from pipelines.kit.office.table import write_facts, write_table, write_title
from pipelines.kit.paths import Paths
from pipelines.kit.records import read_record
from pipelines.kit.security.keys import KeyProvider, write_password_list
from pipelines.kit.security.workbook_lock import lock
from pipelines.kit.whole_files import fresh_folder, publish_folder
from pipelines.kit.working_days import working_day_after

# Part of the digest that tells whether a notice still says what it should: count up when its words change.
_LAYOUT = 4
_RECORD = "notice.json"
_REFUSED, _ACCEPTED = "数据退回通知", "数据入库通知"
_CHECKS = Column("检查项目", 16), Column("本次", 48), Column("界限", 32), centred("结论", 16)
_PLACE = centred("工作表", 12), centred("行号", 8), Column("列", 16), Column("原因和下一步", 48)
_MOST_HEADINGS = 60
_EVENTS = "append"
_ASKED_BY = "R47"
_UNCOUNTED = "没有逐行检查，行数不详"


@dataclass(frozen=True)
class DeliveryNotice:
    """One notice as it stands. `is_new`: written by this call."""

    department: str
    feed: str
    delivery_id: str
    issue: int
    file: Path
    is_new: bool


def write_delivery_notices(paths: Paths, as_of: date, feeds: Mapping[str, Feed]) -> list[DeliveryNotice]:
    """Write what is missing of the notices about all deliveries as they stood on `as_of`.

    A notice whose content would be the same stays untouched; a decision about the delivery gives a new issue.
    """
    keys, notices = KeyProvider(paths), []
    for feed in feeds.values():
        rulings = decided(paths, feed.code, as_of)
        for result in results(paths, feed.code, as_of):
            if result.status != ACCEPTED or result.rows_quarantined or result.released_on:
                notices.append(_issue(paths, keys, feed, result, rulings.get(result.delivery_id)))
    holders = {(f.department, f.department_name) for f in feeds.values()}
    write_password_list(keys, holders, "department_passwords.csv", ("部门代码", "部门名称", "工作簿口令"))
    return notices


def build_delivery_notice(
    feed: Feed, result: DeliveryResult, ruling: Ruling | None, rows: list[BadRow], count: int
) -> bytes:
    """The workbook, not locked; equal input gives equal bytes. `count`: rows there are, of which `rows` are shown."""
    day = date.fromisoformat(result.in_force_from)
    title = _title(result)
    with workbook_bytes(day, title) as (book, formats, out):
        sheet = book.add_worksheet("说明")
        page(sheet, f"{title} {result.delivery_id} 内部资料 注意保密")
        write_title(sheet, formats, f"致{feed.department_name}：{title}")
        top = write_facts(sheet, formats, 2, _facts(feed, result, ruling, len(rows), count), _CHECKS, labels=1) + 1
        checks = [_check(c) for c in sorted(result.checks, key=lambda c: not c.is_broken)]
        write_table(sheet, formats, top, _CHECKS, checks, is_numbered=False, fits_rows=True)
        listed = book.add_worksheet("问题行")
        page(listed, f"{title} {result.delivery_id} 内部资料 注意保密", title_rows=(0, 0))
        listed.freeze_panes(1, 5)
        headings = all_headings(rows)[:_MOST_HEADINGS]
        as_sent = (Column(clean(h), 20) for h in headings)
        cells = [(r.sheet, str(r.row), r.column, r.reason, *(r.cells.get(h, "") for h in headings)) for r in rows]
        write_table(listed, formats, 0, (*_PLACE, *as_sent), [tuple(clean(text) for text in row) for row in cells])
    return out.getvalue()


def _title(result: DeliveryResult) -> str:
    """What came in is not sent back, even if some of its rows did not."""
    return _ACCEPTED if result.status == ACCEPTED else _REFUSED


def _facts(
    feed: Feed, result: DeliveryResult, ruling: Ruling | None, shown: int, count: int
) -> list[tuple[str, str]]:
    is_refused = result.status != ACCEPTED
    left = result.rows_in - result.rows_bronze
    counts = f"共 {result.rows_in} 行，入库 {result.rows_bronze} 行，未入库 {left} 行" if result.rows_in else _UNCOUNTED
    facts = [
        ("数据", f"{feed.code} {feed.title}"),
        ("文件", result.file_name),
        ("交付", f"{result.delivered_on} 收到，交付编号 {result.delivery_id}"),
        ("结果", _verdict(result, ruling)),
        ("行数", counts),
    ]
    if is_refused:
        facts.append(("原因", result.breaker_message or ""))
        facts.append(("这段时间", _meanwhile(feed)))
    facts.append(("请您做什么", _next(result, ruling, count)))
    if is_refused:
        facts.append(("办理期限", chinese_date(_due(result).isoformat())))
        facts.append(("谁来决定", _decider(result, ruling)))
    if ruling:
        facts.append(("决定", f"{ruling.on} {ruling.by}：{CHOICES[ruling.decision]}。理由：{ruling.reason}"))
    if count > shown:
        facts.append(("问题行", f"共 {count} 行，只列出前 {shown} 行；请按同样的原因检查其余 {count - shown} 行。"))
    elif is_refused:
        facts.append(("问题行", _rows(result, count)))
    facts += [("另请注意", text) for text in result.notices]
    return facts


def _due(result: DeliveryResult) -> date:
    """The last day of the ticket that asks for the delivery."""
    return working_day_after(date.fromisoformat(result.in_force_from), load_rules()[_ASKED_BY].working_days)


def _verdict(result: DeliveryResult, ruling: Ruling | None) -> str:
    if result.released_on:
        return f"曾被拦截，经具名放行，自 {result.released_on} 起使用；有问题的行仍未入库"
    if result.status == ACCEPTED:
        return "已入库，有问题的行未入库"
    if ruling and ruling.decision == REJECT:
        return "整份退回，已决定不再使用"
    return "整份退回，暂不使用"


def _next(result: DeliveryResult, ruling: Ruling | None, count: int) -> str:
    if result.status == ACCEPTED:
        return "请按「问题行」在源系统中更正，下次交付时以更正后的数据为准。"
    if not _is_judged(result):
        return "请按「原因」办理；需要重新交付的，用同样的文件名规则交付整份文件。"
    first = "请按原因和「问题行」在源系统中更正" if count else "请按「原因」核对，有误的更正"
    steps = f"{first}，重新导出整份文件，用同样的文件名规则再次交付。"
    if result.breaker_code in RELEASABLE and not ruling:
        steps += "如核实原文件无误，请书面告知市大数据局数据专员，说明理由和交付编号，不必重报。"
    return steps


def _is_judged(result: DeliveryResult) -> bool:
    """Whether it was read to its end: every row and the whole were looked at."""
    return bool(result.rows_in and result.checks)


def _meanwhile(feed: Feed) -> str:
    """What happened in one period stands in for no other."""
    used = "此前各期的数据照常使用，这一期的暂缺" if feed.mode == _EVENTS else "上一次通过检查的数据（如有）继续使用"
    return f"{used}，返还镇街的文件中注明「陈旧」。"


def _rows(result: DeliveryResult, count: int) -> str:
    if not _is_judged(result):
        return "没有逐行检查，不列出。" if not count else f"列出 {count} 行；其余的行没有检查。"
    return f"列出 {count} 行；其余的行逐行检查没有发现问题，随整份文件退回，不在此列出。"


def _decider(result: DeliveryResult, ruling: Ruling | None) -> str:
    if ruling:
        return "已经决定，见下。"
    if result.breaker_code in RELEASABLE:
        return "放行或退回由市大数据局数据专员具名决定并写明理由；决定之前这一批不进入任何镇街的文件。"
    return "这一类原因不能放行，没有需要决定的；按「请您做什么」办理。"


def _check(check: Check) -> tuple[str, ...]:
    return check.name, check.found, check.limit, "超出" if check.is_broken else "正常"


def _issue(
    paths: Paths, keys: KeyProvider, feed: Feed, result: DeliveryResult, ruling: Ruling | None
) -> DeliveryNotice:
    """The standing notice when it was made from the same facts, else the next issue beside it."""
    said = [_LAYOUT, MOST_ROWS, feed.title, feed.department_name, result.facts(), ruling and vars(ruling)]
    digest = hashlib.sha256(json.dumps(said, ensure_ascii=False, default=str).encode()).hexdigest()
    shelf, name = paths.notices / feed.department / "deliveries", f"{feed.code}_{result.delivery_id}"
    issues = {int(f.name[len(name) + 1 :] or 1): f for f in shelf.glob(f"{name}*")}
    issue = max(issues, default=0)
    file = f"{_title(result)}_{feed.code}_{feed.title}_{result.delivery_id}.xlsx"
    is_new = not issue or (read_record(issues[issue] / _RECORD, dict[str, Any]) or {}).get("content_digest") != digest
    if is_new:
        issue += 1
        folder = shelf / (name if issue == 1 else f"{name}_{issue}")
        scratch = fresh_folder(shelf / f".scratch-{folder.name}")
        plain = build_delivery_notice(feed, result, ruling, *bad_rows(paths, feed, result))
        (scratch / file).write_bytes(lock(plain, keys.password(feed.department)))
        record = {"content_digest": digest, "issue": issue, "plain_sha256": hashlib.sha256(plain).hexdigest()}
        (scratch / _RECORD).write_text(to_json(record), encoding="utf-8")
        publish_folder(scratch, folder)
        issues[issue] = folder
    return DeliveryNotice(feed.department, feed.code, result.delivery_id, issue, issues[issue] / file, is_new)
