"""Sizes of the prefecture as people write them: `1%`.

Belongs here: reading and naming a size.
"""

RESIDENTS = 7_102_100


def parse(text: str) -> float:
    """'1%' or '0.01' -> 0.01. Raises ValueError for anything outside (0, 1]."""
    text = text.strip()
    share = float(text[:-1]) / 100 if text.endswith("%") else float(text)
    if not 0 < share <= 1:
        raise ValueError(f"a size is a share of the real prefecture, above 0 % and up to 100 %: {text!r}")
    return share


def name(share: float) -> str:
    """0.01 -> '1pct': safe in file names."""
    return f"{share * 100:g}pct"
