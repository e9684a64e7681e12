"""From a township's desk to `inbox/drop`: file names, folders, days.

Belongs here: where a file goes, what it is called there and when it came. Does not belong here: its content.
"""

import os
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path, PurePosixPath

from pipelines.kit.paths import Paths
from prefecture.townships import ways
from prefecture.townships.chance import chance, pick
from prefecture.townships.rows import Said

_COPIES = ("{} (1)", "{} - 副本", "副本 {}", "{}（最终版）", "复件 {}")
_LATE_NAME = "补报_{}"
_MAIL_FOLDER, _PER_FOLDER = "邮件转来_{:02}", 4
# Days from the data date until the answer comes; a second try follows two days later, still in time.
_EARLIEST, _SPREAD, _SECOND_TRY = 3, 11, 2
_LATE_SPREAD = 5
_AGAIN = (ways.PUT_RIGHT, ways.TWICE_AGAIN)
_LATE = (ways.LATE_WORKBOOK, ways.LATE_ROWS, ways.LATE_SAME_COPY)


@dataclass
class Letter:
    """One file on its way, or (`content` None and way in UNSENT) one that is not. `set_as_of`: which set it
    answers; `name`: what that set called it."""

    township: str
    way: str
    set_as_of: date
    name: str
    said: list[Said]
    sent_on: date
    content: bytes | None = None
    place: str = field(default="")

    @property
    def is_sent(self) -> bool:
        """Whether it arrives now."""
        return self.content is not None


def sending_day(way: str, as_of: date, *named: object) -> date:
    """The day a file comes, after the turn of `as_of`."""
    if way in _LATE:
        return as_of + timedelta(days=1 + int(chance(*named, "late day") * _LATE_SPREAD))
    day = _EARLIEST + int(chance(*named, "day") * _SPREAD)
    return as_of + timedelta(days=day + (_SECOND_TRY if way in _AGAIN else 0))


def address(letters: list[Letter], seed: int) -> None:
    """Give every letter that is sent its place below `inbox/drop`; no two have the same."""
    taken: set[str] = set()
    mailed = 0
    for letter in letters:
        if not letter.is_sent:
            continue
        folder = letter.township
        if letter.way in (ways.MAILED, ways.MAILED_LOCKED):
            folder, mailed = _MAIL_FOLDER.format(1 + mailed // _PER_FOLDER), mailed + 1
        stem, suffix = PurePosixPath(letter.name).stem, f".{ways.KIND.get(letter.way, 'xlsx')}"
        if letter.way == ways.FILE_RENAMED:
            stem = pick(_COPIES, seed, letter.set_as_of, letter.township, "copy").format(stem)
        elif letter.way in _LATE:
            stem = _LATE_NAME.format(stem)
        place, again = f"{folder}/{stem}{suffix}", 0
        while place in taken:
            again += 1
            place = f"{folder}/{stem} ({again}){suffix}"
        taken.add(place)
        letter.place = place


def drop(paths: Paths, letter: Letter) -> None:
    """Put the file into the drop folder, dated the day it was sent: the inbox goes by that order."""
    path: Path = paths.inbox / "drop" / letter.place
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}")
    scratch.write_bytes(letter.content)
    moment = datetime.combine(letter.sent_on, time(9), UTC).timestamp()
    os.utime(scratch, (moment, moment))
    scratch.replace(path)
