"""A feed fetched from a department's interface: JSON pages, kept as they were answered.

Belongs here: the question, all pages or none in the drop folder. Does not belong here: HTTP (client.py), when
pages are complete (pages.py).
"""

import hashlib
from datetime import date
from pathlib import Path

from pipelines.ingest.collect.client import Client
from pipelines.ingest.collect.names import CITY, file_name
from pipelines.ingest.collect.pages import Answer, ChangedError, all_pages
from pipelines.ingest.collect.report import FETCHED, UNCHANGED, Collected, SourceError
from pipelines.ingest.collect.staging import publish_set, scratch
from pipelines.ingest.landing import landed
from pipelines.kit.contracts import Feed
from pipelines.kit.contracts.model import Source
from pipelines.kit.paths import Paths

ATTEMPTS = 3


def fetch_pages(paths: Paths, feed: Feed, source: Source, as_of: date) -> Collected:
    """Put the pages an interface answers for the month of `as_of` into the drop folder, all or none of them.

    `place` is the path with {page}, {period} (YYYYMM), {day} (YYYY-MM-DD), {scope} and {feed} to fill in. Pages
    that contradict each other are read anew from the first. Raises SourceError.
    """
    client = Client(source)
    mode = "full" if feed.mode == "full_delta" else feed.mode

    def ask(number: int) -> Answer:
        said = client.get(source.place.format(
            page=number, period=f"{as_of:%Y%m}", day=as_of.isoformat(), scope=CITY, feed=feed.code
        ))  # fmt: skip
        return Answer(said.status, said.headers.get("Content-Type", ""), said.data)

    with scratch(paths, feed) as folder:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                files, count = [], 0
                for page in all_pages(ask, feed, "{page}" in source.place):
                    files.append(folder / str(attempt) / file_name(feed, as_of, mode, "json", len(files) + 1))
                    files[0].parent.mkdir(exist_ok=True)
                    files[-1].write_bytes(page.body)
                    count += page.count
                break
            except ChangedError as error:
                why = str(error)
            except SourceError as error:
                raise SourceError(f"{feed.code} 从接口 {source.connection} 取数失败：{error}") from None
        else:
            raise SourceError(
                f"{feed.code} 从接口 {source.connection} 取数失败：读了 {ATTEMPTS} 遍，各页始终对不上（{why}）。"
                f"未收下任何一页；请避开对方更新时段，或请部门核对分页"
            )
        return _kept(paths, feed, source, as_of, files, count)


def _kept(paths: Paths, feed: Feed, source: Source, as_of: date, files: list[Path], count: int) -> Collected:
    if not files:
        said = f"接口没有 {as_of:%Y%m} 期的数据（404）"
        return Collected(feed.code, source.kind, UNCHANGED, said, notices=(f"{feed.code} {said}",))
    known = {(d.file_name, d.sha256) for d in landed(paths, feed.code)}
    if all((file.name, hashlib.sha256(file.read_bytes()).hexdigest()) in known for file in files):
        return Collected(feed.code, source.kind, UNCHANGED, f"接口的 {count:,} 条与上次相同", rows={"全部": count})
    names = tuple(file.name for file in files)
    publish_set(paths, feed, files, files[0].stem.rpartition("_p")[0])
    said = f"接口取得 {len(files)} 页 {count:,} 条"
    return Collected(feed.code, source.kind, FETCHED, said, names, {"全部": count})
