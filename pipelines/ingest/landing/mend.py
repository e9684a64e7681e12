"""Records of landing that were damaged, made anew from what they describe.

Belongs here: this. Does not belong here: bytes that were changed (pipelines.ingest.bronze refuses them).
A record of zero length, as a power cut leaves it, or of anything but its fields; a folder in its place. Bronze's copy
of the record says it again; without one the name and the bytes do, and the number is one of those that are missing.
Bytes that are not those its folder is named after give no record. What is no delivery is named and left alone.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

from pipelines.ingest.landing.delivery import DATA, RECORD, UNRECOGNISED, Delivery, landed, read_record, to_json
from pipelines.ingest.landing.file_name import read_name
from pipelines.kit.contracts import Feed
from pipelines.kit.file_names import safe_name
from pipelines.kit.paths import Paths
from pipelines.kit.quiet import is_hidden
from pipelines.kit.whole_files import write_whole

_ID = re.compile(r"\d{8}-[0-9a-f]{8}")


def mend_records(paths: Paths, feed: Feed) -> list[str]:
    """Write damaged records of a feed anew; a Chinese sentence about each, with its path."""
    there = [p for p in sorted((paths.landing / feed.code).glob("*")) if not is_hidden(p.name)]
    damaged = [p for p in there if _day(p) and read_record(p / RECORD) is None]
    free = _free_numbers(paths, feed) if damaged else iter(())
    return [_mended(paths, feed, p, free) for p in damaged] + [_strange(paths, p) for p in there if not _day(p)]


def _day(place: Path) -> date | None:
    """When what lies there was delivered, None where it is no folder of a delivery."""
    with suppress(ValueError):
        return date.fromisoformat(place.name[:8]) if _ID.fullmatch(place.name) and place.is_dir() else None
    return None


def _strange(paths: Paths, place: Path) -> str:
    where = place.parent.relative_to(paths.root)
    return f"{where} 中的「{safe_name(place.name)}」不是交付的文件夹，没有采用；请移走，要交付的文件请放收件目录"


def _mended(paths: Paths, feed: Feed, folder: Path, free: Iterator[int]) -> str:
    record = folder / RECORD
    told = f"{feed.code} 的记录 {record.relative_to(paths.root)} 已损坏"
    source, delivery = "入库时的副本", _from_bronze(paths, folder)
    if delivery is None:
        source, delivery = "原件（到达次序按缺号推定，随件声明已失去）", _from_bytes(feed, folder, free)
    if delivery is None:
        return f"{told}，旁边也没有与编号相符的唯一原件，无法重建；请从备份恢复该文件夹，或请部门重新交付"
    write_whole(record, to_json(delivery.record()))
    return f"{told}，已按{source}重建"


def _from_bronze(paths: Paths, folder: Path) -> Delivery | None:
    """Bronze repeats every field of the record."""
    return read_record(paths.bronze / folder.parent.name / folder.name / RECORD)


def _from_bytes(feed: Feed, folder: Path, free: Iterator[int]) -> Delivery | None:
    files = [f for f in folder.iterdir() if f.name != RECORD and not is_hidden(f.name)]
    if len(files) != 1 or not files[0].is_file():
        return None
    (file,) = files
    said = read_name(feed, file.name)
    with file.open("rb") as reader:
        digest = hashlib.file_digest(reader, "sha256").hexdigest()
    made = Delivery(
        feed=feed.code, delivery_id=folder.name, delivery_seq=0, delivered_on=_day(folder).isoformat(),
        file_name=file.name.removeprefix("_") if file.name == f"_{RECORD}" else file.name,
        sha256=digest, size=file.stat().st_size,
        scope=said.scope if said else None, period=said.period if said else None, mode=said.mode if said else None,
        kind=DATA if said else UNRECOGNISED,
    )  # fmt: skip
    return replace(made, delivery_seq=next(free)) if folder.name in made.ids else None


def _free_numbers(paths: Paths, feed: Feed) -> Iterator[int]:
    """Numbers no delivery has, lowest first."""
    taken = {d.delivery_seq for d in landed(paths, feed.code)}
    number = 1
    while True:
        if number not in taken:
            yield number
        number += 1
