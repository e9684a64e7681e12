"""What golden tables said before, as an asset.

Belongs here: the one asset that adds a turn to `past`. Does not belong here: what is kept and how it is asked
(judge.ledger.past).
"""

import dagster as dg

from pipelines import turn
from pipelines.defs.fresh import EVERY_TURN
from pipelines.defs.metadata import markdown_table
from pipelines.defs.partitions import BY_DATE, as_of
from pipelines.defs.resources import Lakehouse
from pipelines.judge.ledger import shown
from pipelines.kit.models import Remembered

_KEPT = 'SELECT count(*), min(known_from) FROM lake.past."{}_change"'
PAST = dg.AssetKey(["past", "tables"])


def past_asset(tables: list[Remembered]) -> dg.AssetsDefinition:
    """The asset that remembers golden tables."""

    @dg.asset(
        key=PAST, deps=[[table.schema, table.name] for table in tables], group_name="past", kinds={"ducklake"},
        owners=["team:big_data_bureau"], freshness_policy=EVERY_TURN, **BY_DATE,
        description="What golden tables say otherwise than in the turn before 历史: any of them as known on one day "
        "and valid on another, `make query SQL=\"FROM past.person\" KNOWN=2024-02-29 VALID=2024-01-01` "
        "(docs/unified-database.md).",
    )  # fmt: skip
    def past_tables(context: dg.AssetExecutionContext, lakehouse: Lakehouse) -> dg.MaterializeResult:
        with lakehouse.showing(context, shown.BUILT) as con:
            added = turn.remember(con, as_of(context))
            kept = [(name, rows, *con.execute(_KEPT.format(name)).fetchone()) for name, rows in added.items()]
        return dg.MaterializeResult(metadata={
            "dagster/row_count": sum(added.values()),
            "kept": dg.MetadataValue.md(markdown_table(["table", "added", "rows kept", "known since"], kept)),
        })

    return past_tables
