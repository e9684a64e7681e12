"""Pages of a department's interface, until all are there and belong together.

Belongs here: what an answer says of itself, when the end is reached, when pages contradict each other. Does not
belong here: HTTP (client.py), the records inside (pipelines.bronze), files (api.py).
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from pipelines.collect.report import SourceError

MOST_PAGES = 9_999
_FINE = (0, 200, "0", "200", "0000", "00000", None)
_TOTAL = ("total", "totalCount", "total_count", "totalRecords")
_PAGES = ("pages", "totalPages", "total_pages", "pageCount")
_MISSING = 404


class ChangedError(Exception):
    """The pages do not belong together: what they show has changed while they were read."""


@dataclass(frozen=True)
class Answer:
    """Status, content type and bytes of one call."""

    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True)
class Page:
    """One page: its bytes, how many records it holds, what it announces, a digest of all but its number."""

    body: bytes
    count: int
    total: int | None
    pages: int | None
    digest: str


def all_pages(ask: Callable[[int], Answer], is_paged: bool) -> Iterator[Page]:
    """Every page, from the first. Raises SourceError for answers that are none, and ChangedError as soon as pages
    contradict each other: what was yielded before is void then. Nothing at all: the interface knows no such period.
    """
    first = read_page(ask(1), 1)
    if first is None:
        return
    yield first
    got, number, seen = first.count, 1, {first.digest: 1}
    while is_paged and not _is_end(first, number, got):
        number += 1
        if number > MOST_PAGES:
            raise SourceError(f"翻到第 {MOST_PAGES} 页仍没有结束，请部门核对接口的分页")
        page = read_page(ask(number), number)
        if page is None or not page.count:
            break
        if (page.total, page.pages) != (first.total, first.pages):
            raise ChangedError(f"第 {number} 页称共 {page.total} 条，第 1 页称共 {first.total} 条")
        if page.digest in seen:
            raise ChangedError(f"第 {number} 页与第 {seen[page.digest]} 页内容相同")
        seen[page.digest] = number
        got += page.count
        yield page
    if first.total is not None and got != first.total:
        raise ChangedError(f"接口称共 {first.total} 条，实收 {got} 条")
    again = read_page(ask(1), 1) if number > 1 else first
    if again is None or again.digest != first.digest:
        raise ChangedError("读到最后一页时，第 1 页已经变了")


def read_page(answer: Answer, number: int) -> Page | None:
    """What an answer says; None where the interface says there is no such page. Raises SourceError."""
    if answer.status == _MISSING:
        return None
    if answer.status in (401, 403):
        raise SourceError(f"接口拒绝了访问（{answer.status}），请核对令牌及其有效期")
    if answer.status != 200:
        raise SourceError(f"第 {number} 页：接口返回状态 {answer.status}，请联系部门")
    if "html" in answer.content_type.lower():
        raise SourceError(f"第 {number} 页：接口返回的是网页而不是 JSON（可能是登录页），请核对地址和令牌")
    try:
        said = json.loads(answer.body)
    except ValueError:
        raise SourceError(f"第 {number} 页：接口返回的内容不是完整的 JSON，请联系部门") from None
    records = _records(said)
    if records is None:
        raise SourceError(f"第 {number} 页：接口的回答里没有记录列表，请核对接口说明")
    inside = _inside(said)
    shown = json.dumps([records, _number(inside, _TOTAL)], sort_keys=True).encode()
    return Page(
        answer.body, len(records), _number(inside, _TOTAL), _number(inside, _PAGES), hashlib.sha256(shown).hexdigest()
    )


def _is_end(first: Page, number: int, got: int) -> bool:
    if not first.count:
        return True
    if first.pages is not None:
        return number >= first.pages
    return first.total is not None and got >= first.total


def _records(said: Any) -> list | None:
    """The list of records: the answer itself, or the first list in it or one level below. Raises SourceError for an
    answer that says it failed."""
    if isinstance(said, list):
        return said
    if not isinstance(said, dict):
        return None
    if said.get("code") not in _FINE or said.get("success") is False:
        raise SourceError("接口回答说取数失败（code 或 success），请联系部门")
    return next((v for v in _inside(said).values() if isinstance(v, list)), None)


def _inside(said: Any) -> dict[str, Any]:
    """The answer's names and those one level below, its own first."""
    if not isinstance(said, dict):
        return {}
    below = {name: v for value in said.values() if isinstance(value, dict) for name, v in value.items()}
    return below | said


def _number(inside: dict[str, Any], names: tuple[str, ...]) -> int | None:
    found = (inside[name] for name in names if name in inside)
    return next((int(v) for v in found if str(v).isdigit()), None)
