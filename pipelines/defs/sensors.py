"""Sensors: what starts a run because something arrived.

Belongs here: watching the inbox and the drop folders. Does not belong here: reading what arrived.
"""

import hashlib
import json
import math
import os
import stat
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

import dagster as dg

from pipelines.defs.collect import COLLECT, asked_for
from pipelines.defs.partitions import calendar, for_dates, offer
from pipelines.defs.receipts import receipts_job
from pipelines.defs.resources import Lakehouse
from pipelines.give.inbox.intake import unanswered
from pipelines.give.inbox.receive import received
from pipelines.ingest.collect import FILE_KINDS, SourceError, fingerprint
from pipelines.ingest.landing import dropped
from pipelines.kit import city_time
from pipelines.kit.cadence import cadence
from pipelines.kit.contracts import Feed
from pipelines.kit.decision_files import first_open_day
from pipelines.kit.paths import Paths
from pipelines.kit.quiet import marker, quiet_seconds
from pipelines.kit.sent_files import sent

# Seconds after which files that still wait start another run: the one they started has failed or was killed.
_AGAIN = 600


def next_business_date(paths: Paths, today: date) -> date:
    """The date what comes now counts for: today, or the day after the last issued turn if that is later."""
    return max(today, first_open_day(paths) or today)


def waiting_files(folder: Path, now: float) -> list[Path]:
    """Files in a drop folder that are finished, or have not changed for a few seconds, sorted."""
    if not folder.exists():
        return []
    return sorted(p for p in sent(folder) if is_settled(p, now))


def is_settled(file: Path, now: float) -> bool:
    """Whether a file may be taken at once; others are left for the next tick."""
    try:
        found = file.lstat()
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) and (now - found.st_mtime >= quiet_seconds() or marker(file) is not None)


