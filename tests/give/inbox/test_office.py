"""The workbook after a real office program has opened and saved it."""

import os
import shutil
import subprocess

import pytest

from tests.give.inbox.desk import GRID, R11, R17, R20, R22, by_row, cell, edit, fill_in, judge

SOFFICE = shutil.which("soffice")
if SOFFICE is None and not os.environ.get("CI"):
    pytest.skip("LOUD: soffice is not installed, so NO office round trip was tested; "
                "apt-get install libreoffice-calc", allow_module_level=True)  # fmt: skip

ANSWERS = {R20: ("确认健在",), R17: ("确认已死亡",), R22: ("本人放弃",), R11: ("更正网格", GRID, "已核实")}


@pytest.fixture(scope="module")
def save_as(tmp_path_factory):
    home = tmp_path_factory.mktemp("office")

    def convert(content, given, wanted):
        source = home / f"given.{given}"
        source.write_bytes(content)
        out = home / "out"
        subprocess.run(
            [SOFFICE, f"-env:UserInstallation=file://{home}/profile", "--headless", "--convert-to", wanted,
             "--outdir", str(out), str(source)],
            check=True, capture_output=True, timeout=180,
        )  # fmt: skip
        return (out / f"given.{wanted}").read_bytes()

    return convert


@pytest.fixture(scope="module")
def saved(workbook, save_as):
    """The answered workbook as LibreOffice saves it: .ods, and .xlsx made from that."""
    ods = save_as(fill_in(workbook, ANSWERS), "xlsx", "ods")
    return {"ods": ods, "xlsx": save_as(ods, "ods", "xlsx")}


@pytest.mark.parametrize("kind", ["ods", "xlsx"])
def test_answers_survive(saved, desk_keys, kind):
    rows = by_row(judge(saved[kind], desk_keys))
    assert {r: (x.outcome, x.new_value) for r, x in rows.items()} == {
        R20: ("accepted", ""), R17: ("accepted", "死亡注销"), R22: ("accepted", ""),
        R11: ("accepted", "370602001001002"), 8: ("unanswered", ""), 9: ("unanswered", ""),
    }  # fmt: skip


def test_a_tampered_cell_is_still_found_in_ods(workbook, save_as, desk_keys):
    content = fill_in(workbook, ANSWERS)
    content = edit(content, lambda b: setattr(cell(b["异常清单"], R17, "value"), "value", "死亡"))
    row = by_row(judge(save_as(content, "xlsx", "ods"), desk_keys))[R17]
    assert row.reason.startswith("工作表「异常清单」第 5 行 J 列「当前值」：内容被改动")


def test_a_formula_is_found_in_ods(workbook, save_as, desk_keys):
    content = fill_in(workbook, {R20: ('="确认健在"',), R17: ("确认健在",)})
    rows = by_row(judge(save_as(content, "xlsx", "ods"), desk_keys))
    assert rows[R20].reason.startswith("工作表「异常清单」第 4 行 K 列「处理结果」：含有公式")
    assert rows[R17].outcome == "accepted"
