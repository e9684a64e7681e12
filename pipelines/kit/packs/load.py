"""Reading `expectations/packs/<pack>/pack.yaml`, and finding the files a pack brings.

Belongs here: what a pack says of itself, and whether that holds. Does not belong here: reading rules, suites, sheets
or exports: each has its own loader, which asks `of_packs` for the files of packs and reads them like the core's.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

import yaml

from pipelines.kit import yaml_text
from pipelines.kit.packs.shapes import SHAPES
from pipelines.kit.paths import PROJECT_ROOT

PACKS = PROJECT_ROOT / "expectations" / "packs"
MODELS = PROJECT_ROOT / "dbt_project" / "models" / "packs"
FILE = "pack.yaml"
_NAME = re.compile(r"[a-z][a-z0-9_]{2,30}")
_OWNER = re.compile(r"team:[a-z][a-z0-9_]*")
_REF = re.compile(r"ref\(\s*['\"](\w+)['\"]\s*\)")


class PackError(ValueError):
    """A pack contradicts itself or the house; the message names the file and what to write instead."""


@dataclass(frozen=True)
class Pack:
    """One scenario. `code` is the name of its folders; `answers` says in a sentence what people learn from it;
    `gives`: the shapes it has a table of."""

    code: str
    name: str
    section: str
    answers: str
    lead: str
    units: tuple[str, ...]
    owner: str
    cadence: str
    gives: tuple[str, ...]

    def table(self, shape: str) -> str:
        """Its table of a shape, in schema `packs`."""
        return f"{self.code}__{shape}"


def is_name(text: str) -> bool:
    """Whether a pack may be called so: it becomes a folder, the beginning of its tables' names, a group in Dagster."""
    return _NAME.fullmatch(text) is not None


def load_packs(folder: Path = PACKS) -> dict[str, Pack]:
    """Every pack by code, in order of code. Raises PackError."""
    return {pack.code: pack for pack in map(_read, sorted(folder.glob(f"*/{FILE}")))}


@cache
def of_packs(pattern: str, folder: Path = PACKS) -> tuple[Path, ...]:
    """Files of a kind of all packs (`rules.yaml`, `suites/*.json`), sorted."""
    return tuple(sorted(folder.glob(f"*/{pattern}")))


def _read(file: Path) -> Pack:
    where = f"{file.parent.name}/{FILE}"
    try:
        said = yaml_text.parse(file.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise PackError(f"{where}: 不是有效的 YAML：{error}") from None
    names = [f.name for f in fields(Pack)]
    if not isinstance(said, Mapping) or set(said) != set(names):
        there = set(said) if isinstance(said, Mapping) else set()
        raise PackError(f"{where}: 缺少 {sorted(set(names) - there)}，多出 {sorted(there - set(names))}")
    if said["code"] != file.parent.name or not is_name(said["code"]):
        raise PackError(f"{where}: code 应与文件夹同名，只用小写字母、数字和下划线")
    for key, value in said.items():
        is_list = key in ("units", "gives")
        texts = value if is_list and isinstance(value, list) else [value]
        if isinstance(value, list) != is_list or not all(isinstance(t, str) and t.strip() for t in texts):
            raise PackError(f"{where}: {key} 应是{'文字的列表' if is_list else '文字，不能空'}")
    if not _OWNER.fullmatch(said["owner"]):
        raise PackError(f"{where}: owner 应写成 team:名字，例如 team:big_data_bureau")
    if unknown := [s for s in said["gives"] if s not in SHAPES]:
        raise PackError(f"{where}: gives 中没有 {unknown} 这种形态，可用的是 {list(SHAPES)}")
    return Pack(**{**said, "units": tuple(said["units"]), "gives": tuple(said["gives"])})


def read_by(code: str, models: Path = MODELS) -> list[str]:
    """Models outside a pack that its own read, by name."""
    texts = {file.stem: file.read_text(encoding="utf-8") for file in (models / code).glob("*.sql")}
    return sorted({name for text in texts.values() for name in _REF.findall(text)} - set(texts))


def check_models(packs: Mapping[str, Pack], columns: Mapping[str, Mapping], models: Path = MODELS) -> list[str]:
    """What is wrong with the models of packs, a sentence each: a shape without its columns, a model nobody declared, a
    look into another pack's inside. `columns`: table of the lake -> its columns."""
    files = sorted(models.rglob("*.sql"))
    home = {file.stem: file.parent.name for file in files}
    found = [f"{name}.sql: 没有场景包 {code}，请补 {FILE}" for name, code in home.items() if code not in packs]
    for pack in packs.values():
        for shape in pack.gives:
            there = columns.get(f"packs.{pack.table(shape)}")
            if there is None:
                found.append(f"{pack.code}: gives 写了 {shape}，没有模型 {pack.table(shape)}.sql")
            elif missing := [c for c in SHAPES[shape].columns if c not in there]:
                found.append(f"{pack.table(shape)}: 缺少{SHAPES[shape].title}的列 {missing}")
    for file in files:
        for read in _REF.findall(file.read_text(encoding="utf-8")):
            if home.get(read, home[file.stem]) != home[file.stem]:
                found.append(f"{file.name}: 读了另一个场景包 {home[read]} 的 {read}，只能读统一库和本包的表")
    return found
