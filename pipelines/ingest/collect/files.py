"""Files fetched from where departments put them: settled ones, once, under the name they bear.

Belongs here: which files are this feed's, which are finished, which were taken before. Does not belong here: opening
the place (filesystem.py), their content. Nothing is ever deleted or moved at the source.
"""

import hashlib
import os
import time
from collections.abc import Collection, Mapping
from dataclasses import astuple, dataclass
from datetime import date, datetime
from pathlib import Path, PurePosixPath

from fsspec import AbstractFileSystem

from pipelines.ingest.collect.filesystem import opened
from pipelines.ingest.collect.report import FETCHED, UNCHANGED, Collected
from pipelines.ingest.collect.staging import publish, scratch
from pipelines.ingest.landing import landed
from pipelines.ingest.landing.file_name import read_name
from pipelines.kit.contracts import Feed
from pipelines.kit.contracts.model import Source
from pipelines.kit.file_names import safe_name
from pipelines.kit.incidents import is_ours
from pipelines.kit.paths import Paths
from pipelines.kit.quiet import MARKERS, is_hidden, is_marker, is_unfinished, quiet_seconds

DEPTH = 3
_MOST_NOTICES = 20


@dataclass(frozen=True)
class Found:
    """A file at the source, or (`is_file` False) a link, pipe or socket; `changed` in whole seconds since 1970."""

    path: str
    size: int
    changed: int
    is_file: bool = True

    @property
    def name(self) -> str:
        """What it is called here."""
        return safe_name(PurePosixPath(self.path).name)


def take_files(paths: Paths, feed: Feed, source: Source, as_of: date, feeds: Collection[Feed]) -> Collected:
    """Copy the feed's files that are finished and were not taken before into its drop folder. Raises SourceError.

    Finished is what has a marker (`name.ok`, `name.done`) or did not change for a while (kit.quiet). Taken before
    is what landed under the same name with the same size and time; anything else is copied, and let go when its bytes
    are known. Names that no contract of `feeds` knows become notices of the first feed that looks into the place.
    """
    with scratch(paths, feed) as folder, opened(source) as (fs, place):
        there = listing(fs, place, source)
        old = _taken(paths, feed)
        ours = [f for f in there.values() if read_name(feed, f.name)]
        new = [f for f in ours if f.is_file and (f.name, f.size, f.changed) not in old]
        finished = _finished(new, there, fs, place, source)
        taken, failed = _take_all(paths, feed, fs, finished, folder)
    failed += [f"{feed.code} 「{f.name}」是链接或管道，不是文件，未收取" for f in ours if not f.is_file]
    notices = [*_strangers(feed, source, there, feeds), *_waiting(feed, new, finished), *failed[:_MOST_NOTICES]]
    said = f"{source.place} 有本数据源文件 {len(old & _facts(there))} 个已收、{len(taken)} 个新收"
    return Collected(feed.code, source.kind, FETCHED if taken else UNCHANGED, said, taken, notices=tuple(notices))


def fingerprint(feed: Feed, source: Source) -> str:
    """What tells one state of the feed's files at a source from another, without reading them: 16 hexadecimal
    digits, '' where there are none. Raises SourceError."""
    with opened(source) as (fs, place):
        there = sorted(_facts({p: f for p, f in listing(fs, place, source).items() if read_name(feed, f.name)}))
    return hashlib.sha256(repr(there).encode()).hexdigest()[:16] if there else ""


def listing(fs: AbstractFileSystem, place: str, source: Source) -> dict[str, Found]:
    """Files at a place and up to DEPTH folders down, by path. Raises OSError when there is no such place."""
    try:
        fs.ls(place)
    except FileNotFoundError:
        if source.kind == "s3" and fs.exists(place.partition("/")[0]):
            return {}  # a prefix exists as long as something is in it
        raise
    found = fs.find(place, maxdepth=DEPTH, detail=True)
    return {
        path: Found(path, facts["size"], _seconds(facts["mtime"]), _is_file(facts))
        for path, facts in sorted(found.items())
        if facts["type"] != "directory" and _is_visible(PurePosixPath(path).name)
    }


