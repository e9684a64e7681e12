"""What may only be asked (查询核验) goes out in nothing: no sheet, letter, export, nor the analysts' file."""

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import openpyxl
import polars as pl
import pytest

from pipelines import turn
from pipelines.give.exports import load_exports
from pipelines.give.exports.issue import issue_export
from pipelines.give.published.export import publish
from pipelines.give.returns.notices import write_notices
from pipelines.judge.ledger import shown
from pipelines.kit.build import build
from pipelines.kit.contracts import load_contracts
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths
from pipelines.kit.security.bulk_seal import unseal
from pipelines.kit.security.keys import KeyProvider
from pipelines.kit.security.workbook_lock import is_locked, unlock
from tests.dbt import small_prefecture as small
from tests.dbt.bronze_files import deliver
from tests.dbt.conftest import before_the_build

FEEDS = load_contracts()
# Nobody else says any of these. A letter to whoever sent them may.
PLANTED = ("隐姓氏", "隐姓埋", "隐商号", "隐税所", "1999-09-09", "1911-11-11", "隐险种", "隐职业")
NAMELESS, INSURED_ONLY = small.id_no("19450101", 43), small.id_no("19460202", 45)


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    """A turn of the small prefecture whose medical insurance and taxation know what nobody else does."""
    paths = before_the_build(Paths(tmp_path_factory.mktemp("asked")), _plant)
    build(paths, small.SECOND)
    with connect(paths) as con:
        shown.reach(con, small.SECOND, shown.BUILT)
        turn.check(paths, con, small.SECOND)
        turn.settle(paths, con, small.SECOND)
        turn.issue(paths, con, small.SECOND)
        write_notices(paths, con, small.SECOND)
        publish(paths, con, small.SECOND.isoformat(), {})
        for export in load_exports().values():
            issue_export(paths, con, export, FEEDS, small.SECOND)
    return paths


def _plant(paths: Paths) -> None:
    def insured(number: str, name: str) -> dict:
        return {"id_no": number, "name": name, "sex_code": "1", "birth_date": date(1911, 11, 11),
                "insurance_kind": "隐险种", "status_name": "隐职业", "division_code": small.VILLAGE,
                "last_visit_date": date(1999, 9, 9)}  # fmt: skip

    lives = {"survey_no": "S9", "grid_code": small.GRID, "house_no": "A9", "id_no": NAMELESS, "living_type": "自有",
             "survey_date": date(2024, 2, 10)}  # fmt: skip
    deliver(paths, "F20", [insured(NAMELESS, "隐姓氏"), insured(INSURED_ONLY, "隐姓埋"), insured(small.HEAD, "隐姓埋")],
            seq=2, on=small.SECOND)  # fmt: skip
    deliver(paths, "F31", [lives], scope="370611", on=small.SECOND)
    taxed = {"name": "隐商号", "status_name": "正常", "period_month": "2024-02", "tax_office_name": "隐税所"}
    deliver(paths, "F16", [taxed | {"uscc": small.USCC}, taxed | {"uscc": "91370600MA3C4T5L12"}], on=small.SECOND)


def _texts(paths: Paths) -> Iterator[tuple[str, str]]:
    """(file, all that can be read in it) of everything that went out."""
    keys = KeyProvider(paths)
    for file in sorted(f for folder in (paths.returns, paths.notices, paths.exports) for f in folder.rglob("*.*")):
        if file.is_file():
            yield file.relative_to(paths.root).as_posix(), _text(file, keys, file.relative_to(paths.root).parts[1])
    with duckdb.connect(paths.published / "analyst.duckdb", read_only=True) as con:
        yield from _tables(con, "main")
    with connect(paths, read_only=True) as con:  # of so few people hardly anything is left in the analysts' file
        for schema in ("returns", "published", "packs"):
            yield from _tables(con, f"lake.{schema}")


def _tables(con: duckdb.DuckDBPyConnection, schema: str) -> Iterator[tuple[str, str]]:
    catalog, _, name = schema.rpartition(".")
    asked = "SELECT table_name FROM information_schema.tables WHERE table_schema = ? AND table_catalog = ?"
    for (table,) in con.execute(asked, [name, catalog or "analyst"]).fetchall():
        columns = [c for c, *_ in con.execute(f"DESCRIBE {schema}.{table}").fetchall()]
        texts = ", ".join(f'"{c}"::VARCHAR' for c in columns)
        yield f"{schema}/{table}", str(con.execute(f"SELECT {texts} FROM {schema}.{table}").fetchall())


def _text(file: Path, keys: KeyProvider, holder: str) -> str:
    content = file.read_bytes()
    if file.suffix == ".age":
        content = unseal(keys, holder, content)
    elif is_locked(content):
        content = unlock(content, keys.password(holder))
    if ".parquet" in file.name:
        return str([*pl.read_parquet(content).cast(pl.String).iter_rows()])
    if file.suffix == ".xlsx":
        book = openpyxl.load_workbook(io.BytesIO(content))
        return str([[str(cell) for cell in row] for sheet in book for row in sheet.iter_rows(values_only=True)])
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("gb18030")


def test_it_is_known_in_the_lake(given: Paths) -> None:
    with connect(given, read_only=True) as con:
        known = con.execute("SELECT DISTINCT name FROM lake.unified.person_claim WHERE feed = 'F20'").fetchall()
        assert {name for (name,) in known} >= {"隐姓氏", "隐姓埋"}
        lives = con.execute("SELECT name FROM lake.returns.return_resident WHERE id_no = ?", [NAMELESS]).fetchall()
    assert lives == [(None,)], "who lives here is returned, nameless where only the insurance knows the name"


def test_it_goes_out_in_nothing(given: Paths) -> None:
    texts = dict(_texts(given))
    assert {name.partition("/")[0] for name in texts} == {
        "returns", "notices", "exports", "main", "lake.returns", "lake.published", "lake.packs",
    }  # fmt: skip
    told = [(name, word) for name, text in texts.items() for word in (*PLANTED, INSURED_ONLY) if word in text]
    assert {name.rpartition("/")[0] for name, _ in told} == {"notices/medical_insurance/20240229"}, "its own rows"
    assert any(NAMELESS in text for text in texts.values()), "the files can be read"
