"""Refused deliveries in the UI: the check, what it says, and the job that writes a decision."""

from datetime import date

import dagster as dg
import pytest
import yaml

from pipelines.defs.deliveries import breakers, decide_delivery
from pipelines.defs.resources import Lakehouse
from pipelines.ingest.bronze import results
from pipelines.ingest.bronze.rulings import write_ruling
from pipelines.ingest.deliveries.refused import unmended
from pipelines.kit.paths import Paths
from tests.ingest.conftest import FEEDS, Office, card, cards  # noqa: F401  fixtures

KEY = dg.AssetKey(["bronze", FEEDS["F11"].table])
FEB = date(2024, 2, 28)


def test_a_waiting_delivery_is_an_error_that_says_why(tmp_path, cards):  # noqa: F811
    office = Office(tmp_path / "data", FEEDS)
    office.deliver("F11", "F11_残疾人证_370600_202401.csv", cards(10), date(2024, 1, 28))
    assert breakers(KEY, unmended(results(office.paths, "F11", FEB)), {}).passed
    second = office.deliver("F11", "F11_残疾人证_370600_202402.csv", cards(30), FEB)
    holes = unmended(results(office.paths, "F11", FEB))
    found = breakers(KEY, holes, {})
    assert (found.passed, found.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert found.description == second.breaker_message
    assert found.metadata["waiting"].value == 1
    assert "本次 30 行，上次 10 行" in found.metadata["limits_broken"].value
    assert f"| 370600 | 202402 | 2024-02-28 | {second.delivery_id} |" in found.metadata["refused"].value
    assert breakers(KEY, holes, {second.delivery_id}).severity == dg.AssetCheckSeverity.WARN


def run(root, entry):
    return decide_delivery.execute_in_process(
        run_config={"ops": {"decide": {"config": entry}}}, resources={"lakehouse": Lakehouse(root=str(root))},
        raise_on_error=False,
    )  # fmt: skip


def test_the_job_writes_the_decision_file_for_the_next_turn(tmp_path, cards):  # noqa: F811
    office = Office(tmp_path / "data", FEEDS)
    office.deliver("F11", "F11_残疾人证_370600_202401.csv", cards(10), date(2024, 1, 28))
    refused = office.deliver("F11", "F11_残疾人证_370600_202402.csv", cards(30), FEB)
    paths = office.paths
    (paths.decisions / "turns").mkdir(parents=True)
    (paths.decisions / "turns" / "2024-02-29.json").write_text("{}")
    entry = {"feed": "F11", "delivery_id": refused.delivery_id, "decision": "release", "reason": "已核实", "by": "张三"}
    assert run(paths.root, entry).success
    (file,) = (paths.decisions / "deliveries").glob("*.yaml")
    entry |= {"on": "2024-03-01"}
    assert yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader) == [entry]
    assert write_ruling(paths, entry) == file


@pytest.mark.parametrize("delivery", ["20990101-deadbeef", "accepted"])
def test_a_decision_that_can_have_no_effect_is_not_written(tmp_path, cards, delivery):  # noqa: F811
    office = Office(tmp_path / "data", FEEDS)
    good = office.deliver("F11", "F11_残疾人证_370600_202401.csv", cards(10), date(2024, 1, 28))
    delivery = good.delivery_id if delivery == "accepted" else delivery
    entry = {"feed": "F11", "delivery_id": delivery, "decision": "release", "reason": "已核实", "by": "张三"}
    assert not run(office.paths.root, entry).success
    assert not (office.paths.decisions / "deliveries").exists()


def test_a_decision_that_says_nothing_is_not_written(tmp_path):
    entry = {"feed": "F11", "delivery_id": "x", "decision": "maybe", "reason": "", "by": "张三", "on": "2024-03-01"}
    with pytest.raises(ValueError, match="这一决定 第1条：缺少 reason.*decision 只能是 release"):
        write_ruling(Paths(tmp_path), entry)
    assert not (tmp_path / "decisions").exists()
