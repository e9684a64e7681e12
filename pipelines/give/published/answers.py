"""Standing questions of analysts: views in their file, one file of words and SQL each.

Belongs here: reading `expectations/answers` and making views of them. Does not belong here: a question (a file there is
enough). A view reads nothing but the tables of the file, so it says nothing that did not leave before.
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import duckdb
from pydantic import ConfigDict

from pipelines.kit.house_files import Name, Text, each, read
from pipelines.kit.paths import PROJECT_ROOT

ANSWERS_FOLDER = PROJECT_ROOT / "expectations" / "answers"


@dataclass(frozen=True)
class Answer:
    """A view: the question in Chinese and English, `reads` tables of the file, `columns` and what they are, in the
    order of the `sql`."""

    __pydantic_config__ = ConfigDict(extra="forbid")
    name: Name
    question_zh: Text
    question_en: Text
    reads: tuple[Name, ...]
    columns: dict[Name, Text]
    sql: Text

    @property
    def comments(self) -> dict[str, str]:
        """Comments by column; '' is the view itself."""
        return {"": f"{self.question_zh} {self.question_en}", **self.columns}


def load_answers(folder: Path = ANSWERS_FOLDER) -> list[Answer]:
    """In the order of their names. Raises HouseFileError."""
    return each(sorted(folder.glob("*.yaml")), lambda file: read(Answer, file, name=file.stem))


def add_answer(con: duckdb.DuckDBPyConnection, answer: Answer, tables: Collection[str], out: str) -> bool:
    """Make the view in database `out`; whether its tables are there."""
    if not set(answer.reads) <= set(tables):
        return False
    here, schema = con.execute("SELECT current_database(), current_schema()").fetchone()
    con.execute(f"USE {out}")  # a view that names no database opens under whatever name the file has
    try:
        con.execute(f"CREATE VIEW {answer.name} AS FROM ({answer.sql}) AS answer({', '.join(answer.columns)})")
    finally:
        con.execute(f"USE {here}.{schema}")
    return True
