"""The tables of the lake as their YAML tells them: columns, and what each holds, in Chinese.

Belongs here: reading `dbt_project/models/**/*.yml` and `columns.md` without dbt, which would have to compile first; the
columns of tables that no model makes. Does not belong here: what a column is made of (kit/disclosure/columns.py), which
table is made from which (reads.py).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipelines.judge.ledger.schema import TABLES
from pipelines.kit.house_files import document
from pipelines.kit.models import DBT_PROJECT, REFERENCE
from pipelines.kit.paths import Paths
from pipelines.kit.reference.load import ADDRESS
from pipelines.kit.reference.tables import READERS

MODELS = DBT_PROJECT / "models"
LEDGER, STAGING = "ledger", "staging"
# Schemas of the lake, in the order of the way of a value -> what each is for. What feeds say (models/said) is no table.
SHOWN = {
    REFERENCE: "参考数据", STAGING: "标准化表", "linkage": "身份比对", "unified": "统一库", "verify": "校核表",
    LEDGER: "台账", "returns": "镇街返还", "published": "分析库", "packs": "场景包",
}  # fmt: skip
# What feeds come to: people meet these in sheets, exports and files.
GOLDEN = ("unified", "returns", "published", "packs")
_BLOCK = re.compile(r"{% docs (\w+) %}(.*?){% enddocs %}", re.S)
_REF = re.compile(r"{{\s*doc\(['\"](\w+)['\"]\)\s*}}")
# Descriptions are English first, then Chinese, where a sentence begins.
_CHINESE = re.compile(r"(?:^|(?<=[.!?…] ))[《「“\d]*[\u4e00-\u9fff].*", re.S)
_TITLE_ENDS = re.compile(r"[：。，；（]")


@dataclass(frozen=True)
class Table:
    """`name` with its schema; `words` says what one row is; `columns`: name -> what it holds."""

    name: str
    words: str
    columns: dict[str, str]

    @property
    def schema(self) -> str:
        """The part before the dot."""
        return self.name.partition(".")[0]

    @property
    def title(self) -> str:
        """What it holds, without what explains it."""
        return _TITLE_ENDS.split(self.words)[0] or self.name


def tables(folder: Path = MODELS) -> dict[str, Table]:
    """Every table of SHOWN by its name with schema, those that people meet first. Raises HouseFileError."""
    blocks = dict(_BLOCK.findall((folder / "columns.md").read_text(encoding="utf-8")))
    files = [*folder.rglob("*.yml"), *(folder.parent / "seeds").glob("*.yml")]
    found = [table for file in files for table in _told_by(file, folder, blocks)]
    order = [*dict.fromkeys((*GOLDEN, *SHOWN))]
    return {table.name: table for table in sorted(found, key=lambda t: (order.index(t.schema), t.name))}


def _told_by(file: Path, folder: Path, blocks: Mapping[str, str]) -> Iterator[Table]:
    """What a file tells of: models, seeds, or tables that others write."""
    said = document(file)
    for made in (*said.get("models", ()), *said.get("seeds", ())):
        if (schema := _schema(made["name"], file, folder)) in SHOWN:
            columns = {c["name"]: c.get("description", "") for c in made.get("columns", ())}
            yield _table(f"{schema}.{made['name']}", made, columns, blocks)
    for source in said.get("sources", ()):
        for written in source["tables"] if source["name"] in SHOWN else ():
            columns = _by_name(_columns(source["name"], written["name"]))
            yield _table(f"{source['name']}.{written['name']}", written, columns, blocks)


def _table(name: str, said: Mapping[str, str], columns: Mapping[str, str], blocks: Mapping[str, str]) -> Table:
    told = {column: _chinese(text, blocks) for column, text in columns.items()}
    return Table(name, _chinese(said.get("description", ""), blocks), told)


def _schema(model: str, file: Path, folder: Path) -> str:
    """That of its folder, of seeds the reference data's; a pack's tables bear its name, what else it brings is a verify
    table."""
    schema = file.relative_to(folder).parts[0] if folder in file.parents else REFERENCE
    return "verify" if schema == "packs" and not model.startswith(f"{file.parent.name}__") else schema


def _columns(schema: str, table: str) -> list[str]:
    """Columns of a table that the ledger or the reference data has."""
    if schema == LEDGER:
        return [column.split()[0] for column in TABLES[table].split(", ")]
    if table == "address":
        return list(ADDRESS)
    return READERS[table](Paths.default().reference).columns


def _by_name(columns: Iterable[str]) -> dict[str, str]:
    """Columns without a description of their own: one name means one thing everywhere."""
    return {name: f"{{{{ doc('{name}') }}}}" for name in columns}


def _chinese(text: str, blocks: Mapping[str, str]) -> str:
    """The Chinese of a description, that of the blocks it refers to first."""
    parts = [*(blocks.get(name, "") for name in _REF.findall(text)), _REF.sub("", text)]
    return " ".join(found[0].strip() for part in parts if (found := _CHINESE.search(part)))