def _seconds(moment: datetime | float) -> int:
    return int(moment.timestamp() if isinstance(moment, datetime) else moment)


def _is_visible(name: str) -> bool:
    return not is_hidden(name) and not is_unfinished(name)


def _is_file(facts: Mapping) -> bool:
    return facts["type"] == "file" and not facts.get("islink")


def _taken(paths: Paths, feed: Feed) -> set[tuple[str, int, int]]:
    """Name, size and time of what has landed or waits to: landing keeps a file's time as it found it."""
    waiting = (paths.drop / feed.code).glob("*")
    files = [*(d.file(paths) for d in landed(paths, feed.code)), *waiting]
    return {(f.name, f.stat().st_size, int(f.stat().st_mtime)) for f in files if f.is_file()}


def _facts(there: Mapping[str, Found]) -> set[tuple[str, int, int]]:
    return {(f.name, f.size, f.changed) for f in there.values()}


def _finished(
    new: list[Found], there: Mapping[str, Found], fs: AbstractFileSystem, place: str, source: Source
) -> list[Found]:
    marks = {path[: -len(m)] for path in there for m in MARKERS if path.lower().endswith(m)}
    marked = [f for f in new if f.path in marks]
    if len(marked) == len(new):
        return marked
    time.sleep(quiet_seconds())
    later = listing(fs, place, source)
    return [f for f in new if f in marked or later.get(f.path) == f]


def _take_all(
    paths: Paths, feed: Feed, fs: AbstractFileSystem, finished: list[Found], folder: Path
) -> tuple[tuple[str, ...], list[str]]:
    """Names that were taken, and words about files that could not be read; one that cannot stops no other."""
    taken, failed, first = [], [], None
    for found in finished:
        try:
            if _take(paths, feed, fs, found, folder):
                taken.append(found.name)
        except OSError as error:
            if is_ours(error):
                raise
            first = first or error
            failed.append(f"{feed.code} 文件「{found.name}」读不了（{type(error).__name__}），未收取，请部门检查其权限")
    if first and len(failed) == len(finished):
        raise first  # not a file is at fault, but the place
    return tuple(taken), failed


def _take(paths: Paths, feed: Feed, fs: AbstractFileSystem, found: Found, folder: Path) -> bool:
    """Copy one file; False when its bytes landed before about the same, or when it changed while it was copied: then
    it is for the next time."""
    said = read_name(feed, found.name)
    known = {d.sha256 for d in landed(paths, feed.code) if (d.scope, d.period, d.mode) == astuple(said)}
    copy = folder / found.name
    fs.get_file(found.path, str(copy))
    now = fs.info(found.path)
    if (now["size"], _seconds(now["mtime"]), copy.stat().st_size) != (found.size, found.changed, found.size):
        return False
    with copy.open("rb") as reader:
        if hashlib.file_digest(reader, "sha256").hexdigest() in known:
            return False
    os.utime(copy, (found.changed, found.changed))
    publish(paths, feed, copy, found.name)
    return True


def _waiting(feed: Feed, new: list[Found], finished: list[Found]) -> list[str]:
    return [f"{feed.code} 文件「{f.name}」还在变化，下次再收" for f in new if f not in finished][:_MOST_NOTICES]


def _strangers(feed: Feed, source: Source, there: Mapping[str, Found], feeds: Collection[Feed]) -> list[str]:
    """Files that are nobody's."""
    lookers = [f.code for f in feeds if any(_is_same_place(s, source) for s in f.sources)]
    if lookers and feed.code != min(lookers):
        return []
    names = [f.name for f in there.values() if not is_marker(f.name)]
    unknown = [n for n in names if not any(read_name(f, n) for f in [feed, *feeds])]
    where = f"{source.connection} 的 {source.place}"
    said = [f"{where} 中「{n}」不符合任何数据源的文件名规则，未收取，仍在原处" for n in unknown]
    more = [f"…… 另有 {len(said) - _MOST_NOTICES} 个不认识的文件"] if len(said) > _MOST_NOTICES else []
    return said[:_MOST_NOTICES] + more


def _is_same_place(one: Source, other: Source) -> bool:
    return (one.kind, one.connection, one.place) == (other.kind, other.connection, other.place)
