import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from pipelines.kit.contracts import load_contracts
from pipelines.kit.contracts.__main__ import main
from pipelines.kit.contracts.generate import CONTRACTS, SOURCES, SUITES, drift, generated, write
from pipelines.kit.paths import PROJECT_ROOT

FEEDS = load_contracts()
FILES = generated(PROJECT_ROOT)


def test_the_project_is_in_line_with_its_standard():
    assert drift(PROJECT_ROOT) == []


def test_generation_is_byte_identical_in_another_process(project: Path):
    write(project)
    command = [sys.executable, "-m", "pipelines.kit.contracts", "generate", "--check", "--root", str(project)]
    subprocess.run(command, check=True, cwd=PROJECT_ROOT, env={**os.environ, "PYTHONHASHSEED": "1"})
    assert {p: (project / p).read_text(encoding="utf-8") for p in FILES} == FILES
    assert len(FILES) == 2 * 37 + 1


def test_check_tells_drift_and_changes_nothing(project: Path, capsys: pytest.CaptureFixture):
    arguments = ["generate", "--root", str(project)]
    assert main(arguments) == 0
    suite = project / "expectations/suites/structure/F11.json"
    suite.write_text("edited by hand", encoding="utf-8")
    stray = project / "expectations/suites/structure/F99.json"
    stray.write_text("{}", encoding="utf-8")
    capsys.readouterr()
    assert main([*arguments, "--check"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "drifted: expectations/suites/structure/F11.json",
        "drifted: expectations/suites/structure/F99.json",
    ]
    assert suite.read_text(encoding="utf-8") == "edited by hand"
    assert main(arguments) == 0
    assert (drift(project), stray.exists()) == ([], False)


def test_a_changed_feed_file_changes_its_contract_and_what_shows_the_heading(change):
    root = change("{element: valid_to, label: 有效期至,", "{element: valid_to, label: 证件有效期止,")
    changed = {p for p, text in generated(root).items() if FILES[p] != text}
    assert changed == {CONTRACTS / "disabled_federation/disability_cards.odcs.yaml", SOURCES}


def test_a_changed_element_reaches_every_feed_that_uses_it(project: Path):
    standard = project / "expectations/elements.yaml"
    text = standard.read_text(encoding="utf-8")
    standard.write_text(text.replace("label: 民族\n", "label: 民族代码表\n", 1), encoding="utf-8")
    changed = {p.name for p, text in generated(project).items() if FILES[p] != text}
    assert changed == {"residents.odcs.yaml", "_sources.generated.yml", "F01.json"}


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("classification: L4", "classification: L9", "columns.1.classification"),
        ("classification: L4", "classification: L2", "column name is L2, its element L3"),
        ("element: valid_to", "element: valid_two", "elements not in the catalogue: valid_two"),
        ("mode: full", "mode: sometimes", "delivery.mode"),
        ("every: 1m", "every: monthly", "delivery.every"),
        ("title: 残疾人证", "titel: 残疾人证", "titel"),
        ("key: 1", "required: true", "no primaryKey"),
        ("code: F11", "code: F01", "exists twice"),
        ("columns:", "columns: {", "disabled_federation/disability_cards.yaml"),
    ],
)
def test_a_bad_feed_file_ends_with_one_and_says_why(change, capsys, old: str, new: str, complaint: str):
    assert main(["generate", "--root", str(change(old, new))]) == 1
    assert complaint in capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("sharing: 有条件共享", "sharing: 随便", "sharing"),
        ("code: DE01002", "code: DE01001", "element codes used twice: DE01001"),
        ("    type: date", "    type: moment", "type"),
    ],
)
def test_a_bad_element_ends_with_one_and_says_why(project: Path, capsys, old: str, new: str, complaint: str):
    standard = project / "expectations/elements.yaml"
    text = standard.read_text(encoding="utf-8")
    assert old in text
    standard.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert main(["generate", "--root", str(project)]) == 1
    assert complaint in capsys.readouterr().err


def test_dbt_sources_name_every_table_with_its_chinese_labels():
    document = yaml.safe_load(FILES[SOURCES])
    (source,) = document["sources"]
    tables = {t["name"]: t for t in source["tables"]}
    assert list(tables) == [f.table for f in FEEDS.values()]
    table = tables["health__death_certificates"]
    assert table["config"]["external_location"] == (
        "read_parquet('{{ env_var('ZHENJIE_DATA') }}/bronze/F04/*/rows.parquet', union_by_name=true)"
    )
    columns = {c["name"]: c for c in table["columns"]}
    assert columns["death_date"]["description"].startswith("死亡日期")
    assert columns["_row"]["data_type"] == "BIGINT"
    land = {c["name"]: c["data_type"] for c in tables["agriculture__land_contracts"]["columns"]}
    assert (land["contract_area"], land["amount"]) == ("DECIMAL(18,4)", "DECIMAL(18,2)")


def test_a_structural_suite_says_what_the_contract_promises():
    suite = json.loads(FILES[SUITES / "F11.json"])
    by_rule = {e["meta"]["rule_id"]: e for e in suite["expectations"]}
    assert list(by_rule) == [f"S_F11_{n:02d}" for n in range(1, len(by_rule) + 1)]
    kinds = [(e["type"], e["kwargs"].get("column")) for e in suite["expectations"]]
    assert ("expect_column_values_to_not_be_null", "card_no") in kinds
    assert ("expect_column_values_to_not_be_null", "valid_to") not in kinds
    (codes,) = [
        e["kwargs"]["value_set"] for e in suite["expectations"]
        if e["type"].endswith("in_set") and e["kwargs"]["column"] == "level_code"
    ]  # fmt: skip
    assert codes == ["1", "2", "3", "4"]
    assert suite["expectations"][-1]["kwargs"] == {"column_list": ["_delivery_id", "card_no"]}


def test_a_feed_that_is_no_more_takes_its_files_along(project: Path):
    write(project)
    shutil.rmtree(project / "expectations/feeds/disabled_federation")
    gone = set(write(project))
    assert {SUITES / "F11.json", CONTRACTS / "disabled_federation/disability_cards.odcs.yaml"} <= gone
    assert not any((project / p).exists() for p in FILES if "F11" in p.name)


def test_a_folder_that_holds_nothing_more_goes_with_its_last_file(project: Path):
    write(project)
    (project / "expectations/feeds/disabled_federation/disability_cards.yaml").unlink()
    folder = project / CONTRACTS / "disabled_federation"
    left = [file.name for file in folder.iterdir()]
    write(project)
    assert left == ["disability_cards.odcs.yaml"] and not folder.exists()
    assert (project / SUITES).is_dir()
