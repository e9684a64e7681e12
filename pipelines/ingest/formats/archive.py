"""Reading a zip of files, every member a table of its own.

Belongs here: names of members, caps, what an archive may hold, unpacking. Does not belong here: reading members
(readers.py). Members are unpacked under numbers, so no name a file claims ever becomes a path.
"""

import shutil
import stat
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePosixPath

from pipelines.ingest.formats import kinds, members
from pipelines.ingest.formats.shape_reader import PARTS, read_shapes
from pipelines.ingest.formats.workbook_guard import DAMAGE, Caps, check_sizes
from pipelines.ingest.values.table import Notice, Table, UnreadableError
from pipelines.kit.contracts import Feed

CAPS = Caps(unpacked=20 << 30, entries=2_000, ratio=200, ratio_from=100 << 20)
Reader = Callable[[Path, Feed, str], tuple[list[Table], list[Notice]]]
_IGNORED = (".ds_store", "thumbs.db", "desktop.ini")
# What goes with a delivery is read all the same, in case it is the data; without the contract's header it is not.
_TEXTS = (".txt", ".md", ".xml", ".md5", ".sha1", ".sha256", ".sm3", ".sfv", ".sig", ".asc", ".log", ".ini", ".url")
_PAPERS = (
    ".pdf", ".doc", ".docx", ".wps", ".rtf", ".ofd", ".ppt", ".pptx", ".jpg", ".jpeg", ".png", ".gif", ".bmp", ".tif",
    ".tiff", ".heic", ".webp", ".lnk",
)  # fmt: skip
_PIECE = 1 << 20


def read_archive(
    file: Path, feed: Feed, scratch: Path, read: Reader, caps: Caps = CAPS
) -> tuple[list[Table], list[Notice]]:
    """Tables of all members, in order of name; `sheet` is the member's name, then the sheet's.

    Accompanying papers without the contract's header are left alone and told. Raises UnreadableError: E_ZIP_BOMB,
    E_ZIP_DAMAGED, E_ZIP_LOCKED, E_ZIP_MEMBER (a name that is a path elsewhere), E_ZIP_NESTED, E_ZIP_OTHER, and what the
    reader of a member raises, with its name.
    """
    try:
        unpacked = _unpack(file, scratch, caps)
    except DAMAGE as error:
        raise UnreadableError("E_ZIP_DAMAGED") from error
    layers = {name.lower()[:-4] for name in unpacked if name.lower().endswith(".shp")}
    tables: list[Table] = []
    notices = [Notice("N_MEMBER", f"包内文件「{name}」的名称是办公软件的临时文件，未读取") for name in _locks(file)]
    for name, path in unpacked.items():
        is_layer, suffix = _layer(name) in layers, PurePosixPath(name).suffix.lower()
        if is_layer and suffix != ".shp" and (suffix in PARTS or name.lower().endswith(".shp.xml")):
            continue
        try:
            if is_layer and suffix == ".shp":
                parts = {n.lower()[-4:]: p for n, p in unpacked.items() if n.lower()[:-4] == _layer(name)}
                found, told = read_shapes(parts, feed)
                told = kinds.differs(kinds.SHP, feed.format) + told
            else:
                found, told = read(path, feed, _kind(path))
        except UnreadableError as error:
            if _is_paper(name, suffix, error):
                notices.append(Notice("N_MEMBER", f"包内文件「{name}」不是数据，未读取"))
                continue
            where = f"包内文件「{name}」"
            raise UnreadableError(error.code, f"{where}，{error.detail}" if error.detail else where) from error
        has_header = any(t.header.found for t in found)
        if not has_header and (suffix in (*_TEXTS, *_PAPERS) or members.is_aside(name)):
            notices.append(Notice("N_MEMBER", f"包内文件「{name}」没有约定的表头，未读取"))
            continue
        notices += members.of_another(name, file.name, feed) if has_header else []
        tables += [replace(t, sheet=f"{name}/{t.sheet}" if t.sheet else name) for t in found]
        notices += [Notice(n.code, f"包内文件「{name}」：{n.text}") for n in told]
    if not tables:
        raise UnreadableError("E_EMPTY", "压缩包内没有数据文件")
    return tables, notices


def _is_paper(name: str, suffix: str, error: UnreadableError) -> bool:
    """Whether a member nobody can read is none of the data: by what it is, or by its name where it is nothing known."""
    if suffix in _PAPERS or (error.code == "E_KIND" and error.detail in kinds.PAPERS):
        return True
    return (suffix in _TEXTS or members.is_aside(name)) and error.code in ("E_KIND", "E_EMPTY", "E_JSON_FORM")


def _layer(name: str) -> str:
    return name.lower().removesuffix(".xml").removesuffix(".shp").rpartition(".")[0] or name.lower()[:-4]


def _kind(path: Path) -> str:
    kind = kinds.kind_of(path)
    if kind == kinds.ZIP:
        raise UnreadableError("E_ZIP_NESTED")
    return kind


def _unpack(file: Path, scratch: Path, caps: Caps) -> dict[str, Path]:
    """Name of each member -> where its bytes lie now."""
    unpacked: dict[str, Path] = {}
    with zipfile.ZipFile(file) as archive:
        check_sizes(archive, caps)
        named = sorted((_name(entry), number, entry) for number, entry in enumerate(archive.infolist()))
        for name, number, entry in named:
            path = PurePosixPath(name)
            if path.is_absolute() or ".." in path.parts or ":" in name or stat.S_ISLNK(entry.external_attr >> 16):
                raise UnreadableError("E_ZIP_MEMBER")
            if entry.is_dir() or _is_litter(path):
                continue
            if entry.flag_bits & 1:
                raise UnreadableError("E_ZIP_LOCKED")
            if name in unpacked:
                raise UnreadableError("E_ZIP_MEMBER", f"「{name}」出现两次")
            unpacked[name] = scratch / f"{number}"
            with archive.open(entry) as source, unpacked[name].open("wb") as target:
                shutil.copyfileobj(source, target, _PIECE)
    return unpacked


def _locks(file: Path) -> list[str]:
    """Members left alone for a name that somebody may have given to data."""
    with zipfile.ZipFile(file) as archive:
        names = sorted(_name(entry) for entry in archive.infolist() if not entry.is_dir())
    return [name for name in names if PurePosixPath(name).name.startswith("~$")]


def _name(entry: zipfile.ZipInfo) -> str:
    """A name said to be UTF-8, else what its bytes are: UTF-8 all the same, GBK of Chinese Windows, CP437."""
    name = entry.filename
    if not entry.flag_bits & 0x800:
        raw = name.encode("cp437", errors="replace")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return name.replace("\\", "/")


def _is_litter(path: PurePosixPath) -> bool:
    """What macOS, Windows and Office leave behind."""
    name = path.name.lower()
    return "__MACOSX" in path.parts or name in _IGNORED or name.startswith(("~$", "._"))
