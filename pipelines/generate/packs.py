"""The pages of packs in `docs/packs/`, from what packs say, the rules they bring and what they read.

Belongs here: which page holds what. Does not belong here: the text of a page (pack_page.py), what packs
must hold (kit/packs/load.py).
"""

from pathlib import Path

from pipelines.generate.pack_page import index, page
from pipelines.judge.rules import load_rules
from pipelines.kit.contracts import load_contracts
from pipelines.kit.disclosure.columns import load_lineage
from pipelines.kit.house_files import document
from pipelines.kit.packs import load_packs, of_packs
from pipelines.kit.packs.load import read_by

PAGES = Path("docs/packs")


def pages() -> dict[Path, str]:
    """Text of every page by its path in the project. The lineage must be there: it tells their columns."""
    packs, rules = load_packs(), load_rules()
    brought = {
        file.parent.name: [(r, rules[r].title_zh) for r in document(file)["rules"]] for file in of_packs("rules.yaml")
    }
    lineage, feeds = load_lineage(), load_contracts().values()
    files = {
        PAGES / f"{code}.md": page(pack, lineage, read_by(code), feeds, brought.get(code, ()))
        for code, pack in packs.items()
    }
    return files | {PAGES / "index.md": index(packs.values())}


def present(root: Path) -> set[Path]:
    """The pages there are; one goes with its pack."""
    return {file.relative_to(root) for file in (root / PAGES).glob("*.md")}

