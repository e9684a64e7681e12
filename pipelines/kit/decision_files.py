"""Decisions of people: files in a folder of `decisions/`, each taken in by one turn and kept for ever.

Belongs here: taking files in per turn, reading them, saying clearly what is wrong with one and which wait. Does not
belong here: what a decision means (decisions.py for tickets, bronze/rulings.py for deliveries).
A file (.yaml or .yml) is a list of entries; each has the texts its desk asks for, `decision` and `on: YYYY-MM-DD`.
A desk that gives out a workbook takes it back (.xlsx), a decision a row (decision_tables.py).
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from pipelines.kit.city_time import written_day
from pipelines.kit.decision_tables import ENDING, UnreadableTable, rows
from pipelines.kit.file_names import safe_name
from pipelines.kit.incidents import incident, is_ours
from pipelines.kit.paths import Paths
from pipelines.kit.quiet import is_hidden, is_unfinished, quiet
from pipelines.kit.sent_files import NotAFile, open_sent
from pipelines.kit.whole_files import publish_file

_ENDINGS = (".yaml", ".yml")
# How a file is called once a turn has taken it in.
KEPT = (_ENDINGS[0], ENDING)
MAX_BYTES = 5_000_000


@dataclass(frozen=True)
class Desk:
    """Where one kind of decision is put: its folder, the texts an entry needs, what may be decided (in Chinese).

    `optional` texts may be blank. `headings`: text -> heading of the workbook that may be handed in instead of YAML.
    """

    folder: str
    required: tuple[str, ...]
    choices: Mapping[str, str] = field(hash=False)
    optional: tuple[str, ...] = ()
    headings: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def endings(self) -> tuple[str, ...]:
        """Endings of files it takes."""
        return (*_ENDINGS, ENDING) if self.headings else _ENDINGS


@dataclass(frozen=True)
class Entry:
    """One decision. `text` by name of `required` and `optional`; `position`: its place in the file, counted from 1, or
    the row of a workbook's `sheet`."""

    text: Mapping[str, str]
    on: date
    file: str
    position: int
    sheet: str = ""

    @property
    def place(self) -> str:
        """Where it stands, in Chinese."""
        return place(self.file, self.sheet, self.position)


def place(file: str, sheet: str, number: int) -> str:
    """Where an entry stands, in Chinese; `sheet` is empty unless it is the row of one."""
    return f"{file} 工作表“{sheet}”第{number}行" if sheet else f"{file} 第{number}条"


def issued_turns(paths: Paths) -> list[date]:
    """Business dates whose return sets are out, oldest first."""
    files = (paths.decisions / "turns").glob("????-??-??.json")
    return sorted(turn for p in files if (turn := written_day(p.stem)) and turn < date.max)


def first_open_day(paths: Paths) -> date | None:
    """The day after the newest turn, from which what is handed in now counts, whichever turn comes next; None before
    any turn is out."""
    turns = issued_turns(paths)
    return turns[-1] + timedelta(days=1) if turns else None


def is_past(paths: Paths, as_of: date) -> bool:
    """Whether a later turn is out: what comes in now belongs to a turn after that one."""
    return any(turn > as_of for turn in issued_turns(paths))


def take_in(paths: Paths, desk: Desk, as_of: date) -> list[Path]:
    """Move new files into the folder of this turn, so that a rebuild gives each turn the files it had.

    Waits in place: a file dated after `as_of`, one that cannot be read or is being written, and everything when a later
    turn has been issued already. Returns the moved files.
    """
    if is_past(paths, as_of):
        return []
    moved = []
    for path in sorted(quiet(_handed_in(paths, desk))):
        try:
            content = _content(path, desk)
            entries, problems = read(path.name, content, desk)
            if problems or not entries or max(e.on for e in entries) > as_of:
                continue
            digest = hashlib.sha256(content).hexdigest()[:8]
            target = path.parent / as_of.isoformat() / f"{safe_name(path.stem)}.{digest}{_kept_as(path)}"
            moved.append(publish_file(path, target))
        except _Unreadable:
            continue
        except OSError as error:  # it stays where it is and is told as waiting
            if is_ours(error):
                raise
            incident(paths, f"decisions/{desk.folder}/{path.name}", "", as_of, error)
    return moved


def _kept_as(path: Path) -> str:
    return ENDING if path.suffix.lower() == ENDING else KEPT[0]


def taken_in(paths: Paths, desk: Desk, as_of: date) -> list[tuple[date, Entry]]:
    """(turn that took it in, entry) of every decision up to `as_of`, in order of turn and file."""
    return [(turn, e) for turn, path in _all_kept(paths, desk) if turn <= as_of for e in _as_kept(path, desk)[0]]


def in_order(paths: Paths, desk: Desk, as_of: date) -> list[tuple[date, Entry]]:
    """As `taken_in`; of one turn, in order of the day of the decision. A day written earlier does not put a decision
    before those that were in force when it was handed in."""
    return sorted(taken_in(paths, desk, as_of), key=lambda taken: (taken[0], taken[1].on))


