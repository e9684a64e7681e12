"""Running the dbt project on the lake of one installation.

Belongs here: how dbt is called, and its manifest. Does not belong here: SQL, or what is done with the tables.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from duckdb_extensions import import_extension

from pipelines.kit import dbt_errors
from pipelines.kit.lake import MEMORY_VARIABLE, memory_limit
from pipelines.kit.locks import alone
from pipelines.kit.paths import PROJECT_ROOT, Paths

DBT_PROJECT = PROJECT_ROOT / "dbt_project"
# Where dbt itself writes what goes wrong, beside what it builds under Dagster.
DBT_LOG = "dbt.log"
_PARSED = "partial_parse.msgpack"
_SOURCES = {".sql", ".yml", ".csv"}


class ModelBuildError(RuntimeError):
    """dbt failed; the message says of each model why, and names the log file."""


def build(paths: Paths, as_of: date) -> None:
    """Build every model as of a business date.

    Unit tests are left to `make test`. Nobody else may hold the lake's catalog. Raises ModelBuildError.
    """
    target = ["--target-path", str(build_target(paths))]
    run_dbt(paths, ["build", "--exclude-resource-type", "unit_test", *target], as_of)


def manifest_file(paths: Paths) -> Path:
    """Where the parsed project is kept; a build writes its own elsewhere, so nobody meets half a file."""
    return paths.dbt_target / "parsed" / "manifest.json"


def prepare_manifest(paths: Paths) -> Path:
    """Parse the project unless that is done already; returns its manifest.json. Opens no lake.

    Processes that start together (a code server beside a run, tests side by side) wait for whoever parses first:
    dbt writes the file in place, and two writers leave one that nobody can read. Raises ModelBuildError.
    """
    manifest = manifest_file(paths)
    with alone(manifest.with_name(".lock")):
        sources = (p for p in DBT_PROJECT.rglob("*") if p.suffix in _SOURCES and "target" not in p.parts)
        if not manifest.exists() or manifest.stat().st_mtime < max(p.stat().st_mtime for p in sources):
            run_dbt(paths, ["--write-json", "parse", "--target-path", str(manifest.parent)])
    return manifest


def bronze_behind(paths: Paths, tables: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Bronze tables from which (schema, table) are made, through all models between; empty before the first parse."""
    if not manifest_file(paths).exists():
        return frozenset()
    manifest = json.loads(manifest_file(paths).read_text(encoding="utf-8"))
    models = {(node["schema"], node["name"]): key for key, node in manifest["nodes"].items()}
    waiting, seen = [models[t] for t in tables if t in models], set()
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen.add(key)
            waiting += manifest["parent_map"].get(key, [])
    sources = (manifest["sources"][key] for key in seen if key in manifest["sources"])
    return frozenset(source["name"] for source in sources if source["source_name"] == "bronze")


def build_target(paths: Paths) -> Path:
    """The target folder of builds, given what the parse knows already so that dbt need not parse again."""
    target = paths.dbt_target / "build"
    target.mkdir(parents=True, exist_ok=True)
    known, wanted = manifest_file(paths).with_name(_PARSED), target / _PARSED
    if known.exists() and not wanted.exists():
        shutil.copyfile(known, wanted)
    return target


def run_dbt(paths: Paths, arguments: list[str], as_of: date | None = None) -> Path:
    """Run dbt with its output in `<dbt_target>/dbt-<command>.log`, and return that file.

    Raises ModelBuildError when dbt fails.
    """
    import_extension("ducklake")
    paths.dbt_target.mkdir(parents=True, exist_ok=True)
    paths.lake_files.mkdir(parents=True, exist_ok=True)
    command = next(a for a in arguments if not a.startswith("-"))
    log = paths.dbt_target / f"dbt-{command}.log"
    where = ["--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)]
    with log.open("w", encoding="utf-8") as out:
        done = subprocess.run(
            [executable(), "--no-use-colors", *arguments, *where],
            stdout=out, stderr=subprocess.STDOUT, env=environment(paths, as_of), check=False,
        )
    if done.returncode:
        raise ModelBuildError(dbt_errors.told(command, log.read_text(encoding="utf-8"), log))
    return log


def environment(paths: Paths, as_of: date | None = None) -> dict[str, str]:
    """What the project reads from the environment: the lake, where dbt may write, the business date."""
    day = {"ZHENJIE_AS_OF": as_of.isoformat()} if as_of else {}
    return os.environ | day | {
        "ZHENJIE_DATA": str(paths.root),
        MEMORY_VARIABLE: memory_limit(),
        "DBT_TARGET_PATH": str(paths.dbt_target),
        "DBT_LOG_PATH": str(paths.dbt_target / "logs"),
        # Nobody reads a build's own manifest or results (`parse` asks by flag), but the benchmark.
        "DBT_WRITE_JSON": os.environ.get("DBT_WRITE_JSON", "false"),
        "DBT_LOG_LEVEL_FILE": "error",  # dbt's debug log costs a tenth of a build
        "DBT_LOG_FORMAT_FILE": "text",
        "DBT_USE_COLORS": "false",
        "DBT_USE_COLORS_FILE": "false",
        "DBT_POPULATE_CACHE": "false",  # tables are replaced whole, so what was there before does not matter
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
    }


def executable() -> str:
    """dbt of the Python that runs us, whether or not its folder is on PATH."""
    beside = Path(sys.executable).with_name("dbt")
    return str(beside if beside.exists() else shutil.which("dbt") or "dbt")
