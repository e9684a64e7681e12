"""The ledger as assets: judging the date, opening a turn, answers coming in, anomalies with one check a rule, tickets.

Belongs here: these assets and their metadata. The order of the steps is `pipelines.turn`.
"""

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager

import dagster as dg

from pipelines import turn
from pipelines.defs import rule_checks
from pipelines.defs.bronze import bronze_key
from pipelines.defs.event_log import forget_old_runs
from pipelines.defs.fresh import EVERY_TURN
from pipelines.defs.metadata import markdown_table, table_metadata
from pipelines.defs.partitions import BUSINESS_DATE, BY_DATE, STALE_OK, as_of, calendar, earlier_ones, reason
from pipelines.defs.past import PAST
from pipelines.defs.resources import Lakehouse
from pipelines.ingest.arrivals.recent import TooOld
from pipelines.judge.ledger import findings, shown
from pipelines.judge.ledger.ticket_numbers import short
from pipelines.judge.ledger.turn_file import mend_turns
from pipelines.judge.ledger.turns import Overtaken
from pipelines.judge.rules import Rule, load_rules
from pipelines.judge.verify.run import load_suites
from pipelines.kit.contracts import Feed
from pipelines.kit.decision_files import issued_turns

_LAST = 12
_ANSWERED = 50
_LOOK_AGAIN = 5.0  # seconds
ANOMALY = dg.AssetKey(["ledger", "anomaly"])
COMMON = {
    "group_name": "ledger", "owners": ["team:big_data_bureau"], "freshness_policy": EVERY_TURN, **BY_DATE,
}  # fmt: skip


def assets(feeds: Collection[Feed]) -> list[dg.AssetsDefinition]:
    """The ledger's assets, in the order of a turn."""
    return [_date_asset(feeds), _turn_asset(feeds), _correction_asset(), _anomaly_asset(load_rules()), _ticket_asset()]


def _date_asset(feeds: Collection[Feed]) -> dg.AssetsDefinition:
    @dg.asset(
        key=BUSINESS_DATE, kinds={"duckdb"}, **COMMON,
        description="Judges the business date 业务日期 before anything is taken in: refuses one that later turns have "
        "overtaken, and one far past all data unless the run's tag `stale_ok` says why it is meant.",
    )
    def business_date(context: dg.AssetExecutionContext, lakehouse: Lakehouse) -> dg.MaterializeResult:
        while earlier := earlier_ones(context):
            context.log.info(f"waiting for {earlier[0]} of the same backfill 等待同一批补跑中更早的日期")
            time.sleep(_LOOK_AGAIN)
        paths = lakehouse.hold(context.log)
        forget_old_runs(context.instance, paths.dagster_home)
        stale_ok = reason(context, STALE_OK)
        with _refused_by_the_date():
            turn.require_date(paths, as_of(context), stale_ok)
        if not calendar(paths, feeds):
            context.log.warning(
                f"no department has sent anything yet 还没有任何部门数据: files go into {paths.drop}/<feed>/"
            )
        out = issued_turns(paths)
        if out and as_of(context) < out[-1]:
            context.log.warning(
                f"the lake goes back to {as_of(context)}; run {out[-1]} again afterwards "
                "湖仓将回到这一天，之后请再运行最近一轮"
            )
        return dg.MaterializeResult(metadata={
            "stale_ok": stale_ok or "—",
            "turns_out": [day.isoformat() for day in out[-_LAST:]],
        })

    return business_date


@contextmanager
def _refused_by_the_date() -> Iterator[None]:
    try:
        yield
    except (TooOld, Overtaken) as refusal:
        raise dg.Failure(str(refusal), allow_retries=False) from None


def _turn_asset(feeds: Collection[Feed]) -> dg.AssetsDefinition:
    @dg.asset(
        key=["ledger", "turn"], deps=[["reference", "tables"], *(bronze_key(f) for f in feeds)],
        kinds={"ducklake"}, **COMMON,
        description="Opens the turn 开启轮次: replays issued turns that a fresh lake lacks, forgets this "
        "and later ones, records every delivery known by the business date.",
    )
    def opened(context: dg.AssetExecutionContext, lakehouse: Lakehouse) -> dg.MaterializeResult:
        paths = lakehouse.hold(context.log)
        for sentence in mend_turns(paths):
            context.log.warning(sentence)
        with _refused_by_the_date():
            replayed = turn.open_turn(paths, as_of(context), reason(context, STALE_OK), lakehouse.day(context, feeds))
        with lakehouse.connect(context.log) as con:
            metadata = table_metadata(con, "ledger.delivery")
        return dg.MaterializeResult(metadata={**metadata, "turns_replayed": [d.isoformat() for d in replayed]})

    return opened


