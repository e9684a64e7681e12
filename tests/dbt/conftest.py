"""One build of the small prefecture for all tests here."""

from collections.abc import Callable, Iterator

import duckdb
import pytest

from pipelines.ingest.arrivals.daily import known
from pipelines.judge.ledger import deliveries, schema
from pipelines.kit.build import build
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths
from pipelines.kit.reference.load import load_reference
from tests.dbt import small_prefecture
from tests.dbt.bronze_files import FEEDS

Rows = list[tuple]


@pytest.fixture(scope="session")
def paths(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    """A lake built as of the second turn."""
    made = before_the_build(Paths(tmp_path_factory.mktemp("small_prefecture")))
    build(made, small_prefecture.SECOND)
    return made


def before_the_build(made: Paths, more: Callable[[Paths], None] = lambda _: None) -> Paths:
    """The small prefecture in a folder, with what `more` delivers, and a ledger that the models can read."""
    small_prefecture.build(made)
    more(made)
    with connect(made) as con:
        load_reference(con, made)
        schema.ensure(con)
        small_prefecture.remember(con)
        deliveries.record_standing(con, made, known(made, FEEDS.values(), small_prefecture.SECOND))
    return made


@pytest.fixture(scope="module")
def lake(paths: Paths) -> Iterator[duckdb.DuckDBPyConnection]:
    """Closed with the file that asked: dbt, a process of its own, needs the lake alone."""
    with connect(paths, read_only=True) as con:
        yield con


@pytest.fixture(scope="module")
def ask(lake: duckdb.DuckDBPyConnection) -> Callable[..., Rows]:
    """Rows of a query against the built lake."""
    return lambda sql, *values: lake.execute(sql, list(values)).fetchall()
