"""Refused deliveries: the decisions about them, and what the UI says of every feed's deliveries.

Belongs here: the asset that takes decisions in, the job that writes one, the check `breakers`. Does not belong here:
refusing (`bronze.breakers`), what never came (`defs.arrivals`).
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

import dagster as dg

from pipelines.defs.fresh import EVERY_TURN
from pipelines.defs.metadata import markdown_table
from pipelines.defs.partitions import BUSINESS_DATE, BY_DATE, as_of
from pipelines.defs.resources import Lakehouse
from pipelines.ingest.bronze import DeliveryResult, rulings, withdrawals
from pipelines.judge.ledger.rulings import arrived
from pipelines.kit.contracts import Feed
from pipelines.kit.decision_files import first_open_day

RULINGS = dg.AssetKey(["bronze", "rulings"])
_LAST = 30


def rulings_asset(feeds: Iterable[Feed]) -> dg.AssetsDefinition:
    """Upstream of every feed, so that all of them see the same decisions."""
    codes = [feed.code for feed in feeds]

    @dg.asset(
        key=RULINGS, deps=[BUSINESS_DATE], group_name="bronze", kinds={"yaml"}, owners=["team:big_data_bureau"],
        freshness_policy=EVERY_TURN, **BY_DATE,
        description="Takes in what people decided about deliveries: refused ones 放行与退回 "
        "(data/decisions/deliveries/*.yaml), those out of force 撤回与恢复 (data/decisions/withdrawals/*.yaml).",
    )
    def decisions(context: dg.AssetExecutionContext, lakehouse: Lakehouse) -> dg.MaterializeResult:
        paths = lakehouse.hold(context.log)
        rulings.take_in(paths, as_of(context))
        withdrawals.take_in(paths, as_of(context))
        problems = rulings.problems(paths, as_of(context), {code: arrived(paths, code) for code in codes})
        problems += withdrawals.unread(paths) + withdrawals.waiting(paths, as_of(context))
        for problem in problems:
            context.log.warning(problem)
        made = rulings.rulings(paths, as_of(context))
        columns = ["feed", "delivery_id", "decision", "on", "turn"]
        rows = [tuple(getattr(r, c) for c in columns) for r in made]
        return dg.MaterializeResult(metadata={
            "dagster/row_count": len(made), "messages": problems,
            "decisions": dg.MetadataValue.md(markdown_table(columns, rows[-_LAST:])),
        })

    return decisions


class Ruling(dg.Config):
    """One decision about one refused delivery; it is kept, so name no citizen in the reason."""

    feed: str
    delivery_id: str
    decision: str
    reason: str
    by: str
    on: str = ""


@dg.op(
    description="Writes the decision file 写下决定; the next turn takes it in. `decision`: release 放行, reject 退回; "
    "`on`: the business date from which it counts 自哪天起办理, by default the day after the newest turn."
)
def decide(context: dg.OpExecutionContext, config: Ruling, lakehouse: Lakehouse) -> None:
    paths, said = lakehouse.paths, {name: text.strip() for name, text in config.model_dump().items()}
    said["on"] = on = said["on"] or (first_open_day(paths) or date.today()).isoformat()
    feed, delivery, decision = said["feed"], said["delivery_id"], said["decision"]
    if decision in rulings.CHOICES and (why := rulings.refusal(paths, said, arrived(paths, feed).get(delivery))):
        raise dg.Failure(f"{feed} {delivery} {why}。没有写下决定。", allow_retries=False)
    path = rulings.write_ruling(paths, said)
    context.log.info(f"{feed} {delivery} {rulings.CHOICES[decision]}：自 {on} 起的轮次办理")
    context.add_output_metadata({"file": dg.MetadataValue.path(str(path)), "on": on})


# What the launchpad opens with.
_TEMPLATE = {
    "feed": "F11", "delivery_id": "see the check breakers 见检查 breakers", "decision": "release | reject",
    "reason": "核实情况", "by": "姓名", "on": "",
}  # fmt: skip


@dg.job(
    executor_def=dg.in_process_executor, config={"ops": {"decide": {"config": _TEMPLATE}}},
    description="Release or reject a refused delivery 放行或退回一批交付.",
)
def decide_delivery() -> None:
    decide()


def breakers_spec(asset: dg.AssetKey) -> dg.AssetCheckSpec:
    """The check that says whether every delivery of a feed that counts was accepted."""
    return dg.AssetCheckSpec(
        "breakers", asset=asset,
        description="In the place of every refused delivery another one has come (批次拦截).",
    )


def breakers(
    asset: dg.AssetKey, unmended: Sequence[DeliveryResult], decided: Collection[str]
) -> dg.AssetCheckResult:
    """Over refused deliveries in whose place nothing came: an error while one waits for a decision, else a warning.

    `decided`: ids of deliveries somebody has decided about.
    """
    waiting = sum(r.delivery_id not in decided for r in unmended)
    limits = [
        (r.delivery_id, r.scope, c.name, c.found, c.limit) for r in unmended for c in r.checks if c.is_broken
    ]
    refused = [(r.scope, r.period, r.delivered_on, r.delivery_id) for r in unmended]
    return dg.AssetCheckResult(
        check_name="breakers", asset_key=asset, passed=not unmended,
        severity=dg.AssetCheckSeverity.ERROR if waiting else dg.AssetCheckSeverity.WARN,
        description="；".join(r.breaker_message or "" for r in unmended[-3:]) or None,
        metadata={
            "waiting": waiting, "stale_scopes": len({r.scope for r in unmended}),
            "refused": dg.MetadataValue.md(
                markdown_table(["scope", "period", "delivered_on", "delivery_id"], refused[-_LAST:])
            ),
        } | ({} if not limits else {
            "limits_broken": dg.MetadataValue.md(
                markdown_table(["delivery_id", "scope", "检查项目", "本次", "界限"], limits[-_LAST:])
            ),
        }),
    )
