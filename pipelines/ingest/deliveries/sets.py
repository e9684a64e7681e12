"""Putting the pages of one delivery together.

Belongs here: which files make one logical delivery, and which page it lacks. Does not belong here: which of several
deliveries counts (standing.py).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipelines.ingest.bronze.result import DeliveryResult
from pipelines.ingest.landing import page_number


@dataclass(frozen=True)
class PageSet:
    """Files that are one logical delivery, in order of page; `missing` are the page numbers it waits for."""

    deliveries: tuple[DeliveryResult, ...]
    missing: tuple[int, ...]

    @property
    def head(self) -> str:
        """The id it is known by: that of its first page."""
        return self.deliveries[0].delivery_id

    @property
    def scope(self) -> str:
        return self.deliveries[0].scope

    @property
    def period(self) -> str:
        return self.deliveries[0].period

    @property
    def mode(self) -> str:
        return self.deliveries[0].mode


def page_sets(slot: Sequence[DeliveryResult], is_usable: Callable[[DeliveryResult], bool]) -> list[PageSet]:
    """Deliveries of one scope, period and mode, in order of landing, as sets in order of their start.

    A page that the set at hand has already starts the next set: the department delivers anew. A set is whole when
    it has a usable page for every number from 1 to the last, which is what the files say of it (`pages`) or the
    highest seen. An unusable page is missing until it is sent again; sets without any usable page are left out.
    """
    sets: list[dict[int | None, DeliveryResult]] = []
    for result in slot:
        # A file without a page number that says it is one of several is the first of them.
        page = page_number(result.file_name) or (1 if (result.pages or 1) > 1 else None)
        present = sets[-1].get(page) if sets else None
        if not sets or page is None or None in sets[-1] or (present and is_usable(present)):
            sets.append({})
        sets[-1][page] = result
    return [_complete(pages, is_usable) for pages in sets if any(map(is_usable, pages.values()))]


def _complete(pages: dict[int | None, DeliveryResult], is_usable: Callable[[DeliveryResult], bool]) -> PageSet:
    if None in pages:
        return PageSet((pages[None],), ())
    last = max(*pages, *(r.pages or 0 for r in pages.values()))
    usable = {n: r for n, r in sorted(pages.items()) if is_usable(r)}
    missing = tuple(n for n in range(1, last + 1) if n not in usable)
    return PageSet(tuple(usable.values()), missing)
