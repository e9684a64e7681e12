"""Whatever writes or issues holds the date the lake shows, alone or in any part: the run fails, and nothing changes."""

import json
from datetime import date

import dagster as dg
import pytest

from pipelines.defs import exports, ledger, outputs, queries
from pipelines.defs.resources import Lakehouse
from pipelines.give.exports import load_exports
from pipelines.judge.ledger import schema, shown
from pipelines.kit.contracts import load_contracts
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths
from tests.defs.dated import materialize

SHOWN, OTHER = "2024-03-05", "2024-01-31"
FEEDS = load_contracts()
ALONE = {
    made.key.to_user_string(): made
    for made in (
        *ledger.assets(FEEDS.values())[2:], *outputs.assets(), *exports.assets(load_exports().values(), FEEDS),
        queries.answers,
    )
}  # fmt: skip


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    """A lake that shows 5 March, closed; return sets of January are out."""
    paths = Paths(tmp_path_factory.mktemp("guard"))
    with connect(paths) as con:
        schema.ensure(con)
        shown.reach(con, date.fromisoformat(SHOWN), shown.CLOSED)
    decided = paths.decisions / "turns" / f"{OTHER}.json"
    decided.parent.mkdir(parents=True)
    decided.write_text(json.dumps({"as_of": OTHER, "sets": []}))
    return paths


def refusal(installation, made, day):
    """What the UI says of a run that failed and made nothing."""
    lakehouse = Lakehouse(root=str(installation.root))
    result = materialize([made], day, raise_on_error=False, resources={"lakehouse": lakehouse})
    assert not result.success and not result.get_asset_materialization_events()
    (failed,) = [e for e in result.all_events if e.event_type == dg.DagsterEventType.STEP_FAILURE]
    return failed.step_failure_data.error.message


def test_a_date_that_later_turns_have_overtaken_is_refused_before_anything_is_taken_in(installation):
    judged = ledger.assets(FEEDS.values())[0]
    said = refusal(installation, judged, "2024-01-15")
    assert "the turn of 2024-01-31 is out, and there is none of 2024-01-15" in said
    assert "2024-01-31." in said and "更晚的业务日期" in said


def test_a_date_far_past_what_waits_in_the_drop_folder_is_refused_before_anything_is_taken_in(tmp_path):
    paths = Paths(tmp_path)
    (paths.drop / "F11").mkdir(parents=True)
    (paths.drop / "F11" / "F11_残疾人证_370600_202402_全量.csv").touch()
    judged = ledger.assets(FEEDS.values())[0]
    assert "newest data of all monthly feeds reach to 2024-02-29" in refusal(paths, judged, "2024-06-30")
    lakehouse = Lakehouse(root=str(paths.root))
    for day, tags in (("2024-03-31", {}), ("2024-06-30", {"stale_ok": "演练"})):
        assert materialize([judged], day, tags=tags, resources={"lakehouse": lakehouse}).success


@pytest.mark.parametrize("name", ALONE)
def test_nothing_is_made_for_a_date_the_lake_does_not_show(installation, name):
    def files():
        found = (p for p in installation.root.rglob("*") if p.is_file() and p.parent.name != "lake")
        return {p: p.stat().st_mtime_ns for p in found}

    before = files()
    said = refusal(installation, ALONE[name], OTHER)
    assert "the lake shows 2024-03-05, not 2024-01-31" in said
    assert "Launch the job `turn` with partition 2024-01-31" in said
    assert files() == before


@pytest.mark.parametrize(("name", "step", "needed"), [
    ("ledger/anomaly", shown.ANSWERED, shown.BUILT),
    ("ledger/ticket", shown.BUILT, shown.CHECKED),
    ("returns/return_sets", shown.CHECKED, shown.SETTLED),
    ("returns/department_notices", shown.SETTLED, shown.CLOSED),
    ("published/analyst_database", shown.SETTLED, shown.CLOSED),
    ("exports/civil_affairs/deceased_still_paid", shown.SETTLED, shown.CLOSED),
    ("queries/answers", shown.OPENED, shown.CLOSED),
])  # fmt: skip
def test_a_turn_that_was_stopped_half_way_is_not_taken_for_its_date(installation, name, step, needed):
    with connect(installation) as con:
        before = shown.look(con)
        shown.reach(con, before.as_of, step)
    assert f"only come to '{step}', this needs '{needed}'" in refusal(installation, ALONE[name], SHOWN)
    with connect(installation) as con:
        shown.reach(con, before.as_of, before.step)
