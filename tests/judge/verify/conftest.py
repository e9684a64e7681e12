"""Scratch lakes for verification. Great Expectations costs seconds to import: once per test session."""

import pytest

from pipelines.judge.ledger import schema
from pipelines.kit.lake import connect
from pipelines.kit.models import DBT_PROJECT
from pipelines.kit.paths import Paths

PARAMETERS = DBT_PROJECT / "seeds" / "rule_parameter.csv"


@pytest.fixture(scope="session")
def gx():
    """The GX side of pipelines.judge.verify, imported."""
    from pipelines.judge.verify import collect, evaluate, session

    return {"collect": collect, "evaluate": evaluate, "Session": session.Session}


@pytest.fixture(scope="module")
def lake(tmp_path_factory, gx):
    """An empty lake with a ledger, one per test module."""
    with connect(Paths(tmp_path_factory.mktemp("lake"))) as con:
        schema.ensure(con)
        con.execute(
            "CREATE TABLE lake.reference.rule_parameter AS SELECT * FROM (VALUES "
            "('R17', 'grace_days', 30, DATE '2020-01-01', DATE '2024-07-01'), "
            "('R17', 'grace_days', 10, DATE '2024-07-01', NULL)) "
            "t(rule_id, parameter, value, valid_from, valid_to) "
            "UNION ALL SELECT * EXCLUDE (basis) FROM "
            f"read_csv('{PARAMETERS}', types={{'valid_to': 'DATE'}}) WHERE rule_id <> 'R17'"
        )
        yield con
