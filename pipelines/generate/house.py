"""The picture of the house in `docs/architecture.svg`: the four floors and their rooms, drawn from the code.

Belongs here: reading the floors and drawing them. Does not belong here: what a floor is for (its own docstring, whose
first sentence stands in the picture).
"""

import ast
from pathlib import Path
from xml.sax.saxutils import escape

PICTURE = Path("docs/architecture.svg")
# From top to bottom; imports go down only (pyproject.toml, import-linter).
FLOORS = ("give", "judge", "ingest", "kit")
ABOVE = ("defs", "generate", "turn.py", "asking.py")
_WIDTH, _ROOM, _GAP = 960, 116, 8
_A_LINE = (_WIDTH - 3 * _GAP) // (_ROOM + _GAP)
_HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
    'font-family="system-ui, \'Noto Sans CJK SC\', \'Microsoft YaHei\', sans-serif" '
    'aria-label="The floors of the house and their rooms">\n'
    "<style>.f{{fill:#e8f1f8;stroke:#24527a}}.r{{fill:#fff;stroke:#24527a}}"
    ".t{{font-size:15px;font-weight:600;fill:#12324d}}.s{{font-size:12px;fill:#43586a}}.n{{font-size:13px;fill:#12324d;text-anchor:middle}}</style>\n"
    '<rect width="{width}" height="{height}" fill="#fbfcfd"/>\n'
)


def drawn(root: Path) -> dict[Path, str]:
    """The picture by its path in the project."""
    return {PICTURE: picture(root)}


def picture(root: Path) -> str:
    """The SVG of the project at `root`: what stands on top, then a bar a floor with a box a room."""
    house = root / "pipelines"
    floors = [("on top", "Dagster's definitions, the order of a turn, the command line, generated files.", list(ABOVE))]
    floors += [(name, _told(house / name), _rooms(house / name)) for name in FLOORS]
    drawn, top = [], _GAP
    for name, told, rooms in floors:
        height = 52 + 40 * -(-len(rooms) // _A_LINE)
        drawn.append(_floor(top, height, name, told, rooms))
        top += height + _GAP
    return _HEAD.format(width=_WIDTH, height=top) + "\n".join(drawn) + "\n</svg>\n"


def _told(folder: Path) -> str:
    docstring = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""
    return docstring.split("\n")[0]


def _rooms(floor: Path) -> list[str]:
    return sorted(room.name for room in floor.iterdir() if (room / "__init__.py").exists())


def _floor(top: int, height: int, name: str, told: str, rooms: list[str]) -> str:
    parts = [
        f'<rect class="f" x="{_GAP}" y="{top}" width="{_WIDTH - 2 * _GAP}" height="{height}" rx="8"/>',
        f'<text class="t" x="{2 * _GAP}" y="{top + 20}">{escape(name)}</text>',
        f'<text class="s" x="{2 * _GAP}" y="{top + 38}">{escape(told)}</text>',
    ]
    for place, room in enumerate(rooms):
        x, y = 2 * _GAP + place % _A_LINE * (_ROOM + _GAP), top + 48 + place // _A_LINE * 40
        parts.append(f'<rect class="r" x="{x}" y="{y}" width="{_ROOM}" height="32" rx="6"/>')
        parts.append(f'<text class="n" x="{x + _ROOM // 2}" y="{y + 21}">{escape(room)}</text>')
    return "\n".join(parts)
