import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from pipelines.contracts import load_contracts
from pipelines.contracts.__main__ import main
from pipelines.contracts.generate import SOURCES, SUITES, drift, generated, write
from pipelines.paths import PROJECT_ROOT

FEEDS = load_contracts()


def test_the_project_is_in_line_with_its_contracts():
    assert drift(PROJECT_ROOT, FEEDS) == []


def test_generation_is_byte_identical_in_another_process(tmp_path: Path):
    first, second = tmp_path / "1", tmp_path / "2"
    write(first, FEEDS)
    command = [sys.executable, "-m", "pipelines.contracts", "generate", "--root", str(second)]
    subprocess.run(command, check=True, cwd=PROJECT_ROOT, env={**os.environ, "PYTHONHASHSEED": "1"})
    files = {p.relative_to(first): p.read_bytes() for p in first.rglob("*") if p.is_file()}
    assert files == {p.relative_to(second): p.read_bytes() for p in second.rglob("*") if p.is_file()}
    assert len(files) == 1 + 12 + 12 + 1


def test_check_tells_drift_and_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture):
    arguments = ["generate", "--root", str(tmp_path)]
    assert main(arguments) == 0
    assert main([*arguments, "--check"]) == 0
    page = tmp_path / "docs" / "catalogue" / "F11.md"
    page.write_text("edited by hand", encoding="utf-8")
    stray = tmp_path / "expectations" / "suites" / "structure" / "F99.json"
    stray.write_text("{}", encoding="utf-8")
    capsys.readouterr()
    assert main([*arguments, "--check"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "drifted: docs/catalogue/F11.md", "drifted: expectations/suites/structure/F99.json",
    ]  # fmt: skip
    assert page.read_text(encoding="utf-8") == "edited by hand"
    assert main(arguments) == 0
    assert (main([*arguments, "--check"]), stray.exists()) == (0, False)


def test_a_changed_contract_is_drift(tmp_path: Path, spoil):
    write(tmp_path, FEEDS)
    changed = load_contracts(spoil("有效期至\n", "有效日期至\n"))
    assert [p.name for p in drift(tmp_path, changed)] == ["_sources.generated.yml", "F11.md"]


def test_a_bad_contract_ends_with_one_and_says_why(spoil, tmp_path: Path, capsys: pytest.CaptureFixture):
    folder = spoil("classification: L4", "classification: L9")
    assert main(["generate", "--contracts", str(folder), "--root", str(tmp_path)]) == 1
    assert "L9" in capsys.readouterr().err


def test_dbt_sources_name_every_table_with_its_chinese_labels():
    document = yaml.safe_load(generated(FEEDS)[SOURCES])
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


def test_a_structural_suite_says_what_the_contract_promises():
    suite = json.loads(generated(FEEDS)[SUITES / "F11.json"])
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


def test_a_feed_that_is_no_more_takes_its_pages_along(tmp_path: Path, contracts: Path):
    write(tmp_path, FEEDS)
    shutil.rmtree(contracts / "disabled_federation")
    gone = write(tmp_path, load_contracts(contracts))
    assert Path("docs/catalogue/F11.md") in gone
    assert not (tmp_path / "docs" / "catalogue" / "F11.md").exists()


def test_catalogue_pages_explain_codes_and_refusals():
    page = generated(FEEDS)[Path("docs/catalogue/F11.md")]
    assert "| 1 | 残疾人证号 | `card_no` |" in page
    assert "4 肢体" in page
    assert "少于上一次的 0.5 倍" in page
    assert "少于上一次" not in generated(FEEDS)[Path("docs/catalogue/F10.md")]
