"""Refused deliveries in the UI: the check, what it says, and the job that writes a decision."""

from datetime import date

import dagster as dg
import pytest
import yaml

from pipelines.defs.deliveries import breakers, decide_delivery
from pipelines.defs.resources import Lakehouse
from pipelines.ingest.bronze import results, rulings
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


def test_blanks_around_a_decision_are_no_part_of_it_and_a_day_is_written_in_one_way(tmp_path, cards):  # noqa: F811
    office, entry = refused_once(tmp_path, cards)
    assert run(office.paths.root, entry | {"decision": " release ", "on": " 2024-03-01\n"}).success
    (file,) = (office.paths.decisions / "deliveries").glob("*.yaml")
    assert yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader) == [entry | {"on": "2024-03-01"}]
    file.unlink()
    for on in ("20240301", "2024-W09-5", "2024-3-1"):
        assert not run(office.paths.root, entry | {"on": on}).success
    assert not list((office.paths.decisions / "deliveries").glob("*.yaml"))


@pytest.mark.parametrize("is_taken_in", [False, True])
def test_the_opposite_of_a_decision_that_stands_is_not_written(tmp_path, cards, is_taken_in):  # noqa: F811
    office, entry = refused_once(tmp_path, cards)
    entry |= {"on": "2024-03-01"}
    assert run(office.paths.root, entry).success
    if is_taken_in:
        rulings.take_in(office.paths, date(2024, 3, 31))
    before = sorted((office.paths.decisions / "deliveries").rglob("*.yaml"))
    opposite = run(office.paths.root, entry | {"decision": "reject", "on": "2024-02-01"})
    assert not opposite.success
    assert "已决定放行，不能再改" in opposite.failure_data_for_node("decide").user_failure_data.description
    assert sorted((office.paths.decisions / "deliveries").rglob("*.yaml")) == before


def refused_once(tmp_path, cards):  # noqa: F811
    """An office that has refused a delivery, and the decision to release it."""
    office = Office(tmp_path / "data", FEEDS)
    office.deliver("F11", "F11_残疾人证_370600_202401.csv", cards(10), date(2024, 1, 28))
    delivery = office.deliver("F11", "F11_残疾人证_370600_202402.csv", cards(30), FEB).delivery_id
    return office, {"feed": "F11", "delivery_id": delivery, "decision": "release", "reason": "已核实", "by": "张三"}


def test_a_decision_that_says_nothing_is_not_written(tmp_path):
    entry = {"feed": "F11", "delivery_id": "x", "decision": "maybe", "reason": "", "by": "张三", "on": "2024-03-01"}
    with pytest.raises(ValueError, match="这一决定 第1条：缺少 reason.*decision 只能是 release"):
        write_ruling(Paths(tmp_path), entry)
    assert not (tmp_path / "decisions").exists()
