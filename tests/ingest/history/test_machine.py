"""Fulls, deltas, repeats, late ones, corrections, pages and withdrawals in any order, against a naive judge."""

import tempfile
from pathlib import Path

import polars as pl
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from pipelines.ingest.history import trace
from pipelines.kit.paths import Paths
from tests.ingest.history.city import FEED, LAST_DAY, Said, decide, judge, key, put, told

ROWS = st.lists(
    st.tuples(st.sampled_from("ABCDE"), st.sampled_from(["王", "李"]), st.sampled_from(["东", "西", None])),
    max_size=5, unique_by=lambda r: r[0],
).map(tuple)  # fmt: skip
DELTA_ROWS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from("ABCDEF"), st.sampled_from(["王", "李"]), st.sampled_from(["东", "西"])),
        st.tuples(st.sampled_from("ABCDEF"), st.none(), st.none()),
    ),
    max_size=4,
).map(tuple)  # fmt: skip
SCOPES = st.sampled_from(["370602", "370611"])
PERIODS = st.sampled_from(["202401", "202402", "202403"])


class Deliveries(RuleBasedStateMachine):
    """One data folder that lives through everything; a second one is built at the end from the same files."""

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.paths = Paths(Path(self.folder.name) / "lived")
        self.files: list[Said] = []
        self.withdrawn: dict = {}
        self.decisions = 0

    def _deliver(self, scope, period, mode, rows, page=None, is_refused=False) -> None:
        said = Said(len(self.files) + 1, scope, period, mode, page, rows, is_refused)
        self.files.append(said)
        put(self.paths, said)

    @rule(scope=SCOPES, period=PERIODS, rows=ROWS)
    def full(self, scope, period, rows) -> None:
        self._deliver(scope, period, "full", rows)

    @rule(scope=SCOPES, period=PERIODS, rows=DELTA_ROWS)
    def delta(self, scope, period, rows) -> None:
        self._deliver(scope, period, "delta", rows)

    @rule(period=PERIODS, rows=DELTA_ROWS, page=st.integers(1, 3))
    def page(self, period, rows, page) -> None:
        self._deliver("370602", period, "full", rows, page)

    @rule(scope=SCOPES, period=PERIODS, rows=ROWS)
    def refused(self, scope, period, rows) -> None:
        self._deliver(scope, period, "full", rows, is_refused=True)

    @precondition(lambda self: self.files)
    @rule(data=st.data())
    def repeat(self, data) -> None:
        """The same rows in another order, and so in other bytes."""
        old = data.draw(st.sampled_from(self.files))
        self._deliver(old.scope, old.period, old.mode, tuple(data.draw(st.permutations(old.rows))), old.page)

    @precondition(lambda self: self.files)
    @rule(data=st.data())
    def decide(self, data) -> None:
        said = data.draw(st.sampled_from(self.files))
        decision = "reinstate" if said.delivery_id in self.withdrawn else "withdraw"
        self.decisions += 1
        on = self.files[-1].on
        decide(self.paths, self.decisions, said, decision, on)
        if decision == "withdraw":
            self.withdrawn[said.delivery_id] = on
        else:
            del self.withdrawn[said.delivery_id]

    @invariant()
    def history_is_what_the_judge_says(self) -> None:
        histories = told(self.paths)
        standing, events = judge(self.files, self.withdrawn)
        assert {h.scope: h.standing for h in histories} == {scope: len(rows) for scope, rows in standing.items()}
        for history in histories:
            mine = [e[3] for e in events if e[1] == history.head]
            counted = (history.new, history.changed, history.deleted, history.returned)
            assert counted == tuple(mine.count(k) for k in ("new", "changed", "deleted", "returned"))
        firsts = {h.head for h in histories if h.is_first}
        wanted = [(scope, head, key(no), kind, ref) for scope, head, no, kind, ref in events if head not in firsts]
        assert sorted(written(self.paths), key=str) == sorted(wanted, key=str)

    def teardown(self) -> None:
        rebuilt = Paths(Path(self.folder.name) / "rebuilt")
        for said in reversed(self.files):
            put(rebuilt, said)
        if self.paths.decisions.exists():
            rebuilt.decisions.symlink_to(self.paths.decisions)
        told(rebuilt)
        assert changes(rebuilt) == changes(self.paths)
        standing, _ = judge(self.files, self.withdrawn)
        for no in "ABCDEF":
            versions = [v for v in trace(rebuilt, FEED, key(no), LAST_DAY) if v.stands]
            held = [rows[no][2] for rows in standing.values() if no in rows]
            assert len(versions) == bool(held)
            assert all(v.source_ref in held for v in versions)
        self.folder.cleanup()


def written(paths: Paths) -> list[tuple]:
    frame = pl.read_parquet(paths.history / "F01" / "changes" / "*" / "changes.parquet")
    return frame.select("scope", "delivery_id", "record_key", "kind", "source_ref").rows()


def changes(paths: Paths) -> dict[str, bytes]:
    """Every file of the changes. Which indexes are kept for the next delivery depends on the way here."""
    folder = paths.history / "F01" / "changes"
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


TestDeliveries = Deliveries.TestCase
TestDeliveries.settings = settings(
    # Without shrinking: a step runs DuckDB, and a shorter failure would take minutes to find.
    max_examples=8, stateful_step_count=10, phases=(Phase.reuse, Phase.generate),
)
