"""A second build of the models on the same lake replaces what the first one made, tables and views alike, and leaves
nothing that no model makes any more."""

from pipelines.kit.build import build
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths
from tests.dbt import small_prefecture

_KINDS = """SELECT table_name, table_type FROM information_schema.tables
    WHERE table_catalog = 'lake' AND table_schema IN ('published', 'packs') ORDER BY ALL"""


def test_models_are_built_anew_as_often_as_one_likes(paths: Paths) -> None:
    """Also where a model was of another kind, or is gone with its pack."""
    with connect(paths) as con:
        before = con.execute(_KINDS).fetchall()
        assert ("anomaly_summary", "VIEW") in before
        con.execute("DROP VIEW lake.published.anomaly_summary")
        con.execute("CREATE TABLE lake.published.anomaly_summary AS SELECT 1 AS old")
        con.execute("CREATE TABLE lake.packs.gone__task AS SELECT 1 AS old")
        con.execute("CREATE VIEW lake.packs.gone__view AS SELECT 1 AS old")
    build(paths, small_prefecture.SECOND)
    with connect(paths, read_only=True) as con:
        assert con.execute(_KINDS).fetchall() == before
