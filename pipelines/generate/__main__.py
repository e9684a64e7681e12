"""`python -m pipelines.generate`: contracts, suites, models of what feeds say, the lineage of the lake's
columns, the catalogue, the pages of packs and the picture of the house, written anew. `--check` changes nothing and
tells what has drifted, but for lineage: that needs the models compiled (tests/dbt/test_lineage.py).

Belongs here: the order. Does not belong here: any text that is written.
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from pipelines.generate import catalogue, disclosure, house, models, packs, sound
from pipelines.kit.contracts import generate as contracts
from pipelines.kit.disclosure.columns import LINEAGE_FILE, load_lineage
from pipelines.kit.house_files import HouseFileError
from pipelines.kit.models import ModelBuildError
from pipelines.kit.paths import PROJECT_ROOT


def main(arguments: Sequence[str] | None = None) -> int:
    """Write what drifted; exit code 1 on drift with --check, for a bad feed file or an unsound pack."""
    parser = argparse.ArgumentParser(prog="python -m pipelines.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 when something drifted")
    options = parser.parse_args(arguments)
    if not options.check:
        print("working out models, contracts, lineage …", flush=True)
    try:
        paths = check(PROJECT_ROOT) if options.check else write(PROJECT_ROOT)
        _tell(paths, options.check)
        if paths and not options.check:  # what was just written is read by a process that has read nothing before
            return subprocess.run([sys.executable, "-m", "pipelines.generate"], check=False).returncode
        if not options.check:
            _lineage()
        return 1 if _pages(options.check) or (options.check and paths) else 0
    except HouseFileError as error:  # the first of its kind; whoever mends it wants to see them all
        print(*dict.fromkeys([*str(error).splitlines(), *sound.unsound()]), sep="\n", file=sys.stderr)
        return 1
    except ModelBuildError as error:
        print(error, file=sys.stderr)
        return 1


def _tell(paths: Sequence[Path], is_check: bool) -> None:
    """What became of each file, or what would: one that is no more was deleted."""
    for path in paths:
        done = "written" if (PROJECT_ROOT / path).exists() else "removed"
        print(f"{'drifted, make generate' if is_check else done}: {path.as_posix()}")


def _lineage() -> None:
    """Bring the lineage in line with the models as they are now."""
    text = disclosure.as_text(disclosure.compiled_origins())
    if not LINEAGE_FILE.exists() or LINEAGE_FILE.read_text(encoding="utf-8") != text:
        LINEAGE_FILE.write_text(text, encoding="utf-8")
        print(f"written: {LINEAGE_FILE.relative_to(PROJECT_ROOT).as_posix()}")
        load_lineage.cache_clear()


def _pages(is_check: bool) -> bool:
    """Bring catalogue, pages of packs and picture in line, or tell which are not; whether anything is wrong with them,
    or with files of the house."""
    if wrong := sound.unsound():
        print("\n".join(wrong), file=sys.stderr)
        return True
    bring = contracts.drifted if is_check else contracts.bring
    files = packs.pages() | catalogue.pages() | house.drawn(PROJECT_ROOT)
    paths = bring(PROJECT_ROOT, files, packs.present(PROJECT_ROOT) | catalogue.present(PROJECT_ROOT))
    _tell(paths, is_check)
    return is_check and bool(paths)


def write(root: Path) -> list[Path]:
    """Bring contracts and models of the project at `root` in line with its feed files; returns the paths. Nothing is
    written where anything is refused. Raises HouseFileError."""
    files = models.generated(root)
    return contracts.write(root) + contracts.bring(root, files, models.present(root))


def check(root: Path) -> list[Path]:
    """The paths `write` would write or delete."""
    return contracts.drift(root) + contracts.drifted(root, models.generated(root), models.present(root))


if __name__ == "__main__":
    sys.exit(main())
