"""What becomes of one delivery.

Belongs here: the order of the steps for one file, and its outcome. Does not belong here: reading it (taking.py), its
limits (breakers.py). A file is read once when it is sound; a refused one is read again to put every row into
quarantine, so that a large file never has to stand in memory for the case that it may be refused.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from statistics import median

from pipelines.ingest.bronze import quarantine
from pipelines.ingest.bronze.breakers import Counts, breaker, check, few_invalid, first_broken
from pipelines.ingest.bronze.drift import changes
from pipelines.ingest.bronze.history import History
from pipelines.ingest.bronze.people import renamed_share
from pipelines.ingest.bronze.places import lost_share, outside
from pipelines.ingest.bronze.points import words
from pipelines.ingest.bronze.profile import vanished_share
from pipelines.ingest.bronze.reading import being_read, has_killed, reader_version
from pipelines.ingest.bronze.result import ACCEPTED, QUARANTINED, DeliveryResult
from pipelines.ingest.bronze.store import Draft, read_people, read_sketch
from pipelines.ingest.bronze.taking import Taken, refused_rows, take
from pipelines.ingest.landing import UNRECOGNISED, Delivery
from pipelines.ingest.landing.misnamed import misnamed
from pipelines.ingest.values import problems
from pipelines.ingest.values.table import Notice, UnreadableError
from pipelines.kit import incidents
from pipelines.kit.contracts import Feed
from pipelines.kit.paths import Paths
from pipelines.kit.reference.divisions import read_divisions

# So many records do not stay as they are from one period to the next.
_MUST_CHANGE = 100


def judge(paths: Paths, feed: Feed, delivery: Delivery, past: History) -> DeliveryResult:
    """The outcome of one delivery: whatever goes wrong with a file is the case of that file."""
    try:
        with being_read(paths, delivery):
            return _judged(paths, feed, delivery, past)
    except BaseException as error:
        if incidents.is_ours(error):
            raise
        on, what = date.fromisoformat(delivery.delivered_on), f"landing/{feed.code}/{delivery.delivery_id}"
        number = incidents.incident(paths, what, delivery.sha256, on, error)
        refusal = breaker("E_INCIDENT", delivery, incidents.named(number))
        return _write_unread(Draft(paths, feed), delivery, Taken(breaker=refusal))


def release(paths: Paths, feed: Feed, delivery: Delivery, refused: DeliveryResult, on: date) -> DeliveryResult:
    """Take a refused delivery in; where that cannot be done it stays refused, with why."""
    try:
        with being_read(paths, delivery):
            return _released(paths, feed, delivery, refused, on)
    except UnreadableError as error:
        why = breaker(error.code, delivery, error.detail).message
    except BaseException as error:
        if incidents.is_ours(error):
            raise
        what = f"release of landing/{feed.code}/{delivery.delivery_id}"
        why = incidents.words(incidents.incident(paths, what, delivery.sha256, on, error))
    return replace(refused, breaker_message=f"{refused.breaker_message}放行未成：{why}")


def _judged(paths: Paths, feed: Feed, delivery: Delivery, past: History) -> DeliveryResult:
    draft = Draft(paths, feed)
    try:
        _check_original(paths, feed, delivery)
        taken = take(paths, feed, delivery, draft, past)
    except UnreadableError as error:
        refusal = breaker(error.code, delivery, error.detail)
        return _write_unread(draft, delivery, Taken(breaker=refusal))
    counts = _counts(paths, feed, delivery, draft, taken, past)
    checks = () if taken.breaker else check(counts, feed, delivery, past, tuple(taken.extra))
    taken.breaker = taken.breaker or first_broken(checks, delivery)
    if taken.breaker and counts.rows_in == 0:
        return _write_unread(draft, delivery, taken)
    taken.notices += _notices(counts, taken, feed, delivery, past)
    if taken.breaker:
        draft.restart()
        for entries in refused_rows(paths, feed, delivery, draft, taken.breaker, past):
            draft.entries.add(entries)
    else:
        _keep(draft, taken, delivery)
    result = replace(_result(delivery, taken, draft.rows.height, draft.entries.height, counts), checks=checks)
    return draft.publish(result)


def _check_original(paths: Paths, feed: Feed, delivery: Delivery) -> None:
    """Raises UnreadableError where there are no bytes, not those that came, a name nobody understands, or a file that
    ended its reader's process."""
    if detail := problems.NOT_A_FILE.get(delivery.kind):
        raise UnreadableError("E_FILE_OPEN", detail)
    if delivery.kind == UNRECOGNISED:
        raise UnreadableError("E_FILE_NAME", misnamed(feed, delivery.file_name))
    try:
        with delivery.file(paths).open("rb") as reader:
            digest = hashlib.file_digest(reader, "sha256").hexdigest()
    except FileNotFoundError:
        raise UnreadableError("E_CHANGED", "文件不见了") from None
    if digest != delivery.sha256:
        raise UnreadableError("E_CHANGED", "与收下时的 SHA-256 不同")
    if has_killed(paths, delivery):
        death = ChildProcessError(f"its reader {reader_version()} died, most likely for want of memory or time")
        on, what = date.fromisoformat(delivery.delivered_on), f"landing/{delivery.feed}/{delivery.delivery_id}"
        raise UnreadableError("E_READER", incidents.named(incidents.incident(paths, what, delivery.sha256, on, death)))


