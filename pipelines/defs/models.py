"""The dbt models as assets, from staging to the return sets and what analysts read.

Belongs here: how dbt's graph appears in Dagster. Does not belong here: SQL, or how dbt finds the lake.
"""

import os
from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
import duckdb
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtCliResource, dbt_assets

from pipelines.defs.metadata import table_metadata
from pipelines.defs.partitions import BY_DATE, as_of
from pipelines.defs.resources import Lakehouse
from pipelines.judge.ledger import shown
from pipelines.kit import dbt_errors
from pipelines.kit.models import DBT_LOG, ModelBuildError, build_target, environment

# Which asset writes a ledger table that models read. All others come with `ledger/turn`: what the previous turn
# left behind, and tickets (a view reads those); otherwise the graph of one run would have a cycle.
LEDGER_WRITERS = {"correction_standing": "correction", "assertion_standing": "correction"}


class LakeTranslator(DagsterDbtTranslator):
    """Layer = folder = schema = group; sources lead to the asset that really writes them."""

    def get_asset_spec(self, manifest: Mapping[str, Any], unique_id: str, project: Any) -> dg.AssetSpec:
        spec = super().get_asset_spec(manifest, unique_id, project)
        props = self.get_resource_props(manifest, unique_id)
        if props["resource_type"] == "source":
            return spec.replace_attributes(key=source_key(props["source_name"], props["name"]))
        layer = props["fqn"][1]
        return spec.replace_attributes(
            key=dg.AssetKey(["reference" if props["resource_type"] == "seed" else layer, props["name"]]),
            group_name="reference" if props["resource_type"] == "seed" else layer,
            owners=["team:big_data_bureau"],
            kinds={"dbt", "ducklake"},
        )


def source_key(source: str, table: str) -> dg.AssetKey:
    """The asset behind a dbt source."""
    if source == "ledger":
        return dg.AssetKey(["ledger", LEDGER_WRITERS.get(table, "turn")])
    if source == "reference":
        return dg.AssetKey(["reference", "tables"])
    return dg.AssetKey([source, table])


def model_assets(manifest: Mapping[str, Any]) -> dg.AssetsDefinition:
    """Every model as an asset, all built by one dbt invocation; its unit tests belong to `make test`."""
    descriptions = {
        (node["schema"], node["name"]): {c: column["description"] for c, column in node["columns"].items()}
        for node in manifest["nodes"].values()
    }

    @dbt_assets(
        manifest=manifest, name="models", exclude="test_type:unit", **BY_DATE,
        dagster_dbt_translator=LakeTranslator(
            DagsterDbtTranslatorSettings(enable_duplicate_source_asset_keys=True)
        ),
    )
    def models(context: dg.AssetExecutionContext, dbt: DbtCliResource, lakehouse: Lakehouse) -> Iterator:
        with lakehouse.showing(context, shown.ANSWERED):
            paths = lakehouse.paths
        os.environ.update(environment(paths, as_of(context)))
        run = dbt.cli(["build"], context=context, target_path=build_target(paths), raise_on_error=False)
        events = list(run.stream())
        if error := run.get_error():
            raise ModelBuildError(dbt_errors.told("build", str(error), run.target_path / DBT_LOG))
        with lakehouse.connect(context.log) as con:
            if not context.is_subset:  # some models alone do not bring the lake to a date
                shown.reach(con, as_of(context), shown.BUILT)
            for event in events:
                yield _described(con, context, event, descriptions)

    return models


def _described(
    con: duckdb.DuckDBPyConnection, context: dg.AssetExecutionContext, event: Any,
    descriptions: Mapping[tuple[str, str], Mapping[str, str]],
) -> Any:
    if not isinstance(event, dg.Output):
        return event
    layer, name = context.asset_key_for_output(event.output_name).path
    shown = table_metadata(con, f"{layer}.{name}", descriptions.get((layer, name), {}))
    return event.with_metadata({**event.metadata, **shown})
