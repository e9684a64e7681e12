"""Reading `expectations/packs/<pack>/pack.yaml`, and finding the files a pack brings.

Belongs here: what a pack says of itself, and whether that holds. Does not belong here: reading rules, suites, sheets
or exports: each has its own loader, which asks `of_packs` for the files of packs and reads them like the core's.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from pipelines.kit.house_files import HouseFileError, Text, each, name_of, read
from pipelines.kit.packs.shapes import SHAPES
from pipelines.kit.paths import PROJECT_ROOT

PACKS = PROJECT_ROOT / "expectations" / "packs"
MODELS = PROJECT_ROOT / "dbt_project" / "models" / "packs"
FILE = "pack.yaml"
# A pack becomes a folder, the beginning of its tables' names, a group in Dagster.
NAME = r"^[a-z][a-z0-9_]{2,30}$"
_REF = re.compile(r"ref\(\s*['\"](\w+)['\"]\s*\)")


@dataclass(frozen=True)
class Pack:
    """One scenario. `code` is the name of its folders; `answers` says in a sentence what people learn from it;
    `gives`: the shapes it has a table of."""

    __pydantic_config__ = ConfigDict(extra="forbid")
    code: Annotated[str, Field(pattern=NAME)]
    name: Text
    section: Text
    answers: Text
    lead: Text
    units: tuple[Text, ...]
    owner: Annotated[str, Field(pattern=r"^team:[a-z][a-z0-9_]*$")]
    cadence: Text
    gives: Annotated[tuple[Literal[*SHAPES], ...], Field(min_length=1)]

    def __post_init__(self) -> None:
        if len(set(self.gives)) < len(self.gives):
            raise ValueError("gives: a shape stands there twice; a pack has one table of each")

    def table(self, shape: str) -> str:
        """Its table of a shape, in schema `packs`."""
        return f"{self.code}__{shape}"


def load_packs(folder: Path = PACKS) -> dict[str, Pack]:
    """Every pack by code, in order of code. Raises HouseFileError."""
    return {pack.code: pack for pack in each(sorted(folder.glob(f"*/{FILE}")), _read)}


@cache
def of_packs(pattern: str, folder: Path = PACKS) -> tuple[Path, ...]:
    """Files of a kind of all packs (`rules.yaml`, `suites/*.json`), sorted."""
    return tuple(sorted(folder.glob(f"*/{pattern}")))


def _read(file: Path) -> Pack:
    pack = read(Pack, file)
    if pack.code != file.parent.name:
        raise HouseFileError(f"{name_of(file)}: code: is {pack.code}; the name of its folder is wanted")
    return pack


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
        for name in _REF.findall(file.read_text(encoding="utf-8")):
            if home.get(name, home[file.stem]) != home[file.stem]:
                found.append(f"{file.name}: 读了另一个场景包 {home[name]} 的 {name}，只能读统一库和本包的表")
    return found
