"""What the name of a member of an archive says: that it is no data, that it belongs to another delivery.

Belongs here: judging names. Does not belong here: unpacking and reading members (archive.py), names of deliveries
(pipelines.ingest.landing.file_name).
"""

import re
from pathlib import PurePosixPath

from pipelines.ingest.landing.file_name import FileName, read_name
from pipelines.ingest.values.table import Notice, UnreadableError
from pipelines.kit.contracts import Feed
from pipelines.kit.paths import Paths
from pipelines.kit.reference.divisions import read_divisions

# What departments call the papers they put beside their data, whatever kind of file they write them in.
_ASIDE = re.compile(
    r"(?:说明|字典|须知|解释|代码表|码表)(?:书|表|文档|文件)?(?:\W*v?[\d._]+版?\W*|\W*)$"
    r"|^read[ _-]?me|dictionary|metadata",
    re.IGNORECASE,
)
_CODE = re.compile(r"(F\d{2}[A-Z]?)(?=[_\-\s\u4e00-\u9fff])", re.IGNORECASE)
# A day is none of a delivery's period: 20240205, 2024年2月5日.
_MONTH = re.compile(r"(?<!\d)(20\d\d)(?:年0?(1[0-2]|[1-9])月|(0[1-9]|1[0-2]))(?!\d)")

_MONTHS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
_MONTH_ALONE = re.compile(r"(?<![\d年十])(1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月(?!\d)")


def is_aside(name: str) -> bool:
    """Whether a member is called as papers are: 说明.csv, 数据字典.xlsx, readme.xlsx."""
    return _ASIDE.search(PurePosixPath(name).stem) is not None


def of_another(name: str, archive: str, feed: Feed) -> list[Notice]:
    """A notice where a member's name bears another month than the archive's.

    Raises UnreadableError(E_ZIP_OTHER) where it names another delivery: another feed, or, called as deliveries are,
    another period or mode or a place outside.
    """
    base, own = PurePosixPath(name).name, read_name(feed, archive)
    code, said = _CODE.match(base), read_name(feed, base)
    if code and code[1].upper() != feed.code:
        raise UnreadableError("E_ZIP_OTHER", f"包内文件「{name}」是 {code[1].upper()} 的")
    if own is None:
        return []
    if said and (said.mode != own.mode or not _is_within(said, own)):
        raise UnreadableError("E_ZIP_OTHER", f"包内文件「{name}」的范围或方式与压缩包的不同")
    known = read_divisions(Paths.default().reference)
    places = known.named(name)
    if places and not any(known.lies_in(code, own.scope) for codes in places for code in codes):
        raise UnreadableError("E_ZIP_OTHER", f"包内文件「{name}」写着范围 {own.scope} 以外的地方")
    months = [said.period] if said else [f"{m[1]}{m[2] or m[3]:0>2}" for m in _MONTH.finditer(name)]
    if not months and feed.period_months == 1:
        months = [f"{own.period[:4]}{_month(m[1]):02d}" for m in _MONTH_ALONE.finditer(name)]
    if not months or own.period in months:
        return []
    if said or code:
        raise UnreadableError("E_ZIP_OTHER", f"包内文件「{name}」是 {months[-1]} 期的")
    return [Notice("N_MEMBER", f"包内文件「{name}」的名称写着 {months[-1]}，与所属期 {own.period} 不同，请核对")]


def _month(word: str) -> int:
    return int(word) if word.isdecimal() else _MONTHS.index(word) + 1


def _is_within(said: FileName, own: FileName) -> bool:
    """Whether a place lies in that of the archive: the files of counties make that of their city."""
    return said.scope.startswith(re.sub(r"(?:00)+$", "", own.scope))
