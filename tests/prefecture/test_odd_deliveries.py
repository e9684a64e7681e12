"""Deliveries that are odd as a whole: every feed has broken ones, every kind occurs and has harmless look-alikes, and
the register says truly what becomes of each.

Belongs here: the list, and the files of the shared city. Does not belong here: whether the pipeline refuses them.
"""

import hashlib
import io
import json
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from pipelines.kit.contracts import load_contracts
from prefecture.months import MONTHS, of_period
from prefecture.output.mishaps import BROKEN, HARMLESS, MISHAPS, Mishap
from prefecture.register import register_of
from tests.prefecture.city import DELIVERED, City

FEEDS = load_contracts()
# SHA-256 over name and content of every file of a month of the 0.1 % city: what the sample's two turns get.
SAMPLE = {
    "202401": "32de74ff5e706c5d995051dc5556b415b2ea21e093f46e559f92f0b41b7fe57f",
    "202402": "43a50dc89c62d734f642f55254709e5fb2d7f3cdb3586195034fc7fadeacf3d8",
}
# A broken kind -> what looks like it and is right.
LOOKALIKES = {
    "truncated": {"unfinished", "few_duplicates"},
    "column_missing": {"extra_column", "reordered"},
    "heading_renamed": {"aliases"},
    "column_lost": {"extra_column", "reordered"},
    "column_blank": {"reordered"},
    "halved": {"fewer_rows", "corrected"},
    "multiplied": {"few_duplicates", "repeat"},
    "duplicated": {"few_duplicates"},
    "deletion_flood": {"large_change", "no_change"},
    "ids_shifted": {"full_width"},
    "ids_rounded": {"full_width"},
    "columns_swapped": {"reordered"},
    "other_feed": {"stale", "unchanged"},
    "wrong_scope": {"stale"},
    "garbled": {"other_encoding"},
    "empty": {"no_change"},
    "error_page": {"no_change"},
}


def told(city: City, period: str) -> pl.DataFrame:
    return pl.read_parquet(register_of(city.paths) / "deliveries" / f"{period}.parquet")


def file_of(city: City, mishap: Mishap, month: int | None = None) -> Path:
    """The first file of the delivery as it came in a month."""
    period = MONTHS[mishap.month if month is None else month].period
    rows = told(city, period).filter(feed=mishap.feed, scope=mishap.scope, period=mishap.period)
    return city.out / period / mishap.feed / rows["file"][0]


def shown(kind: str) -> list[Mishap]:
    """Those of a kind after the sample's months that the shared city has, beside a good delivery of the same."""
    months = range(2, len(DELIVERED))
    found = [m for m in MISHAPS if m.kind == kind and m.month in months and (m.until or 2) in months]
    return [m for m in found if m.until or m.period != MONTHS[m.month].period]


def test_the_months_of_the_sample_are_as_they_were(city):
    for period, digest in SAMPLE.items():
        found = hashlib.sha256()
        for path in sorted((city.out / period).rglob("*.*")):
            found.update(path.relative_to(city.out).as_posix().encode() + path.read_bytes())
        assert found.hexdigest() == digest, period


def test_every_feed_breaks_and_every_kind_occurs():
    broken = [m for m in MISHAPS if not m.is_harmless]
    assert {m.feed for m in broken} == set(FEEDS)
    kinds = Counter(m.kind for m in broken)
    assert set(kinds) == set(BROKEN) and min(kinds.values()) >= 2
    formats = defaultdict(set)
    for m in broken:
        formats[m.kind].add(FEEDS[m.feed].format)
    assert formats["truncated"] == {"csv", "xlsx", "json", "geojson"}
    assert all(len(formats[kind]) >= 2 for kind in BROKEN if kind not in ("column_lost", "duplicated", "wrong_scope"))


def test_every_kind_has_lookalikes():
    harmless = Counter(m.kind for m in MISHAPS if m.is_harmless)
    assert set(harmless) == set(HARMLESS)
    assert set(LOOKALIKES) == set(BROKEN)
    assert all(harmless[kind] >= 1 for kinds in LOOKALIKES.values() for kind in kinds)
    assert all(harmless[kind] >= 2 for kind in set(HARMLESS) - {"unchanged", "missing"})


def test_a_delivery_is_odd_in_one_way():
    assert max(Counter(m.entity for m in MISHAPS).values()) == 1
    assert all(m.until is None or m.until > m.month for m in MISHAPS)


def test_after_the_sample_nearly_all_are_made_good_or_were_in_force_before():
    later = [m for m in MISHAPS if m.month > 1 and not m.is_harmless]
    lost = [m for m in later if m.until is None and m.period == MONTHS[m.month].period]
    assert {m.feed for m in lost} == {"F36"}


