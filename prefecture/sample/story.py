"""The story of `make run`: two business dates with the townships' answers in between.

Belongs here: the order of the sample's steps, and telling when a repeated run changed nothing. What the
departments and townships do happens in processes of their own, beside whatever this one can already prepare.
"""

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import date

from pipelines.judge.ledger.content import content_hash
from pipelines.judge.ledger.decisions import issued_turns
from pipelines.kit.contracts import load_contracts
from pipelines.kit.lake import connect
from pipelines.kit.models import manifest_file
from pipelines.kit.paths import Paths
from pipelines.kit.terminal import Screen
from pipelines.kit.workers import pool
from prefecture.feeds import FEEDS
from prefecture.generate import Summary, generate
from prefecture.sample.summary import print_summary
from prefecture.townships import PlayReport, play

TURNS = (date(2024, 1, 31), date(2024, 2, 29))
CONTENT = ("staging", "linkage", "unified", "verify", "returns", "packs", "published", "ledger")

Launch = Callable[[Paths, date], bool]


def tell(paths: Paths, launch: Launch, warm_up: Callable[[], None], scale: float) -> int:
    """Play the whole sample on `paths`; returns a process exit code (0 = every turn succeeded)."""
    started = time.monotonic()
    before = _content(paths)
    first, last = TURNS
    feeds = tuple(code for code in load_contracts() if code in FEEDS)  # the map of F23 comes with F23
    with pool(2) as outside:
        parsed = outside.submit(manifest_file)
        is_out = first in issued_turns(paths)
        files = None if is_out else outside.submit(generate, paths, first, scale=scale, feeds=feeds)
        with _moving("getting ready"):
            warm_up()
            parsed.result()
        if files is None:
            print(f"== {first}: return sets were issued before; not run again", flush=True)
        elif not _turn(paths, launch, first, files):
            return 1
        answers = outside.submit(play, paths, first)
        files = outside.submit(generate, paths, last, scale=scale, feeds=feeds)
        _say_answers(answers)
        if not _turn(paths, launch, last, files):
            return 1
    print_summary(paths, last)
    print(f"\n{_changes(before, _content(paths))}  ({time.monotonic() - started:.0f} s)")
    return 0


def _turn(paths: Paths, launch: Launch, day: date, files: Future[Summary]) -> bool:
    with _moving(f"departments write their files of {day:%Y-%m}"):
        delivered = files.result()
    print(f"== {day}: departments deliver {delivered.files} files, {delivered.rows:,} rows", flush=True)
    print(f"== {day}: collect, unify, verify, return", flush=True)
    if launch(paths, day):
        return True
    print(f"The turn of {day} failed. Look at the run in the UI (make ui), then run again; nothing is lost.")
    return False


def _say_answers(answers: Future[PlayReport]) -> None:
    with _moving("townships fill in their workbooks"):
        report = answers.result()
    print(f"== townships answer\n  {report}", flush=True)


@contextmanager
def _moving(what: str) -> Iterator[None]:
    with Screen(sys.stdout) as screen:
        screen.doing(what)
        yield


def _content(paths: Paths) -> Mapping[str, str]:
    if not paths.lake_catalog.exists():
        return {}
    with connect(paths) as con:
        return content_hash(con, CONTENT)


def _changes(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """One sentence about what this run changed in the lake, by content hash of every table."""
    if not before:
        return f"First run: {len(after)} tables built. Run again: nothing will change."
    changed = sorted(t for t in after if before.get(t) != after[t])
    if not changed:
        return f"Nothing changed: all {len(after)} tables have the same content as before."
    return f"Changed since the last run: {', '.join(changed)}"
