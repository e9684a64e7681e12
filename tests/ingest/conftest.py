"""A made-up data office: drop a file, run landing and bronze, look at what came out. No real people."""

import io
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from pipelines.ingest.bronze import DeliveryResult, ingest_feed
from pipelines.ingest.landing import land_feed
from pipelines.kit.contracts import Feed, load_contracts
from pipelines.kit.paths import Paths

AS_OF = date(2024, 1, 31)
FEEDS = load_contracts()


class Office:
    """One data folder and the feeds it knows."""

    def __init__(self, root: Path, feeds: dict[str, Feed]):
        self.paths = Paths(root)
        self.feeds = feeds

    def drop(self, code: str, name: str, content: bytes) -> Path:
        folder = self.paths.drop / code
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
        return folder / name

    def run(self, code: str, as_of: date = AS_OF) -> list[DeliveryResult]:
        """Land and ingest; what must hold of every delivery is checked here, for every test."""
        land_feed(self.paths, self.feeds[code], as_of)
        taken = ingest_feed(self.paths, self.feeds[code], as_of)
        for result in taken:
            assert result.rows_in == result.rows_bronze + result.rows_quarantined
            folder = self.paths.bronze / code / result.folder
            assert json.loads((folder / "delivery.json").read_text())["rows_in"] == result.rows_in
            assert pl.read_parquet(folder / "rows.parquet").height == result.rows_bronze
            rows = pl.read_parquet(folder / "quarantine.parquet").filter(pl.col("row") > 0)
            assert rows.height == result.rows_quarantined
        return [_of_made_up_people(result) for result in taken]

    def deliver(self, code: str, name: str, content: bytes, as_of: date = AS_OF) -> DeliveryResult:
        self.drop(code, name, content)
        (result,) = self.run(code, as_of)
        return result

    def rows(self, code: str) -> pl.DataFrame:
        return pl.read_parquet(self.paths.bronze / code / "*" / "rows.parquet").sort("_delivery_seq", "_row")

    def quarantine(self, code: str) -> pl.DataFrame:
        return pl.read_parquet(self.paths.bronze / code / "*" / "quarantine.parquet").sort(
            "delivery_id", "row"
        )


def _of_made_up_people(result: DeliveryResult) -> DeliveryResult:
    """Without what is said of every handful of them: their numbers have no check character. The record keeps it."""
    told = [(n, c) for n, c in zip(result.notices, result.notice_codes, strict=True) if c != "N_INVALID_IDS"]
    return replace(result, notices=tuple(n for n, _ in told), notice_codes=tuple(c for _, c in told))


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path / "data", FEEDS)


@pytest.fixture(scope="session")
def workbook() -> Callable[..., bytes]:
    """Bytes of a workbook of one sheet 「Sheet1」; `edit(book, sheet)` may add what rows cannot say."""

    def make(rows: Sequence[Sequence], edit: Callable | None = None, sheet_name: str = "Sheet1") -> bytes:
        buffer = io.BytesIO()
        options = {"in_memory": True, "default_date_format": "yyyy-mm-dd", "strings_to_formulas": False}
        with xlsxwriter.Workbook(buffer, options) as book:
            sheet = book.add_worksheet(sheet_name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
            if edit:
                edit(book, sheet)
        return buffer.getvalue()

    return make


@pytest.fixture(scope="session")
def allowance() -> Callable[..., list]:
    """Row n of F10 高龄津贴发放, in contract order without 备注; keyword arguments replace cells by place."""

    def make(n: int, **cells: object) -> list:
        row = [
            f"3706021940010100{n:02d}",
            f"王{n}",
            "1940-01-01",
            "80-89岁",
            "200.00",
            "2024-01",
            "发放",
            "2023-12-01",
            "370602001001",
            "",
        ]
        for place, value in cells.items():
            row[int(place[1:])] = value
        return row

    return make


@pytest.fixture(scope="session")
def allowance_header() -> list[str]:
    return [c.label for c in FEEDS["F10"].columns]


@pytest.fixture(scope="session")
def card() -> Callable[..., str]:
    """Line n of F11 残疾人证, without line break."""
    return lambda n: f"3706021960010100{n:02d}11,李{n},1,1,2030-01-01,生活补贴,发放,370602001001"


CARD_HEADER = "残疾人证号,姓名,残疾类别,残疾等级,有效期至,补贴类别,补贴状态,村居代码"


@pytest.fixture(scope="session")
def cards(card: Callable[[int], str]) -> Callable[..., bytes]:
    """A whole F11 file: header, lines, CRLF, in an encoding."""

    def make(
        lines: Sequence[str] | int = 10, header: str = CARD_HEADER, encoding: str = "utf-8-sig"
    ) -> bytes:
        body = [card(n) for n in range(lines)] if isinstance(lines, int) else lines
        return "".join(f"{line}\r\n" for line in [header, *body]).encode(encoding)

    return make
