"""What a delivery looks like as a whole: the figures the breakers judge and later deliveries are compared with.

Belongs here: gathering them while the file is read, block by block, once. Does not belong here: limits
(breakers.py), or what earlier deliveries looked like (history.py).
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.ingest.bronze.distinct import DistinctKeys
from pipelines.ingest.values.header import Header
from pipelines.ingest.values.identifiers import count_invalid
from pipelines.kit.contracts import Feed

# The column of a delta that says what happened to a row, and its word for a deletion (contracts of full_delta feeds).
CHANGE_TYPE, ADDED, DELETED = "change_type", "新增", "删除"
SKETCH = 16_384
_LOOKED_AT = 1_000
_ENOUGH_SAID, _FEW_SAID = 100, 8
# The check character of an id number may be X: a column of one such number is as much digits as any other.
_DIGITS = r"^[0-9]+[Xx]?$"
_HAN = r"[\u4e00-\u9fff]"
# What encodings that lack a word make of it: ???, □□3, 锟斤拷; not 王?明, nor a lone ? of somebody who does not know.
_LOST = r"^[^\u4e00-\u9fff]*[?？□\ufffd]{2}[^\u4e00-\u9fff]*$|锟斤拷"
# An odd last byte is lost when text is read in a wrong encoding.
_MOSTLY = 0.7


@dataclass(frozen=True)
class Profile:
    """Of the sound rows of one delivery; kept in delivery.json.

    `rows`, `keys`: how many, and how many distinct. `headings`: contract column -> heading, in order of the file.
    `filled`: contract column -> rows with a value. `digits`, `words`: text column -> share of values that are digits
    only, that hold Chinese, among the first thousand rows; `garbled`: share of those Chinese values that are mojibake
    (below a hundred of the distinct ones, None below eight); `lost`: text column -> (values, those of which only
    question marks or boxes are left), where there are some. `ids`: column -> (values, invalid ones) where a
    check character exists. `content`: equal for equal rows in any order, within one polars version; None unless full.
    `ends_in_line`: whether a text ends in a line end, None for other kinds.
    """

    rows: int = 0
    keys: int = 0
    added: int = 0
    deleted: int = 0
    headings: dict[str, str] = field(default_factory=dict)
    filled: dict[str, int] = field(default_factory=dict)
    digits: dict[str, float] = field(default_factory=dict)
    words: dict[str, float] = field(default_factory=dict)
    garbled: float | None = None
    lost: dict[str, tuple[int, int]] = field(default_factory=dict)
    ids: dict[str, tuple[int, int]] = field(default_factory=dict)
    content: str | None = None
    ends_in_line: bool | None = None


class Profiler:
    """Gathers a profile; of millions of rows only eight bytes each stay until the end, in files of `scratch` where
    they are too many."""

    def __init__(self, feed: Feed, mode: str | None, scratch: Path) -> None:
        self._names = [c.name for c in feed.columns]
        self._checked = [c for c in feed.columns if c.has_check_character]
        self._texts = [c for c in feed.columns if c.type == "string" and not c.is_month]
        self._has_changes = CHANGE_TYPE in feed.by_name
        self._is_full = mode == "full"
        self._keys = DistinctKeys(scratch)
        self._filled = dict.fromkeys(self._names, 0)
        self._ids = {c.name: (0, 0) for c in self._checked}
        self._first: list[pl.DataFrame] = []
        self._headings: dict[str, str] = {}
        self._rows = self._added = self._deleted = self._content = 0

    def header(self, header: Header) -> None:
        """A sheet begins."""
        for name in sorted(header.columns, key=header.columns.__getitem__):
            self._headings.setdefault(name, header.headings[header.columns[name]])

    def rows(self, sound: pl.DataFrame) -> None:
        """Typed rows with their `_record_key`."""
        self._keys.add(sound["_record_key"])
        if self._rows < _LOOKED_AT:
            self._first.append(sound.head(_LOOKED_AT - self._rows).select(c.name for c in self._texts))
        self._rows += sound.height
        for name in self._names:
            self._filled[name] += sound.height - sound[name].null_count()
        for c in self._checked:
            seen, bad = self._ids[c.name]
            given, wrong = count_invalid(sound[c.name])
            self._ids[c.name] = (seen + given, bad + wrong)
        if self._has_changes:
            self._added += int((sound[CHANGE_TYPE] == ADDED).sum())
            self._deleted += int((sound[CHANGE_TYPE] == DELETED).sum())
        if self._is_full:
            self._content += int(sound.select(self._names).hash_rows().to_numpy().sum(dtype="uint64"))

    def _kinds(self) -> tuple[dict[str, float], dict[str, float], float | None]:
        """(digits, words, garbled) of the first rows."""
        first = pl.concat(self._first) if self._first else pl.DataFrame()
        texts = [name for name, column in first.to_dict().items() if column.null_count() < column.len()]
        looked = first.select(
            column
            for name in texts
            for text, han in [(pl.col(name), pl.col(name).str.contains(_HAN))]
            for column in (
                text.str.contains(_DIGITS).mean().round(2).alias(f"digits {name}"),
                han.mean().round(2).alias(f"words {name}"),
                text.filter(han).implode().alias(f"said {name}"),
            )
        )
        digits, words = ({n: looked[f"{kind} {n}"].item() for n in texts} for kind in ("digits", "words"))
        said = [word for name in texts for word in looked[f"said {name}"].item()]
        said = said if len(said) >= _ENOUGH_SAID else sorted(set(said))
        if len(said) < _FEW_SAID:
            return digits, words, None
        garbled = {word: is_mojibake(word) for word in set(said)}
        return digits, words, round(sum(map(garbled.__getitem__, said)) / len(said), 2)

    def _lost(self) -> dict[str, tuple[int, int]]:
        """Of the first rows."""
        first = pl.concat(self._first) if self._first else pl.DataFrame()
        lost = first.select(pl.all().str.contains(_LOST).sum())
        return {name: (first[name].count(), int(count)) for name, count in _first_row(lost).items() if count}

    def finish(self) -> tuple[Profile, pl.Series]:
        """The profile, and the sketch of the keys: the smallest SKETCH of them as numbers, sorted.

        Keys are digests, so the smallest are a fair sample: of two sketches, those below the lower of both ends
        tell the share of keys that vanished.
        """
        count, sketch = self._keys.finish(SKETCH)
        digits, words, garbled = self._kinds()
        profile = Profile(
            rows=self._rows,
            keys=count,
            added=self._added,
            deleted=self._deleted,
            headings=self._headings,
            filled={n: f for n, f in self._filled.items() if n in self._headings},
            digits=digits,
            words=words,
            garbled=garbled,
            lost=self._lost(),
            ids=self._ids,
            content=f"{self._content % (1 << 64):016x}" if self._is_full else None,
        )
        return profile, sketch


def vanished_share(before: pl.Series, now: pl.Series) -> float:
    """Share of the keys of one sketch that the other lacks; exact while both hold all of their keys."""
    ends = [s.max() for s in (before, now) if s.len() == SKETCH]
    if ends:
        before = before.filter(before <= min(ends))
    return round(1 - int(before.is_in(now.implode()).sum()) / before.len(), 4) if before.len() else 0.0


def _first_row(frame: pl.DataFrame) -> dict[str, Any]:
    return frame.row(0, named=True) if frame.width else {}


def is_mojibake(text: str) -> bool:
    """Whether Chinese saved as UTF-8 was read as GB 18030: its bytes are UTF-8 again, which real words never are."""
    data = text.encode("gb18030", errors="ignore")
    again = data.decode("utf-8", errors="ignore")
    return re.search(_HAN, again) is not None and len(again.encode()) >= _MOSTLY * len(data)
