"""The tables of the lake as their YAML tells them: columns, and what each holds, in Chinese.

Belongs here: reading `dbt_project/models/**/*.yml` and `columns.md` without dbt, which would have to compile first.
Does not belong here: what a column is made of (kit/disclosure/columns.py).
"""

import re
from dataclasses import dataclass
from pathlib import Path

from pipelines.kit.house_files import document
from pipelines.kit.models import DBT_PROJECT

MODELS = DBT_PROJECT / "models"
# Tables that people meet: what stands between is nobody's but ours. Schema -> what it is for.
SHOWN = {"unified": "统一库", "returns": "镇街返还", "published": "分析文件", "packs": "场景包"}
_BLOCK = re.compile(r"{% docs (\w+) %}(.*?){% enddocs %}", re.S)
_REF = re.compile(r"{{\s*doc\(['\"](\w+)['\"]\)\s*}}")
# Descriptions are English first, then Chinese, where a sentence begins.
_CHINESE = re.compile(r"(?:^|(?<=[.!?…] ))[《「“\d]*[\u4e00-\u9fff].*", re.S)


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


def tables(folder: Path = MODELS) -> dict[str, Table]:
    """Every table of SHOWN by its name with schema, sorted. Raises HouseFileError."""
    blocks = dict(_BLOCK.findall((folder / "columns.md").read_text(encoding="utf-8")))
    found = [
        Table(f"{schema}.{model['name']}", _told(model.get("description", ""), blocks), _columns(model, blocks))
        for schema in SHOWN for file in sorted((folder / schema).rglob("*.yml"))
        for model in document(file).get("models", ()) if _schema(schema, model["name"], file) == schema
    ]  # fmt: skip
    return {table.name: table for table in sorted(found, key=lambda t: t.name)}


def _schema(folder: str, name: str, file: Path) -> str:
    """A pack's tables bear its name; what it brings for its rules is a verify table."""
    return "verify" if folder == "packs" and not name.startswith(f"{file.parent.name}__") else folder


def _columns(model: dict, blocks: dict[str, str]) -> dict[str, str]:
    return {c["name"]: _told(c.get("description", ""), blocks) for c in model.get("columns", ())}


def _told(text: str, blocks: dict[str, str]) -> str:
    """The Chinese of a description, that of the blocks it refers to first."""
    parts = [*(blocks.get(name, "") for name in _REF.findall(text)), _REF.sub("", text)]
    return " ".join(found[0].strip() for part in parts if (found := _CHINESE.search(part)))