def test_the_register_has_every_file_and_every_mishap(city):
    for month in DELIVERED:
        rows = told(city, month.period)
        files = {p.name for p in (city.out / month.period).rglob("*.*")}
        assert set(rows["file"].drop_nulls()) == files
        odd = {(m.feed, m.scope, m.period, m.kind, m.must) for m in MISHAPS if m.month == month.index}
        kept = rows.filter(pl.col("kind").is_not_null() & (pl.col("kind") != "made_good"))
        assert set(kept.select("feed", "scope", "period", "kind", "must").iter_rows()) == odd


def test_a_held_file_comes_once_and_late(city):
    late = shown("late")
    assert late
    for m in late:
        own = told(city, m.period).filter(feed=m.feed, scope=m.scope, period=m.period)
        assert own.is_empty()
        assert m.period in file_of(city, m).name


def test_what_was_sent_twice_is_the_same_to_the_byte(city):
    for m in shown("repeat"):
        first = file_of(city, m, of_period(m.period).index)
        assert file_of(city, m).read_bytes() == first.read_bytes()


def test_a_refused_difference_comes_again_in_full(city):
    """The months of register F13 add up to the same, whether or not one was refused first."""
    (m,) = [m for m in shown("deletion_flood") if m.feed == "F13"]
    broken, good = (table(file_of(city, m, month)) for month in (m.month, m.until))
    stock = table(city.out / "202401" / "F13" / "F13_不动产登记_370600_202401_全量.csv")
    deleted = broken.filter(pl.col("变动类型") == "删除")
    assert 0.5 < deleted.height / stock.height < 0.7
    assert good.height > 0 and broken.tail(good.height).equals(good)


# Kind -> what is seen in the broken file beside the good one of the same delivery.
def _bytes(check: Callable[[bytes, bytes], bool]) -> Callable[[Path, Path], bool]:
    return lambda broken, good: check(broken.read_bytes(), good.read_bytes())


def _headings(check: Callable[[list[str], list[str]], bool]) -> Callable[[Path, Path], bool]:
    return lambda broken, good: check(headings(broken), headings(good))


def _rows(check: Callable[[int, int], bool]) -> Callable[[Path, Path], bool]:
    return lambda broken, good: check(count(broken), count(good))


SEEN: dict[str, Callable[[Path, Path], bool]] = {
    "truncated": _bytes(lambda b, g: g.startswith(b) and 0.5 < len(b) / len(g) < 0.75),
    "empty": _bytes(lambda b, g: b == b"" and g != b""),
    "error_page": _bytes(lambda b, g: b"500" in b or b"502" in b),
    "column_missing": _headings(lambda b, g: len(b) == len(g) - 1 and set(b) < set(g)),
    "column_lost": _headings(lambda b, g: len(b) == len(g) - 1 and set(b) < set(g)),
    "heading_renamed": _headings(lambda b, g: len(b) == len(g) and len(set(g) - set(b)) == 1),
    "column_blank": _headings(lambda b, g: b == g),
    "columns_swapped": _headings(lambda b, g: b == g),
    "garbled": _headings(lambda b, g: b == g),
    "halved": _rows(lambda b, g: 0.4 < b / g < 0.5),
    "multiplied": _rows(lambda b, g: b == 3 * g),
    "duplicated": _rows(lambda b, g: b == round(1.5 * g)),
    "deletion_flood": _rows(lambda b, g: b > 10 * g),
    "other_feed": _headings(lambda b, g: b != g),
    "wrong_scope": _headings(lambda b, g: b == g),
}


@pytest.mark.parametrize("kind", SEEN)
def test_it_shows_in_the_file(city, kind):
    found = shown(kind)
    for m in found:
        good = m.until if m.until is not None else of_period(m.period).index
        broken, right = file_of(city, m), file_of(city, m, good)
        assert broken.name == right.name
        assert broken.read_bytes() != right.read_bytes()
        assert SEEN[kind](broken, right), (m.feed, m.month)
    assert found or kind == "columns_swapped", kind


def table(path: Path) -> pl.DataFrame:
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030")
    return pl.read_csv(io.BytesIO(text.encode()), infer_schema=False)


def headings(path: Path) -> list[str]:
    if path.suffix == ".csv":
        return table(path).columns
    if path.suffix == ".xlsx":
        rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)
        return [f"{a}{b}" for a, b in zip(rows[1], rows[2], strict=True)] if "" in rows[1] else list(rows[1])
    return list(records(path)[0])


def records(path: Path) -> list[dict]:
    answer = json.loads(path.read_text(encoding="utf-8"))
    return answer["data"] if "data" in answer else [f["properties"] for f in answer["features"]]


def count(path: Path) -> int:
    """Rows, and for workbooks what stands above and below them, too: they are not told apart here."""
    if path.suffix == ".csv":
        return table(path).height
    if path.suffix == ".xlsx":
        cells = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
        return sum(sum(cell != "" for cell in row) >= len(row) // 2 for row in cells) - 1
    return len(records(path))
