"""The dbt models as assets, from staging to the return sets and what analysts read.

Belongs here: how dbt's graph appears in Dagster. Does not belong here: SQL, or how it is executed (kit/build.py). The
graph is drawn from dbt's manifest, so a run needs dbt only when the project has changed.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import dagster as dg
import duckdb

from pipelines.defs.fresh import EVERY_TURN
from pipelines.defs.metadata import column_metadata, table_metadata
from pipelines.defs.partitions import BY_DATE, as_of
from pipelines.defs.progress import ANEW, PART, STANDS, Advance, say_rows, words_of_built
from pipelines.defs.resources import Lakehouse
from pipelines.judge.ledger import shown
from pipelines.judge.ledger.deliveries import in_force
from pipelines.kit.build import Built, build
from pipelines.kit.disclosure.columns import load_lineage
from pipelines.kit.models import TEST, VIEW, Node
from pipelines.kit.packs import Pack, load_packs

# Which asset writes a ledger table that models read. All others come with `ledger/turn`: what the previous turn
# left behind, and tickets (a view reads those); otherwise the graph of one run would have a cycle.
LEDGER_WRITERS = {"correction_standing": "correction", "assertion_standing": "correction"}

# Of how many columns of feeds a column says it is made of.
_ORIGINS = 8


def source_key(source: str, table: str) -> dg.AssetKey:
    """The asset behind a dbt source."""
    if source == "ledger":
        return dg.AssetKey(["ledger", LEDGER_WRITERS.get(table, "turn")])
    if source == "reference" and table != "address":
        return dg.AssetKey(["reference", "tables"])
    return dg.AssetKey([source, table])


def table_key(node: Node) -> dg.AssetKey:
    """Layer = folder = schema: the asset of a seed or model, or of the one a test belongs to."""
    return dg.AssetKey([node.schema, node.name])


def model_assets(nodes: list[Node], manifest: Mapping[str, Any]) -> dg.AssetsDefinition:
    """Every seed and model as an asset, all built in one transaction, with dbt's data tests as their checks."""
    tables = [node for node in nodes if node.kind != TEST]
    told = {table_key(node): manifest["nodes"][node.key] for node in tables}
    packs = load_packs()
    by_source = {key: source_key(s["source_name"], s["name"]) for key, s in manifest["sources"].items()}
    by_parent = by_source | {node.key: table_key(node) for node in tables}

    @dg.multi_asset(
        name="models", can_subset=True,
        specs=[_spec(node, told[table_key(node)], [by_parent[p] for p in node.parents], packs) for node in tables],
        check_specs=[dg.AssetCheckSpec(n.title, asset=table_key(n), blocking=True) for n in nodes if n.kind == TEST],
        **BY_DATE,
    )  # fmt: skip
    def models(context: dg.AssetExecutionContext, lakehouse: Lakehouse) -> Iterator:
        paths = lakehouse.paths
        with lakehouse.showing(context, shown.ANSWERED) as con:
            standing = in_force(con, paths)
        wanted = {tuple(key.path) for key in context.selected_asset_keys} if context.is_subset else None
        done = build(paths, as_of(context), wanted, _tell, Advance(context.log, "models"), standing)
        how = Counter(_how(one) for one in done if one.node.kind != TEST)
        context.log.info(words_of_built(how[ANEW], how[PART], how[STANDS]))
        with lakehouse.connect(context.log) as con:
            if not context.is_subset:  # some models alone do not bring the lake to a date
                shown.reach(con, as_of(context), shown.BUILT)
            checks = [_passed(one) for one in done if one.node.kind == TEST]
            for one in done:
                if one.node.kind != TEST:
                    key = table_key(one.node)
                    yield _materialized(con, key, told[key], one, [c for c in checks if c.asset_key == key])

    return models


def _spec(
    model: Node, node: Mapping[str, Any], parents: list[dg.AssetKey], packs: Mapping[str, Pack]
) -> dg.AssetSpec:
    """What belongs to a pack stands in the group of its name, and is its owner's."""
    key, pack = table_key(model), packs.get(node["fqn"][-2])
    sql = f"\n\n#### SQL\n```sql\n{node['raw_code'].strip()}\n```" if node["raw_code"] else ""
    return dg.AssetSpec(
        key, deps=sorted(set(parents)), skippable=True, group_name=pack.code if pack else key.path[0],
        owners=[pack.owner if pack else "team:big_data_bureau"], kinds={"dbt", "ducklake"},
        freshness_policy=EVERY_TURN,
        description=node["description"] + sql,
        code_version=hashlib.sha256(model.sql.encode()).hexdigest()[:16],
        metadata={"dagster/table_name": f"lake.{key.path[0]}.{key.path[1]}", "dagster/column_schema": dg.TableSchema([
            dg.TableColumn(name, description=words) for name, words in _described(key, node).items()
        ])},
    )  # fmt: skip


def _described(key: dg.AssetKey, node: Mapping[str, Any]) -> dict[str, str]:
    """What each column means, and the feeds' columns it is made of."""
    made_of = load_lineage().get(".".join(key.path), {})
    return {name: column["description"] + _origin(made_of.get(name, ())) for name, column in node["columns"].items()}


def _origin(sources: Collection[str]) -> str:
    told = (source.removeprefix("bronze.") for source in sources if source.startswith("bronze."))
    delivered = [source for source in told if "._" not in source]  # not the row it stood in
    more = f" … {len(delivered)}" if len(delivered) > _ORIGINS else ""
    return f" ← {', '.join(delivered[:_ORIGINS])}{more}" if delivered else ""


def _how(one: Built) -> str:
    if not one.is_new:
        return STANDS
    return ANEW if one.changed is None else PART


def _tell(one: Built) -> None:
    if one.node.kind != TEST:
        say_rows(f"{one.node.schema}/{one.node.name}", one.rows)


def _passed(one: Built) -> dg.AssetCheckResult:
    """A test that fails ends the build, so whatever was built has passed."""
    return dg.AssetCheckResult(check_name=one.node.title, asset_key=table_key(one.node), passed=True)


def _materialized(
    con: duckdb.DuckDBPyConnection, key: dg.AssetKey, node: Mapping[str, Any], one: Built,
    checks: list[dg.AssetCheckResult],
) -> dg.MaterializeResult:
    table, described = ".".join(key.path), _described(key, node)
    # To count a view, or to look at its first rows, is to make all of it.
    return dg.MaterializeResult(
        asset_key=key, check_results=checks,
        metadata={
            **(column_metadata(con, table, described) if one.node.materialized == VIEW
               else table_metadata(con, table, described, rows=one.rows)),
            "built": _how(one), **({"rows_changed": one.changed} if one.changed else {}),
            "started": dg.MetadataValue.timestamp(one.start), "seconds": round(one.seconds, 3),
        },
    )  # fmt: skip
