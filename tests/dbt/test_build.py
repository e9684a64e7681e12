"""The product executes what dbt compiled: the same tables as dbt makes, all of them or none."""

from dataclasses import replace
from datetime import date

import pytest

from pipelines.judge.ledger.content import content_hash
from pipelines.kit import build, models
from pipelines.kit.build import statement
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths
from tests.dbt.conftest import before_the_build
from tests.dbt.small_prefecture import FIRST, SECOND

BUILT = ("reference", "staging", "linkage", "unified", "verify", "returns", "packs", "published")


def content(paths: Paths) -> dict[str, str]:
    with connect(paths, read_only=True) as con:
        return content_hash(con, BUILT)


def test_dbts_own_build_makes_the_same_tables(paths: Paths, tmp_path) -> None:
    by_dbt = before_the_build(Paths(tmp_path))
    models.run_dbt(by_dbt, ["build", "--exclude-resource-type", "unit_test"], SECOND)
    found = content(by_dbt)
    made = {f"{n.schema}.{n.name}" for n in models.nodes() if n.kind != models.TEST and n.materialized != "view"}
    assert made <= found.keys()
    assert found == content(paths)


def test_nothing_compiled_stays_of_another_day_or_folder() -> None:
    paths = Paths.default()
    for node in models.nodes():
        one, other = (statement(node, paths, day) for day in (FIRST, SECOND))
        assert models.DATA not in one and models.AS_OF not in one
        assert (one == other) is (models.AS_OF not in node.sql)
    assert sum(models.AS_OF in node.sql for node in models.nodes()) > 10


@pytest.mark.parametrize(("kind", "sql", "said"), [
    (models.MODEL, "select 1 from nowhere", "models/last.sql: model last: Catalog Error: Table with name nowhere"),
    (models.TEST, "select 1 union all select 2", "models/last.sql: test last: 2 rows fail"),
])  # fmt: skip
def test_a_build_that_fails_says_where_and_leaves_the_lake_as_it_was(paths, monkeypatch, kind, sql, said) -> None:
    before, heard, begun = content(paths), [], []
    known = models.nodes()
    said_so = {"name": "last", "title": "last", "file": "models/last.sql"}
    last = replace(known[-1], kind=kind, sql=sql, materialized="table", **said_so)
    monkeypatch.setattr(build, "nodes", lambda: [*known, last])
    with pytest.raises(models.ModelBuildError, match=said):
        build.build(
            paths, date(2024, 1, 1), tell=lambda one: heard.append(one.node.key),
            on_progress=lambda *at: begun.append(at),
        )
    assert heard == [node.key for node in known], "all the others were built before"
    assert begun == [(i, len(known) + 1, node.title) for i, node in enumerate([*known, last])]
    assert content(paths) == before


def test_some_tables_alone_are_built_with_their_tests(paths: Paths) -> None:
    done = build.build(paths, SECOND, {("unified", "household")})
    assert [(one.node.kind, one.node.title) for one in done] == [
        (models.MODEL, "household"), (models.TEST, "unique_key_household_household_id"),
    ]  # fmt: skip
    with connect(paths, read_only=True) as con:
        assert done[0].rows == con.execute("SELECT count(*) FROM lake.unified.household").fetchone()[0] > 0
