"""The story of `make run`: two business dates with the townships' answers in between.

Belongs here: the order of the sample's steps, and telling when a repeated run changed nothing.
"""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date

from pipelines.lake import connect
from pipelines.ledger.content import content_hash
from pipelines.ledger.decisions import issued_turns
from pipelines.models import prepare_manifest
from pipelines.paths import Paths
from pipelines.prefecture.generate import generate
from pipelines.prefecture.townships import play
from pipelines.sample.summary import print_summary

TURNS = (date(2024, 1, 31), date(2024, 2, 29))
CONTENT = ("staging", "linkage", "unified", "verify", "returns", "published", "ledger")

Launch = Callable[[Paths, date], bool]


def tell(paths: Paths, launch: Launch, scale: float) -> int:
    """Play the whole sample on `paths`; returns a process exit code (0 = every turn succeeded)."""
    started = time.monotonic()
    before = _content(paths)
    first, last = TURNS
    for day in TURNS:
        if day != last and day in issued_turns(paths):
            print(f"\n== {day}: return sets were issued before; not run again", flush=True)
        else:
            print(f"\n== {day}: departments deliver", flush=True)
            with ThreadPoolExecutor(1) as beside:  # dbt parses in a process of its own
                parsed = beside.submit(prepare_manifest, paths)
                files = generate(paths, day, scale=scale)
                parsed.result()
            print(f"  {files.files} files, {files.rows:,} rows in {paths.drop}", flush=True)
            print(f"== {day}: collect, unify, verify, return", flush=True)
            if not launch(paths, day):
                print(f"The turn of {day} failed. Open the UI (make ui) and look at the run; then run again.")
                return 1
        if day == first:
            print("== townships answer", flush=True)
            print(f"  {play(paths, day)}", flush=True)
    print_summary(paths, last)
    print(f"\n{_changes(before, _content(paths))}  ({time.monotonic() - started:.0f} s)")
    return 0


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
