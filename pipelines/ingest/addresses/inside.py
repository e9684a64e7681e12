"""Where at a door something is: unit, room or stall, storey, side, in one form to compare.

Belongs here: what tells two shops of one building apart, however it is written (二楼 is 2层, 3号商铺 is 铺3). Does not
belong here: which door it is (parts.py). Words that only say what is there (超市, 万达广场) or what it lies near tell
nothing.
"""

import re
from collections.abc import Iterable

from pipelines.ingest.addresses.parts import NEAR, REST, Piece, arabic

_CHINESE = "[零〇一二三四五六七八九十百]"
_N = rf"(?:[0-9]{{1,10}}|{_CHINESE}{{1,8}})"
# A Chinese number alone may be a name's (三和超市); with what it counts it is none.
_COUNTED = "(?=[号室间户铺档摊期区排栋座幢])"
_SIGN = re.compile(
    rf"(?P<below>(?:负|地下|-){_N}[层楼]|地下室|负{_N})|(?P<storey>{_N}(?:[-~至]{_N})?[层楼])|(?P<ground>底[层楼])"
    rf"|(?P<stall>[A-Za-z]{{0,2}}-?[0-9]{{1,10}}(?:-[0-9]{{1,10}})*|{_CHINESE}{{1,8}}{_COUNTED}|[A-Z甲乙丙丁](?=$|[号座区间户铺门|]))"
    r"|(?P<side>[东南西北左右前后中]{1,2}(?=$|[侧户门边面头间首端厢屋铺排段|]))"
)
# Whoever lies so many metres from the door itself lies there; 路口东50米 is the crossing's.
_AWAY = re.compile(r"^[(]?往?([东南西北]{1,2})侧?([0-9]{1,5})米")
_ROOM_WITH_STOREY = 3


def inside_key(unit_no: str | None, room_no: str | None, cut: Iterable[Piece]) -> str | None:
    """Unit, then room or stall, then the rest, in one text; None where nothing is told. `cut`: all pieces in order."""
    cut = tuple(cut)
    rest = "".join(text if kind == REST else "|" for kind, text in cut)
    found = [(sign.lastgroup or "", _plain(sign)) for sign in _SIGN.finditer(rest)]
    near = "".join(text for kind, text in cut if kind == NEAR)
    stalls = [*filter(None, [room_no]), *(sign for kind, sign in found if kind == "stall")]
    sides = [sign for kind, sign in found if kind == "side"] + ["".join(away) for away in _AWAY.findall(near)]
    storeys = [sign for kind, sign in found if kind not in ("stall", "side")]
    if any(len(stall) >= _ROOM_WITH_STOREY or not stall.isdigit() for stall in stalls):
        storeys = []  # A01 and 203 say themselves on which storey.
    told = [unit_no or "", "+".join(stalls), *storeys, *sides]
    return "/".join(told) if any(told) else None


def _plain(sign: re.Match[str]) -> str:
    text = re.sub(rf"{_CHINESE}+", lambda number: str(arabic(number.group())), sign.group()).upper()
    if sign.lastgroup == "storey":
        return text[:-1]
    if sign.lastgroup == "below":
        return "-" + (re.sub(r"\D", "", text) or "1")
    if sign.lastgroup == "ground":
        return "1"
    if sign.lastgroup != "stall":
        return text
    text = re.sub(r"(?<![0-9])-", "", text)  # A-1 is A1, and 1-11 is not 11-1
    return re.sub(r"(?<![0-9])0+(?=[0-9])", "", text)
