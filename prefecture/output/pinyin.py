"""First letters of Chinese words, as databases here name their columns: 公民身份号码 -> gmsfhm.

Belongs here: the letters. Does not belong here: any column. GB 2312 keeps its 3,755 common characters in
order of pronunciation, so a character's place in it gives its first letter.
"""

from bisect import bisect_right

_LETTERS = "abcdefghjklmnopqrstwxyz"
_FIRST = "啊芭擦搭蛾发噶哈击喀垃妈拿哦啪期然撒塌挖昔压匝"
_STARTS = [int.from_bytes(character.encode("gb2312")) for character in _FIRST]
_LAST = int.from_bytes("座".encode("gb2312"))


def initials(text: str) -> str:
    """The first letters of the Chinese characters of a text; letters and digits stay, the rest is left out.
    Raises ValueError for characters that are not common ones."""
    return "".join(_initial(character) for character in text)


def _initial(character: str) -> str:
    if character.isascii():
        return character.lower() if character.isalnum() else ""
    code = int.from_bytes(character.encode("gb2312", errors="replace"))
    if _STARTS[0] <= code <= _LAST:
        return _LETTERS[bisect_right(_STARTS, code) - 1]
    if character.isalpha():
        raise ValueError(f"{character} is no common character: give the column a name of its own")
    return ""
