"""The catalogue people read, `docs/catalogue/`: a page a feed, a page a rule, and one HTML page to search everything.

Belongs here: which page holds what. Does not belong here: any fact that is not in a file of the house already.
"""

from pathlib import Path

from pipelines.generate.catalogue import feed_page, rule_page
from pipelines.generate.catalogue.browse import browse
from pipelines.generate.catalogue.uses import House, house

PAGES = Path("docs/catalogue")
RULES = PAGES / "rules"


def pages() -> dict[Path, str]:
    """Text of every page by its path in the project. Contracts and lineage must stand: they are read here."""
    return _pages(house())


def _pages(known: House) -> dict[Path, str]:
    files = {PAGES / f"{code}.md": feed_page.page(feed, known) for code, feed in known.feeds.items()}
    files |= {RULES / f"{rule_id}.md": rule_page.page(rule, known) for rule_id, rule in known.rules.items()}
    return files | {
        PAGES / "index.md": feed_page.index(known.feeds.values()),
        RULES / "index.md": rule_page.index(known),
        PAGES / "index.html": browse(known),
    }


def present(root: Path) -> set[Path]:
    """The pages there are; one goes with its feed or its rule."""
    return {file.relative_to(root) for file in (root / PAGES).rglob("*.md")}