def new(paths: Paths, desk: Desk, as_of: date) -> list[Entry]:
    """What this turn took in, or one that was killed since the last that is out."""
    since = last_turn(paths, as_of)
    return [e for turn, e in taken_in(paths, desk, as_of) if turn > since]


def not_taken_in(paths: Paths, desk: Desk, as_of: date) -> list[str]:
    """Chinese messages about files that nobody can read, and those that wait."""
    return unread(paths, desk) + waiting(paths, desk, as_of)


def unread(paths: Paths, desk: Desk) -> list[str]:
    """Chinese messages about files that cannot be read: new ones, and taken-in ones that were damaged since."""
    found = [p for path in _handed_in(paths, desk) for p in read_file(path, desk)[1]]
    return found + [p for _, path in _all_kept(paths, desk) for p in _as_kept(path, desk)[1]]


def waiting(paths: Paths, desk: Desk, as_of: date) -> list[str]:
    """Chinese messages about files that can be read and were not taken in by `as_of`."""
    found = []
    for path in _handed_in(paths, desk):
        entries, problems = read_file(path, desk)
        last = max((e.on for e in entries), default=date.min)
        if last > as_of:
            found.append(f"{safe_name(path.name)}：其中有 {last} 的决定，到那一天才办理，目前等待。")
        elif not problems:
            found.append(f"{safe_name(path.name)}：本轮没有收入，留待下一轮。")
    return found


def handed_in(paths: Paths, desk: Desk) -> list[Entry]:
    """Every decision that can be read and that no turn has taken in."""
    return [entry for path in _handed_in(paths, desk) for entry in read_file(path, desk)[0]]


def _handed_in(paths: Paths, desk: Desk) -> list[Path]:
    """Whatever lies in the folder of a desk beside the folders of turns, in order of name."""
    folder = paths.decisions / desk.folder
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(p for p in found if not (is_hidden(p.name) or is_unfinished(p.name) or _is_of_a_turn(p)))


def _all_kept(paths: Paths, desk: Desk) -> Iterator[tuple[date, Path]]:
    """(turn, file) of everything taken in, in order."""
    for folder in sorted(filter(_is_of_a_turn, (paths.decisions / desk.folder).glob("????-??-??"))):
        files = (path for path in folder.iterdir() if path.suffix in KEPT)
        yield from ((date.fromisoformat(folder.name), path) for path in sorted(files))


def _is_of_a_turn(path: Path) -> bool:
    return written_day(path.name) is not None and path.is_dir() and not path.is_symlink()


def _as_kept(path: Path, desk: Desk) -> tuple[list[Entry], list[str]]:
    return _kept(path, path.stat().st_mtime_ns, desk)


@cache
def _kept(path: Path, _: int, desk: Desk) -> tuple[list[Entry], list[str]]:
    """A file that was taken in, as it was written at some time: every feed of a turn asks for all of them. One that
    was changed since counts as it is, and is told."""
    entries, problems = read_file(path, desk)
    taken = path.stem.rpartition(".")[2]
    if entries and not hashlib.sha256(path.read_bytes()).hexdigest().startswith(taken):
        changed = "收入以后被人改过（内容与文件名中的校验码不符），按现在的内容办理；请核对是谁改的。"
        problems = [f"{safe_name(path.name)}：{changed}"]
    return entries, problems


def last_turn(paths: Paths, as_of: date) -> date:
    """The turn issued before `as_of`. What came in after it, even by a turn that was killed, is new to `as_of`."""
    return max((t for t in issued_turns(paths) if t < as_of), default=date.min)


class _Twice(Exception):
    """A mapping names something twice: nobody knows which was meant."""

    def __init__(self, key: str, line: int) -> None:
        super().__init__(key)
        self.key, self.line = key[:40], line


