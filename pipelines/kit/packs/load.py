"""Reading `expectations/packs/<pack>/pack.yaml`, and finding the files a pack brings.

Belongs here: what a pack says of itself, and whether that holds. Does not belong here: reading rules, suites, sheets
or exports: each has its own loader, which asks `of_packs` for the files of packs and reads them like the core's.
"""

import re
from collections.abc import Iterable, Mapping
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
# What a pack may bring beside its file and its models, each read by its own loader.
BRINGS = (
    "rules.yaml", "measured.yaml", "suites/*.json", "sheets/*.yaml", "sheets/lists/*.yaml", "exports/*/*.odcs.yaml",
)  # fmt: skip
_OF_MODELS = ("*.sql", "*.yml")
# Whatever is called, and the one way of calling it that is understood here.
_CALL = re.compile(r"\bref\s*\(([^)]*)\)?")
_PLAIN = re.compile(r"\s*['\"](\w+)['\"]\s*")


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
    """Files of a kind of all packs (one of BRINGS), sorted."""
    return tuple(sorted(folder.glob(f"*/{pattern}")))


def _read(file: Path) -> Pack:
    pack = read(Pack, file)
    if pack.code != file.parent.name:
        raise HouseFileError(f"{name_of(file)}: code: is {pack.code}; the name of its folder is wanted")
    return pack


def read_by(code: str, models: Path = MODELS) -> list[str]:
    """Models outside a pack that its own read, by name."""
    texts = {file.stem: file.read_text(encoding="utf-8") for file in (models / code).glob("*.sql")}
    return sorted({name for text in texts.values() for name in _refs(text)[0]} - set(texts))


def check_models(packs: Mapping[str, Pack], columns: Mapping[str, Mapping], models: Path = MODELS) -> list[str]:
    """What is wrong with the models of packs, a sentence each: a shape without its columns, a model nobody declared or
    with another's name, a look into another pack's inside. `columns`: table of the lake -> its columns."""
    files = sorted(models.glob("*/*.sql"))
    home = {file.stem: file.parent.name for file in files}
    found = [f"{_short(f, models)}: 没有人读这个文件，场景包的模型只有 {'、'.join(_OF_MODELS)}"
             for f in _strays(models, _OF_MODELS)]  # fmt: skip
    folders = sorted({file.parent.name for pattern in _OF_MODELS for file in models.glob(f"*/{pattern}")})
    found += [f"{code}: 有模型，没有场景包，请补 {FILE} 或删去文件夹 {code}" for code in folders if code not in packs]
    taken = {file.stem: "统一库" for file in models.parent.rglob("*.sql") if models not in file.parents}
    for file in files:
        if (other := taken.setdefault(file.stem, file.parent.name)) != file.parent.name:
            found.append(f"{_short(file, models)}: {other} 已有同名模型，请改名")
    for pack in packs.values():
        for shape in pack.gives:
            there = columns.get(f"packs.{pack.table(shape)}")
            if there is None or home.get(pack.table(shape)) != pack.code:
                found.append(f"{pack.code}: gives 写了 {shape}，没有模型 {pack.table(shape)}.sql")
            elif missing := [c for c in SHAPES[shape].columns if c not in there]:
                found.append(f"{pack.table(shape)}: 缺少{SHAPES[shape].title}的列 {missing}")
    for file in files:
        names, others = _refs(file.read_text(encoding="utf-8"))
        found += [f"{file.name}: ref({other}) 看不出读的是谁，请写 ref('模型名')" for other in others]
        for name in names:
            if home.get(name, home[file.stem]) != home[file.stem]:
                found.append(f"{file.name}: 读了另一个场景包 {home[name]} 的 {name}，只能读统一库和本包的表")
    return found


def check_files(packs: Mapping[str, Pack], folder: Path = PACKS) -> list[str]:
    """What lies in the folders of packs and is read by nobody, a sentence each."""
    folders = sorted({file.relative_to(folder).parts[0] for file in folder.glob("*/**/*") if file.is_file()})
    found = [f"{name_of(folder / code / FILE)}: is missing; its folder brings files" for code in folders
             if code not in packs]  # fmt: skip
    return found + [f"{name_of(file)}: nobody reads it; a pack brings {', '.join((FILE, *BRINGS))}"
                    for file in _strays(folder, (FILE, *BRINGS))]  # fmt: skip


def _refs(sql: str) -> tuple[list[str], list[str]]:
    """The models a model names, and what else stands in `ref()`."""
    called = [(text, _PLAIN.fullmatch(text)) for text in _CALL.findall(sql)]
    return [plain[1] for _, plain in called if plain], [" ".join(text.split()) for text, plain in called if not plain]


def _strays(folder: Path, known: Iterable[str]) -> list[Path]:
    """Files below a folder that are none of a kind in a folder of it, less hidden ones."""
    there = {file for pattern in known for file in folder.glob(f"*/{pattern}")}
    return sorted(file for file in folder.rglob("*")
                  if file.is_file() and file not in there and not file.name.startswith("."))  # fmt: skip


def _short(file: Path, folder: Path) -> str:
    return file.relative_to(folder).as_posix()
