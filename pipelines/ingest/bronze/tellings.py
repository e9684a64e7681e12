"""What a reading tells a department of a table: notices, and what about its header or its ids refuses the file.

Belongs here: the words and when they are said. Does not belong here: going through the file (taking.py), limits on
figures (breakers.py), codes (problems.py). No word of a row that may name a person is repeated.
"""

from collections import Counter
from collections.abc import Iterator

from pipelines.ingest.bronze.breakers import Breaker, breaker
from pipelines.ingest.formats.tail import names_nobody
from pipelines.ingest.landing import Delivery
from pipelines.ingest.values.id_numbers import has_open_length
from pipelines.ingest.values.invisible import INVISIBLE
from pipelines.ingest.values.missing import MISSING
from pipelines.ingest.values.periods import MONTH_AHEAD, MONTH_BACK
from pipelines.ingest.values.table import ID_NUMERIC, Notice, Table
from pipelines.ingest.values.typing import Typed
from pipelines.kit.contracts import Feed

_TOLD_CELLS = {
    MISSING: "写作“无”“NULL”“-”之类，按空值入库",
    INVISIBLE: "带看不见的零宽符号，已去掉",
    MONTH_AHEAD: "晚于文件的所属期，请核对是否写错年月",
    MONTH_BACK: "早于文件的所属期太多，请核对是否写错年月",
    ID_NUMERIC: "存成了数字，已按原数读取；号码有以 0 开头的，请将该列设为文本后重报",
}


def tail_notice(sheet: str | None, row: int, said: str) -> Notice:
    where = (f"工作表「{sheet}」" if sheet else "") + f"第 {row} 行"
    return Notice("N_TAIL", f"{where}不是数据，未入库：{said}")


def second_heading(table: Table) -> Notice:
    where = f"工作表「{table.sheet}」" if table.sheet else ""
    return Notice("N_HEADING", f"{where}第 {table.header.last_row} 行起表头的列次不同，以下各行按该行表头读取")


def cell_notices(feed: Feed, told: Counter[tuple[str, str]]) -> Iterator[Notice]:
    for (code, name), count in (+told).items():
        yield Notice(code, f"「{feed.by_name[name].label}」列有 {count} 个值{_TOLD_CELLS[code]}")


def mixed_ids(lengths: dict[str, int], typed: Typed, feed: Feed, delivery: Delivery) -> Breaker | None:
    """Ids stored as numbers are as long as those of the blocks before, where the contract does not say how long; the
    shorter ones may have lost noughts, and they may have been taken for sound."""
    mixed = [n for n, length in typed.numeric.items()
             if lengths.setdefault(n, length) != length and has_open_length(feed.by_name[n])]  # fmt: skip
    return breaker("E_ID_DIGITS", delivery, f"「{feed.by_name[mixed[0]].label}」列") if mixed else None


def header_notices(table: Table) -> list[Notice]:
    header = table.header
    if not header.found:
        return []
    return [
        *(Notice("N_TITLE", f"标题：{text}") for text in header.title if names_nobody(text)),
        *(Notice("N_EXTRA_COLUMN", f"多出的列「{h}」，未入库") for h in header.extra),
        *(Notice("N_ABSENT_COLUMN", f"缺少非必填的列「{label}」，按空值入库") for label in header.absent),
    ]


def header_breaker(table: Table, delivery: Delivery) -> Breaker | None:
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
