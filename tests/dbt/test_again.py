"""A second build of the models on the same lake replaces what the first one made, tables and views alike."""

from pipelines.kit.build import build
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths
from tests.dbt import small_prefecture

_KINDS = """SELECT table_name, table_type FROM information_schema.tables
    WHERE table_catalog = 'lake' AND table_schema = 'published' ORDER BY ALL"""


def test_models_are_built_anew_as_often_as_one_likes(paths: Paths) -> None:
    with connect(paths, read_only=True) as con:
        before = con.execute(_KINDS).fetchall()
    build(paths, small_prefecture.SECOND)
    with connect(paths, read_only=True) as con:
        assert con.execute(_KINDS).fetchall() == before
        assert ("anomaly_summary", "VIEW") in before
