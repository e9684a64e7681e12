"""What was damaged in bronze is taken out, and made anew from landing.

Belongs here: telling damage. Does not belong here: reading deliveries (ingest.py), records of landing
(landing/mend.py).
"""

import shutil
from pathlib import Path

from pipelines.bronze.result import read_record
from pipelines.bronze.store import EMPTY, QUARANTINE_FILE, ROWS_FILE
from pipelines.contracts import Feed
from pipelines.landing import landed
from pipelines.landing.delivery import RECORD
from pipelines.paths import Paths

_MAGIC = b"PAR1"
_DAMAGED = ".damaged"
_SHOWN = 3


def mend_bronze(paths: Paths, feed: Feed) -> list[str]:
    """Take damaged deliveries of a feed out of bronze, with what a release made of them; a Chinese sentence about each.

    What is in landing is read anew by the next ingest. What is not is kept outside every glob.
    """
    root = paths.bronze / feed.code
    damaged = [f for f in sorted(root.glob("*")) if f.is_dir() and not _is_whole(f)]
    originals, told = {d.delivery_id for d in landed(paths, feed.code)}, []
    for folder in damaged:
        delivery_id = folder.name.partition("_")[0]
        if folder.name == EMPTY or delivery_id in originals:
            for made in root.glob(f"{delivery_id}*" if delivery_id else EMPTY):
                shutil.rmtree(made)
            next_step = "已按 landing 重建"
        else:
            _set_aside(paths, folder)
            next_step = "landing 中也没有原件，未采用；请从备份恢复，或请部门重新交付"
        told.append(f"{feed.code} 的 {folder.relative_to(paths.root)} 已损坏，{next_step}")
    return told


def lost_originals(paths: Paths, feed: Feed, known: set[str]) -> list[str]:
    """A Chinese sentence where bronze has deliveries (`known`, by id) that landing has no more."""
    lost = sorted(known - {d.delivery_id for d in landed(paths, feed.code)})
    if not lost:
        return []
    shown = "、".join(lost[:_SHOWN]) + (" 等" if len(lost) > _SHOWN else "")
    told = f"{feed.code} 有 {len(lost)} 次交付在 landing 中没有原件（{shown}）"
    return [f"{told}，暂用已入库的数据；请从备份恢复 landing"]


def _is_whole(folder: Path) -> bool:
    if folder.name == EMPTY:
        return all(_is_parquet(file) for file in folder.iterdir())
    record = folder / RECORD
    files = {folder / ROWS_FILE, folder / QUARANTINE_FILE, *folder.glob("*.parquet")}
    return record.is_file() and read_record(record) is not None and all(map(_is_parquet, files))


def _is_parquet(file: Path) -> bool:
    """Whether it begins and ends as such a file does; one that was cut off, or never written out, does not."""
    try:
        with file.open("rb") as reader:
            begins = reader.read(len(_MAGIC))
            reader.seek(-len(_MAGIC), 2)
            return begins == reader.read() == _MAGIC
    except OSError:
        return False


def _set_aside(paths: Paths, folder: Path) -> None:
    target = paths.bronze / _DAMAGED / folder.parent.name / folder.name
    shutil.rmtree(target, ignore_errors=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    folder.rename(target)
