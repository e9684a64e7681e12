"""How tests are shared out to the two processes of a run.

Belongs here: keeping tests together that share something made once, and apart from one another's rights; that none
waits for files it has just written, or fails for being slow. Does not belong here: other fixtures.
"""

import os
from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from pipelines.kit import quiet

os.environ[quiet.VARIABLE] = "0"
# Two processes have two cores: on a handful of rows DuckDB's own threads only get in one another's way, at a third of
# the whole cost. Commands that tests start as processes of their own have theirs.
_connect = duckdb.connect


def _with_one_thread(*args: object, config: dict | None = None, **kwargs: object) -> duckdb.DuckDBPyConnection:
    return _connect(*args, config={"threads": 1, **(config or {})}, **kwargs)


duckdb.connect = _with_one_thread
# What tests write need not outlive a power cut. Of what fsync does, only its refusal of a closed file is left.
os.fsync = os.fstat
# A test says what is right, never how long it may take.
settings.register_profile("no_deadline", deadline=None)
settings.load_profile("no_deadline")

# Folders whose files share one built lake, and write to it.
_TOGETHER = ("tests/dbt",)
# What takes longest, longest first: it is begun first, so that no process is left alone with it at the end.
LONG = (
    "tests/end_to_end/test_loop.py",
    "tests/prefecture/bench/test_run.py",
    "tests/dbt",
    "tests/end_to_end/test_resilience.py",
    "tests/end_to_end/test_repeated.py",
    "tests/end_to_end/test_third_turn.py",
    "tests/prefecture/test_truth.py",
    "tests/ingest/bronze/test_fuzz.py",
    "tests/prefecture/test_generate.py",
    "tests/judge/ledger/test_tickets.py",
    "tests/judge/verify/test_run.py",
    "tests/give/inbox/test_intake.py",
    "tests/prefecture/test_front_end.py",
    "tests/give/returns/test_sets.py",
    "tests/give/queries/test_lists.py",
    "tests/ingest/formats/test_cut_files.py",
    "tests/ingest/bronze/test_corruptions.py",
    "tests/ingest/landing/test_damage.py",
    "tests/ingest/feeds/test_apart.py",
)


def _share(nodeid: str) -> str:
    """What is given to one process as a whole: a file, or a folder that shares more than its files would."""
    file = nodeid.split("::", 1)[0]
    return next((folder for folder in _TOGETHER if file.startswith(f"{folder}/")), file)


class Sharing(LoadFileScheduling):
    """Shares are handed out in the order of collection."""

    def _split_scope(self, nodeid: str) -> str:
        return _share(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Sharing:
    """The scheduler in place of one of xdist's own, whatever `--dist` says."""
    return Sharing(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long shares first; the others stay as collected."""
    places = {share: place for place, share in enumerate(LONG)}
    items.sort(key=lambda item: places.get(_share(item.nodeid), len(LONG)))


@pytest.fixture(autouse=True)
def own_umask() -> Iterator[None]:
    """A run makes everything private from then on; servers that later tests start have accounts of their own."""
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)
