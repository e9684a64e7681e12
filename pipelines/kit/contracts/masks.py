"""Values of a column as they may be shown to somebody who has no business with the person.

Belongs here: what each mask leaves over. Does not belong here: who may see more.
"""

import re

from pipelines.kit.contracts.model import Column

_HIDDEN = "***"
_TO_VILLAGE = re.compile(r".*?(?:社区|村委会|居委会|村)")


def masked(column: Column, value: object) -> str | None:
    """Text of a value under the contract's mask. A direct identifier without a mask is hidden; None stays
    None, so that a blank can be told."""
    if value is None:
        return None
    text = str(value)
    match column.mask:
        case "surname":
            return text[:1] + _HIDDEN
        case "last2":
            return _HIDDEN + text[-2:]
        case "last4":
            return _HIDDEN + text[-4:]
        case "phone":
            return text[:3] + _HIDDEN + text[-2:] if len(text) > 7 else _HIDDEN
        case "year":
            return text[:4]
        case "village":
            place = _TO_VILLAGE.match(text)
            return place[0] + _HIDDEN if place else _HIDDEN
        case "hide":
            return _HIDDEN
    return _HIDDEN if "直接标识符" in column.tags else text
