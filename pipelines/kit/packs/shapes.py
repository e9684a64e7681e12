"""The five shapes in which packs give what they know, the same columns in every pack.

Belongs here: their names and columns. Does not belong here: who shows them. A pack has one table of a shape, called
`<pack>__<shape>`, and may add columns of its own behind these.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Shape:
    """One shape: what one row is, in Chinese, and the columns every pack gives."""

    title: str
    row: str
    columns: tuple[str, ...]


SHAPES: Mapping[str, Shape] = MappingProxyType({
    "file": Shape("档案", "一个对象及其底数", ("subject_kind", "subject_id", "township_code", "as_of")),
    "task": Shape("待办", "一个单位到期应办的一件事", (
        "task_id", "kind", "subject_kind", "subject_id", "unit_code", "due_on", "reason", "closes_when", "evidence",
    )),
    "indicator": Shape("指标", "一个单位一个时期的一个数", (
        "unit_code", "level", "period", "indicator", "numerator", "denominator", "value", "is_additive",
    )),
    "tag": Shape("标签", "一个对象的一个标签", (
        "subject_kind", "subject_id", "tag", "valid_from", "valid_to", "evidence_ref",
    )),
    "point": Shape("图层", "地上的一个点", (
        "layer", "point_id", "lon", "lat", "township_code", "label", "state", "owner",
    )),
})  # fmt: skip
