"""Writing what derives from contracts, and noticing when it has drifted from them.

Belongs here: which file holds what. Does not belong here: the text of those files.
"""

from collections.abc import Mapping
from pathlib import Path

from pipelines.contracts.catalogue import index, page
from pipelines.contracts.model import Feed
from pipelines.contracts.sources import dbt_sources
from pipelines.contracts.suites import structural_suite

SOURCES = Path("dbt_project/models/staging/_sources.generated.yml")
SUITES = Path("expectations/suites/structure")
CATALOGUE = Path("docs/catalogue")


def generated(feeds: Mapping[str, Feed]) -> dict[Path, str]:
    """Text of every generated file by its path in the project; a pure function of the feeds."""
    files = {SOURCES: dbt_sources(feeds.values()), CATALOGUE / "index.md": index(feeds.values())}
    for feed in feeds.values():
        files[SUITES / f"{feed.code}.json"] = structural_suite(feed)
        files[CATALOGUE / f"{feed.code}.md"] = page(feed)
    return files


def write(root: Path, feeds: Mapping[str, Feed]) -> list[Path]:
    """Bring the project at `root` in line with its contracts. Returns the paths that changed or went."""
    drifted = drift(root, feeds)
    files = generated(feeds)
    for path in drifted:
        target = root / path
        if path in files:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(files[path].encode())
        else:
            target.unlink()
    return drifted


def drift(root: Path, feeds: Mapping[str, Feed]) -> list[Path]:
    """Paths whose content differs from the contracts: missing, changed, or of a feed that is no more."""
    files = generated(feeds)
    changed = {p for p, text in files.items() if not _holds(root / p, text.encode())}
    present = {p.relative_to(root) for p in (root / SUITES).glob("*.json")}
    present |= {p.relative_to(root) for p in (root / CATALOGUE).glob("*.md")}
    return sorted(changed | (present - set(files)))


def _holds(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content
