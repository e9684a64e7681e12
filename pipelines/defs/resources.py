"""The resource: the lakehouse on disk, held by one run at a time.

Belongs here: handing paths and connections to assets. Does not belong here: what they do with them.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path

import dagster as dg
import duckdb
from pydantic import PrivateAttr

from pipelines.defs.partitions import as_of
from pipelines.ingest.arrivals.daily import Day, known
from pipelines.ingest.deliveries import Standing
from pipelines.judge.ledger import shown
from pipelines.kit import lake
from pipelines.kit.contracts import Feed
from pipelines.kit.paths import Paths
from pipelines.kit.security.private import keep_private


class Lakehouse(dg.ConfigurableResource):
    """Paths and connections of one installation. From the first `hold` to the end of the run no other
    run writes: a second one waits in its own first asset instead of failing."""

    root: str
    _held: ExitStack = PrivateAttr(default_factory=ExitStack)
    _is_held: bool = PrivateAttr(default=False)
    _standings: dict[str, Sequence[Standing]] = PrivateAttr(default_factory=dict)
    _days: dict[tuple[str, ...], Day] = PrivateAttr(default_factory=dict)

    @property
    def paths(self) -> Paths:
        return Paths(Path(self.root))

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["Lakehouse"]:
        with self._held:
            yield self

    def hold(self, log: dg.DagsterLogManager) -> Paths:
        """Take the lake for this run (once), waiting for another run to finish; returns the paths."""
        if not self._is_held:
            keep_private(self.paths)
            self._held.enter_context(lake.writing(self.paths, log.warning))
            self._is_held = True
        return self.paths

    def came(self, feed: Feed, standings: Sequence[Standing]) -> None:
        """Keep what became of a feed's deliveries by the run's date: nobody else writes them during the run."""
        self._standings[feed.code] = standings

    def day(self, context: dg.AssetExecutionContext, feeds: Iterable[Feed]) -> Day:
        """What is known of these feeds on the run's date, found out once; to be asked after bronze."""
        by_code = {feed.code: feed for feed in feeds}
        if (codes := tuple(sorted(by_code))) not in self._days:
            paths, on = self.hold(context.log), as_of(context)
            self._days[codes] = known(paths, by_code.values(), on, self._standings)
        return self._days[codes]

    @contextmanager
    def connect(self, log: dg.DagsterLogManager) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection to the lake; not to be held open across assets, the next one opens its own."""
        with lake.connect(self.hold(log)) as con:
            yield con

    @contextmanager
    def showing(self, context: dg.AssetExecutionContext, step: str) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection for whatever writes or issues for the run's date, as `at` gives one."""
        with self.at(context.log, as_of(context), step) as con:
            yield con

    @contextmanager
    def at(self, log: dg.DagsterLogManager, day: date, step: str) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection, unless the lake does not show that date or its turn has not come to `step` (of ledger.shown):
        then the run fails, saying what to launch instead."""
        with self.connect(log) as con:
            try:
                shown.require(con, day, step)
            except shown.NotShown as refusal:
                raise dg.Failure(str(refusal), allow_retries=False) from None
            yield con
