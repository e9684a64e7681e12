"""`python -m pipelines.kit.contracts`: generate what derives from the data standard, and contracts as workbooks.

Belongs here: the command line. Does not belong here: what the commands do.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from pipelines.kit.contracts.compatibility import release, unannounced
from pipelines.kit.contracts.elements import load_elements
from pipelines.kit.contracts.feed_file import load_feed_files
from pipelines.kit.contracts.feed_text import feed_text
from pipelines.kit.contracts.generate import CONTRACTS, FEEDS, RELEASED, STANDARD, drift, write
from pipelines.kit.contracts.load import load_contracts
from pipelines.kit.contracts.workbook import contract_workbook, read_feed
from pipelines.kit.house_files import HouseFileError
from pipelines.kit.paths import PROJECT_ROOT


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0 when all is well, 1 on drift with --check, a bad feed file or workbook."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except HouseFileError as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pipelines.kit.contracts", description=__doc__)
    commands = parser.add_subparsers(required=True)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--root", type=Path, default=PROJECT_ROOT, help="the project")
    command = commands.add_parser("generate", parents=[common], help="write the generated files")
    command.add_argument("--check", action="store_true", help="change nothing; exit 1 when something drifted")
    command.set_defaults(run=_generate)
    command = commands.add_parser("check", parents=[common], help="is every change since the release announced?")
    command.set_defaults(run=_check)
    command = commands.add_parser("release", parents=[common], help="what the contracts are now is released")
    command.set_defaults(run=_release)
    command = commands.add_parser("workbook", parents=[common], help="a contract to fill in, as a workbook")
    command.add_argument("--out", type=Path, required=True)
    command.add_argument("--feed", help="fill in what this feed says today, e.g. F12")
    command.set_defaults(run=_workbook)
    command = commands.add_parser("import", parents=[common], help="a filled-in workbook becomes a feed file")
    command.add_argument("workbook", type=Path)
    command.add_argument("--into", type=Path, help="folder of feed files; default: the project's")
    command.set_defaults(run=_import)
    return parser


def _generate(options: argparse.Namespace) -> int:
    paths = drift(options.root) if options.check else write(options.root)
    for path in paths:
        done = "written" if (options.root / path).exists() else "removed"
        print(f"{'drifted' if options.check else done}: {path.as_posix()}")
    return 1 if options.check and paths else 0


def _check(options: argparse.Namespace) -> int:
    found = unannounced(load_contracts(options.root / CONTRACTS).values(), options.root / RELEASED)
    for line in found:
        print(line, file=sys.stderr)
    return 1 if found else 0


def _release(options: argparse.Namespace) -> int:
    """What is not announced cannot be released either."""
    failed = _check(options)
    if not failed:
        release(load_contracts(options.root / CONTRACTS).values(), options.root / RELEASED)
    return failed


def _workbook(options: argparse.Namespace) -> int:
    feeds = load_feed_files(options.root / FEEDS)
    feed = next((f for f in feeds if f.code == options.feed), None)
    if options.feed and feed is None:
        raise HouseFileError(f"没有数据源 {options.feed}；有的是 {'、'.join(f.code for f in feeds)}")
    options.out.write_bytes(contract_workbook(load_elements(options.root / STANDARD), feeds, feed))
    return 0


def _import(options: argparse.Namespace) -> int:
    folder = options.into or options.root / FEEDS
    elements, feeds = load_elements(options.root / STANDARD), load_feed_files(folder)
    feed, problems = read_feed(options.workbook.read_bytes(), elements, feeds)
    if feed is None:
        print(f"{options.workbook.name} 有 {len(problems)} 处要改，没有写入任何文件：", file=sys.stderr)
        print(*problems, sep="\n", file=sys.stderr)
        return 1
    target = folder / feed.slug / f"{feed.entity}.yaml"
    target.parent.mkdir(parents=True, exist_ok=True)
    staged = target.with_suffix(".staged")
    staged.write_text(feed_text(feed), encoding="utf-8", newline="\n")
    staged.replace(target)
    print(f"已写入 {target}；接着运行 make generate")
    return 0


if __name__ == "__main__":
    sys.exit(main())
