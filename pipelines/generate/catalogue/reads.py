"""Which table of the lake is made straight from which, as the models' SQL says.

Belongs here: `ref` and `source` in models and in the macros they call, without dbt. Does not belong here: which column
tells what (kit/disclosure/lineage.py).
"""

import re
from collections.abc import Collection, Iterator
from pathlib import Path

from pipelines.generate.catalogue.tables import LEDGER
from pipelines.kit.models import DBT_PROJECT

_NAMED = re.compile(r"\b(?:ref\(\s*'(\w+)'|source\(\s*'(\w+)',\s*'(\w+)')\s*\)")
_MACRO = re.compile(r"{%-?\s*macro (\w+)\([^%]*%}(.*?){%-?\s*endmacro", re.S)


def readers(tables: Collection[str], project: Path = DBT_PROJECT) -> dict[str, list[str]]:
    """Table -> the tables made from it, sorted, both with their schema. A model that is no table is looked through."""
    sql = {file.stem: file.read_text(encoding="utf-8") for file in (project / "models").rglob("*.sql")}
    texts = (file.read_text(encoding="utf-8") for file in (project / "macros").rglob("*.sql"))
    macros = {name: body for text in texts for name, body in _MACRO.findall(text)}
    # The ledger is no model, and some of its tables are called like one.
    models = {name.partition(".")[2]: name for name in tables if not name.startswith(f"{LEDGER}.")}

    def named(text: str, seen: set[str]) -> Iterator[str]:
        for model, schema, source in _NAMED.findall(text):
            table = models.get(model) if model else f"{schema}.{source}"
            if table in tables:
                yield table
            elif model in sql.keys() - seen:
                yield from named(sql[model], seen | {model})
        for macro, body in macros.items():
            if macro not in seen and re.search(rf"\b{macro}\(", text):
                yield from named(body, seen | {macro})

    made = {models[name]: set(named(text, set())) for name, text in sql.items() if name in models}
    return {table: sorted(name for name, read in made.items() if table in read) for table in tables}
