"""Is this a citizen identity number (GB 11643-1999), and if not, why.

Belongs here: the number itself. Does not belong here: whose it is.
"""

from datetime import date

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


def id_defect(number: str) -> str | None:
    """What is wrong with it, in Chinese; None when it is sound."""
    if len(number) == 15 and number.isascii() and number.isdigit():
        return "是旧式 15 位号码，请填 18 位号码"
    if len(number) != 18:
        return f"有 {len(number)} 位，应为 18 位"
    if not (number.isascii() and number[:17].isdigit()):
        return "前 17 位应全是数字"
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return "其中的出生日期不存在"
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return None if number[17] == _CHECKS[total % 11] else "校验码不对，可能抄错了一位"
