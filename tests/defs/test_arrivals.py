"""The daily job in a folder of its own: files come in, the report stands, the check turns red on the right day."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import dagster as dg
import pytest

from pipelines.defs import arrivals, bronze, checks, jobs
from pipelines.defs.partitions import offer
from pipelines.defs.resources import Lakehouse
from pipelines.kit.contracts import load_contracts
from pipelines.kit.paths import Paths

CARD = "残疾人证号,姓名,残疾类别,残疾等级,有效期至,补贴类别,补贴状态,村居代码\r\n"
LINE = "37060219600101001511,李一,1,1,2030-01-01,生活补贴,发放,370602001001\r\n"
FEEDS = [replace(load_contracts()[code], due_days=10) for code in ("F11", "F20")]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory):
    """{day: (checks by table, materialization metadata)} of four days; one file came in January."""
    paths = Paths(tmp_path_factory.mktemp("daily"))
    folder = paths.drop / "F11"
    folder.mkdir(parents=True)
    (folder / "F11_残疾人证_370600_202401_全量.csv").write_text(CARD + LINE, encoding="utf-8-sig", newline="")
    structure = checks.structure_checks(FEEDS)
    defs = dg.Definitions(
        assets=[bronze.bronze_assets(FEEDS), arrivals.daily_report(FEEDS)],
        asset_checks=[structure, arrivals.on_time_checks(FEEDS)],
        jobs=[jobs.arrivals_job(structure.check_keys)],
        resources={"lakehouse": Lakehouse(root=str(paths.root))},
    )
    job, found = defs.resolve_job_def(jobs.ARRIVALS), {}
    with dg.DagsterInstance.ephemeral() as instance:
        for day in ("2024-01-31", "2024-02-10", "2024-02-11"):
            offer(instance, [date.fromisoformat(day)])
            run = job.execute_in_process(partition_key=day, instance=instance)
            results = {(e.asset_key.path[-1], e.check_name): e for e in run.get_asset_check_evaluations()}
            (made,) = run.asset_materializations_for_node("reports__daily_arrivals")
            found[day] = (results, made.metadata)
    return paths, found


def test_the_check_turns_red_the_day_after_the_due_day_and_only_for_what_is_missing(runs):
    _, found = runs
    passed = {
        day: [results[f.table, "arrived_on_time"].passed for f in FEEDS] for day, (results, _) in found.items()
    }
    assert passed == {"2024-01-31": [True, True], "2024-02-10": [True, True], "2024-02-11": [True, False]}
    red = found["2024-02-11"][0][FEEDS[1].table, "arrived_on_time"]
    assert red.severity == dg.AssetCheckSeverity.ERROR
    assert red.description == "F20 基本医疗参保: 1 not here 逾期未到, longest 全市 202401 by 1 days"
    assert "| 370600 | 全市 | 202401 | missing | 2024-02-10 | 1 |" in red.metadata["overdue"].value


def test_the_daily_job_takes_files_in_but_leaves_reading_every_row_to_the_turn(runs):
    paths, found = runs
    assert not list((paths.drop / "F11").iterdir())
    names = {name for _, name in found["2024-01-31"][0]}
    assert names > {"arrived_on_time", "rows_reconciled"}
    assert "structure" not in names


def test_the_report_stands_and_its_metadata_say_how_it_is(runs):
    paths, found = runs
    metadata = found["2024-02-11"][1]
    assert (metadata["coverage_percent"].value, metadata["overdue"].value) == (50.0, 1)
    assert "F20 基本医疗参保" in metadata["missing_table"].value
    before = found["2024-02-10"][1]
    assert before["not_yet_due"].value == 3
    assert "| 市医保局 | F20 基本医疗参保 | 全市 | 202401 | 2024-02-10 | 0 |" in before["next_due"].value
    for day in found:
        file = paths.reports / "daily" / day / f"归集日报_{day}.xlsx"
        assert file == Path(found[day][1]["file"].value)
        assert file.is_file()
    assert date.fromisoformat(day) == date(2024, 2, 11)
