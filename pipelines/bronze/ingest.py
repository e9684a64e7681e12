"""From landing to bronze.

Belongs here: the order of the steps for one delivery. Does not belong here: any step itself.
A file is read once when it is sound; a refused one is read again to put every row into quarantine, so that a
large file never has to stand in memory for the case that it may be refused.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from pipelines.bronze import quarantine
from pipelines.bronze.breakers import Breaker, Counts, breaker, check
from pipelines.bronze.distinct import DistinctKeys
from pipelines.bronze.lineage import with_lineage
from pipelines.bronze.readers import read
from pipelines.bronze.result import ACCEPTED, QUARANTINED, DeliveryResult, results
from pipelines.bronze.store import Draft, empty_bronze
from pipelines.bronze.table import ROW, Block, Notice, Table, UnreadableError
from pipelines.bronze.tail import split_tail
from pipelines.bronze.typing import type_block
from pipelines.contracts import Feed
from pipelines.landing import UNRECOGNISED, Delivery, landed
from pipelines.paths import Paths

_TAIL_LENGTH = 200


def ingest_feed(paths: Paths, feed: Feed, as_of: date) -> list[DeliveryResult]:
    """Bring every landed delivery of a feed, delivered on or before `as_of`, into bronze if not there yet.

    Returns the outcomes of the deliveries taken in by this call, in order of landing. A delivery that cannot
    be accepted is quarantined and never stops the next.
    """
    empty_bronze(paths, feed)
    done = results(paths, feed.code)
    ids = {r.delivery_id for r in done}
    taken = []
    for delivery in landed(paths, feed.code):
        if delivery.delivered_on <= as_of.isoformat() and delivery.delivery_id not in ids:
            taken.append(_ingest(paths, feed, delivery, _previous_rows([*done, *taken], delivery)))
    return taken


@dataclass
class _Taken:
    """What one reading of a file told, beside the rows and entries it wrote; `keys` distinct among the sound rows."""

    keys: int = 0
    notices: list[Notice] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    breaker: Breaker | None = None


def _ingest(paths: Paths, feed: Feed, delivery: Delivery, previous: int | None) -> DeliveryResult:
    draft = Draft(paths, feed)
    try:
        if delivery.kind == UNRECOGNISED:
            raise UnreadableError("E_FILE_NAME")
        taken = _take(paths, feed, delivery, draft)
    except UnreadableError as error:
        refusal = breaker(error.code, delivery, error.detail)
        return _write_unread(draft, delivery, _Taken(breaker=refusal))
    counts = Counts(
        rows_in=draft.rows.height + draft.entries.height,
        quarantined=draft.entries.height,
        keys=taken.keys,
        previous=previous,
    )
    taken.breaker = taken.breaker or check(counts, feed, delivery)
    if taken.breaker and counts.rows_in == 0:
        return _write_unread(draft, delivery, taken)
    if counts.rows_in == 0:
        taken.notices.append(Notice("N_NO_ROWS", "没有数据行，按本期无变动处理"))
    if taken.breaker:
        draft.restart()
        for entries in _refused(paths, feed, delivery, draft, taken.breaker):
            draft.entries.add(entries)
    result = _result(delivery, taken, draft.rows.height, draft.entries.height, counts)
    draft.publish(result)
    return result


def _write_unread(draft: Draft, delivery: Delivery, taken: _Taken) -> DeliveryResult:
    """Bronze of a file without a single row: one quarantine entry stands for the file."""
    draft.restart()
    draft.entries.add(quarantine.unread(delivery, taken.breaker))
    result = _result(delivery, taken, 0, 0, Counts(0, 0, 0, None))
    draft.publish(result)
    return result


def _take(paths: Paths, feed: Feed, delivery: Delivery, draft: Draft) -> _Taken:
    """Read and type a file into the draft; with a header that will not do, only count its rows and say why."""
    scratch = draft.scratch()
    tables, notices = read(delivery.file(paths), feed, scratch)
    taken, keys = _Taken(notices=notices), DistinctKeys(scratch)
    for order, table in enumerate(tables):
        header = table.header
        taken.extra += header.extra if header.found else ()
        taken.notices += _header_notices(table)
        taken.breaker = taken.breaker or _header_breaker(table, delivery)
        for rows, block in _data(table, feed, taken.notices):
            entries = [quarantine.spoilt(block.spoilt, delivery, table.sheet)]
            if header.missing:
                entries.append(_whole(rows, table, delivery, taken.breaker))
            else:
                typed = type_block(Block(rows, block.marks), header, feed)
                entries.append(quarantine.faulty(rows, typed.faults, header, delivery, table.sheet))
                sound = with_lineage(typed.sound, feed, delivery, table.sheet, order)
                draft.rows.add(sound)
                keys.add(sound["_record_key"])
            draft.entries.add(pl.concat(entries).sort("row"))
    taken.keys = keys.count()
    return taken


def _refused(
    paths: Paths, feed: Feed, delivery: Delivery, draft: Draft, why: Breaker
) -> Iterator[pl.DataFrame]:
    """Every row of a refused file; a row with a reason of its own keeps it."""
    for table in read(delivery.file(paths), feed, draft.scratch())[0]:
        for rows, block in _data(table, feed, []):
            own = [quarantine.spoilt(block.spoilt, delivery, table.sheet)]
            if not table.header.missing:
                faults = type_block(Block(rows, block.marks), table.header, feed).faults
                own.append(quarantine.faulty(rows, faults, table.header, delivery, table.sheet))
            told = pl.concat(own)
            others = rows.filter(~pl.col(ROW).is_in(told["row"].to_list()))
            yield pl.concat([told, _whole(others, table, delivery, why)]).sort("row")


def _data(table: Table, feed: Feed, notices: list[Notice]) -> Iterator[tuple[pl.DataFrame, Block]]:
    """(data rows, their block); rows that are totals or footnotes go to `notices`."""
    for block in table.blocks:
        rows = block.rows
        if table.header.found and rows.height:
            rows, tail = split_tail(rows, table.header, feed)
            notices += [_tail_notice(table.sheet, row) for row in tail.iter_rows()]
        yield rows, block


def _tail_notice(sheet: str | None, row: Sequence) -> Notice:
    where = (f"工作表「{sheet}」" if sheet else "") + f"第 {row[0]} 行"
    text = " ".join(cell for cell in row[1:] if cell)[:_TAIL_LENGTH]
    return Notice("N_TAIL", f"{where}不是数据，未入库：{text}")


def _header_notices(table: Table) -> list[Notice]:
    header = table.header
    if not header.found:
        return []
    return [
        *(Notice("N_TITLE", f"标题：{text}") for text in header.title),
        *(Notice("N_EXTRA_COLUMN", f"多出的列「{h}」，未入库") for h in header.extra),
        *(Notice("N_ABSENT_COLUMN", f"缺少非必填的列「{label}」，按空值入库") for label in header.absent),
    ]


def _header_breaker(table: Table, delivery: Delivery) -> Breaker | None:
    header = table.header
    if not header.found:
        return breaker("E_HEADER", delivery, sheet=table.sheet)
    if header.missing:
        detail = "缺少" + "".join(f"「{label}」" for label in header.missing)
        detail += "，表头中不认识" + "".join(f"「{h}」" for h in header.extra) if header.extra else ""
        where = f"第 {header.last_row} 行表头" if header.last_row else ""
        return breaker("E_COLUMN_MISSING", delivery, where + detail, table.sheet)
    return None


def _whole(rows: pl.DataFrame, table: Table, delivery: Delivery, why: Breaker) -> pl.DataFrame:
    return quarantine.whole(rows, table.header, delivery, table.sheet, why)


def _previous_rows(done: Sequence[DeliveryResult], delivery: Delivery) -> int | None:
    """Rows of the last accepted full delivery of the scope; None without one or when this is not full."""
    if delivery.mode != "full":
        return None
    earlier = [
        r
        for r in done
        if r.mode == "full"
        and r.status == ACCEPTED
        and r.scope == delivery.scope
        and r.delivery_seq < delivery.delivery_seq
    ]
    return max(earlier, key=lambda r: r.delivery_seq).rows_in if earlier else None


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
    )
