"""From landing to bronze.

Belongs here: the order of the steps for one delivery. Does not belong here: any step itself.
A file is read once when it is sound; a refused one is read again to put every row into quarantine, so that a
large file never has to stand in memory for the case that it may be refused.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from statistics import median

import polars as pl

from pipelines import incidents
from pipelines.bronze import last_line, problems, quarantine, units
from pipelines.bronze.breakers import Breaker, Counts, breaker, check, first_broken
from pipelines.bronze.drift import changes
from pipelines.bronze.history import History, history
from pipelines.bronze.id_numbers import has_open_length
from pipelines.bronze.invisible import INVISIBLE
from pipelines.bronze.lineage import with_lineage
from pipelines.bronze.missing import MISSING
from pipelines.bronze.people import People, renamed_share
from pipelines.bronze.points import Points, words
from pipelines.bronze.profile import Profile, Profiler, vanished_share
from pipelines.bronze.readers import read
from pipelines.bronze.reading import being_read, has_killed, reader_version
from pipelines.bronze.result import ACCEPTED, QUARANTINED, DeliveryResult, all_results
from pipelines.bronze.rulings import RELEASE, in_force, rulings
from pipelines.bronze.store import Draft, discard, empty_bronze, read_people, read_sketch
from pipelines.bronze.table import ID_NUMERIC, ROW, Block, Ending, Notice, Table, UnreadableError
from pipelines.bronze.tail import SAID, names_nobody, sort_out
from pipelines.bronze.typing import Typed, type_block
from pipelines.contracts import Feed
from pipelines.landing import UNRECOGNISED, Delivery, landed
from pipelines.paths import Paths

_UNKNOWN = History()
# So many records do not stay as they are from one period to the next.
_MUST_CHANGE = 100
# What was wrong is ours to mend, in the program or in landing, and then these are sound.
_JUDGED_AGAIN = ("E_INCIDENT", "E_CHANGED")


def ingest_feed(paths: Paths, feed: Feed, as_of: date) -> list[DeliveryResult]:
    """Bring every landed delivery of a feed, delivered on or before `as_of`, into bronze if not there yet.

    Returns the outcomes of the deliveries taken in by this call, in order of landing; one that a person released
    comes again with its new outcome. A delivery that cannot be accepted is quarantined and never stops the next.
    """
    empty_bronze(paths, feed)
    outcomes = all_results(paths, feed.code)
    made = [r for r in rulings(paths, as_of) if r.feed == feed.code]
    taken: list[DeliveryResult] = []
    for delivery in landed(paths, feed.code):
        if delivery.delivered_on > as_of.isoformat():
            continue
        known = [r for r in outcomes if r.delivery_id == delivery.delivery_id]
        if known and _is_judged_again(known[0]):
            discard(paths, known[0])
            outcomes, known = [r for r in outcomes if r not in known], []
        if not known:
            known = [_ingest(paths, feed, delivery, history(outcomes, delivery))]
            taken += known
            outcomes += known
        ruling = in_force(made, {delivery.delivery_id: known[0]}).get(delivery.delivery_id)
        if ruling and ruling.decision == RELEASE and len(known) == 1:
            outcomes = _forget_later(paths, outcomes, delivery, ruling.turn)
            released = _release(paths, feed, delivery, known[0], ruling.turn)
            taken.append(released)
            outcomes += [released] if released.released_on else []
    return taken


def awaiting(paths: Paths, feed: Feed, as_of: date) -> list[Delivery]:
    """Landed deliveries of a feed that `ingest_feed` would read."""
    known = {r.delivery_id: r for r in all_results(paths, feed.code)}
    released = {r.delivery_id for r in rulings(paths, as_of) if r.feed == feed.code and r.decision == RELEASE}
    return [d for d in landed(paths, feed.code) if _is_awaited(known.get(d.delivery_id), released)]


def _is_awaited(known: DeliveryResult | None, released: Collection[str]) -> bool:
    if known is None or _is_judged_again(known):
        return True
    return known.status == QUARANTINED and known.delivery_id in released


def _is_judged_again(result: DeliveryResult) -> bool:
    """What ended its reader's process waits for another reader."""
    if result.breaker_code == "E_READER":
        return result.reader != reader_version()
    return result.breaker_code in _JUDGED_AGAIN


def _forget_later(
    paths: Paths, outcomes: list[DeliveryResult], released: Delivery, turn: date
) -> list[DeliveryResult]:
    """Outcomes without those judged on the day of a release before it was known: they are judged again.

    What a day gives depends on the deliveries and decisions of that day, not on how often it was run.
    """
    later = [
        r for r in outcomes if r.delivery_seq > released.delivery_seq and r.delivered_on >= turn.isoformat()
    ]
    for result in later:
        discard(paths, result)
    return [r for r in outcomes if r not in later]


