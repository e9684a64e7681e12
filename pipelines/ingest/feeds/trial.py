"""A file tried before it is sent: what would become of it, and nothing comes of it.

Belongs here: a throw-away data folder that sees what stands (deliveries and their outcomes) and takes one file more.
Does not belong here: any judgement (the intake's own functions make it), words for people (trial_words.py).
"""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.ingest.bronze import DeliveryResult, ingest_feed, results
from pipelines.ingest.bronze.store import QUARANTINE_FILE, ROWS_FILE
from pipelines.ingest.bronze.withdrawals import WITHDRAWALS
from pipelines.ingest.deliveries import known_deliveries
from pipelines.ingest.deliveries.standing import WAITING
from pipelines.ingest.formats import kinds
from pipelines.ingest.landing import land_feed, left_alone
from pipelines.ingest.landing.delivery import RECORD
from pipelines.ingest.landing.file_name import read_name
from pipelines.ingest.values.schema import LINEAGE
from pipelines.ingest.values.table import UnreadableError
from pipelines.kit.contracts import Feed
from pipelines.kit.paths import Paths

# Why rows are in quarantine is told of so many; the rest is counted.
MOST_REASONS = 20


@dataclass(frozen=True)
class Trial:
    """What the intake would say. `kind` is one of kinds.NAMES, None for no kind it knows; `rows` hold the first rows by
    column of the contract. `reasons` are the first of `faulty` quarantine entries (sheet, row, column, code, message)
    that have a reason of their own; the others go with their file. `strange`: column -> value outside its code list ->
    rows; these come in."""

    result: DeliveryResult
    kind: str | None
    rows: list[dict]
    reasons: list[dict]
    faulty: int
    codes: tuple[str, ...]
    strange: dict[str, dict[str, int]]


class LeftAloneError(ValueError):
    """The intake would not take the file up (its name says that it is still under way); the message is Chinese."""


def feed_of(name: str, feeds: Mapping[str, Feed]) -> Feed | None:
    """The feed whose contract knows the name of a file, else whose code it begins with, else whose title it holds."""
    known = [feed for feed in feeds.values() if read_name(feed, name)]
    begun = [feed for code, feed in feeds.items() if name.upper().startswith(f"{code}_")]
    titled = sorted((f for f in feeds.values() if f.title in name), key=lambda feed: len(feed.title), reverse=True)
    return next(iter(known + begun + titled), None)


def attempt(paths: Paths, feed: Feed, file: Path, as_of: date, rows: int) -> Trial:
    """Take `file` in as if it had been dropped for `feed` on `as_of`; nothing below `paths` is written.

    Raises OSError when the file cannot be read, LeftAloneError when nobody would.
    """
    with _beside(paths, feed) as trial:
        folder = trial.drop / feed.code
        folder.mkdir(parents=True)
        shutil.copy2(file, folder / file.name)
        kind = _kind(folder / file.name)
        delivery = next(iter(land_feed(trial, feed, as_of)), None)
        if delivery is None:
            raise LeftAloneError("".join(left_alone(trial, feed)) or f"「{file.name}」不是要收的文件")
        ingest_feed(trial, feed, as_of)
        result = next(r for r in results(trial, feed.code) if r.delivery_id == delivery.delivery_id)
        result = _with_standing(trial, feed, result, as_of)
        taken = trial.bronze / feed.code / result.folder
        entries = pl.read_parquet(taken / QUARANTINE_FILE)
        own = entries.filter(pl.col("code").ne_missing(pl.lit(result.breaker_code)))
        return Trial(
            result=result,
            kind=kind,
            rows=pl.read_parquet(taken / ROWS_FILE, n_rows=rows).drop(LINEAGE).to_dicts(),
            reasons=own.select("sheet", "row", "column", "code", "message").head(MOST_REASONS).to_dicts(),
            faulty=own.height,
            codes=_codes(result, entries),
            strange=_strange(taken / ROWS_FILE, feed),
        )


@contextmanager
def _beside(paths: Paths, feed: Feed) -> Iterator[Paths]:
    """A data folder of its own that shows by links the feed's deliveries, their outcomes and what was withdrawn; gone
    on leaving."""
    with tempfile.TemporaryDirectory(prefix="zhenjie-inspect-") as root:
        trial = Paths(Path(root))
        for there, here in ((paths.landing, trial.landing), (paths.bronze, trial.bronze)):
            (here / feed.code).mkdir(parents=True)
            for record in (there / feed.code).glob(f"*/{RECORD}"):
                (here / feed.code / record.parent.name).symlink_to(record.parent, target_is_directory=True)
        if (gone := paths.decisions / WITHDRAWALS.folder).is_dir():
            trial.decisions.mkdir()
            (trial.decisions / WITHDRAWALS.folder).symlink_to(gone, target_is_directory=True)
        yield trial


def _with_standing(trial: Paths, feed: Feed, result: DeliveryResult, as_of: date) -> DeliveryResult:
    """Told also of the other pages it waits for."""
    standings = (s for s in known_deliveries(trial, feed, as_of) if s.delivery_id == result.delivery_id)
    waits = next((s.note for s in standings if s.state == WAITING), None)
    if waits is None:
        return result
    return replace(result, notices=(*result.notices, waits), notice_codes=(*result.notice_codes, "N_WAITING"))


def _kind(file: Path) -> str | None:
    with suppress(UnreadableError):
        return kinds.kind_of(file)
    return None


def _codes(result: DeliveryResult, entries: pl.DataFrame) -> tuple[str, ...]:
    """The delivery's reason first, then those of rows, then notices; each once."""
    found = [result.breaker_code, *entries["code"].unique(maintain_order=True), *result.notice_codes]
    return tuple(dict.fromkeys(code for code in found if code))


def _strange(rows: Path, feed: Feed) -> dict[str, dict[str, int]]:
    """As the structure check asks of what is in bronze; the most frequent values first."""
    found = {}
    for column in (c for c in feed.columns if c.code_list):
        values = pl.scan_parquet(rows).select(pl.col(column.name).cast(pl.String)).drop_nulls()
        counted = values.filter(~pl.col(column.name).is_in(column.code_list)).group_by(column.name).len().collect()
        found[column.name] = dict(counted.sort("len", column.name, descending=[True, False]).iter_rows())
    return {name: values for name, values in found.items() if values}
