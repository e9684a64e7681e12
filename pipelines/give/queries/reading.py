"""Reading one submitted list: workbook or CSV, locked or not, every row or why it cannot be read.

Belongs here: from bytes to rows. Does not belong here: judging what is asked (answering.py). A list is read like
a delivery, by a feed of its own, so encodings, headings, ids stored as numbers and formulas are told as there.
"""

import re
import tempfile
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.give.inbox.container import check_container
from pipelines.give.inbox.problems import Refused
from pipelines.ingest.bronze import DeliveryResult, ingest_feed
from pipelines.ingest.bronze.store import QUARANTINE_FILE, ROWS_FILE
from pipelines.ingest.landing import land_feed
from pipelines.kit.contracts import Column, Feed, Thresholds
from pipelines.kit.paths import Paths
from pipelines.kit.security.keys import KeyProvider
from pipelines.kit.security.workbook_lock import OLE_MAGIC, WrongPassword, is_locked, unlock
from pipelines.kit.workers import Apart

MAX_BYTES = 5_000_000
UNFORESEEN = "E_UNFORESEEN"
# The list is read under a name of ours, which would tell nobody anything.
_FILE = re.compile(r"^文件「[^」]*」：?")
_PLACE = re.compile(r"^文件「[^」]*」(?:工作表「[^」]*」)?第 \d+ 行：?")
FILE_REASONS = {
    "E_SIZE": f"文件超过 {MAX_BYTES // 1_000_000} MB。请只保留要查询的行。",
    "E_FORMAT": "不是 Excel 工作簿或 CSV，或文件不完整。请另存为 .xlsx 或 .csv 再交。",
    "E_OLD_FORMAT": "是旧版格式（.xls 或 .et）。请另存为 .xlsx 再交。",
    "E_ZIP_BOMB": "解压后大小异常，已拒收。请重新填写一份。",
    "E_MACRO": "含有宏或嵌入对象，已拒收。请另存为不带宏的 .xlsx 再交。",
    "E_EXTERNAL_LINK": "含有指向其他文件的链接，已拒收。请去掉链接再交。",
    "E_ODS_LOCKED": "是带口令的 .ods，本系统打不开。请另存为带口令的 .xlsx 再交。",
    "E_PASSWORD": "打不开：不是本镇街的工作簿口令。请用返还工作簿的口令，或不设口令。",
    "E_NO_TOWNSHIP": "不在镇街的文件夹里，不知道是谁在查询。请放到以本镇街 9 位代码命名的文件夹。",
    "E_READER": "读取时超出内存或时间限制，已停止。请只保留要查询的行，另存为 .csv 再交。",
    "E_TOO_MANY": "共 {rows} 行，一份清单最多 {limit} 行。请分开提交。",
    "E_TURN_LIMIT": "本期查询已达 {limit} 行的上限。请在下一期再交。",
}


class ListRefused(Exception):
    """No row of the list is answered; `reason` tells the township why."""

    def __init__(self, code: str, reason: str = "", **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.reason = reason or FILE_REASONS[code].format_map(facts)


@dataclass(frozen=True)
class AskedRow:
    """One row of a list. `problem` says why it could not be read; then the cells are empty."""

    sheet: str
    row: int
    id_no: str = ""
    name: str = ""
    question: str = ""
    purpose: str = ""
    problem: str = ""


_COLUMNS = (
    Column("id_no", "身份证号", ("公民身份号码", "身份证号码"), required=True, tags=("identifier",), key=True),
    Column("name", "姓名", required=True),
    Column("question", "查询事项", ("问题", "查询内容"), required=True),
    Column("purpose", "用途", ("查询用途",), required=True),
)
LIST = Feed(
    code="Q00", department="township", department_name="镇街", entity="query_list", title="查询清单",
    description="", columns=_COLUMNS, key_columns=("id_no",), mode="append", format="xlsx", encoding="utf-8",
    scope_kind="township", file_pattern=r"^(?P<scope>\d{9})_(?P<period>\d{6})\.(?:xlsx|csv)$",
    thresholds=Thresholds(0, 1e9, 1, 1), cadence="", cadence_days=1, retention="", grain="", domain="", version="1.0.0",
    limitations="", header_rows=1,
)  # fmt: skip


def read_list(
    blob: bytes, township_code: str, keys: KeyProvider, as_of: date, scratch: Path, reader: Apart
) -> list[AskedRow]:  # fmt: skip
    """Every row in the order of the file. Raises ListRefused.

    `scratch`: a folder of ours, in which the list lies in plain while `reader` reads it, apart from everything else.
    """
    if len(blob) > MAX_BYTES:
        raise ListRefused("E_SIZE")
    if is_locked(blob):
        try:
            blob = unlock(blob, keys.password(township_code))
        except WrongPassword:
            raise ListRefused("E_PASSWORD") from None
    is_workbook = blob.startswith((b"PK", OLE_MAGIC))
    if is_workbook:
        try:
            check_container(blob)
        except Refused as refused:
            raise ListRefused(refused.code if refused.code in FILE_REASONS else "E_FORMAT") from None
    name = f"{township_code}_{as_of:%Y%m}.{'xlsx' if is_workbook else 'csv'}"
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        try:
            result, rows = reader.call(_ingested, Paths(Path(folder)), name, blob, as_of)
        except BrokenProcessPool:
            raise ListRefused("E_READER") from None
    if result.breaker_message:
        raise ListRefused(result.breaker_code, _FILE.sub("", result.breaker_message))
    return rows


def _ingested(paths: Paths, name: str, blob: bytes, as_of: date) -> tuple[DeliveryResult, list[AskedRow]]:
    feed = LIST if name.endswith("xlsx") else replace(LIST, format="csv")
    drop = paths.drop / feed.code
    drop.mkdir(parents=True)
    (drop / name).write_bytes(blob)
    land_feed(paths, feed, as_of)
    (result,) = ingest_feed(paths, feed, as_of)
    folder = paths.bronze / feed.code / result.delivery_id
    rows = [
        AskedRow(r["_sheet"] or "", r["_row"], *(r[c.name] or "" for c in _COLUMNS))
        for r in pl.read_parquet(folder / ROWS_FILE).iter_rows(named=True)
    ]
    rows += [
        AskedRow(r["sheet"] or "", r["row"], problem=_PLACE.sub("", r["message"]))
        for r in pl.read_parquet(folder / QUARANTINE_FILE).iter_rows(named=True)
    ]
    return result, sorted(rows, key=lambda r: (r.sheet, r.row))
