"""The dbt project of the house: compiled once, and what is known of it then.

Belongs here: how dbt is called, its manifest, the models in it. Does not belong here: SQL, or building what it says
(kit/build.py): dbt compiles, the product executes (docs/adr/0012-one-transaction.md).
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from graphlib import TopologicalSorter
from importlib.metadata import version
from pathlib import Path
from typing import Any

from duckdb_extensions import import_extension

from pipelines.kit import dbt_errors
from pipelines.kit.lake import MEMORY_VARIABLE, memory_limit
from pipelines.kit.locks import alone
from pipelines.kit.paths import COMPILED, PROJECT_ROOT, Paths
from pipelines.kit.whole_files import publish_file, take_away

DBT_PROJECT = PROJECT_ROOT / "dbt_project"
# Where the project is compiled: the same for all data folders and all days.
TARGET = COMPILED / "models"
_PARSED = "partial_parse.msgpack"
# What stands in the compiled SQL for the data folder and the business date of whoever executes it.
DATA, AS_OF = "@data@", "@as_of@"
SEED, MODEL, TEST = "seed", "model", "test"
VIEW = "view"
# Schemas of sources.
BRONZE, REFERENCE = "bronze", "reference"
# The source that says which deliveries of a feed are in force.
STANDING = "source.zhenjie.ledger.delivery_standing"
_UNIQUE = "unique_key"
# Of a manifest, what is read here.
_PROJECT = "zhenjie"
_PARTS = {"nodes", "sources", "parent_map", "docs", "unit_tests"}
_SOURCES = {".sql", ".yml", ".yaml", ".csv", ".md"}


class ModelBuildError(RuntimeError):
    """A build failed; the message says of each model why, and names the log file where there is one."""


@dataclass(frozen=True)
class Node:
    """A seed, a model or a data test of the project. `sql` is compiled, that of a test selects the rows that fail;
    a test belongs to the table (`schema`, `name`) and is called `title`. `parents` are keys of what it reads, sources
    too; `relation` is what of a table stands in the SQL of its readers. `patched`: how its rows can be changed alone
    (kit/patched.py), empty where they cannot."""

    key: str
    kind: str
    schema: str
    name: str
    title: str
    file: str
    sql: str
    materialized: str
    parents: tuple[str, ...]
    types: Mapping[str, str]
    relation: str
    patched: Mapping[str, Any]


@dataclass(frozen=True)
class Source:
    """A table that models read and others write; `feed` of a table of bronze. `relation`: what stands in their SQL."""

    key: str
    schema: str
    name: str
    feed: str
    relation: str


@dataclass(frozen=True)
class Remembered:
    """A table whose past is kept (`meta: past` of its model), by its unique key. `valid_from`, `valid_through`: columns
    with the first and the last day on which a row is so, '' where no source tells. `beside`: columns that tell who says
    it and when, not what is so; `without`: columns that change with every day by themselves and are not kept."""

    schema: str
    name: str
    key: tuple[str, ...]
    valid_from: str
    valid_through: str
    beside: tuple[str, ...]
    without: tuple[str, ...]

    def is_provenance(self, column: str) -> bool:
        """Whether a column tells who says it and when."""
        return column.endswith("source_ref") or column in self.beside


def run_dbt(paths: Paths, arguments: list[str], as_of: date | None = None) -> Path:
    """Run dbt on the lake of an installation, its output in `<dbt_target>/dbt-<command>.log`; returns that file.

    This is the way to develop and test models. Raises ModelBuildError when dbt fails.
    """
    import_extension("ducklake")
    paths.lake_files.mkdir(parents=True, exist_ok=True)
    paths.dbt_target.mkdir(parents=True, exist_ok=True)
    use_parsed(paths)
    return _run(paths.dbt_target, arguments, environment(paths, as_of))


def use_parsed(paths: Paths) -> None:
    """Give a run of dbt what is parsed already."""
    known, wanted = TARGET / _PARSED, paths.dbt_target / _PARSED
    if known.exists() and not wanted.exists():
        shutil.copyfile(known, wanted)


def _run(target: Path, arguments: list[str], told: Mapping[str, str]) -> Path:
    command = next(a for a in arguments if not a.startswith("-"))
    log = target / f"dbt-{command}.log"
    target.mkdir(parents=True, exist_ok=True)
    where = ["--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT), "--target-path", str(target)]
    with log.open("w", encoding="utf-8") as out:
        done = subprocess.run(
            [executable(), "--no-use-colors", *arguments, *where],
            stdout=out, stderr=subprocess.STDOUT, env={**os.environ, **told}, check=False,
        )
    if done.returncode:
        raise ModelBuildError(dbt_errors.told(command, log.read_text(encoding="utf-8"), log))
    return log


def environment(paths: Paths, as_of: date | None = None) -> dict[str, str]:
    """What the project reads from the environment: the lake, where dbt may write, the business date."""
    day = {"ZHENJIE_AS_OF": as_of.isoformat()} if as_of else {}
    return _quietly(paths.dbt_target) | day | {"ZHENJIE_DATA": str(paths.root), MEMORY_VARIABLE: memory_limit()}


def _quietly(target: Path) -> dict[str, str]:
    return {
        "DBT_LOG_PATH": str(target / "logs"),
        "DBT_WRITE_JSON": "false",  # who wants a manifest asks by flag
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


def manifest_file() -> Path:
    """The manifest of the compiled project as it stands, named by the project's hash and its own; compiles it where
    nobody has yet, or where what is there is not what dbt wrote.

    Opens no lake. Processes that start together wait for whoever compiles first: dbt writes in place, and two writers
    leave a file that nobody can read. Raises ModelBuildError.
    """
    made_of = project_hash()
    if (kept := _kept(made_of)) is None:
        with alone(TARGET / ".lock"):
            if (kept := _kept(made_of)) is None:
                kept = _compile(made_of)
    return kept


def _kept(made_of: str) -> Path | None:
    return next((file for file in TARGET.glob(f"manifest-{made_of}-*.json") if _read(file) is not None), None)


def _compile(made_of: str) -> Path:
    arguments = ["--write-json", "compile", "--no-introspect", "--exclude", "resource_type:unit_test"]
    _run(TARGET, arguments, _quietly(TARGET) | {"ZHENJIE_DATA": DATA, "ZHENJIE_AS_OF": AS_OF})
    for old in TARGET.glob("manifest-*.json"):
        take_away(old)
    written = TARGET / "manifest.json"
    return publish_file(written, TARGET / f"manifest-{made_of}-{_hash(written.read_bytes())}.json")


def project_hash() -> str:
    """Sixteen digits that change with any file of the dbt project, and with dbt."""
    digest = hashlib.sha256(f"{version('dbt-core')} {version('dbt-duckdb')}".encode())
    for file in sorted(p for p in DBT_PROJECT.rglob("*") if p.suffix in _SOURCES):
        inside = file.relative_to(DBT_PROJECT)
        if inside.parts[0] not in ("target", "logs"):
            digest.update(f"\0{inside.as_posix()}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def manifest() -> Mapping[str, Any]:
    """dbt's manifest of the compiled project. Raises ModelBuildError."""
    if (told := _read(manifest_file())) is None:
        raise ModelBuildError(f"dbt compiled, and {TARGET} holds no manifest that can be read; see its logs")
    return told


