"""Road, number, building, unit and room of an address, after its division.

Belongs here: how these are written. Does not belong here: the division (division.py). Of each part the first counts;
what is none, or comes again, is `rest_text`; what it lies near is `landmark` and says nothing of the place itself.
"""

import re
from collections.abc import Iterator

KINDS = ("road_name", "gate_no", "building_no", "unit_no", "room_no", "landmark", "rest_text")
ROAD, NUMBER, BUILDING, UNIT, ROOM, NEAR, REST = KINDS
_CHINESE = "[零〇一二三四五六七八九十百千两]"
# No number of a door is longer; without a bound a thousand times 一 would be looked through a thousand times.
_N = rf"(?:\d{{1,10}}|{_CHINESE}{{1,10}})"
_B = rf"(?:{_N}|[A-Za-z]\d*|[甲乙丙丁])"
_DIGIT = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_TOKEN = re.compile(
    rf"(?P<landmark>[(（]?(?:[东南西北]{{0,2}}(?:附近|对面|旁边?|隔壁|斜对面|路口|斜对过|往[东南西北]|[东南西北]侧?(?=\d+米))|"
    rf"[一-鿿]{{0,8}}(?:路口|对面|附近|旁|隔壁)).*)"
    rf"|(?P<road_name>[一-鿿]{{1,8}}?(?:大街|大道|胡同|路|街(?!道)|巷)(?!口))"
    rf"|(?P<b3>{_B})(?:-|—)(?P<u3>\d+)(?:-|—)(?P<r3>\d+)(?:室|号房?|户)?(?![\d号])"
    rf"|(?P<gate_no>{_N}(?:-\d+)?号(?!楼|房)(?:院|附\d+|-\d+)?)"
    rf"|(?P<building_no>{_B}(?:号楼|#楼|栋|幢|座|#)(?:楼)?)"
    rf"|(?P<unit_no>{_B}(?:单元|门洞?))"
    rf"|(?P<b2>{_B})-(?P<r2>\d{{3,4}})(?:室|号房?|户)?(?![\d号])"
    rf"|(?P<room_no>{_N}(?:室|号房|户))"
    rf"|(?P<bare>\d+(?:-\d+)?)(?=$|[,，(（]|附近|对面|旁|路口|[东南西北])"
    rf"|(?P<mark>[,，、。;；()（）\s])|(?P<rest_text>\d+|{_CHINESE}+|.)",
    re.DOTALL,
)
_ENDING = re.compile(r"(号楼|#楼|号房|号院|单元|门洞?|栋楼?|幢楼?|座楼?|#楼?|楼|号|室|户|院)+$")

Piece = tuple[str, str]


def pieces(text: str) -> Iterator[Piece]:
    """The text cut up, nothing left out: the kind of every piece ('' for marks between) and its signs."""
    had: set[str] = set()
    for found in _TOKEN.finditer(text):
        kinds = _kinds(found, had)
        told = {kind for kind, _ in kinds} - {REST, NEAR, ""}
        if told & had:
            kinds = [(REST, found.group())]
        had |= told
        yield from kinds


def _kinds(found: re.Match[str], had: set[str]) -> list[Piece]:
    kind = found.lastgroup
    if kind == "r3":
        return _split(found, (BUILDING, UNIT, ROOM), ("b3", "u3", "r3"))
    if kind == "r2":
        return _split(found, (BUILDING, ROOM), ("b2", "r2"))
    if kind == "bare":
        return [(ROOM if had & {BUILDING, UNIT} else NUMBER, found.group())]
    return [("" if kind == "mark" else kind, found.group())]


def _split(found: re.Match[str], kinds: tuple[str, ...], groups: tuple[str, ...]) -> list[Piece]:
    """Parts of one word, each with the sign that stands before it."""
    at, cut = found.start(), []
    for kind, group in zip(kinds, groups, strict=True):
        cut.append((kind, found.string[at:found.end(group)]))
        at = found.end(group)
    if at < found.end():
        cut[-1] = (cut[-1][0], cut[-1][1] + found.string[at:found.end()])
    return cut


def value(kind: str, text: str) -> str:
    """A part as it is compared: 三十六号 is 36, 3号楼 is 3."""
    if kind in (ROAD, NEAR, REST):
        return text
    told = _ENDING.sub("", text.strip("-—"))
    told = re.sub(r"号?附", "-", told.replace("号-", "-")).removesuffix("号")
    return re.sub(r"[零〇一二三四五六七八九十百千两]+", lambda m: str(arabic(m.group())), told).upper()


def arabic(digits: str) -> int:
    """A number written in Chinese signs, in digits (三六) or in words (三十六)."""
    if not set(digits) & _TENS.keys():
        return int("".join(str(_DIGIT[c]) for c in digits))
    total, last = 0, None
    for sign in digits:
        if sign in _TENS:
            total += (1 if last is None else last) * _TENS[sign]
            last = 0
        else:
            last = _DIGIT[sign]
    return total + (last or 0)
