"""Moving dropped files into landing.

Belongs here: the one way bytes enter the pipeline. Does not belong here: opening them (copying.py), any judgement
of their content.
A delivery appears by a rename, whole or not at all; a killed run leaves the dropped file where it was.
"""

import shutil
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

from pipelines.ingest.landing.copying import ChangingError, NotAFileError, copy
from pipelines.ingest.landing.delivery import (
    DATA,
    RECORD,
    UNRECOGNISED,
    Delivery,
    landed,
    one_at_a_time,
    stored_name,
    to_json,
)
from pipelines.ingest.landing.file_name import read_name
from pipelines.ingest.landing.manifest import declared
from pipelines.kit.contracts import Feed
from pipelines.kit.file_names import safe_name
from pipelines.kit.paths import Paths
from pipelines.kit.quiet import is_hidden, is_marker, is_unfinished
from pipelines.kit.sent_files import remove_sent
from pipelines.kit.whole_files import fresh_folder, publish_folder

SET_SUFFIX = ".pages"
_MOST_TOLD = 20


def land_feed(
    paths: Paths, feed: Feed, as_of: date, settled: Collection[Path] | None = None, after: int = 0
) -> list[Delivery]:
    """Take every file of `drop/{feed}`, and of its folders `*.pages`, into landing, delivered on `as_of`, in order
    of name; of `settled` things only, where those are told. Numbers go on after `after` at least.

    Returns one Delivery a file; bytes landed before about the same scope, period, mode and page give the earlier
    delivery with `is_repeat`. The dropped file is gone afterwards. What is no readable file gets a record without
    bytes and stays where it is. Hidden files, Office lock files and unfinished transfers are left alone.
    """
    with one_at_a_time(paths, feed.code):
        return _landed(paths, feed, as_of, settled, after)


def _landed(
    paths: Paths, feed: Feed, as_of: date, settled: Collection[Path] | None, after: int
) -> list[Delivery]:
    known = {d.said: d for d in landed(paths, feed.code)}
    seq = max((after, *(d.delivery_seq for d in known.values())))
    taken = []
    for source in dropped(paths.drop / feed.code):
        if settled is not None and source not in settled:
            continue
        staging = fresh_folder(paths.landing / ".taking" / feed.code)
        delivery = _take(feed, source, staging, seq + 1, as_of)
        if delivery is None:
            continue
        if (earlier := known.get(delivery.said)) is not None:
            taken.append(replace(earlier, is_repeat=True))
            shutil.rmtree(staging)
        else:
            seq += 1
            delivery = _distinct(paths, delivery)
            _publish(staging, paths, delivery)
            known[delivery.said] = delivery
            taken.append(delivery)
        if delivery.sha256:
            with suppress(OSError):  # what may not be removed is landed, and a repeat the next time
                remove_sent(source)
    for together in _page_sets(paths.drop / feed.code):
        with suppress(OSError):  # not empty: something in it is not ours to take
            together.rmdir()
    return taken


def left_alone(paths: Paths, feed: Feed) -> list[str]:
    """Chinese words about what still lies in `drop/{feed}` after landing: nothing waits there unseen."""
    folder = paths.drop / feed.code
    there = sorted(_entries(folder), key=lambda p: p.name) if folder.is_dir() else []
    said = [f"{feed.code} 收件目录中「{safe_name(p.name)}」仍在原处：{_why(p)}" for p in there]
    more = [f"{feed.code} 收件目录中另有 {len(said) - _MOST_TOLD} 个"] if len(said) > _MOST_TOLD else []
    return said[:_MOST_TOLD] + more


def unclaimed(paths: Paths, codes: Collection[str]) -> list[str]:
    """Chinese words about what lies in `drop/` itself or in a folder of no feed of `codes`: nobody takes it."""
    there = sorted(_entries(paths.drop), key=lambda p: p.name) if paths.drop.is_dir() else []
    said = [
        f"收件目录中「{safe_name(p.name)}」不属于任何数据源，没有收。请放到以数据源代码命名的文件夹"
        for p in there if p.name not in codes or not p.is_dir()
    ]  # fmt: skip
    return said[:_MOST_TOLD]


def _why(path: Path) -> str:
    if is_unfinished(path.name):
        return "文件名表示尚未传完，传完改名后再收"
    if is_marker(path.name):
        return "只有完成标记，没有它所指的文件"
    return "不是可读的文件，或仍在变化，下次再收"


def _take(feed: Feed, source: Path, staging: Path, seq: int, as_of: date) -> Delivery | None:
    """What a dropped thing is; its bytes, where it has some, are in `staging`. None where it is still changing."""
    name, said = safe_name(source.name), declared(source)
    try:
        digest, size = copy(source, staging / stored_name(name))
    except ChangingError:
        return None
    except NotAFileError as why:
        for copied in staging.iterdir():
            copied.unlink()
        delivery = _delivery(feed, name, "", 0, seq, as_of)
        return replace(delivery, kind=why.kind)
    return replace(
        _delivery(feed, name, digest, size, seq, as_of), declared_rows=said.rows, declared_sha256=said.sha256
    )


def _distinct(paths: Paths, delivery: Delivery) -> Delivery:
    """The delivery with an id of its own, where equal bytes about something else came on the same day."""
    if delivery.sha256 and not delivery.folder(paths).exists():
        return delivery
    return replace(delivery, delivery_id=delivery.ids[1])


def dropped(folder: Path) -> list[Path]:
    """What lies in a feed's drop folder to be landed, in order of name: files, and whatever stands in their place."""
    if not folder.is_dir():
        return []
    # A folder of pages came into being by a rename, so it is complete.
    found = [p for p in _entries(folder) if not _is_page_set(p)]
    found += [page for together in _page_sets(folder) for page in together.iterdir()]
    names = (p for p in found if not is_hidden(p.name) and not is_unfinished(p.name) and not is_marker(p.name))
    return sorted(names, key=lambda p: p.name)


def _entries(folder: Path) -> Iterator[Path]:
    return (p for p in folder.iterdir() if not is_hidden(p.name))


def _page_sets(folder: Path) -> list[Path]:
    """Folders of pages; a link to a folder is none, whatever its name: what lies behind it is not ours to take."""
    return [p for p in folder.glob(f"*{SET_SUFFIX}") if _is_page_set(p)]


def _is_page_set(path: Path) -> bool:
    return path.name.endswith(SET_SUFFIX) and path.is_dir() and not path.is_symlink()


def _delivery(feed: Feed, name: str, digest: str, size: int, seq: int, as_of: date) -> Delivery:
    said = read_name(feed, name)
    return Delivery(
        feed=feed.code,
        delivery_id=f"{as_of:%Y%m%d}-{digest[:8]}",
        delivery_seq=seq,
        delivered_on=as_of.isoformat(),
        file_name=name,
        sha256=digest,
        size=size,
        scope=said.scope if said else None,
        period=said.period if said else None,
        mode=said.mode if said else None,
        kind=DATA if said else UNRECOGNISED,
    )


def _publish(staging: Path, paths: Paths, delivery: Delivery) -> None:
    (staging / RECORD).write_text(to_json(delivery.record()), encoding="utf-8")
    publish_folder(staging, delivery.folder(paths))
