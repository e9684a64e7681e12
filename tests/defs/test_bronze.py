"""Bronze in Dagster: one step, an asset a feed; what fails is named and stops no other feed."""

import dagster as dg
import pytest

from pipelines.defs.bronze import bronze_assets, bronze_key
from pipelines.defs.deliveries import rulings_asset
from pipelines.defs.resources import Lakehouse
from pipelines.ingest.feeds import many
from tests.defs.dated import materialize
from tests.ingest.conftest import FEEDS, Office, card, cards  # noqa: F401  fixtures

ASKED = [FEEDS["F11"], FEEDS["F20"]]
DAY = "2024-01-31"


@pytest.fixture
def office(tmp_path, cards) -> Office:  # noqa: F811
    made = Office(tmp_path / "data", FEEDS)
    made.drop("F11", "F11_残疾人证_370600_202401.csv", cards(10))
    return made


def run(office: Office, selection: dg.AssetSelection | None = None) -> dg.ExecuteInProcessResult:
    return materialize(
        [rulings_asset(ASKED), bronze_assets(ASKED)], DAY, selection=selection, raise_on_error=False,
        resources={"lakehouse": Lakehouse(root=str(office.paths.root))},
    )  # fmt: skip


def rows(result: dg.ExecuteInProcessResult) -> dict[str, int]:
    made = result.asset_materializations_for_node("bronze")
    counted = {m.asset_key.path[-1]: m.metadata.get("dagster/row_count") for m in made}
    return {name: count.value for name, count in counted.items() if count}


@pytest.mark.parametrize("worth", [1, 10**9])
def test_a_feed_that_fails_is_named_and_the_others_stand(office, monkeypatch, worth):
    monkeypatch.setattr(many, "_WORTH_A_POOL", worth)
    office.drop("F20", "F20_unreadable.csv", b"\x00\x01")
    office.paths.history.mkdir()
    (office.paths.history / "F20").write_text("in the way")
    result = run(office)
    assert result.success, "the run ends, and what comes after runs on"
    assert rows(result) == {FEEDS["F11"].table: 10}
    failed = [e for e in result.get_asset_check_evaluations() if not e.passed]
    assert [(e.asset_key, e.check_name) for e in failed] == [(bronze_key(FEEDS["F20"]), "up_to_date")]
    assert "沿用此前的数据" in failed[0].description and "事件编号 S20240131-" in failed[0].description
    (office.paths.history / "F20").unlink()
    healed = run(office)
    assert healed.success and rows(healed) == {FEEDS["F11"].table: 10, FEEDS["F20"].table: 0}


def test_one_feed_alone_is_read_alone(office):
    office.drop("F20", "F20_unreadable.csv", b"\x00\x01")
    result = run(office, dg.AssetSelection.assets(bronze_key(FEEDS["F11"])))
    assert result.success and rows(result) == {FEEDS["F11"].table: 10}
    assert [p.name for p in (office.paths.drop / "F20").iterdir()] == ["F20_unreadable.csv"]
    checks = {e.check_name: e.passed for e in result.get_asset_check_evaluations()}
    assert checks == {"up_to_date": True, "rows_reconciled": True, "breakers": True, "history_reconciled": True}
