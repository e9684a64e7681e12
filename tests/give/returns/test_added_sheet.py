"""A sheet is data: one more of them is a file, and is written, protected, listed for machines and read back."""

import io
import json

import openpyxl
import polars as pl
import pytest
import yaml

from pipelines.give.inbox.form import located
from pipelines.give.inbox.problems import Refused
from pipelines.give.inbox.reader import read_book
from pipelines.give.returns.columns import TOWNSHIP
from pipelines.give.returns.sets import write_return_sets
from pipelines.kit.office import sheets
from pipelines.kit.security.bulk_seal import unseal
from pipelines.kit.security.signature import RowSigner
from pipelines.kit.security.workbook_lock import unlock
from tests.give.returns.small_lake import AS_OF, TOWNSHIPS

FIRST = TOWNSHIPS[0][0]
SHEET = {
    "title": "应急物资", "audience": "township", "position": 60, "table": "returns.emergency_store",
    "order": ["store_name"], "keys": ["store_id"], "hint": "请填写黄色的单元格。",
    "columns": [
        {"name": "store_name", "heading": "名称", "width": 20},
        {"name": "amount", "heading": "数量", "width": 9, "type": "integer", "is_centred": True},
        {"name": "state", "heading": "现状", "width": 12, "is_filled": True, "is_needed": True, "values": "store_state",
         "hint": "从下拉列表选一项。"},
        {"name": "remark", "heading": "备注", "width": 20, "is_filled": True, "former": ["附注"]},
    ],
}  # fmt: skip
STATES = {"title": "现状", "table": "returns.store_state", "code": "state_code", "label": "state_name"}


@pytest.fixture
def expectations(tmp_path, monkeypatch):
    """Those of the house and a pack's."""
    pack = tmp_path / "expectations" / "packs" / "stores" / "sheets"
    (pack / "lists").mkdir(parents=True)
    (pack / "emergency_stores.yaml").write_text(yaml.safe_dump(SHEET), encoding="utf-8")
    (pack / "lists" / "store_state.yaml").write_text(yaml.safe_dump(STATES), encoding="utf-8")
    (tmp_path / "expectations" / "sheets").symlink_to(sheets.EXPECTATIONS / "sheets")
    with monkeypatch.context() as patch:
        patch.setattr(sheets, "EXPECTATIONS", tmp_path / "expectations")
        _forget()
        yield pack
    _forget()


def _forget() -> None:
    sheets.load_sheets.cache_clear()
    sheets.load_lists.cache_clear()


@pytest.fixture
def first_set(con, paths, expectations):
    con.execute(
        "create table lake.returns.emergency_store as select township_code, 's' || i as store_id, "
        "'仓库' || i as store_name, 10 * i as amount from lake.unified.division, range(3) t(i) "
        "where level_name = '乡镇'"
    )
    con.execute(
        "create table lake.returns.store_state as select township_code, code as state_code, name as state_name "
        "from lake.unified.division, (values ('1', '完好'), ('2', '缺失')) t(code, name) where level_name = '乡镇'"
    )
    return write_return_sets(paths, con, AS_OF)[0]


@pytest.fixture
def plain(first_set, keys):
    return unlock(next(first_set.folder.glob("*.xlsx")).read_bytes(), keys.password(FIRST))


def test_it_is_written_with_its_drop_down_and_protected(plain):
    book = openpyxl.load_workbook(io.BytesIO(plain))
    assert book.sheetnames[:7] == ["说明", "异常清单", "人口", "特殊人群", "变更清单", "应急物资", "回执"]
    sheet = book["应急物资"]
    assert [c.value for c in sheet[2]][0] == "请填写黄色的单元格。"
    assert [c.value for c in sheet[3]] == ["序号", "名称", "数量", "现状", "备注", "store_id", "_chk"]
    assert [[c.value for c in row][:6] for row in sheet["A4:F6"]] == [
        [str(i + 1), f"仓库{i}", str(10 * i), None, None, f"s{i}"] for i in range(3)
    ]
    assert sheet.protection.sheet
    assert {c.coordinate for row in sheet for c in row if not c.protection.locked} == {
        f"{column}{row}" for column in "DE" for row in (4, 5, 6)
    }
    (offered,) = sheet.data_validations.dataValidation
    area = offered.formula1.partition("!")[2].replace("$", "")
    assert str(offered.sqref) == "D4:D6" and [c.value for (c,) in book["_codes"][area]] == ["1 完好", "2 缺失"]


