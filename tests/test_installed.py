"""A wheel of the product works without the checkout: what the models and rules are made of travels inside."""

import json
import os
import re
import subprocess
import sys
import tomllib

import pytest

from pipelines.kit.paths import PROJECT_ROOT


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The folder a wheel of this tree was installed into."""
    made = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    subprocess.run(
        [*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", made, PROJECT_ROOT], check=True, capture_output=True
    )
    (wheel,) = made.glob("*.whl")
    subprocess.run([*pip, "install", "--no-deps", "--target", made / "site", wheel], check=True, capture_output=True)
    return made / "site"


def run(installed, folder, *arguments):
    environment = {k: v for k, v in os.environ.items() if k != "ZHENJIE_DATA"} | {"PYTHONPATH": str(installed)}
    command = [sys.executable, installed / "bin" / "pipelines", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def test_its_command_reads_a_file_by_its_contract(installed, tmp_path):
    (tmp_path / "x.csv").write_text("登录超时，请重新登录\n", encoding="utf-8")
    done = run(installed, tmp_path, "inspect", "x.csv", "--feed", "F32", "--json", "--as-of", "2024-01-31")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["feed"] == "F32"


def test_it_carries_what_lies_at_the_top_of_a_checkout(installed):
    house = installed / "pipelines" / "house"
    for folder in ("dbt_project/models", "dbt_project/macros", "dbt_project/seeds", "expectations", "data/reference"):
        here = {p.relative_to(PROJECT_ROOT).as_posix() for p in (PROJECT_ROOT / folder).rglob("*") if p.is_file()}
        there = {p.relative_to(house).as_posix() for p in (house / folder).rglob("*") if p.is_file()}
        assert here and here - there == set()
    assert (house / "dagster.yaml").is_file()
    assert not (installed / "prefecture").exists()


def test_what_it_needs_is_pinned_in_both_locks():
    project = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    run_lock, dev_lock = locked("requirements.lock"), locked("requirements-dev.lock")
    assert pins(project["dependencies"]) <= run_lock <= dev_lock
    assert pins(project["optional-dependencies"]["test"]) <= dev_lock


def pins(lines):
    """`name==version` of each, without extras."""
    return {re.sub(r"\[.*?\]", "", line).lower() for line in lines}


def locked(name):
    """What a lock file pins."""
    lines = (PROJECT_ROOT / name).read_text(encoding="utf-8").splitlines()
    return pins(line.split()[0] for line in lines if line[:1].isalnum())