@dataclass
class _Taken:
    """What one reading of a file told, beside the rows and entries it wrote. `below`: texts of rows that are no data;
    they may name persons and are kept nowhere."""

    profile: Profile = field(default_factory=Profile)
    sketch: pl.Series | None = None
    people: pl.DataFrame | None = None
    points: pl.DataFrame | None = None
    is_cut: bool = False
    notices: list[Notice] = field(default_factory=list)
    below: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    breaker: Breaker | None = None
    pages: int | None = None


def _ingest(paths: Paths, feed: Feed, delivery: Delivery, past: History) -> DeliveryResult:
    """The outcome of one delivery: whatever goes wrong with a file is the case of that file."""
    try:
        with being_read(paths, delivery):
            return _judge(paths, feed, delivery, past)
    except BaseException as error:
        if incidents.is_ours(error):
            raise
        on, what = date.fromisoformat(delivery.delivered_on), f"landing/{feed.code}/{delivery.delivery_id}"
        number = incidents.incident(paths, what, delivery.sha256, on, error)
        refusal = breaker("E_INCIDENT", delivery, incidents.named(number))
        return _write_unread(Draft(paths, feed), delivery, _Taken(breaker=refusal))


def _judge(paths: Paths, feed: Feed, delivery: Delivery, past: History) -> DeliveryResult:
    draft = Draft(paths, feed)
    try:
        _check_original(paths, delivery)
        taken = _take(paths, feed, delivery, draft, past)
    except UnreadableError as error:
        refusal = breaker(error.code, delivery, error.detail)
        return _write_unread(draft, delivery, _Taken(breaker=refusal))
    counts = _counts(paths, delivery, draft, taken, past)
    checks = () if taken.breaker else check(counts, feed, delivery, past, tuple(taken.extra))
    taken.breaker = taken.breaker or first_broken(checks, delivery)
    if taken.breaker and counts.rows_in == 0:
        return _write_unread(draft, delivery, taken)
    taken.notices += _notices(counts, taken, feed, delivery, past)
    if taken.breaker:
        draft.restart()
        for entries in _refused(paths, feed, delivery, draft, taken.breaker, past):
            draft.entries.add(entries)
    else:
        _keep(draft, taken, delivery)
    result = replace(_result(delivery, taken, draft.rows.height, draft.entries.height, counts), checks=checks)
    draft.publish(result)
    return result


def _check_original(paths: Paths, delivery: Delivery) -> None:
    """Raises UnreadableError where there are no bytes, not those that came, a name nobody understands, or a file that
    ended its reader's process."""
    if detail := problems.NOT_A_FILE.get(delivery.kind):
        raise UnreadableError("E_FILE_OPEN", detail)
    if delivery.kind == UNRECOGNISED:
        raise UnreadableError("E_FILE_NAME")
    try:
        with delivery.file(paths).open("rb") as reader:
            digest = hashlib.file_digest(reader, "sha256").hexdigest()
    except FileNotFoundError:
        raise UnreadableError("E_CHANGED", "文件不见了") from None
    if digest != delivery.sha256:
        raise UnreadableError("E_CHANGED", "与收下时的 SHA-256 不同")
    if has_killed(paths, delivery):
        death = ChildProcessError(f"its reader {reader_version()} died, most likely for want of memory")
        on, what = date.fromisoformat(delivery.delivered_on), f"landing/{delivery.feed}/{delivery.delivery_id}"
        raise UnreadableError("E_READER", incidents.named(incidents.incident(paths, what, delivery.sha256, on, death)))


def _release(paths: Paths, feed: Feed, delivery: Delivery, refused: DeliveryResult, on: date) -> DeliveryResult:
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


def _released(paths: Paths, feed: Feed, delivery: Delivery, refused: DeliveryResult, on: date) -> DeliveryResult:
    """Take a refused delivery in: its rows count from `on`, in their old place among the deliveries."""
    _check_original(paths, delivery)
    draft = Draft(paths, feed)
    taken = _take(paths, feed, replace(delivery, delivered_on=on.isoformat()), draft)
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
    draft.publish(result)
    return result


def _keep(draft: Draft, taken: _Taken, delivery: Delivery) -> None:
    """What is kept beside the rows of a delivery that counts."""
    draft.sketch = taken.sketch if delivery.mode == "full" else None
    draft.people, draft.points = taken.people, taken.points


def _counts(paths: Paths, delivery: Delivery, draft: Draft, taken: _Taken, past: History) -> Counts:
    full = past.full if delivery.mode == "full" else None
    before = read_sketch(paths, full)
    return Counts(
        rows_in=draft.rows.height + draft.entries.height,
        quarantined=draft.entries.height,
        profile=taken.profile,
        is_cut=taken.is_cut,
        previous=full.rows_in if full else None,
        vanished=None if before is None or taken.sketch is None else vanished_share(before, taken.sketch),
        renamed=None if taken.people is None else renamed_share(read_people(paths, past.last), taken.people),
    )


