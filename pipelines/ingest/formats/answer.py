"""What an interface's answer says of itself around its records.

Belongs here: whether it failed, how many records and pages it announces, whether more of them are to be fetched, which
of its lists holds the records and what their values are called. The collector and bronze judge by this alike. Does not
belong here: splitting the text (json_stream.py), HTTP (pipelines.ingest.collect).
`said` are the values that stand around the records by dotted path, as json_stream.py finds them.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from pipelines.ingest.formats.json_stream import Envelope
from pipelines.ingest.formats.named import named_header
from pipelines.ingest.values.table import UnreadableError
from pipelines.kit.contracts import Feed

_TOTAL = (
    "total", "totalcount", "totalrecords", "totalrecord", "totalelements", "totalrows", "totalrow", "totalnum",
    "totalnumber", "totalitems", "totalresults", "totalfeatures", "numbermatched", "recordstotal", "recordcount",
    "总数", "总条数", "总记录数", "记录总数", "总行数", "数据总数", "总数量",
)  # fmt: skip
# How many are on this page, with some; with others how many there are. It says something only where it is more.
_COUNT = ("count", "rowcount", "rowscount", "记录数", "条数", "行数")
_PAGES = ("pages", "totalpages", "totalpage", "pagecount")
_CODES = (
    "code", "status", "statuscode", "state", "errcode", "errno", "errorcode", "retcode", "returncode", "resultcode",
    "respcode", "rspcode", "responsecode", "ret", "result", "bizcode", "subcode", "returnstatus", "resultstatus",
)  # fmt: skip
_FLAGS = ("success", "ok", "issuccess", "issuccessful", "successful", "succeed", "succeeded")
_ERRORS = ("error", "errors", "err", "exception", "fault")
_MESSAGES = (
    "msg", "message", "info", "errmsg", "errormsg", "errormessage", "retmsg", "returnmsg", "resultmsg", "respmsg",
    "rspmsg",
)  # fmt: skip
_MORE = ("hasnext", "hasnextpage", "hasmore", "hasmorepages", "hasmoredata", "exceededtransferlimit")
_PART = (
    "truncated", "istruncated", "partial", "ispartial", "incomplete", "isincomplete", "incompleteresults",
)  # fmt: skip
_WARNINGS = ("warning", "warnings", "警告")
_LAST = ("last", "islast", "lastpage", "islastpage")
_NEXT = (
    "next", "nexturl", "nexturi", "nexthref", "nextlink", "nextpage", "nextpageurl", "nextpagelink", "nextcursor",
    "nexttoken", "nextpagetoken", "nextmarker", "continuationtoken",
)  # fmt: skip
# A place in the list from which to go on; elsewhere "after" may be what was asked for.
_CURSOR, _AFTER = ("cursor", "cursors", "paging", "pagination"), "after"
_COLUMNS = (
    "columns", "cols", "columnnames", "fields", "fieldnames", "header", "headers", "heads", "titles", "names",
)  # fmt: skip
_NOTHING = ("", "none", "null", "false", "no error", "无")
_YES, _NO = ("true", "1", "y", "yes"), ("0", "false", "no", "n")
_NO_PAGE = (*_NOTHING, "0", "-1")
_FINE = re.compile(r"0+|20{2,}|ok|y|yes|true|succe\w*|.*成功")
# Beside records only this is a failure: a code nobody agreed on may mean anything.
_PLAIN_ERROR = re.compile(r"-\d+|[45]\d\d|false|no|n|fail\w*|error\w*|.*(?:失败|错误)")
_SAYS_ERROR = re.compile(
    r"(?<!no )error|(?<!no )exception|fail|invalid|expired|denied|unauthori[sz]ed|forbidden|time(?:d )?out"
    r"|not logged|please log|失败|(?<!无)错误|(?<!无)异常|过期|超时|未登录|请(?:先|重新)?登录|未授权|无权"
    r"|没有权限|权限不足|无效|非法|拒绝"
)


def has_failed(around: Envelope, lists: Mapping[str, Collection], count: int, feed: Feed) -> bool:
    """Whether an answer says that it is none. An empty list beside anything but success is no report of nothing, and
    beside errors records are not all there should be.

    `lists`: what its lists hold by dotted path; `count`: how many records it holds. Where the contract says which
    codes mean success, the first code of the answer is one of them, whatever it holds.
    """
    said = around.said
    listed = (*lists.items(), *around.plain.items())
    if _names_errors(said) or any(held and _last(path) in _ERRORS for path, held in listed):
        return True
    codes = list(_values(said, _CODES))
    if feed.success_codes and codes:
        if codes[0] not in {code.casefold() for code in feed.success_codes}:
            return True
        codes = []
    flags = [f for f in _values(said, _FLAGS) if f not in ("", "none")]
    if count:
        return any(map(_PLAIN_ERROR.fullmatch, codes)) or any(f in _NO for f in flags)
    return (
        any(c not in ("", "none", "null") and not _FINE.fullmatch(c) for c in codes)
        or any(f != "1" and (f.strip("0") == "" or not _FINE.fullmatch(f)) for f in flags)
        or any(map(_SAYS_ERROR.search, _values(said, _MESSAGES)))
    )


def total(said: Mapping[str, Any], path: str, count: int) -> int | None:
    """How many records there are in all, by an answer that holds `count` of them in the list `path`."""
    told = _number(said, _TOTAL, path)
    if told is not None:
        return told
    counted = _number(said, _COUNT, path)
    return counted if counted is not None and counted > count > 0 else None


def pages(said: Mapping[str, Any], path: str) -> int | None:
    """Of how many pages it is one."""
    return _number(said, _PAGES, path)


def rest(around: Envelope, path: str, count: int) -> str:
    """What says that there are more records than the `count` this answer holds, in Chinese; '' where nothing does."""
    said = around.said
    in_all = total(said, path, count)
    if in_all is not None and in_all > count:
        return f"接口称共 {in_all} 条，实收 {count} 条"
    more = [value in _YES for value in _values(said, _MORE) if value in _YES + _NO]
    more += [value == "false" for value in _values(said, _LAST) if value in ("true", "false")]
    if any(more):
        return "接口称还有下一页"
    if any(value in _YES for value in _values(said, _PART)):
        return "接口称只返回了一部分"
    if _under(said, _WARNINGS) or any(held and _last(p) in _WARNINGS for p, held in around.plain.items()):
        return "接口给出了警告"
    is_all = more or in_all == count > 0
    return "" if is_all or not _next(said) else "接口给出了下一页的地址"


def columns(plain: Mapping[str, list], path: str) -> list[str] | None:
    """What the values of records are called that are lists themselves: the plain list of names beside theirs."""
    beside = path.rpartition(".")[0]
    named = [held for p, held in plain.items() if p.rpartition(".")[0] == beside and _last(p) in _COLUMNS]
    return [str(name) for name in named[0]] if len(named) == 1 else None


def named_lists(
    around: Envelope, names: Mapping[str, dict[str, None]], listed: Collection[str]
) -> dict[str, dict[str, None]]:
    """Names of what every list holds that may hold records, in order of appearance; those in `listed` hold lists, which
    are records where the answer says what their values are called."""
    found = {path: names.get(path, {}) for path in {**names, **dict.fromkeys(around.lists)}}
    for path in listed:
        named = columns(around.plain, path)
        if named is not None:
            found[path] = found[path] | dict.fromkeys(named)
        elif path and not found[path]:
            del found[path]
    if not found:
        raise UnreadableError("E_JSON_FORM", "找不到记录")
    return found


def record_path(lists: Mapping[str, Collection[str]], feed: Feed) -> str:
    """The list that holds the records: the one the contract says, the only one, or the only one with the contract's
    names. `lists`: names of what they hold by dotted path, '' for a document that is a list itself.

    Raises UnreadableError(E_JSON_FORM).
    """
    if feed.record_path is not None and "" not in lists:
        if feed.record_path not in lists:
            raise UnreadableError("E_JSON_FORM", "没有约定的记录路径")
        return feed.record_path
    able = [path for path in lists if _last(path) not in _ERRORS] or list(lists)
    held = [path for path in able if lists[path]] or able[:1]
    ours = held if len(held) == 1 else [path for path in held if named_header(feed, list(lists[path])).found]
    if len(ours) != 1:
        raise UnreadableError("E_JSON_FORM", "有不止一组记录" if held else "找不到记录")
    return ours[0]


def _names_errors(said: Mapping[str, Any]) -> bool:
    """Whether anything stands under a name for errors, at any depth."""
    return _under(said, _ERRORS)


def _under(said: Mapping[str, Any], names: Collection[str]) -> bool:
    """Whether anything that is not nothing stands under one of these names, at any depth."""
    under = (value for path, value in said.items() if any(_last(part) in names for part in path.split(".")))
    told = (str(value).strip().casefold() for value in under)
    return any(text not in _NOTHING and not _FINE.fullmatch(text) for text in told)


def _next(said: Mapping[str, Any]) -> bool:
    """Whether the address or the number of a next page is given: next, _links.next.href, @odata.nextLink,
    paging.cursors.after."""
    named = ((value, [_last(part) for part in path.split(".")]) for path, value in said.items())
    under = (
        value for value, parts in named
        if any(part in _NEXT for part in parts) or (parts[-1] == _AFTER and parts[-2:-1] and parts[-2] in _CURSOR)
    )  # fmt: skip
    return any(str(value).strip().casefold() not in _NO_PAGE for value in under)


def _last(path: str) -> str:
    """resultCode, result_code and data.RESULT-CODE are one name."""
    return re.sub(r"[_\-]", "", path.rpartition(".")[2]).casefold()


def _values(said: Mapping[str, Any], names: Collection[str]) -> Iterator[str]:
    """The values under these names as lower-case text, the outermost first."""
    found = sorted((path for path in said if _last(path) in names), key=lambda path: path.count("."))
    return (str(said[path]).strip().casefold() for path in found)


def _number(said: Mapping[str, Any], names: Collection[str], path: str) -> int | None:
    """The whole number under one of these names: beside the list of records, else the outermost."""
    beside = path.rpartition(".")[0]
    found = (p for p in said if _last(p) in names and re.fullmatch(r"[0-9]{1,15}", str(said[p])))
    nearest = min(found, key=lambda p: (p.rpartition(".")[0] != beside, p.count(".")), default=None)
    return None if nearest is None else int(said[nearest])
