"""Moving dropped files into landing.

Belongs here: the one way bytes enter the pipeline. Does not belong here: any judgement of their content.
A delivery appears by a rename, whole or not at all; a killed run leaves the dropped file where it was.
"""

import hashlib
import os
import shutil
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

from pipelines.contracts import Feed
from pipelines.landing.delivery import DATA, RECORD, UNRECOGNISED, Delivery, landed, to_json
from pipelines.landing.file_name import page_number, read_name
from pipelines.paths import Paths

_CHUNK = 1 << 20
SET_SUFFIX = ".pages"
_IGNORED_PREFIXES = (".", "~$")
_IGNORED_SUFFIXES = (".part", ".tmp")


def land_feed(paths: Paths, feed: Feed, as_of: date) -> list[Delivery]:
    """Take every file of `drop/{feed}`, and of its folders `*.pages`, into landing, delivered on `as_of`, in order
    of name.

    Returns one Delivery a file; bytes landed before about the same scope, period, mode and page give the earlier
    delivery with `is_repeat`. The dropped file is gone afterwards. Hidden files, Office lock files and unfinished
    transfers are left alone.
    """
    known = {_said(d): d for d in landed(paths, feed.code)}
    seq = max((d.delivery_seq for d in known.values()), default=0)
    taken = []
    for source in dropped(paths.drop / feed.code):
        staging = _fresh(paths.landing / ".taking" / feed.code)
        digest, size = _copy(source, staging / source.name)
        delivery = _delivery(feed, source.name, digest, size, seq + 1, as_of)
        if (earlier := known.get(_said(delivery))) is not None:
            taken.append(replace(earlier, is_repeat=True))
            shutil.rmtree(staging)
        else:
            seq += 1
            delivery = _distinct(paths, delivery)
            _publish(staging, paths, delivery)
            known[_said(delivery)] = delivery
            taken.append(delivery)
        source.unlink()
    for together in (paths.drop / feed.code).glob(f"*{SET_SUFFIX}"):
        with suppress(OSError):  # not empty: something in it is not ours to take
            together.rmdir()
    return taken


def _said(delivery: Delivery) -> tuple:
    """What makes two files one: an empty delta of March is not the empty delta of February again."""
    page = page_number(delivery.file_name)
    return delivery.sha256, delivery.scope, delivery.period, delivery.mode, page


def _distinct(paths: Paths, delivery: Delivery) -> Delivery:
    """The delivery with an id of its own, where equal bytes about something else came on the same day."""
    if not delivery.folder(paths).exists():
        return delivery
    digest = hashlib.sha256(f"{delivery.sha256}|{_said(delivery)[1:]}".encode()).hexdigest()
    return replace(delivery, delivery_id=f"{delivery.delivery_id[:9]}{digest[:8]}")


def dropped(folder: Path) -> list[Path]:
    """Files of a feed's drop folder that landing takes, in order of name."""
    if not folder.is_dir():
        return []
    # A folder of pages came into being by a rename, so it is complete.
    found = [*folder.iterdir(), *folder.glob(f"*{SET_SUFFIX}/*")]
    files = [p for p in found if p.is_file() and not p.is_symlink()]
    return sorted(
        (p for p in files if not p.name.startswith(_IGNORED_PREFIXES) and p.suffix not in _IGNORED_SUFFIXES),
        key=lambda p: p.name,
    )


def _fresh(folder: Path) -> Path:
    """An empty folder; what a killed run left in it is a copy, so it may go."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _copy(source: Path, target: Path) -> tuple[str, int]:
    """Copy to disk for good, with the time it bears. Returns the SHA-256 in hexadecimal and the number of bytes."""
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as reader, target.open("wb") as writer:
        while chunk := reader.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            writer.write(chunk)
        writer.flush()
        os.fsync(writer.fileno())
    changed = source.stat().st_mtime_ns  # by name, size and time a collector knows what need not be fetched again
    os.utime(target, ns=(changed, changed))
    target.chmod(0o400)
    return digest.hexdigest(), size


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
    target = delivery.folder(paths)
    target.parent.mkdir(parents=True, exist_ok=True)
    staging.rename(target)