def _notices(
    counts: Counts, taken: _Taken, feed: Feed, delivery: Delivery, past: History
) -> Iterator[Notice]:
    """What the department should know beside any refusal."""
    if counts.rows_in == 0:
        usual = median(r.rows_in for r in past.alike) if past.alike else 0
        told = f"；以往一般有 {usual:.0f} 行，请确认导出无误" if usual >= _MUST_CHANGE else ""
        yield Notice("N_NO_ROWS", f"没有数据行，按本期无变动处理{told}")
    for text in changes(counts.profile, past.comparable, feed):
        yield Notice("N_DRIFT", text)
    if taken.points is not None and (told := words(taken.points)):
        yield Notice("N_DATUM", told)
    full, content = past.full, counts.profile.content
    is_same = full and content == full.profile.content and full.period != delivery.period
    if is_same and counts.rows_in >= _MUST_CHANGE:
        yield Notice("N_UNCHANGED", f"内容与 {full.delivered_on} 交付的全量完全相同，请确认不是旧的导出")


def _write_unread(draft: Draft, delivery: Delivery, taken: _Taken) -> DeliveryResult:
    """Bronze of a file without a single row: one quarantine entry stands for the file."""
    draft.restart()
    draft.entries.add(quarantine.unread(delivery, taken.breaker))
    result = _result(delivery, taken, 0, 0, Counts(0, 0))
    draft.publish(result)
    return result


def _take(paths: Paths, feed: Feed, delivery: Delivery, draft: Draft, past: History = _UNKNOWN) -> _Taken:
    """Read and type a file into the draft; with a header that will not do, only count its rows and say why."""
    scratch = draft.scratch()
    tables, notices = read(delivery.file(paths), feed, scratch)
    taken = _Taken(notices=notices)
    profiler, people, points = Profiler(feed, delivery.mode, scratch), People(feed), Points(feed)
    endings: list[Ending] = []
    told_cells, id_lengths = Counter(), {}
    for order, table in enumerate(tables):
        header = table.header
        taken.extra += header.extra if header.found else ()
        taken.pages = table.pages or taken.pages
        taken.notices += _header_notices(table)
        profiler.header(header)
        taken.breaker = taken.breaker or _header_breaker(table, delivery)
        _compare_units(taken, (*header.title, table.sheet or ""), table, feed, delivery)
        taken.below.clear()
        for rows, block in _data(table, feed, taken, past.ends_lines):
            endings += [block.ending] if block.ending else []
            if block.header and block.header is not header:
                header = block.header
                table = replace(table, header=header)
                taken.notices += [_second_heading(table), *_header_notices(table)]
                taken.breaker = taken.breaker or _header_breaker(table, delivery)
            entries = [quarantine.spoilt(block.spoilt, delivery, table.sheet)]
            if header.missing:
                entries.append(_whole(rows, table, delivery, taken.breaker))
            else:
                typed = type_block(Block(rows, block.marks), header, feed)
                entries.append(quarantine.faulty(rows, typed.faults, header, delivery, table.sheet))
                told_cells.update(typed.told)
                taken.breaker = taken.breaker or _mixed_ids(id_lengths, typed, feed, delivery)
                sound = with_lineage(typed.sound, feed, delivery, table.sheet, order)
                draft.rows.add(sound)
                profiler.rows(sound)
                people.add(sound)
                points.add(sound)
            if told := [e for e in entries if e.height]:
                draft.entries.add(pl.concat(told).sort("row"))
        _compare_units(taken, taken.below, table, feed, delivery)
    taken.notices += _cell_notices(feed, told_cells)
    taken.profile, taken.sketch = profiler.finish()
    taken.people, taken.points = people.sample(), points.finish()
    taken.is_cut = any(last_line.is_cut(end, past.ends_lines) for end in endings)
    if endings:
        ends = all(end.state == last_line.ENDED for end in endings)
        taken.profile = replace(taken.profile, ends_in_line=ends)
    return taken


def _refused(
    paths: Paths, feed: Feed, delivery: Delivery, draft: Draft, why: Breaker, past: History
) -> Iterator[pl.DataFrame]:
    """Every row of a refused file; a row with a reason of its own keeps it."""
    for table in read(delivery.file(paths), feed, draft.scratch())[0]:
        for rows, block in _data(table, feed, _Taken(), past.ends_lines):
            table = replace(table, header=block.header or table.header)
            own = [quarantine.spoilt(block.spoilt, delivery, table.sheet)]
            if not table.header.missing:
                faults = type_block(Block(rows, block.marks), table.header, feed).faults
                own.append(quarantine.faulty(rows, faults, table.header, delivery, table.sheet))
            told = pl.concat(own)
            others = rows.filter(~pl.col(ROW).is_in(told["row"].to_list()))
            yield pl.concat([told, _whole(others, table, delivery, why)]).sort("row")


