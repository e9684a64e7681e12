"""Everything Dagster sees, assembled once.

Belongs here: assembly only. Tests call `build_defs` with a data folder of their own.
"""

import dagster as dg

from pipelines.defs import (
    addresses,
    alerts,
    arrivals,
    bronze,
    checks,
    collect,
    deliveries,
    event_log,
    exports,
    fresh,
    jobs,
    ledger,
    models,
    outputs,
    past,
    progress,
    queries,
    receipts,
    reference,
    sensors,
    stewards,
)
from pipelines.defs.resources import Lakehouse
from pipelines.give.exports import load_exports
from pipelines.kit.contracts import load_contracts
from pipelines.kit.models import manifest, nodes, remembered
from pipelines.kit.paths import Paths


def build_defs(paths: Paths) -> dg.Definitions:
    """The whole code location on one data folder."""
    event_log.write_quickly(paths.dagster_home.resolve())
    contracts = load_contracts()
    feeds = contracts.values()
    structure = checks.structure_checks(feeds)
    return dg.Definitions(
        assets=[
            reference.tables,
            deliveries.rulings_asset(feeds),
            *(collect.collected_asset(feed, feeds) for feed in feeds if feed.sources),
            bronze.bronze_assets(list(feeds)),
            *ledger.assets(feeds),
            addresses.addresses,
            models.model_assets(nodes(), manifest()),
            past.past_asset(remembered()),
            *outputs.assets(),
            arrivals.daily_report(feeds),
            stewards.precedence_book(contracts),
            stewards.linkage_book(contracts),
            *exports.assets(load_exports().values(), contracts),
            queries.answers,
        ],
        asset_checks=[structure, arrivals.on_time_checks(feeds)],
        jobs=[
            jobs.turn_job,
            jobs.arrivals_job(structure.check_keys),
            collect.collect_job(structure.check_keys),
            jobs.exports_job,
            jobs.queries_job,
            deliveries.decide_delivery,
            receipts.receipts_job,
        ],
        schedules=[jobs.due_turn, jobs.daily_arrivals, collect.source_schedule(feeds), exports.due_exports],
        sensors=[
            alerts.failed,
            alerts.incident_sensor(feeds),
            sensors.calendar_sensor(feeds),
            sensors.inbox_sensor,
            sensors.drop_sensor(feeds),
            sensors.place_sensor(feeds),
            queries.query_sensor,
            fresh.follows,
        ],
        executor=dg.in_process_executor,
        loggers={"console": dg.colored_console_logger, "progress": progress.progress},
        resources={"lakehouse": Lakehouse(root=str(paths.root))},
    )

