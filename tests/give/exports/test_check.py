"""Planted columns that may not leave, each refused with its reason."""

from dataclasses import replace

import polars as pl
import pytest

from pipelines.give.exports import load_exports
from pipelines.give.exports.check import Forbidden, leaks, refusals, require_allowed
from pipelines.give.exports.contract import Item, Receiver
from pipelines.kit.contracts import Column, load_contracts
from tests.give.exports.samples import export, feed

FEEDS = load_contracts()


def with_column(column, expression=None, origins=(), **changes):
    made = export(**changes)
    return replace(made, items=(*made.items, Item(column, expression or column.name, origins)))


def test_every_contract_of_ours_is_allowed():
    exports = load_exports()
    assert list(exports) == ["X01", "X02", "X03", "X04"]
    assert {e.code: refusals(e, FEEDS) for e in exports.values()} == {code: [] for code in exports}
    assert {e.code: e.highest_class for e in exports.values()} == {"X01": "L4", "X02": "L2", "X03": "L2", "X04": "L2"}


FORBIDDEN = [
    (Column("last_visit", "就诊", classification="L4"), "x", ("F20.last_visit_date",),
     "F20.last_visit_date may only be asked"),
    (Column("last_visit_date", "就诊", classification="L4"), None, (), "last_visit_date is protected in a feed"),
    (Column("who", "谁", classification="L4"), "person.id_no", (), "id_no is protected in a feed"),
    (Column("born", "生日", classification="L2"), "x", ("F01.birth_date",),
     "F01.birth_date is L3, the export calls it L2"),
    (Column("x", "某", classification="L2"), "x", ("F99.x",), "no contract has F99.x"),
    (Column("said", "依据", classification="L2"), "ticket.evidence", (), "evidence may quote personal data"),
    (Column("pid", "人", classification="L2"), "person_id", (), "person_id can be computed from guessed numbers"),
    (Column("n", "数", classification="L2"), "count(*) || id_no", (), "id_no is protected in a feed"),
]  # fmt: skip


@pytest.mark.parametrize(("column", "expression", "origins", "reason"), FORBIDDEN)
def test_a_planted_column_is_refused_with_its_reason(column, expression, origins, reason):
    (found,) = refusals(with_column(column, expression, origins), FEEDS)
    assert found.startswith(f"column {column.name}: {reason}")


@pytest.mark.parametrize("expression", ["count(*)", "count(DISTINCT id_no)", "count(*) FILTER (x.name IN ('a', 'b)'))"])
def test_counts_of_protected_columns_may_leave(expression):
    assert refusals(with_column(Column("n", "数", type="integer"), expression), FEEDS) == []


def test_a_receiver_gets_no_class_above_its_own():
    made = with_column(Column("id_no", "号", classification="L4"), None, ("F01.id_no",))
    assert refusals(made, FEEDS) == []
    made = replace(made, receiver=Receiver("x", "某处", "L2"))
    assert refusals(made, FEEDS) == ["column id_no: it is L4, 某处 may get L2 at most"]


def test_sharing_attributes_of_the_source_hold():
    made = with_column(Column("kind", "类型"), "x", ("F14.entity_type",))

    def told(of_source, of_export):
        columns = tuple(replace(c, sharing=of_source) for c in FEEDS["F14"].columns)
        return refusals(replace(made, sharing=of_export), {"F14": replace(FEEDS["F14"], columns=columns)})

    assert told("有条件共享", "有条件共享") == told("无条件共享", "无条件共享") == []
    assert told("有条件共享", "无条件共享") == ["column kind: F14.entity_type is not 无条件共享, the export is"]
    assert told("不予共享", "有条件共享") == ["column kind: F14.entity_type is 不予共享"]
    (reason,) = refusals(replace(export(), sharing="不予共享"), FEEDS)
    assert "lets nothing leave" in reason


def test_personal_data_need_a_legal_basis_and_everything_a_purpose():
    made = replace(with_column(Column("id_no", "号", classification="L4"), None, ("F01.id_no",)), legal_basis="")
    assert refusals(made, FEEDS) == ["it holds L4 data and names no legalBasis"]
    assert refusals(replace(export(), feed=replace(feed(), description="")), FEEDS) == ["no purpose"]
    with pytest.raises(Forbidden, match="X90 to 某部门 is refused: it holds L4 data"):
        require_allowed(made, FEEDS)


def test_an_identity_number_in_a_harmless_column_is_found():
    rows = pl.DataFrame({"code": ["1"], "text": ["身份证370602194001010023号"]})
    assert leaks(export(), rows) == ["内容"]
    assert leaks(export(), rows.with_columns(text=pl.lit("3706021940010100231234"))) == []


def test_medical_insurance_is_only_ever_asked():
    assert {f.code for f in FEEDS.values() if f.return_mode == "query"} == {"F16", "F20"}


def test_no_return_set_and_no_published_table_holds_an_item_that_may_only_be_asked():
    from pipelines.kit.office.sheets import load_sheets

    only_asked = {c.name for f in FEEDS.values() for c in f.columns if f.return_mode == "query"}
    only_asked -= {c.name for f in FEEDS.values() for c in f.columns if f.return_mode == "rows"}
    assert "last_visit_date" in only_asked
    sent = {c.name for sheet in load_sheets("township").values() for c in sheet.columns}
    from pipelines.kit.models import DBT_PROJECT

    models = [p for folder in ("returns", "published") for p in (DBT_PROJECT / "models" / folder).glob("*.sql")]
    assert len(models) >= 10
    text = "\n".join(p.read_text(encoding="utf-8") for p in models)
    assert [name for name in only_asked if name in sent or name in text] == []
    assert "medical_insurance" not in text