def _released(paths: Paths, feed: Feed, delivery: Delivery, refused: DeliveryResult, on: date) -> DeliveryResult:
    """Take a refused delivery in: its rows count from `on`, in their old place among the deliveries."""
    _check_original(paths, feed, delivery)
    draft = Draft(paths, feed)
    taken = take(paths, feed, replace(delivery, delivered_on=on.isoformat()), draft)
    _keep(draft, taken, delivery)
    result = replace(
        refused,
        status=ACCEPTED,
        breaker_code=None,
        breaker_message=None,
        rows_bronze=draft.rows.height,
        rows_quarantined=draft.entries.height,
        notices=(*refused.notices, f"曾被拦截（{refused.breaker_code}），经审批自 {on} 起放行"),
        notice_codes=(*refused.notice_codes, "N_RELEASED"),
        released_on=on.isoformat(),
    )
    return draft.publish(result)


def _keep(draft: Draft, taken: Taken, delivery: Delivery) -> None:
    """What is kept beside the rows of a delivery that counts."""
    draft.sketch = taken.sketch if delivery.mode == "full" else None
    draft.people, draft.points = taken.people, taken.points


def _counts(
    paths: Paths, feed: Feed, delivery: Delivery, draft: Draft, taken: Taken, past: History
) -> Counts:
    full = past.full if delivery.mode == "full" else None
    before = read_sketch(paths, full)
    known = read_divisions(paths.reference)
    replaced = past.replaced if feed.key_columns and not delivery.is_page else None
    return Counts(
        rows_in=draft.rows.height + draft.entries.height,
        quarantined=draft.entries.height,
        profile=taken.profile,
        is_cut=taken.is_cut,
        previous=full.rows_in if full else None,
        vanished=None if before is None or taken.sketch is None else vanished_share(before, taken.sketch),
        knows_scope=known.knows(delivery.scope),
        placed=sum(taken.places.values()),
        outside=outside(taken.places, delivery.scope, known),
        lost=lost_share(paths, replaced, taken.sketch, draft.scratch),
        renamed=None if taken.people is None else renamed_share(read_people(paths, past.last), taken.people),
    )


def _notices(
    counts: Counts, taken: Taken, feed: Feed, delivery: Delivery, past: History
) -> Iterator[Notice]:
    """What the department should know beside any refusal."""
    if counts.rows_in == 0:
        usual = median(r.rows_in for r in past.alike) if past.alike else 0
        told = f"以往一般有 {usual:.0f} 行，" if usual >= _MUST_CHANGE else ""
        yield Notice("N_NO_ROWS", f"没有数据行，作为零报告收下，按本期无变动处理；{told}不是零报告的请核对导出后重报")
    for text in few_invalid(counts.profile, feed):
        yield Notice("N_INVALID_IDS", text)
    for name, (seen, lost) in counts.profile.lost.items():
        text = f"「{feed.by_name[name].label}」列前 {seen} 个值中有 {lost} 个只剩问号或方框，请核对导出时的字符编码"
        yield Notice("N_LOST_SIGNS", text)
    for text in changes(counts.profile, past.comparable, feed):
        yield Notice("N_DRIFT", text)
    if taken.points is not None and (told := words(taken.points)):
        yield Notice("N_DATUM", told)
    full, content = past.full, counts.profile.content
    is_same = full and content == full.profile.content and full.period != delivery.period
    if is_same and counts.rows_in >= _MUST_CHANGE:
        yield Notice("N_UNCHANGED", f"内容与 {full.delivered_on} 交付的全量完全相同，请确认不是旧的导出")


def _write_unread(draft: Draft, delivery: Delivery, taken: Taken) -> DeliveryResult:
    """Bronze of a file without a single row: one quarantine entry stands for the file."""
    draft.restart()
    draft.entries.add(quarantine.unread(delivery, taken.breaker))
    result = _result(delivery, taken, 0, 0, Counts(0, 0))
    return draft.publish(result)


def _result(
    delivery: Delivery, taken: Taken, rows_bronze: int, rows_quarantined: int, counts: Counts
) -> DeliveryResult:
    return DeliveryResult(
        **delivery.record(),
        status=QUARANTINED if taken.breaker else ACCEPTED,
        breaker_code=taken.breaker.code if taken.breaker else None,
        breaker_message=taken.breaker.message if taken.breaker else None,
        rows_in=counts.rows_in,
        rows_bronze=rows_bronze,
        rows_quarantined=rows_quarantined,
        row_count_ratio=counts.row_ratio,
        duplicate_ratio=counts.duplicate_share,
        extra_columns=tuple(taken.extra),
        notices=tuple(n.text for n in taken.notices),
        notice_codes=tuple(n.code for n in taken.notices),
        profile=taken.profile,
        pages=taken.pages,
        reader=reader_version() if taken.breaker and taken.breaker.code == "E_READER" else None,
    )
