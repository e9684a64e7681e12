"""What officers have said on the page about a set, before and after it was handed in.

Belongs here: keeping it, `page/<township>/<set>/said.jsonl`, a line for each thing said, none ever changed. Does not
belong here: whether an answer is good (judged.py). Of a ticket the last line counts; who did not know of the line
before it is told of it, and nothing is lost.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter

from pipelines.give.page.asked import Asked
from pipelines.kit.json_lines import add_line
from pipelines.kit.locks import alone
from pipelines.kit.paths import Paths

HANDED_IN = "handed_in"


@dataclass(frozen=True)
class Answer:
    """What an officer chose and wrote; all '' takes an earlier answer back."""

    answer: str = ""
    new_value: str = ""
    note: str = ""


@dataclass(frozen=True)
class Line:
    """One thing said, as the `number`-th about this set: an answer about `ticket_id`, or HANDED_IN with the file's name
    in `note`."""

    number: int
    at: str
    officer: str
    name: str
    ticket_id: str
    answer: str = ""
    new_value: str = ""
    note: str = ""

    @property
    def said(self) -> Answer:
        return Answer(self.answer, self.new_value, self.note)


_LINE = TypeAdapter(Line)


class SaidMeanwhile(RuntimeError):
    """Somebody else answered the ticket after the page was made; `line` is what stands now."""

    def __init__(self, line: Line) -> None:
        super().__init__(line.name)
        self.line = line


def add(
    paths: Paths, asked: Asked, at: str, officer: str, name: str, ticket_id: str, answer: Answer, seen: int
) -> Line:
    """Keep one answer, on disk when this returns. `seen`: the number of the line the officer knew of, 0 for none.
    Raises SaidMeanwhile where there is a later one."""
    with alone(_file(paths, asked).with_suffix(".lock")):
        lines = list(_lines(_file(paths, asked)))
        last = standing(lines).get(ticket_id)
        if last and last.number > seen:
            if last.said == answer:
                return last
            raise SaidMeanwhile(last)
        return _append(_file(paths, asked), Line(len(lines) + 1, at, officer, name, ticket_id, **asdict(answer)))


def hand_in(paths: Paths, asked: Asked, at: str, officer: str, name: str, file_name: str) -> Line:
    """Note that all that was said so far has gone into the inbox as `file_name`."""
    with alone(_file(paths, asked).with_suffix(".lock")):
        number = sum(1 for _ in _lines(_file(paths, asked))) + 1
        return _append(_file(paths, asked), Line(number, at, officer, name, HANDED_IN, note=file_name))


def said(paths: Paths, asked: Asked) -> list[Line]:
    """Every line about a set, the first first."""
    return list(_lines(_file(paths, asked)))


def standing(lines: list[Line]) -> dict[str, Line]:
    """Ticket id -> the last line about it."""
    return {line.ticket_id: line for line in lines if line.ticket_id != HANDED_IN}


def last_handed_in(lines: list[Line]) -> Line | None:
    """When it was handed in last."""
    return next((line for line in reversed(lines) if line.ticket_id == HANDED_IN), None)


def _file(paths: Paths, asked: Asked) -> Path:
    return paths.page / asked.identity.township_code / asked.folder.name / "said.jsonl"


def _lines(file: Path) -> Iterator[Line]:
    """Lines that are whole: of one that a killed process cut off nobody was told that it is kept."""
    for text in file.read_bytes().split(b"\n") if file.is_file() else ():
        try:
            yield _LINE.validate_json(text, strict=True)
        except ValueError:
            continue


def _append(file: Path, line: Line) -> Line:
    add_line(file, asdict(line))
    return line
