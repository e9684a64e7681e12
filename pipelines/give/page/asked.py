"""What a township is asked: its newest set, read out of the workbook as it was issued.

Belongs here: finding and reading it. Does not belong here: what was answered (said.py), pages. The workbook is read
by the very code that reads those that come back, so a page can show nothing that is not in it.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from pipelines.give.inbox.form import Row
from pipelines.give.inbox.identity import Identity, identify
from pipelines.give.inbox.reader import Book, read_book
from pipelines.give.returns.columns import ANOMALIES
from pipelines.give.returns.issue import is_whole, opens_with
from pipelines.judge.ledger.set_manifest import read_manifest
from pipelines.kit import issues
from pipelines.kit.paths import Paths
from pipelines.kit.security.keys import KeyProvider
from pipelines.kit.security.workbook_lock import unlock

_MOST_KEPT = 8


class NotReadable(RuntimeError):
    """The township has no set that can be shown; the message says why, for its officer."""


@dataclass(frozen=True)
class Asked:
    """One set. `due_on`: the last day for answers, '' where the manifest does not say; `book`: its cells."""

    folder: Path
    book: Book
    identity: Identity
    due_on: str

    @cached_property
    def rows(self) -> Mapping[str, Row]:
        """Ticket id -> its row of 异常清单, in the order of the sheet."""
        found = self.identity.form.rows(self.book.sheets[ANOMALIES])
        return {row.text("row_key"): row for row in found if row.text("row_key") in self.identity.groups}

    def options(self, value_list: str, row: Row) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        """(code, text) of a list: those the evidence of the row speaks of, then all others."""
        texts: dict[str, str] = {}
        for text, code in self.identity.values.get(value_list, {}).items():
            texts[code] = max(texts.get(code, ""), text, key=len)
        likely = [(code, text) for code, text in texts.items() if code in row.text("evidence")]
        return likely, [one for one in texts.items() if one not in likely]


class Shelf:
    """The sets officers are looking at, the last few kept open."""

    def __init__(self, paths: Paths, keys: KeyProvider) -> None:
        self._paths, self._keys = paths, keys
        self._lock = threading.Lock()
        self._opened = lru_cache(_MOST_KEPT)(self._read)

    def newest(self, township_code: str) -> Asked:
        """The last issue of the township's last set. Raises NotReadable."""
        folders = issues.issues_in(self._paths.returns / township_code)
        if not folders:
            raise NotReadable("还没有向贵镇街返还过数据，请等下一期。")
        with self._lock:  # one large workbook at a time
            return self._opened(folders[-1], township_code)

    def _read(self, folder: Path, township_code: str) -> Asked:
        manifest = read_manifest(folder)
        if manifest is None or not is_whole(folder):
            raise NotReadable("最近一期返还文件不完整，请与大数据局联系。")
        if not opens_with(folder, self._keys):
            raise NotReadable("最近一期返还文件是更换密钥之前签发的，请等大数据局重新返还。")
        workbook = next(folder / file["name"] for file in manifest["files"] if file["name"].endswith(".xlsx"))
        book = read_book(unlock(workbook.read_bytes(), self._keys.password(township_code)))
        return Asked(folder, book, identify(book, self._keys), manifest.get("due_on", ""))
