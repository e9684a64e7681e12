"""What stewards decide on, as assets: whose word counts first, whom a row means.

Belongs here: these assets. Does not belong here: what their workbooks say (give.stewards).
"""

from collections.abc import Mapping

import dagster as dg

from pipelines.defs.fresh import EVERY_TURN
from pipelines.defs.metadata import markdown_table
from pipelines.defs.partitions import BY_DATE, as_of
from pipelines.defs.resources import Lakehouse
from pipelines.give.stewards import change_doubts, likeness_book
from pipelines.give.stewards.precedence_book import places, untold, write_book
from pipelines.judge.ledger import linkage_decisions, shown
from pipelines.judge.ledger.precedence import problems
from pipelines.kit.contracts import Feed

_COLUMNS = ["field", "feed", "rank", "trusted_months", "told", "won", "differs", "decided"]
_LIKENESS_READS = (
    "linkage/person_proposal", "linkage/decision_outcome", "linkage/person_decision", "unified/person_claim",
    "unified/death", "unified/benefit", "linkage/number_change",
)  # fmt: skip
_READS = ("precedence", "person_value", "person_claim", "person_residence", "death")


def precedence_book(feeds: Mapping[str, Feed]) -> dg.AssetsDefinition:
    """The asset that writes 取值优先级 and tells decisions without effect. `feeds` by code."""

    @dg.asset(
        key=["reports", "precedence"], deps=[["unified", table] for table in _READS], group_name="stewards",
        kinds={"excel"}, owners=["team:big_data_bureau"], freshness_policy=EVERY_TURN, **BY_DATE,
        description="Which source is believed about each field of a person, how often, and the cells to change it "
        "取值优先级; filled in, it goes into data/decisions/precedence and counts from the next turn.",
    )
    def precedence(context: dg.AssetExecutionContext, lakehouse: Lakehouse) -> dg.MaterializeResult:
        paths = lakehouse.hold(context.log)
        with lakehouse.showing(context, shown.BUILT) as con:
            found = places(con)
        told = [*problems(paths, as_of(context), {(p.feed, p.field) for p in found}), *untold(found)]
        for problem in told:
            context.log.warning(problem)
        order = [tuple(vars(p)[column] for column in _COLUMNS) for p in found]
        file = write_book(paths, as_of(context), found, feeds, told)
        return dg.MaterializeResult(metadata={
            "dagster/row_count": len(found), "messages": told, "decided": sum(bool(p.decided) for p in found),
            "order": dg.MetadataValue.md(markdown_table(_COLUMNS, order)),
            "file": dg.MetadataValue.path(str(file)),
        })

    return precedence


def linkage_book(feeds: Mapping[str, Feed]) -> dg.AssetsDefinition:
    """The asset that writes 疑似同一人. `feeds` by code."""

    @dg.asset(
        key=["reports", "linkage"], deps=[dg.AssetKey(table.split("/")) for table in _LIKENESS_READS],
        group_name="stewards", kinds={"excel"}, owners=["team:big_data_bureau"], freshness_policy=EVERY_TURN, **BY_DATE,
        description="Rows without a valid number that may mean a person, a bounded number a turn, and the cells to "
        "decide it 疑似同一人; filled in, it goes into data/decisions/linkage and counts from the next turn.",
    )
    def linkage(context: dg.AssetExecutionContext, lakehouse: Lakehouse) -> dg.MaterializeResult:
        paths = lakehouse.hold(context.log)
        with lakehouse.showing(context, shown.BUILT) as con:
            found = likeness_book.pairs(con, feeds)
            told = linkage_decisions.problems(con, paths, as_of(context))
            changes = change_doubts.doubts(con)
        file = likeness_book.write_book(paths, as_of(context), found, told, changes)
        return dg.MaterializeResult(metadata={
            "dagster/row_count": len(found), "changes_in_doubt": len(changes), "file": dg.MetadataValue.path(str(file)),
        })

    return linkage
