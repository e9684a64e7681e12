"""Workbooks that went through LibreOffice: equal cells, and the receipts they should have."""

import os
import shutil
from datetime import date

import pytest

from pipelines.give.inbox.intake import intake
from pipelines.give.inbox.reader import read_book
from pipelines.give.returns.sets import write_return_sets
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths
from pipelines.kit.security.keys import KeyProvider
from pipelines.kit.security.workbook_lock import is_locked, unlock
from prefecture.townships import play, ways
from tests.give.returns.small_lake import AS_OF, TOWNSHIPS, fill
from tests.prefecture.machine import check_receipts, register, sent

if shutil.which("soffice") is None and not os.environ.get("CI"):
    pytest.skip("LOUD: soffice is not installed, so NO workbook was saved by LibreOffice; "
                "apt-get install libreoffice-calc", allow_module_level=True)  # fmt: skip

TURN = date(2024, 2, 29)
CODES = [code for code, _ in TOWNSHIPS]


def answers():
    for code in CODES:
        yield code, 0, "确认已死亡", None, "dispute"
        yield code, 3, "更正网格", f"{code}001003", "right"
        yield code, 4, "更正网格", f"{code}001998", "wrong"


def test_saved_by_libreoffice_as_xlsx_with_a_password_and_as_ods(tmp_path):
    paths = Paths(tmp_path)
    register(paths, answers(), CODES)
    with connect(paths) as con:
        fill(con)
        write_return_sets(paths, con, AS_OF)
        report = play(paths, AS_OF, given=dict(zip(CODES, ways.OFFICE, strict=True)))
        assert report.ways == dict.fromkeys(ways.OFFICE, 1)
        files = {p.parent.name: p for p in (paths.inbox / "drop").rglob("返还_*")}
        assert [files[code].suffix for code in CODES] == [".xlsx", ".ods", ".xlsx"]
        blobs = {code: path.read_bytes() for code, path in files.items()}
        assert [is_locked(blobs[code]) for code in CODES] == [False, False, True]
        blobs[CODES[2]] = unlock(blobs[CODES[2]], KeyProvider(paths).password(CODES[2]))
        for code, blob in blobs.items():
            rows = read_book(blob).sheets["异常清单"]
            assert rows[6][10:12] == ["更正网格", f"{code}001003 北大街社区居委会第3网格"]
        taken = intake(paths, con, TURN)
        assert [f.reason_code for f in taken.files] == ["", "", ""]
        check_receipts(con, TURN, sent(paths, AS_OF))
        assert taken.answers == 6