def _data(
    table: Table, feed: Feed, taken: _Taken, ends_lines: bool | None
) -> Iterator[tuple[pl.DataFrame, Block]]:
    """(data rows, their block); `taken` is told of rows that are totals or footnotes."""
    for block in table.blocks:
        if told := last_line.told(block, ends_lines):
            taken.notices.append(Notice("N_UNFINISHED", told))
        block = last_line.settled(block, ends_lines)
        rows = block.rows
        if table.header.found and rows.height:
            found = sort_out(rows, block.header or table.header, feed)
            rows, block = found.data, replace(block, marks=block.marks + found.marks)
            taken.notices += [_tail_notice(table.sheet, *row) for row in found.tail.select(ROW, SAID).iter_rows()]
            taken.below += [c for row in found.tail.drop(ROW, SAID).iter_rows() for c in row if c]
        yield rows, block


def _tail_notice(sheet: str | None, row: int, said: str) -> Notice:
    where = (f"工作表「{sheet}」" if sheet else "") + f"第 {row} 行"
    return Notice("N_TAIL", f"{where}不是数据，未入库：{said}")


def _second_heading(table: Table) -> Notice:
    where = f"工作表「{table.sheet}」" if table.sheet else ""
    return Notice("N_HEADING", f"{where}第 {table.header.last_row} 行起表头的列次不同，以下各行按该行表头读取")


def _compare_units(
    taken: _Taken, texts: Sequence[str], table: Table, feed: Feed, delivery: Delivery
) -> None:
    """What stands around a table may say that its numbers are in another unit than the one agreed on."""
    silent, named = units.conflicts(texts, table.header, feed)
    taken.notices += [Notice("N_UNIT", f"表中{words}，已按列名中的单位读取，请核对") for words in named]
    if silent:
        taken.breaker = taken.breaker or breaker("E_UNIT", delivery, "；".join(silent), table.sheet)


_TOLD_CELLS = {
    MISSING: "写作“无”“NULL”“-”之类，按空值入库",
    INVISIBLE: "带看不见的零宽符号，已去掉",
    ID_NUMERIC: "存成了数字，已按原数读取；号码有以 0 开头的，请将该列设为文本后重报",
}


def _cell_notices(feed: Feed, told: Counter[tuple[str, str]]) -> Iterator[Notice]:
    for (code, name), count in (+told).items():
        yield Notice(code, f"「{feed.by_name[name].label}」列有 {count} 个值{_TOLD_CELLS[code]}")


def _mixed_ids(lengths: dict[str, int], typed: Typed, feed: Feed, delivery: Delivery) -> Breaker | None:
    """Ids stored as numbers are as long as those of the blocks before, where the contract does not say how long; the
    shorter ones may have lost noughts, and they may have been taken for sound."""
    mixed = [n for n, length in typed.numeric.items()
             if lengths.setdefault(n, length) != length and has_open_length(feed.by_name[n])]  # fmt: skip
    return breaker("E_ID_DIGITS", delivery, f"「{feed.by_name[mixed[0]].label}」列") if mixed else None


def _header_notices(table: Table) -> list[Notice]:
    header = table.header
    if not header.found:
        return []
    return [
        *(Notice("N_TITLE", f"标题：{text}") for text in header.title if names_nobody(text)),
        *(Notice("N_EXTRA_COLUMN", f"多出的列「{h}」，未入库") for h in header.extra),
        *(Notice("N_ABSENT_COLUMN", f"缺少非必填的列「{label}」，按空值入库") for label in header.absent),
    ]


def _header_breaker(table: Table, delivery: Delivery) -> Breaker | None:
    header = table.header
    if not header.found:
        return breaker("E_HEADER", delivery, sheet=table.sheet)
    if header.is_doubled:
        return breaker("E_SIDE_BY_SIDE", delivery, sheet=table.sheet)
    if header.missing:
        detail = "缺少" + "".join(f"「{label}」" for label in header.missing)
        detail += "，表头中不认识" + "".join(f"「{h}」" for h in header.extra) if header.extra else ""
        where = f"第 {header.last_row} 行表头" if header.last_row else ""
        return breaker("E_COLUMN_MISSING", delivery, where + detail, table.sheet)
    return None


def _whole(rows: pl.DataFrame, table: Table, delivery: Delivery, why: Breaker) -> pl.DataFrame:
    return quarantine.whole(rows, table.header, delivery, table.sheet, why)


def _result(
    delivery: Delivery, taken: _Taken, rows_bronze: int, rows_quarantined: int, counts: Counts
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
