"""A made-up department: a feed, its table in a real database, and what the lake would know of it.

Belongs here: writing tables and folding landed files. Does not belong here: servers, or any test. No real people.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from pipelines.ingest.collect import FAILED, Collected, collect
from pipelines.ingest.collect.dialect import DIALECTS, prepare
from pipelines.ingest.landing import Delivery, land_feed, landed
from pipelines.kit.contracts import Column, Feed, Thresholds
from pipelines.kit.contracts.model import Source
from pipelines.kit.paths import Paths

CONNECTION = "SHIYAN_QZK"
TABLE = "cs_butie"
_SAID = r"^F98_测试补贴_(?P<scope>370600)_(?P<period>\d{6})(?:_(?P<kind>全量|增量))?"
FEED = Feed(
    code="F98",
    department="test_office",
    department_name="市测试局",
    entity="grants",
    title="测试补贴",
    description="",
    columns=(
        Column("id_no", "公民身份号码", ("身份证号",), required=True, key=True),
        Column("item", "项目", key=True),
        Column("name", "姓名"),
        Column("amount", "金额", type="decimal"),
        Column("paid_on", "发放日期", type="date"),
        Column("change_type", "变动类型"),
    ),
    key_columns=("id_no", "item"),
    mode="full_delta",
    format="parquet",
    encoding=None,
    scope_kind="city",
    file_pattern=_SAID + r"(?:_p(?P<page>\d{4}))?\.(?:csv|json|parquet)$",
    thresholds=Thresholds(),
    cadence="每月",
    cadence_days=31,
    retention="",
    grain="",
    domain="",
    version="1.0.0",
    limitations="",
    header_rows=1,
)
# gxsj stands in no contract; its remark says what it is.
COLUMNS = ("sfzh", "xm", "xmm", "je", "ffrq", "gxsj")
HEADINGS = ("公民身份号码", "项目", "姓名", "金额", "发放日期", "更新时间")
POSTGRES = [
    f"CREATE TABLE {TABLE} (sfzh char(18), xm varchar, xmm varchar, je numeric(18,2), ffrq date, gxsj timestamp)",
    *(f"COMMENT ON COLUMN {TABLE}.{c} IS '{h}'" for c, h in zip(COLUMNS, HEADINGS, strict=True)),
]
MYSQL = [
    f"CREATE TABLE {TABLE} (sfzh char(18) COMMENT '公民身份号码', xm varchar(50) COMMENT '项目', "
    "xmm varchar(50) COMMENT '姓名', je decimal(18,2) COMMENT '金额', ffrq date COMMENT '发放日期', "
    "gxsj datetime COMMENT '更新时间')"
]

Row = tuple[str, str, str, str | None, str | None, str | None]


@dataclass(frozen=True)
class Database:
    """A real server: its kind in a contract, its address, and DuckDB with it attached for writing as `w`."""

    kind: str
    dsn: str
    con: duckdb.DuckDBPyConnection

    @classmethod
    @contextmanager
    def opened(cls, kind: str, dsn: str) -> Iterator["Database"]:
        """One connection for all tests: loading the extension takes longer than any of them."""
        with duckdb.connect(config={"autoinstall_known_extensions": False}) as con:
            prepare(con, DIALECTS[kind])
            con.execute(f"ATTACH '{dsn}' AS w (TYPE {kind})")
            yield cls(kind, dsn, con)

    def run(self, *statements: str) -> None:
        """Run SQL in the server."""
        for sql in statements:
            self.con.execute(f"CALL {self.kind}_execute('w', ?)", [sql])

    def make(self) -> None:
        """An empty table of the feed."""
        self.run(f"DROP TABLE IF EXISTS {TABLE}", *(POSTGRES if self.kind == "postgres" else MYSQL))

    def insert(self, *rows: Row) -> None:
        """Add rows."""
        values = ", ".join("(" + ", ".join("NULL" if v is None else f"'{v}'" for v in row) + ")" for row in rows)
        self.run(f"INSERT INTO {TABLE} VALUES {values}")


def row(n: int, amount: str = "100.00", marked: str | None = "2024-01-10 08:00:00", item: str = "低保") -> Row:
    """Row of person n."""
    return f"3706021990010100{n:02d}", item, f"王{n}", amount, "2024-01-05", marked


@dataclass
class Office:
    """A data folder and the feed as fetched from a source."""

    paths: Paths
    feed: Feed

    @classmethod
    def of(cls, root: Path, kind: str, mode: str = "full_delta", place: str = TABLE) -> "Office":
        """With one source."""
        return cls(Paths(root), replace(FEED, mode=mode, sources=(Source(kind, CONNECTION, place, "更新时间"),)))

    def collect(self, as_of: date) -> Collected:
        """Fetch from the only source."""
        (report,) = collect(self.paths, self.feed, as_of)
        return report

    def turn(self, as_of: date) -> Collected:
        """Fetch and land; a fetch that fails is none."""
        report = self.collect(as_of)
        assert report.status != FAILED, report.message
        self.land(as_of)
        return report

    def land(self, as_of: date) -> list[Delivery]:
        """Land what lies in the drop folder."""
        return land_feed(self.paths, self.feed, as_of)

    def dropped(self) -> list[str]:
        """Names in the drop folder that landing would take, files of sets with their folder."""
        folder = self.paths.drop / self.feed.code
        found = (p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
        return sorted(found) if folder.exists() else []

    def last(self) -> pl.DataFrame:
        """Rows of the newest landed file."""
        return pl.read_parquet(landed(self.paths, self.feed.code)[-1].file(self.paths))

    def folded(self, columns: Sequence[str] = HEADINGS[:4]) -> list[tuple]:
        """The register as the landed files tell it, month by month, of a month the last of its kind; written without
        any code of ours."""
        kept: dict[tuple, list[tuple]] = {}
        last = {(d.period, d.mode): d for d in landed(self.paths, self.feed.code)}
        for delivery in sorted(last.values(), key=lambda d: (d.period, d.delivery_seq)):
            rows = pl.read_parquet(delivery.file(self.paths))
            if delivery.mode == "full":
                kept = {}
            touched = {r[:2] for r in rows.select(HEADINGS[:2]).rows()}
            kept = {key: lines for key, lines in kept.items() if key not in touched}
            for line, change in zip(rows.select(columns).rows(), _changes(rows), strict=True):
                if change != "删除":
                    kept.setdefault(line[:2], []).append(tuple(map(str, line)))
        return sorted(line for lines in kept.values() for line in lines)


def _changes(rows: pl.DataFrame) -> list[str | None]:
    return rows["变动类型"].to_list() if "变动类型" in rows.columns else [None] * rows.height
