"""The graph a data engineer sees: what is in it, and that everything in it can be understood."""

from datetime import date

import dagster as dg
import pytest

from pipelines.defs.assembly import build_defs
from pipelines.defs.exports import export_key
from pipelines.defs.partitions import BUSINESS_DATE, offer
from pipelines.give.exports import load_exports
from pipelines.judge.ledger import schema, shown
from pipelines.judge.rules import load_rules
from pipelines.kit.contracts import load_contracts
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths
from prefecture.bench.stages import STEPS, named
from tests.defs.graph import SNAPSHOT, told


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    return Paths(tmp_path_factory.mktemp("defs"))


@pytest.fixture(scope="module")
def defs(paths):
    return build_defs(paths)


@pytest.fixture(scope="module")
def graph(defs):
    return defs.resolve_asset_graph()


def test_the_graph_is_the_reviewed_one(defs):
    """A changed graph is a reviewed change: `python -m tests.defs.graph`, then read what changed."""
    assert told(defs).splitlines() == SNAPSHOT.read_text(encoding="utf-8").splitlines()


def test_every_asset_has_owner_group_kind_and_a_bilingual_description(graph):
    for key in graph.materializable_asset_keys:
        node = graph.get(key)
        name = key.to_user_string()
        assert node.owners, name
        assert node.group_name not in (None, "default"), name
        assert node.kinds, name
        assert node.description and any("\u4e00" <= c <= "\u9fff" for c in node.description), name


def test_every_rule_is_one_check_of_the_anomaly_asset(graph):
    key = dg.AssetKey(["ledger", "anomaly"])
    assert {k.name for k in graph.asset_check_keys if k.asset_key == key} == set(load_rules())


def test_every_feed_has_its_checks_and_department(graph):
    for feed in load_contracts().values():
        key = dg.AssetKey(["bronze", feed.table])
        checks = {k.name for k in graph.asset_check_keys if k.asset_key == key}
        assert checks == {
            "arrived_on_time", "breakers", "history_reconciled", "rows_reconciled", "structure", "up_to_date",
        }  # fmt: skip
        assert graph.get(key).owners == [f"team:{feed.department}"]


def test_every_export_has_its_checks(graph):
    for export in load_exports().values():
        found = {k.name for k in graph.asset_check_keys if k.asset_key == export_key(export)}
        assert found == {"round_trip", "no_forbidden_column"}


def test_exports_and_queries_have_jobs_of_their_own(defs, graph):
    jobs = ("turn", "exports", "queries")
    keys = {name: set(defs.resolve_job_def(name).asset_layer.executable_asset_keys) for name in jobs}
    assert keys["exports"] == {export_key(e) for e in load_exports().values()}
    assert keys["queries"] == {dg.AssetKey(["queries", "answers"])}
    assert keys["turn"] == set(graph.materializable_asset_keys) - keys["exports"] - keys["queries"]


def test_the_benchmark_knows_the_stage_of_every_step(defs):
    steps = {node.name for node in defs.resolve_job_def("turn").graph.nodes}
    assert set(STEPS) <= steps <= set(named(load_contracts()))


def test_whatever_takes_anything_in_stands_after_the_date(graph):
    for key in graph.get_all_asset_keys():
        if graph.get(key).group_name in ("collected", "bronze", "reports", "ledger") and key != BUSINESS_DATE:
            assert BUSINESS_DATE in graph.get_ancestor_asset_keys(key), key


def test_nothing_hangs_outside_the_graph(graph):
    """Every upstream of an asset is an asset of ours: no source key that nobody writes."""
    ours = set(graph.materializable_asset_keys)
    dangling = {p.to_user_string() for k in ours for p in graph.get(k).parent_keys if p not in ours}
    assert dangling == set()


def test_models_alone_are_built_for_the_date_the_lake_shows_only(defs, paths):
    with connect(paths) as con:
        schema.ensure(con)
        shown.reach(con, date(2024, 3, 5), shown.CLOSED)
    job = defs.resolve_implicit_global_asset_job_def()
    key = dg.AssetKey(["unified", "division"])
    with dg.DagsterInstance.ephemeral() as instance:
        offer(instance, [date(2024, 1, 31)])
        result = job.execute_in_process(
            asset_selection=[key], partition_key="2024-01-31", raise_on_error=False, instance=instance
        )
    (failed,) = [e for e in result.all_events if e.event_type == dg.DagsterEventType.STEP_FAILURE]
    assert "the lake shows 2024-03-05, not 2024-01-31" in failed.step_failure_data.error.message
    assert not result.get_asset_materialization_events()


def test_a_column_says_which_columns_of_feeds_it_is_made_of(graph):
    columns = graph.get(dg.AssetKey(["unified", "person"])).metadata["dagster/column_schema"].columns
    told = {c.name: c.description for c in columns}
    assert told["ethnic_code"].endswith("民族代码 ← F01.ethnic_code")
    assert told["hukou_source_ref"].endswith("户籍出处"), "a row is no column"
    assert "F01.name" in told["name"] and told["name"].count("F") <= 9 and " … " in told["name"]
