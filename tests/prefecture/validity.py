"""The check digits a second time, written from the standards.

Belongs here: GB 11643-1999, GB 32100-2015, GS 15-2006 and GB 11714. Does not belong here: anything the generator uses.
"""

from datetime import date

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def id_valid(number: str, regions: set[str]) -> bool:
    """GB 11643-1999: a known region, a real date, a right check digit."""
    if len(number) != 18 or not number[:17].isdigit() or number[:6] not in regions:
        return False
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return "10X98765432"[sum(int(d) * w for d, w in zip(number, WEIGHTS, strict=False)) % 11] == number[17]


def credit_valid(code: str) -> bool:
    """GB 32100-2015: 18 characters of 31, the last one a check mod 31."""
    if len(code) != 18 or any(c not in ALPHABET for c in code):
        return False
    total = sum(ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(code[:17]))
    return ALPHABET[(31 - total % 31) % 31] == code[17]


def years(born: date, at: date) -> int:
    return at.year - born.year - ((at.month, at.day) < (born.month, born.day))


def with_century(number: str) -> str:
    """18 digits of a 15-digit number."""
    body = number[:6] + "19" + number[6:]
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


def registration_valid(number: str) -> bool:
    """GS 15-2006: fifteen digits, the last one by ISO 7064 MOD 11,10."""
    if len(number) != 15 or not number.isdigit():
        return False
    product = 10
    for digit in map(int, number[:14]):
        product = ((product + digit) % 10 or 10) * 2 % 11
    return (product + int(number[14])) % 10 == 1


def organisation_valid(code: str) -> bool:
    """GB 11714: eight signs and the check character."""
    total = sum(int(sign, 36) * weight for sign, weight in zip(code[:8], (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    return code[8] == "0123456789X0"[11 - total % 11]
