"""The servers of these tests, started once, and the address of the one in use in the environment.

Belongs here: fixtures. Does not belong here: what is in a server.
"""

from collections.abc import Iterator

import pytest

from pipelines.ingest.collect import table
from tests.ingest.collect import mariadb
from tests.ingest.collect.office import CONNECTION, Database
from tests.prefecture import postgres


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The signature of DuckDB's extension is checked whenever it is loaded, which takes longer than a test."""
    monkeypatch.setitem(table.CONFIG, "allow_unsigned_extensions", True)


@pytest.fixture(scope="module")
def postgres_server() -> Iterator[Database]:
    with postgres.server() as dsn, Database.opened("postgres", dsn) as database:
        yield database


@pytest.fixture(scope="module")
def mysql_server() -> Iterator[Database]:
    with mariadb.server() as dsn, Database.opened("mysql", dsn) as database:
        yield database


@pytest.fixture
def database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Database:
    """An empty table in a server: PostgreSQL, unless a test asks for both kinds."""
    found: Database = request.getfixturevalue(f"{getattr(request, 'param', 'postgres')}_server")
    monkeypatch.setenv(CONNECTION, found.dsn)
    found.make()
    return found
