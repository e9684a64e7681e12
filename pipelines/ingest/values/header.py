"""Which row of a file is the header, and which column of the contract each file column is.

Belongs here: scoring candidate rows. Does not belong here: splitting files into cells, or what follows from a
missing column (tellings.py).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pipelines.kit.contracts import Feed
from pipelines.kit.contracts.heading import normal

DEPTH = 15
MIN_SHARE = 0.6
_FEW = 3
_LONG = re.compile("[0-9]{4}")

Cells = Sequence[str]
Heading = tuple[str, ...]


@dataclass(frozen=True)
class Header:
    """The header of a table.

    `headings`: one text per file column as the department wrote it. `columns`: contract to file column.
    `last_row`: 1-based row the header ends at; 0 with `found` False, then the whole file counts as rows.
    `missing`: labels of required columns nobody sent; `absent`: of others. `title`: texts above the header.
    `is_named`: every record names its fields itself, so nothing stands between records.
    `is_doubled`: the list is printed in blocks side by side, so a row of the sheet is more than one of the list.
    `upper`: by file column what stands in the upper of two heading rows.
    """

    headings: tuple[str, ...]
    columns: dict[str, int]
    last_row: int
    found: bool
    missing: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    is_named: bool = False
    is_doubled: bool = False
    upper: dict[int, str] = field(default_factory=dict)

    @property
    def extra(self) -> tuple[str, ...]:
        """Headings of file columns the contract does not know."""
        used = set(self.columns.values())
        return tuple(h for i, h in enumerate(self.headings) if i not in used and h)


def detect(
    feed: Feed,
    rows: Sequence[Cells],
    spread: Callable[[int], Cells] | None = None,
) -> Header:
    """The header among the first 15 rows; `rows` are texts from row 1 on.

    `spread(i)` gives row i with merged cells filled; with it, headers of two rows are tried as well.
    The candidate with the most contract columns wins, when it has 60 % of them; on a tie the first. None does with
    rows of data above it: they would be lost.
    """
    best, best_score = (0, 0, [], {}), 0
    for top, depth in _candidates(len(rows), (1, 2) if spread else (1,)):
        names = _names(rows, top, depth, spread)
        columns = _match(feed, names)
        if len(columns) > best_score:
            best, best_score = (top, depth, names, columns), len(columns)
        if best_score == len(feed.columns):  # nothing can have more
            break
    if best_score < MIN_SHARE * len(feed.columns):
        return not_found(feed, max((len(r) for r in rows), default=0))
    top, depth, names, columns = best
    if any(_is_record(cells, len(columns)) for cells in rows[:top]):
        return not_found(feed, max(map(len, rows)))
    title = tuple(t for t in (" ".join(filter(None, map(str.strip, row))) for row in rows[:top]) if t)
    return _header(feed, names, columns, top + depth, title)


def _is_record(cells: Cells, columns: int) -> bool:
    """Whether a row above a heading is no title: as full as rows below it, with dates, codes or ids."""
    filled = [text for text in cells if text.strip()]
    return len(filled) >= max(_FEW, MIN_SHARE * columns) and sum(bool(_LONG.search(text)) for text in filled) > 1


def turned(feed: Feed, cells: Cells, row: int, header: Header) -> Header | None:
    """The header that row number `row`, somewhere below `header`, is, when it puts columns elsewhere than that one.

    Most of its cells are headings of the contract, which no row of data can say; they need not be most of the
    contract, as what stands below a heading row stands below no other.
    """
    names = [(text.strip(),) for text in cells]
    columns = _match(feed, names)
    filled = sum(1 for (text,) in names if text)
    if len(columns) < min(_FEW, len(feed.columns)) or len(columns) < MIN_SHARE * filled:
        return None
    is_same = all(header.columns.get(name) == place for name, place in columns.items())
    return None if is_same else _header(feed, names, columns, row)


def _header(
    feed: Feed, names: Sequence[Heading], columns: dict[str, int], last_row: int, title: tuple[str, ...] = ()
) -> Header:
    unsent = [c for c in feed.columns if c.name not in columns]
    return Header(
        headings=tuple(name[0] for name in names),
        columns=columns,
        last_row=last_row,
        found=True,
        missing=tuple(c.label for c in unsent if c.required),
        absent=tuple(c.label for c in unsent if not c.required),
        title=title,
        is_doubled=_is_doubled(feed, names, columns),
        upper={place: name[1].removesuffix(name[0]) for place, name in enumerate(names) if len(name) > 1},
    )


def _is_doubled(feed: Feed, names: Sequence[Heading], columns: dict[str, int]) -> bool:
    """Whether the columns that are not taken would do for the list once more.

    A heading that is there twice is usual, and so are people of another part (代领人) with their ids and names.
    """
    taken = set(columns.values())
    others = _match(feed, [() if place in taken else name for place, name in enumerate(names)])
    is_whole = all(name in others for name in columns if feed.by_name[name].required)
    return is_whole and len(others) >= max(_FEW, MIN_SHARE * len(columns))


def not_found(feed: Feed, width: int) -> Header:
    """A header for a file that has none: columns are numbered, every row is data nobody can place."""
    return Header(
        headings=tuple(f"第{i + 1}列" for i in range(width)),
        columns={},
        last_row=0,
        found=False,
        missing=tuple(c.label for c in feed.columns if c.required),
    )


def _candidates(height: int, depths: Sequence[int]) -> list[tuple[int, int]]:
    """(first row, how many rows) of everything that could be the header, the likelier first."""
    return [(top, depth) for depth in depths for top in range(min(DEPTH, height - depth + 1))]


def _names(
    rows: Sequence[Cells], top: int, depth: int, spread: Callable[[int], Cells] | None
) -> list[Heading]:
    """Per file column the texts it may go by, the one to show first."""
    if depth == 1 or spread is None:
        return [(text.strip(),) for text in rows[top]]
    names = []
    for upper, lower in zip(spread(top), spread(top + 1), strict=True):
        upper, lower = upper.strip(), lower.strip()
        alone = upper == lower or not upper
        names.append((lower,) if alone else (lower or upper, upper + lower))
    return names


def _match(feed: Feed, names: Sequence[Heading]) -> dict[str, int]:
    """Contract column -> file column; of two file columns with one heading the first counts."""
    known = feed.by_heading
    columns: dict[str, int] = {}
    for place, candidates in enumerate(names):
        longest_first = sorted({normal(n) for n in candidates if n}, key=lambda n: (-len(n), n))
        name = next((known[n] for n in longest_first if n in known), None)
        if name is not None and name not in columns:
            columns[name] = place
    return columns
