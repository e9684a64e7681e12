"""One reading of a file: its rows typed, what cannot come in, and what it told on the way.

Belongs here: going through tables and blocks. Does not belong here: readers, types, the words of what is told
(tellings.py), what follows from it (judging.py).
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from pipelines.ingest.bronze import quarantine
from pipelines.ingest.bronze.breakers import Breaker, breaker
from pipelines.ingest.bronze.history import History
from pipelines.ingest.bronze.lineage import with_lineage
from pipelines.ingest.bronze.people import People
from pipelines.ingest.bronze.places import Places
from pipelines.ingest.bronze.points import Points
from pipelines.ingest.bronze.profile import Profile, Profiler
from pipelines.ingest.bronze.store import Draft
from pipelines.ingest.bronze.tellings import (
    cell_notices,
    header_breaker,
    header_notices,
    mixed_ids,
    second_heading,
    tail_notice,
)
from pipelines.ingest.formats import last_line
from pipelines.ingest.formats.readers import read
from pipelines.ingest.formats.tail import SAID, sort_out
from pipelines.ingest.landing import Delivery
from pipelines.ingest.values import units
from pipelines.ingest.values.periods import held_against
from pipelines.ingest.values.table import ROW, Block, Ending, Notice, Table
from pipelines.ingest.values.typing import type_block
from pipelines.kit.contracts import Feed
from pipelines.kit.paths import Paths

_UNKNOWN = History()


@dataclass
class Taken:
    """What one reading of a file told, beside the rows and entries it wrote. `below`: texts of rows that are no data;
    they may name persons and are kept nowhere."""

    profile: Profile = field(default_factory=Profile)
    sketch: pl.Series | None = None
    people: pl.DataFrame | None = None
    points: pl.DataFrame | None = None
    places: Mapping[str, int] = field(default_factory=dict)
    is_cut: bool = False
    notices: list[Notice] = field(default_factory=list)
    below: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    breaker: Breaker | None = None
    pages: int | None = None


def take(paths: Paths, feed: Feed, delivery: Delivery, draft: Draft, past: History = _UNKNOWN) -> Taken:
    """Read and type a file into the draft; with a header that will not do, only count its rows and say why."""
    scratch = draft.scratch()
    tables, notices = read(delivery.file(paths), feed, scratch)
    taken = Taken(notices=notices)
    profiler, people, points = Profiler(feed, delivery.mode, scratch), People(feed), Points(feed)
    places = Places(feed)
    endings: list[Ending] = []
    told_cells, id_lengths = Counter(), {}
    for order, table in enumerate(tables):
        header = table.header
        taken.extra += header.extra if header.found else ()
        taken.pages = table.pages or taken.pages
        taken.notices += header_notices(table)
        profiler.header(header)
        if table.lacks:
            taken.breaker = taken.breaker or breaker("E_JSON_PART", delivery, table.lacks, table.sheet)
        taken.breaker = taken.breaker or header_breaker(table, delivery)
        _compare_units(taken, (*header.title, table.sheet or ""), table, feed, delivery, table.units)
        taken.below.clear()
        for rows, block in _data(table, feed, taken, past.ends_lines):
            endings += [block.ending] if block.ending else []
            if block.header and block.header is not header:
                header = block.header
                table = replace(table, header=header)
                taken.notices += [second_heading(table), *header_notices(table)]
                taken.breaker = taken.breaker or header_breaker(table, delivery)
            entries = [quarantine.spoilt(block.spoilt, delivery, table.sheet)]
            if header.missing:
                entries.append(_whole(rows, table, delivery, taken.breaker))
            else:
                if bare := units.in_cells(rows, header, feed):
                    _compare_units(taken, (), table, feed, delivery, bare)
                typed = held_against(type_block(Block(rows, block.marks), header, feed), feed, delivery.period)
                entries.append(quarantine.faulty(rows, typed.faults, header, delivery, table.sheet))
                told_cells.update(typed.told)
                taken.breaker = taken.breaker or mixed_ids(id_lengths, typed, feed, delivery)
                sound = with_lineage(typed.sound, feed, delivery, table.sheet, order)
                draft.rows.add(sound)
                profiler.rows(sound)
                people.add(sound)
                points.add(sound)
                places.add(sound)
            if told := [e for e in entries if e.height]:
                draft.entries.add(pl.concat(told).sort("row"))
        _compare_units(taken, taken.below, table, feed, delivery)
    taken.notices += cell_notices(feed, told_cells)
    taken.profile, taken.sketch = profiler.finish()
    taken.people, taken.points, taken.places = people.sample(), points.finish(), places.counts
    taken.is_cut = any(last_line.is_cut(end, past.ends_lines) for end in endings)
    if endings:
        ends = all(end.state == last_line.ENDED for end in endings)
        taken.profile = replace(taken.profile, ends_in_line=ends)
    return taken


def refused_rows(
    paths: Paths, feed: Feed, delivery: Delivery, draft: Draft, why: Breaker, past: History
) -> Iterator[pl.DataFrame]:
    """Every row of a refused file; a row with a reason of its own keeps it."""
    for table in read(delivery.file(paths), feed, draft.scratch())[0]:
        for rows, block in _data(table, feed, Taken(), past.ends_lines):
            table = replace(table, header=block.header or table.header)
            own = [quarantine.spoilt(block.spoilt, delivery, table.sheet)]
            if not table.header.missing:
                typed = held_against(type_block(Block(rows, block.marks), table.header, feed), feed, delivery.period)
                own.append(quarantine.faulty(rows, typed.faults, table.header, delivery, table.sheet))
            told = pl.concat(own)
            others = rows.filter(~pl.col(ROW).is_in(told["row"].to_list()))
            yield pl.concat([told, _whole(others, table, delivery, why)]).sort("row")


def _data(
    table: Table, feed: Feed, taken: Taken, ends_lines: bool | None
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
            taken.notices += [tail_notice(table.sheet, *row) for row in found.tail.select(ROW, SAID).iter_rows()]
            taken.below += [c for row in found.tail.drop(ROW, SAID).iter_rows() for c in row if c]
        yield rows, block


def _compare_units(
    taken: Taken, texts: Sequence[str], table: Table, feed: Feed, delivery: Delivery,
    shown: Mapping[int, Collection[str]] | None = None,
) -> None:  # fmt: skip
    """What stands around a table or in its cells may say that its numbers are in another unit than the agreed one."""
    silent, named = units.conflicts(texts, table.header, feed, shown)
    taken.notices += [Notice("N_UNIT", f"表中{words}，已按列名中的单位读取，请核对") for words in named]
    if silent:
        taken.breaker = taken.breaker or breaker("E_UNIT", delivery, "；".join(silent), table.sheet)


def _whole(rows: pl.DataFrame, table: Table, delivery: Delivery, why: Breaker) -> pl.DataFrame:
    return quarantine.whole(rows, table.header, delivery, table.sheet, why)