class _Once(yaml.BaseLoader):
    """Scalars stay text: the key `on` would else be true, and some ticket ids numbers. Raises _Twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        keys = set()
        for key, _ in node.value:
            if key.value in keys:
                raise _Twice(str(key.value), key.start_mark.line + 1)
            keys.add(key.value)
        return super().construct_mapping(node, deep)


class _Unreadable(Exception):
    """The message says in Chinese why nobody can read the file."""


def read_file(path: Path, desk: Desk) -> tuple[list[Entry], list[str]]:
    """Everything of the file, or nothing and what is wrong with it."""
    try:
        return read(path.name, _content(path, desk), desk)
    except _Unreadable as error:
        return [], [f"{safe_name(path.name)}：{error}"]


def _content(path: Path, desk: Desk) -> bytes:
    """Raises _Unreadable."""
    try:
        with open_sent(path) as file:
            content = file.read(MAX_BYTES + 1)
    except NotAFile:
        raise _Unreadable("不是文件（是链接、管道或文件夹），没有打开。请放 YAML 文件本身。") from None
    except OSError as error:
        raise _Unreadable(f"无法读取（{error.strerror}），未采用。请检查文件和权限。") from None
    if path.suffix.lower() not in desk.endings:
        wanted = ENDING if desk.headings else _ENDINGS[0]
        raise _Unreadable(f"不是 {' 或 '.join(desk.endings)} 文件，没有读。请按样例另存为 {wanted}。")
    if len(content) > MAX_BYTES:
        raise _Unreadable(f"超过 {MAX_BYTES // 1_000_000} MB，未采用。请分成几个文件。")
    return content


def read(file: str, content: bytes, desk: Desk) -> tuple[list[Entry], list[str]]:
    """Everything of what stands in a file of that name, or nothing and what is wrong with it."""
    name = safe_name(file)
    if Path(file).suffix.lower() == ENDING and desk.headings:
        return _read_table(name, content, desk)
    try:
        document = yaml.load(content.decode("utf-8-sig"), Loader=_Once)
    except _Twice as error:
        return [], [f"{name}第{error.line}行：“{error.key}”写了两次，整个文件未采用。请只保留一处。"]
    except Exception as error:  # beside its own, the parser lets through whatever its input makes Python raise
        mark = getattr(error, "problem_mark", None)
        line = f"第{mark.line + 1}行" if mark else ""
        return [], [f"{name}{line}：不是可读的 UTF-8 YAML 文件，整个文件未采用。请按样例重新填写。"]
    if not isinstance(document, list):
        return [], [f"{name}：内容应是一个列表（每条以 - 开头），整个文件未采用。"]
    if not document:
        return [], [f"{name}：里面没有任何决定。"]
    numbered = list(enumerate(document, 1))
    told = [[*_problems(f"{place(name, '', n)}：", entry, desk)] for n, entry in numbered]
    return _whole(name, "", numbered, told, desk)


def _read_table(name: str, content: bytes, desk: Desk) -> tuple[list[Entry], list[str]]:
    """As `read`, of a workbook: a decision in every row whose cell for it is filled in, by its Chinese word."""
    try:
        sheet, numbered = rows(content, desk.headings, "decision")
    except UnreadableTable as error:
        return [], [f"{name}：{error}整个文件未采用。"]
    codes = {word: code for code, word in desk.choices.items()}
    for _, entry in numbered:
        entry["decision"] = codes.get(entry["decision"], entry["decision"])
    told = [[_in_words(p, desk) for p in _problems(f"{place(name, sheet, n)}：", e, desk)] for n, e in numbered]
    return _whole(name, sheet, numbered, told, desk)


def _whole(
    name: str, sheet: str, numbered: list[tuple[int, Any]], told: list[list[str]], desk: Desk
) -> tuple[list[Entry], list[str]]:
    """All decisions of a file or, where one has a problem (`told` of each), none: whoever mends the file need not know
    which of them counted."""
    problems = [problem for of_one in told for problem in of_one]
    if not problems:
        return [_entry(name, sheet, number, entry, desk) for number, entry in numbered], []
    if sound := told.count([]):
        problems.append(f"{name}：因此其中填好的 {sound} 条决定也没有采用；请在原处改好这个文件，下一轮一并收入。")
    return [], problems


def _in_words(problem: str, desk: Desk) -> str:
    """A problem with the headings of the workbook instead of our names for them."""
    for name, heading in desk.headings.items():
        problem = problem.replace(f"缺少 {name}。", f"“{heading}”没有填。").replace(f"：{name} ", f"：“{heading}”")
    for code, word in desk.choices.items():
        problem = problem.replace(f"{code}（{word}）", word)
    return problem


def _problems(where: str, entry: Any, desk: Desk) -> Iterator[str]:
    if not isinstance(entry, dict):
        yield f"{where}应写成「名称: 内容」的形式。"
        return
    for key in desk.required:
        if not _text(entry, key):
            yield f"{where}缺少 {key}。"
        elif not _is_storable(_text(entry, key)):
            yield f"{where}{key} 含有无法保存的字符，请重新输入。"
    if _text(entry, "decision") not in ("", *desk.choices):
        yield f"{where}decision 只能是 {' 或 '.join(f'{k}（{v}）' for k, v in desk.choices.items())}。"
    if written_day(_text(entry, "on")) is None:
        yield f"{where}on 应是日期，例如 2024-02-15。"


def _entry(file: str, sheet: str, number: int, entry: dict, desk: Desk) -> Entry:
    text = {key: _text(entry, key) for key in (*desk.required, *desk.optional)}
    return Entry(text, date.fromisoformat(_text(entry, "on")), file, number, sheet)


def _text(entry: dict, key: str) -> str:
    value = entry.get(key)
    return value.strip() if isinstance(value, str) else ""


def _is_storable(text: str) -> bool:
    """Whether text has neither NUL nor half of a surrogate pair, as an escape in YAML may make them."""
    return "\0" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)