def batch_key(files: list[Path]) -> str:
    """One hash over the waiting files, where they lie and what is in them: the same files never start a second run.
    What cannot be read is known by where it lies."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(os.fsencode(file) + b"\0")
        try:
            with file.open("rb") as reader:
                digest.update(hashlib.file_digest(reader, "sha256").digest())
        except OSError:
            continue
    return digest.hexdigest()


@dg.sensor(
    job=receipts_job, minimum_interval_seconds=cadence().inbox,
    description="Judges what townships have sent back (data/inbox/drop) and writes receipts 收件回执, without a turn.",
)
def inbox_sensor(
    context: dg.SensorEvaluationContext, lakehouse: Lakehouse
) -> dg.SensorResult | dg.SkipReason:
    paths = lakehouse.paths
    now = city_time.now()
    files = waiting_files(paths.inbox / "drop", now.timestamp())
    day = first_open_day(paths)
    if day is None:
        return dg.SkipReason("还没有一期返还，工作簿留待以后 (no turn is out)")
    # What a run that was killed has taken in and not answered.
    left = unanswered(paths, received(paths, day))
    if not files and not left:
        return dg.SkipReason("收件箱里没有新的工作簿 (nothing in inbox/drop)")
    key = " ".join([batch_key(files), *(source.sha256[:8] for source in left)])
    if 0 <= now.timestamp() - _began(context.cursor, key) < _AGAIN:
        return dg.SkipReason("these files have started a run already")
    cursor = f"{key}@{int(now.timestamp())}"
    return dg.SensorResult([dg.RunRequest(run_key=cursor, tags={"inbox_files": str(len(files))})], cursor=cursor)


def _began(cursor: str | None, key: str) -> float:
    """When these files started a run, in seconds; none that a cursor tells nothing of have."""
    before, _, since = (cursor or "").rpartition("@")
    return float(since) if before == key and since.isdecimal() else -math.inf


def calendar_sensor(feeds: Iterable[Feed]) -> dg.SensorDefinition:
    """Offers the business dates that the data reach; it starts nothing."""
    feeds = tuple(feeds)

    @dg.sensor(
        name="calendar_sensor", minimum_interval_seconds=cadence().calendar,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Offers as partitions the business dates 业务日期 that are out or that the data reach: month ends. "
        "Starts no run; always on.",
    )
    def watch(context: dg.SensorEvaluationContext, lakehouse: Lakehouse) -> dg.SkipReason:
        days = calendar(lakehouse.paths, feeds)
        offer(context.instance, days)
        return dg.SkipReason(f"{len(days)} business dates up to {days[-1]}" if days else "还没有数据 (no data yet)")

    return watch


def drop_sensor(feeds: Iterable[Feed]) -> dg.SensorDefinition:
    """Takes in what was dropped, feed by feed, without a turn."""
    feeds = tuple(feeds)

    @dg.sensor(
        name="drop_sensor", job_name=COLLECT, minimum_interval_seconds=cadence().drop,
        description="Takes a department's files into bronze soon after they came (data/drop) 收件入库.",
    )
    def watch(context: dg.SensorEvaluationContext, lakehouse: Lakehouse) -> dg.SensorResult | dg.SkipReason:
        folder, now = lakehouse.paths.drop, city_time.now()

        def state(feed: Feed) -> str:
            files = regular(feed)
            facts = [(f.name, f.stat().st_size, f.stat().st_mtime_ns) for f in files]
            settled = all(is_settled(f, now.timestamp()) for f in files)
            return hashlib.sha256(repr(facts).encode()).hexdigest()[:16] if files and settled else ""

        def content(feed: Feed, _: str) -> str:
            return batch_key(regular(feed))

        def regular(feed: Feed) -> list[Path]:
            return [f for f in dropped(folder / feed.code) if f.is_file() and not f.is_symlink()]

        return _changed(context, lakehouse.paths, feeds, state, content, is_fetched=False)

    return watch


def place_sensor(feeds: Iterable[Feed]) -> dg.SensorDefinition:
    """Looks into SFTP servers, buckets and shared folders, and fetches for the feeds that have something new there."""
    feeds = tuple(f for f in feeds if any(s.kind in FILE_KINDS for s in f.sources))

    @dg.sensor(
        name="place_sensor", job_name=COLLECT, minimum_interval_seconds=cadence().places,
        description="Fetches when departments have put files on SFTP, in a bucket or a shared folder 外部目录归集.",
    )
    def watch(context: dg.SensorEvaluationContext, lakehouse: Lakehouse) -> dg.SensorResult | dg.SkipReason:
        def state(feed: Feed) -> str:
            return "".join(fingerprint(feed, s) for s in feed.sources if s.kind in FILE_KINDS)

        return _changed(context, lakehouse.paths, feeds, state, lambda _, found: found, is_fetched=True)

    return watch


def _changed(
    context: dg.SensorEvaluationContext,
    paths: Paths,
    feeds: Iterable[Feed],
    state: Callable[[Feed], str],
    run_key: Callable[[Feed, str], str],
    is_fetched: bool,
) -> dg.SensorResult | dg.SkipReason:
    """One run for all feeds whose state is another than at the last tick; the cursor keeps one a feed. '' is a state
    without files. A place that cannot be looked into keeps its state, and the others are looked into all the same."""
    today = city_time.today()
    if (day := next_business_date(paths, today)) > today:
        return dg.SkipReason(f"today's sets are issued; what comes now counts for {day} 本日已返还，次日入库")
    seen: dict[str, str] = json.loads(context.cursor or "{}")
    changed: dict[str, Feed] = {}
    for feed in feeds:
        try:
            found = state(feed)
        except (SourceError, OSError) as error:
            context.log.warning(f"{feed.code} {error}")
            continue
        if found and found != seen.get(feed.code):
            changed[f"{feed.code}-{run_key(feed, found)}"] = feed
        seen[feed.code] = found
    asked = [asked_for(changed.values(), day, " ".join(changed), is_fetched)] if changed else []
    return dg.SensorResult(**for_dates(*asked), cursor=json.dumps(seen))
