"""Records of landing that were damaged, made anew from what they describe.

Belongs here: this. Does not belong here: bytes that were changed (pipelines.bronze refuses them).
A record of zero length, as a power cut leaves it, or of anything but its fields. The name and the bytes say the rest
again; the number comes from bronze's copy of the record where there is one, else it is one of those that are missing.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from pipelines.contracts import Feed
from pipelines.landing.delivery import DATA, RECORD, UNRECOGNISED, Delivery, landed, read_record, to_json
from pipelines.landing.file_name import read_name
from pipelines.paths import Paths
from pipelines.whole_files import write_whole


def mend_records(paths: Paths, feed: Feed) -> list[str]:
    """Write damaged records of a feed anew; a Chinese sentence about each, with its path."""
    damaged = [f for f in sorted((paths.landing / feed.code).glob("*")) if f.is_dir() and not _is_sound(f)]
    free = _free_numbers(paths, feed) if damaged else iter(())
    return [_mended(paths, feed, folder, free) for folder in damaged]


def _is_sound(folder: Path) -> bool:
    return (folder / RECORD).is_file() and read_record(folder / RECORD) is not None


def _mended(paths: Paths, feed: Feed, folder: Path, free: Iterator[int]) -> str:
    record = folder / RECORD
    told = f"{feed.code} 的记录 {record.relative_to(paths.root)} 已损坏"
    delivery = _from_bronze(paths, folder) or _from_bytes(feed, folder, free)
    if delivery is None:
        return f"{told}，旁边也没有唯一的原件，无法重建；请从备份恢复该文件夹，或请部门重新交付"
    write_whole(record, to_json(delivery.record()))
    return f"{told}，已按原件重建"


def _from_bronze(paths: Paths, folder: Path) -> Delivery | None:
    """Bronze repeats every field of the record."""
    copy = paths.bronze / folder.parent.name / folder.name / RECORD
    try:
        told = json.loads(copy.read_bytes())
        return Delivery(**{name: told[name] for name in Delivery.stored_fields() if name in told})
    except (OSError, ValueError, TypeError):
        return None


def _from_bytes(feed: Feed, folder: Path, free: Iterator[int]) -> Delivery | None:
    files = [f for f in folder.iterdir() if f.name != RECORD]
    if len(files) != 1:
        return None
    (file,) = files
    said = read_name(feed, file.name)
    with file.open("rb") as reader:
        digest = hashlib.file_digest(reader, "sha256").hexdigest()
    return Delivery(
        feed=feed.code, delivery_id=folder.name, delivery_seq=next(free),
        delivered_on=date.fromisoformat(folder.name[:8]).isoformat(),
        file_name=file.name.removeprefix("_") if file.name == f"_{RECORD}" else file.name,
        sha256=digest, size=file.stat().st_size,
        scope=said.scope if said else None, period=said.period if said else None, mode=said.mode if said else None,
        kind=DATA if said else UNRECOGNISED,
    )  # fmt: skip


def _free_numbers(paths: Paths, feed: Feed) -> Iterator[int]:
    """Numbers no delivery has, lowest first."""
    taken = {d.delivery_seq for d in landed(paths, feed.code)}
    number = 1
    while True:
        if number not in taken:
            yield number
        number += 1
