"""Writing what derives from the data standard and the feed files, and noticing when it has drifted from them.

Belongs here: which file holds what. Does not belong here: the text of those files.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from pipelines.kit.contracts.elements import Element, load_elements
from pipelines.kit.contracts.feed_file import load_feed_files
from pipelines.kit.contracts.load import distinct, read_contract
from pipelines.kit.contracts.model import Feed
from pipelines.kit.contracts.odcs import contract
from pipelines.kit.contracts.sources import dbt_sources
from pipelines.kit.contracts.suites import structural_suite

STANDARD = Path("expectations/elements.yaml")
FEEDS = Path("expectations/feeds")
RELEASED = FEEDS / "released.json"
CONTRACTS = Path("expectations/contracts")
SOURCES = Path("dbt_project/models/staging/_sources.generated.yml")
SUITES = Path("expectations/suites/structure")
_OURS = ((CONTRACTS, "*/*.odcs.yaml"), (SUITES, "*.json"))


def generated(root: Path) -> dict[Path, str]:
    """Text of every generated file by its path in the project at `root`; a pure function of its standard and feed
    files. Raises HouseFileError."""
    elements = load_elements(root / STANDARD)
    contracts = _texts(root, elements)
    feeds = _read(contracts)
    files = {
        **contracts,
        SOURCES: dbt_sources(feeds.values()),
    }
    for feed in feeds.values():
        files[SUITES / f"{feed.code}.json"] = structural_suite(feed)
    return files


def contracts_of(root: Path) -> dict[str, Feed]:
    """The feeds of the project at `root` by code, as its feed files are now. Raises HouseFileError."""
    return _read(_texts(root, load_elements(root / STANDARD)))


def _texts(root: Path, elements: Mapping[str, Element]) -> dict[Path, str]:
    return {CONTRACTS / f.slug / f"{f.entity}.odcs.yaml": contract(f, elements) for f in load_feed_files(root / FEEDS)}


def _read(contracts: Mapping[Path, str]) -> dict[str, Feed]:
    return distinct(read_contract(text, path.name) for path, text in contracts.items())


def write(root: Path) -> list[Path]:
    """Bring the project at `root` in line with its standard. Returns the paths that changed or went."""
    return bring(root, generated(root), _present(root))


def drift(root: Path) -> list[Path]:
    """Paths whose content differs from the standard: missing, changed, or of a feed that is no more."""
    return drifted(root, generated(root), _present(root))


def bring(root: Path, files: Mapping[Path, str], present: Iterable[Path]) -> list[Path]:
    """Write what differs and delete what of `present`, the generated files there are, is no more, with a folder
    that holds nothing else. Returns the paths."""
    paths = drifted(root, files, present)
    for path in paths:
        target = root / path
        if path in files:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(files[path].encode())
        else:
            target.unlink()
            if not any(target.parent.iterdir()):
                target.parent.rmdir()
    return paths


def drifted(root: Path, files: Mapping[Path, str], present: Iterable[Path]) -> list[Path]:
    """Paths that `bring` would write or delete."""
    changed = {p for p, text in files.items() if not _holds(root / p, text.encode())}
    return sorted(changed | (set(present) - set(files)))


def _present(root: Path) -> set[Path]:
    return {p.relative_to(root) for folder, pattern in _OURS for p in (root / folder).glob(pattern)}


def _holds(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content
