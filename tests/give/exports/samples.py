"""An export made by hand on a table of its own, and a lake for it. All people are synthetic."""

from dataclasses import replace
from datetime import date

from pipelines.give.exports.contract import _STRICT, Export, Item, Receiver, _pattern
from pipelines.kit.contracts import Column, Feed

AS_OF = date(2024, 1, 31)
ENCODINGS = {"csv": "utf-8-sig", "xlsx": None, "json": None, "parquet": None}
COLUMNS = (
    Column("code", "编号", required=True, key=True, tags=("identifier",)),
    Column("text", "内容"),
    Column("day", "日期", type="date"),
    Column("count", "数量", type="integer"),
    Column("price", "金额", type="decimal"),
    Column("seen_at", "时间", type="timestamp"),
    Column("area", "面积", type="decimal", scale=4),
)


def feed(format: str = "csv", encoding: str | None = None, columns: tuple[Column, ...] = COLUMNS) -> Feed:
    """How the sample's files are read."""
    return Feed(
        code="X90", department="somebody", department_name="某部门", entity="thing", title="样例",
        description="试验", columns=columns, key_columns=("code",), mode="append", format=format,
        encoding=encoding or ENCODINGS[format], scope_kind="city",
        file_pattern=_pattern(f"X90_样例_{{scope}}_{{date}}_{{kind}}.{format}"), thresholds=_STRICT, cadence="每天",
        cadence_days=1, retention="", grain="每件一行", domain="", version="1.0.0", limitations="", header_rows=1,
    )  # fmt: skip


def export(format: str = "csv", encoding: str | None = None, **changes) -> Export:
    """An export of `published.thing`."""
    made = Export(
        feed=feed(format, encoding), receiver=Receiver("somebody", "某部门", "L4"),
        items=tuple(Item(c, c.name, ()) for c in COLUMNS), source="published.thing", where="", is_grouped=False,
        split_by="", mode="full", order=("code",), file_name=f"X90_样例_{{scope}}_{{date}}_{{kind}}.{format}",
        legal_basis="某条例", sharing="有条件共享",
    )  # fmt: skip
    return replace(made, **changes)