def test_it_is_counted_and_listed_for_machines(first_set, keys):
    manifest = json.loads((first_set.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["counts"]["emergency_stores"] == 3
    (file,) = first_set.folder.glob("emergency_stores.parquet*")
    rows = pl.read_parquet(io.BytesIO(unseal(keys, FIRST, file.read_bytes())))
    assert rows.rows() == [(f"仓库{i}", 10 * i, f"s{i}") for i in range(3)]
    assert rows.schema["amount"] == pl.Int64


def test_what_was_filled_in_is_read_back_wherever_its_column_stands(first_set, plain, keys):
    book = openpyxl.load_workbook(io.BytesIO(plain))
    sheet = book["应急物资"]
    sheet["D5"], sheet["E5"] = "2 缺失", "已上报"
    sheet.insert_cols(2)
    sheet["C6"] = "改了名"
    out = io.BytesIO()
    book.save(out)
    cells = read_book(out.getvalue()).sheets["应急物资"]
    form = located(sheets.load_sheets(TOWNSHIP)["emergency_stores"], cells, _facts(plain))
    rows, signer = list(form.rows(cells)), RowSigner(keys, first_set.set_id)
    assert [(row.text("store_id"), row.text("state"), row.text("remark")) for row in rows] == [
        ("s0", "", ""), ("s1", "2 缺失", "已上报"), ("s2", "", ""),
    ]  # fmt: skip
    assert [form.changed(row, signer) for row in rows] == [None, None, "store_name"]
    assert form.where("store_name") == ("C", "名称")


def test_a_heading_that_was_renamed_since_is_known_in_workbooks_that_are_out(plain):
    cells = read_book(plain).sheets["应急物资"]
    cells[2][4] = "附注"
    spec, facts = sheets.load_sheets(TOWNSHIP)["emergency_stores"], _facts(plain)
    with pytest.raises(Refused) as refused:
        located(spec, cells, facts)
    assert refused.value.reason == "工作表「应急物资」第 3 行 E 列的表头被改动，应为「备注」。请恢复后再交。"
    facts["titles"][4] = "附注"  # as it was issued
    assert located(spec, cells, facts).where("remark") == ("E", "附注")


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        (SHEET | {"columns": SHEET["columns"][::-1]}, "filled in stand after"),
        (SHEET | {"colour": "red"}, "colour"),
        (SHEET | {"audience": "everybody"}, "audience"),
        (SHEET | {"title": "应急/物资"}, "title"),
        (SHEET | {"title": "物" * 32}, "title: .*31"),
        (SHEET | {"columns": [SHEET["columns"][0] | {"width": -1}]}, "columns.0.width: .*greater than 0"),
        (SHEET | {"columns": [SHEET["columns"][0]] * 2}, "columns: heading 名称 is there twice"),
        (SHEET | {"columns": [c | ({"values": "nobody"} if "values" in c else {}) for c in SHEET["columns"]]},
         "values: no list nobody; known are grid"),
    ],
)
def test_a_file_that_is_wrong_is_named(expectations, said, wrong):
    (expectations / "emergency_stores.yaml").write_text(yaml.safe_dump(said), encoding="utf-8")
    with pytest.raises(ValueError, match=rf"(?s)emergency_stores\.yaml: .*{wrong}"):
        sheets.load_sheets(TOWNSHIP)


def test_no_pack_takes_the_place_of_a_sheet_of_the_house(expectations):
    (expectations / "residents.yaml").write_text(yaml.safe_dump(SHEET), encoding="utf-8")
    with pytest.raises(ValueError, match="another sheets/residents.yaml"):
        sheets.load_sheets(TOWNSHIP)


def _facts(plain: bytes) -> dict:
    document = json.loads(read_book(plain).sheets["_meta"][1][0])
    return document["forms"]["emergency_stores"]
