"""What was damaged in bronze is taken out, and made anew from landing.

Belongs here: telling damage: of records, of names, of the bytes of every Parquet file. Does not belong here: reading
deliveries (ingest.py), records of landing (landing/mend.py).
"""

import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import polars as pl

from pipelines.ingest.bronze.result import read_record
from pipelines.ingest.bronze.store import EMPTY, QUARANTINE_FILE, ROWS_FILE, digests
from pipelines.ingest.landing import landed
from pipelines.ingest.landing.delivery import RECORD, to_json
from pipelines.kit.contracts import Feed
from pipelines.kit.incidents import is_ours
from pipelines.kit.paths import Paths
from pipelines.kit.whole_files import write_whole

_DAMAGED = ".damaged"
_SHOWN = 3


def mend_bronze(paths: Paths, feed: Feed) -> list[str]:
    """Take damaged deliveries of a feed out of bronze, with what a release made of them; a Chinese sentence about each.

    What is in landing is read anew by the next ingest. What is not is kept outside every glob.
    """
    root = paths.bronze / feed.code
    damaged = [f for f in sorted(root.glob("*")) if not _is_whole(f)]
    originals, told = {d.delivery_id for d in landed(paths, feed.code)}, []
    for folder in damaged:
        delivery_id = folder.name.partition("_")[0]
        if folder.name == EMPTY or delivery_id in originals:
            for made in root.glob(f"{delivery_id}*" if delivery_id else EMPTY):
                shutil.rmtree(made) if made.is_dir() and not made.is_symlink() else made.unlink()
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
    try:
        return _is_readable(folder.iterdir()) if folder.name == EMPTY else _is_as_written(folder)
    except OSError as error:
        if is_ours(error):
            raise
        return False


def _is_readable(files: Iterable[Path]) -> bool:
    """Whether each can be opened: nothing else says what was in it."""
    try:
        return all(pl.read_parquet_schema(file) for file in files)
    except pl.exceptions.PolarsError:
        return False


def _is_as_written(folder: Path) -> bool:
    """Whether the record is sound, and each Parquet file has the digest it tells. A record of before there were
    digests is completed."""
    said = read_record(folder / RECORD)
    found = digests(folder) if said else {}
    if not {ROWS_FILE, QUARANTINE_FILE} <= found.keys():
        return False
    if not said.digests and _is_readable(map(folder.joinpath, found)):
        write_whole(folder / RECORD, to_json(replace(said, digests=found).record()))
        return True
    return said.digests == found


def _set_aside(paths: Paths, folder: Path) -> None:
    target = paths.bronze / _DAMAGED / folder.parent.name / folder.name
    shutil.rmtree(target, ignore_errors=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    folder.rename(target)
