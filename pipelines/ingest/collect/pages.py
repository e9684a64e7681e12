"""Pages of a department's interface, until all are there and belong together.

Belongs here: when an answer is a page, when the end is reached, when pages contradict each other. Does not belong here:
HTTP (client.py), what an answer says of itself and its records (pipelines.ingest.bronze), files (api.py).
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pipelines.ingest.collect.report import SourceError
from pipelines.ingest.formats import answer as answers
from pipelines.ingest.formats import encoding as enc
from pipelines.ingest.formats.json_stream import NAMES, Envelope, Malformed, Window, records
from pipelines.ingest.values.table import UnreadableError
from pipelines.kit.contracts import Feed

MOST_PAGES = 9_999
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
    """One page: its bytes, how many records it holds, what it announces, what says that they are not all (`rest`), a
    digest of all but its number."""

    body: bytes
    count: int
    total: int | None
    pages: int | None
    rest: str
    digest: str


def all_pages(ask: Callable[[int], Answer], feed: Feed, is_paged: bool) -> Iterator[Page]:
    """Every page, from the first. Raises SourceError for answers that are none, and ChangedError as soon as pages
    contradict each other: what was yielded before is void then. Nothing at all: the interface knows no such period.
    """
    first = read_page(ask(1), 1, feed)
    if first is None:
        return
    if first.rest and not is_paged:
        raise SourceError(f"{first.rest}，而配置的地址不翻页（没有 {{page}}），请按接口说明改配置")
    yield first
    got, number, seen = first.count, 1, {first.digest: 1}
    while is_paged and not _is_end(first, number, got):
        number += 1
        if number > MOST_PAGES:
            raise SourceError(f"翻到第 {MOST_PAGES} 页仍没有结束，请部门核对接口的分页")
        page = read_page(ask(number), number, feed)
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
    again = read_page(ask(1), 1, feed) if number > 1 else first
    if again is None or again.digest != first.digest:
        raise ChangedError("读到最后一页时，第 1 页已经变了")


def read_page(answer: Answer, number: int, feed: Feed) -> Page | None:
    """What an answer says; None where the interface says there is no such page. Raises SourceError."""
    if answer.status == _MISSING:
        return None
    if answer.status in (401, 403):
        raise SourceError(f"接口拒绝了访问（{answer.status}），请核对令牌及其有效期")
    if answer.status != 200:
        raise SourceError(f"第 {number} 页：接口返回状态 {answer.status}，请联系部门")
    if "html" in answer.content_type.lower():
        raise SourceError(f"第 {number} 页：接口返回的是网页而不是 JSON（可能是登录页），请核对地址和令牌")
    around, lists = Envelope(), {}
    text = answer.body.decode(enc.by_bytes(answer.body) or enc.likely(answer.body), "replace")
    try:
        for path, record, _ in records(Window(iter([text]), NAMES), around):
            lists.setdefault(path, []).append(record)
        lists = dict.fromkeys(around.lists, ()) | lists
        listed = [p for p, found in lists.items() if any(isinstance(record, list) for record in found)]
        named = answers.named_lists(around, {p: _names(found) for p, found in lists.items()}, listed)
        path = answers.record_path(named, feed)
    except Malformed:
        raise SourceError(f"第 {number} 页：接口返回的内容不是完整的 JSON，请联系部门") from None
    except UnreadableError as error:
        raise SourceError(f"第 {number} 页：接口的回答里{error.detail}，请核对接口说明") from None
    found, said = lists[path], around.said
    if answers.has_failed(around, lists, len(found), feed):
        raise SourceError("接口回答说取数失败，请联系部门；以别的状态码表示成功的，请写入数据合同")
    total = answers.total(said, path, len(found))
    digest = hashlib.sha256(json.dumps([found, total], sort_keys=True).encode()).hexdigest()
    rest = answers.rest(around, path, len(found))
    return Page(answer.body, len(found), total, answers.pages(said, path), rest, digest)


def _names(found: list) -> dict[str, None]:
    return dict.fromkeys(name for record in found if isinstance(record, dict) for name in record)


def _is_end(first: Page, number: int, got: int) -> bool:
    if not first.count:
        return True
    if first.pages is not None:
        return number >= first.pages
    return first.total is not None and got >= first.total