def _correction_asset() -> dg.AssetsDefinition:
    @dg.asset(
        key=["ledger", "correction"], deps=[["ledger", "turn"]], kinds={"excel", "ducklake"}, **COMMON,
        description="Takes in the workbooks townships sent back 收件: each is checked, applied all-or-nothing "
        "per group, and answered with a receipt in data/receipts.",
    )
    def correction(context: dg.AssetExecutionContext, lakehouse: Lakehouse) -> dg.MaterializeResult:
        paths = lakehouse.hold(context.log)
        with lakehouse.showing(context, shown.OPENED) as con:
            report = turn.take_in(paths, con, as_of(context))
            outcomes = con.execute(
                "SELECT township_code, outcome, count(*) FROM lake.ledger.answer WHERE as_of = ? "
                "GROUP BY 1, 2 ORDER BY 1, 2",
                [as_of(context)],
            ).fetchall()
            metadata = table_metadata(con, "ledger.correction_standing")
        for problem in report.problems:
            context.log.warning(problem)
        return dg.MaterializeResult(metadata={
            **metadata,
            "workbooks": report.workbooks,
            "outcomes": dg.MetadataValue.md(markdown_table(["township_code", "outcome", "rows"], outcomes)),
            "receipts": dg.MetadataValue.path(str(paths.receipts)),
        })

    return correction


def _anomaly_asset(rules: dict[str, Rule]) -> dg.AssetsDefinition:
    tables = [dg.AssetKey(["verify", suite["name"]]) for suite in load_suites()]

    @dg.asset(
        key=ANOMALY, deps=[*tables, ["linkage", "person_identifier"], ["linkage", "decision_outcome"], PAST],
        kinds={"greatexpectations", "ducklake"}, **COMMON,
        description="Runs all rules 校核; every failing key, with its evidence, in one table. One check per rule.",
        check_specs=[rule_checks.spec(ANOMALY, rule) for rule in rules.values()],
    )
    def anomaly(context: dg.AssetExecutionContext, lakehouse: Lakehouse) -> Iterator:
        paths = lakehouse.hold(context.log)
        with lakehouse.showing(context, shown.BUILT) as con:
            results = turn.check(paths, con, as_of(context))
            changes = findings.changes(con, as_of(context), rules)
            today = f"DATE '{as_of(context)}'"
            metadata = table_metadata(con, "ledger.anomaly", where=f"{today} BETWEEN first_seen AND last_seen")
            worst = con.execute(
                "SELECT rule_id, fixer, department, count(*), count(DISTINCT township_code) "
                f"FROM {findings.standing(today)} GROUP BY ALL ORDER BY ALL"
            ).fetchall()
        table = markdown_table(["rule", "fixer", "department", "anomalies", "townships"], worst)
        counts = rule_checks.counts({result.rule_id: result.unexpected for result in results})
        yield dg.MaterializeResult(metadata={**metadata, "by_rule": dg.MetadataValue.md(table), **counts})
        for result in results:
            if news := rule_checks.news(rules[result.rule_id], result, changes[result.rule_id]):
                context.log.warning(f"{result.rule_id} {'；'.join(news)}")
            yield rule_checks.result(ANOMALY, rules[result.rule_id], result, changes[result.rule_id])

    return anomaly


def _ticket_asset() -> dg.AssetsDefinition:
    @dg.asset(
        key=["ledger", "ticket"], deps=[ANOMALY, ["ledger", "correction"]], kinds={"ducklake"}, **COMMON,
        description="Moves every ticket on 工单流转: answers, departments' decisions, re-check, flip-back. "
        "A ticket closes only when the re-check passes.",
    )
    def ticket(context: dg.AssetExecutionContext, lakehouse: Lakehouse) -> dg.MaterializeResult:
        paths = lakehouse.hold(context.log)
        with lakehouse.showing(context, shown.CHECKED) as con:
            summary = turn.settle(paths, con, as_of(context))
            events = con.execute(
                "SELECT event, count(*) FROM lake.ledger.ticket_event WHERE as_of = ? GROUP BY 1 ORDER BY 1",
                [as_of(context)],
            ).fetchall()
            states = con.execute(
                "SELECT state, assignee, count(*) FROM lake.ledger.ticket GROUP BY ALL ORDER BY ALL"
            ).fetchall()
            answered = con.execute(
                "SELECT t.ticket_id, t.rule_id, t.township_code, e.event, t.state, t.assignee "
                "FROM lake.ledger.ticket_event AS e JOIN lake.ledger.ticket AS t USING (ticket_id) "
                "WHERE e.as_of = ? AND starts_with(e.event, 'answer') ORDER BY t.township_code, t.ticket_id LIMIT ?",
                [as_of(context), _ANSWERED],
            ).fetchall()
            metadata = table_metadata(con, "ledger.ticket")
        for problem in summary.problems:
            context.log.warning(problem)
        return dg.MaterializeResult(metadata={
            **metadata,
            "events_of_this_turn": dg.MetadataValue.md(markdown_table(["event", "tickets"], events)),
            "answered_in_this_turn": dg.MetadataValue.md(markdown_table(
                ["工单号", "ticket_id", "rule", "township", "answer", "state", "assignee"],
                [(short(ticket), ticket, *rest) for ticket, *rest in answered],
            )),
            "states": dg.MetadataValue.md(markdown_table(["state", "assignee", "tickets"], states)),
        })

    return ticket