_KNOWN: dict[Path, Mapping[str, Any]] = {}


def _read(file: Path) -> Mapping[str, Any] | None:
    """A manifest, read once a process; None where there is none, or not what dbt wrote."""
    if file not in _KNOWN:
        try:
            content = file.read_bytes()
            told = json.loads(content) if file.stem.endswith(_hash(content)) else None
        except (OSError, ValueError):
            return None
        if not isinstance(told, dict) or not told.keys() >= _PARTS:
            return None
        _KNOWN[file] = told
    return _KNOWN[file]


def nodes() -> list[Node]:
    """Seeds, models and tests in an order in which they can be built; not what is never stored (ephemeral), whose SQL
    stands in that of its readers."""
    known = manifest()["nodes"]
    made = {key: _node(known, key) for key in sorted(known) if not _is_inlined(known, key)}
    readers = {key: [p for p in node.parents if p in made] for key, node in made.items()}
    return [made[key] for key in TopologicalSorter(readers).static_order()]


def _is_inlined(known: Mapping[str, Any], key: str) -> bool:
    return key in known and known[key]["config"]["materialized"] == "ephemeral"


def _parents(known: Mapping[str, Any], key: str) -> set[str]:
    """What a node reads, through what stands in its own SQL."""
    found: set[str] = set()
    for parent in known[key]["depends_on"].get("nodes", ()):
        found |= _parents(known, parent) if _is_inlined(known, parent) else {parent}
    return found


def _node(known: Mapping[str, Any], key: str) -> Node:
    told = known[key]
    table = known[told["attached_node"]] if told["resource_type"] == TEST else told
    return Node(
        key, told["resource_type"], table["schema"], table["name"], told["name"], told["original_file_path"],
        told.get("compiled_code", ""), told["config"]["materialized"],
        tuple(sorted(_parents(known, key))), told["config"].get("column_types", {}),
        told.get("relation_name") or "", told["config"].get("meta", {}).get("patched", {}),
    )  # fmt: skip


def remembered() -> list[Remembered]:
    """Tables whose past is kept, by name. Raises KeyError where one has no test `unique_key`."""
    known = manifest()["nodes"]
    keys = {
        told["attached_node"]: tuple(told["test_metadata"]["kwargs"]["columns"])
        for told in known.values() if told.get("test_metadata", {}).get("name") == _UNIQUE
    }  # fmt: skip
    found = []
    for key, told in known.items():
        past = told["config"].get("meta", {}).get("past")
        if past is not None:
            valid = past.get("valid_from", ""), past.get("valid_through", "")
            aside = tuple(past.get("beside", ())), tuple(past.get("without", ()))
            found.append(Remembered(told["schema"], told["name"], keys[key], *valid, *aside))
    return sorted(found, key=lambda table: table.name)


def sources() -> list[Source]:
    """What models read and do not make."""
    return [
        Source(
            key, told["source_name"], told["name"], told["config"].get("meta", {}).get("feed", ""),
            told["relation_name"],
        )  # fmt: skip
        for key, told in manifest()["sources"].items()
    ]


def words() -> dict[str, str]:
    """What columns of our own tables mean, by their name: one name means one thing everywhere."""
    ours = (told for told in manifest()["docs"].values() if told["package_name"] == _PROJECT)
    return {told["name"]: told["block_contents"] for told in ours}


def titles() -> dict[tuple[str, str], str]:
    """What tables that models read and do not make hold, by schema and name."""
    return {(told["source_name"], told["name"]): told["description"] for told in manifest()["sources"].values()}


def bronze_behind(tables: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Bronze tables from which (schema, table) are made, through all models between."""
    told = manifest()
    models = {(node["schema"], node["name"]): key for key, node in told["nodes"].items()}
    waiting, seen = [models[t] for t in tables if t in models], set()
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen.add(key)
            waiting += told["parent_map"].get(key, [])
    return frozenset(source.name for source in sources() if source.key in seen and source.schema == BRONZE)
