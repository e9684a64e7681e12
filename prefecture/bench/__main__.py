"""`python -m prefecture.bench run --scale 1% | arrivals --months 24 | turns --months 24 | compare A.json B.json |
keep A.json | linkage | daily --root FOLDER`.

Belongs here: the command line, and what a run prints.
"""

import argparse
import json
import sys
from datetime import date
from importlib.util import find_spec
from pathlib import Path

from pipelines.kit.house_files import HouseFileError, name_of
from pipelines.kit.lake import connect
from pipelines.kit.paths import Paths
from prefecture.bench import (
    arrivals,
    compare,
    daily,
    hidden,
    keep,
    linkage,
    parts,
    report,
    scale,
    stock_linkage,
    story,
)  # fmt: skip
from prefecture.bench.process import PartFailed
from prefecture.months import COUNT


def main() -> int:
    """Run one command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="prefecture.bench", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="the whole pipeline on a generated prefecture, measured")
    run.add_argument("--scale", type=scale.parse, default=0.01, help="1%%, 10%%, 100%%, or 0.01")
    run.add_argument("--months", type=int, choices=(0, *range(2, COUNT + 1)), default=arrivals.MONTHS, metavar="N",
                     help="of arrivals beside the two turns, 0: none")
    for name, told in (
        ("arrivals", "only the deliveries of all feeds, month after month, at 1 %% at most"),
        ("turns", "whole turns with the townships' answers, month after month"),
    ):
        monthly = commands.add_parser(name, help=told)
        monthly.add_argument("--scale", type=scale.parse, default=0.01)
        monthly.add_argument("--months", type=int, choices=range(2, COUNT + 1), default=COUNT, metavar="N")
    two = commands.add_parser("compare", help="two results, B over A")
    two.add_argument("a", type=Path)
    two.add_argument("b", type=Path)
    kept = commands.add_parser("keep", help="how precise every rule was, from a result of `run`, beside the rules")
    kept.add_argument("result", type=Path)
    commands.add_parser("linkage", help="records whose number is hidden, our ways beside Splink, in the data folder")
    each = commands.add_parser("daily", help="days of one per cent: tables changed in part beside tables made anew")
    each.add_argument("--root", type=Path, required=True, help="a copy of a data folder after a turn; it is changed")
    each.add_argument("--first", type=date.fromisoformat, required=True)
    each.add_argument("--days", type=int, default=30)
    each.add_argument("--compare-every", type=int, default=5, metavar="N")
    part = commands.add_parser("part", help="one process of a run")
    part.add_argument("name", choices=sorted(parts.PARTS))
    part.add_argument("--root", type=Path, required=True)
    part.add_argument("--out", type=Path, required=True)
    part.add_argument("--as-of", type=date.fromisoformat)
    part.add_argument("--scale", type=float, default=0.01)
    given = parser.parse_args()
    if given.command == "part":
        parts.run(given.name, Paths(given.root), given.out, given.as_of, given.scale)
        return 0
    if given.command == "compare":
        old, new = (json.loads(p.read_text(encoding="utf-8")) for p in (given.a, given.b))
        print(compare.markdown(old, new))
        return 0
    if given.command == "keep":
        return keep_figures(given.result)
    if given.command == "linkage":
        return hidden_numbers(Paths.default())
    if given.command == "daily":
        return day_by_day(Paths(given.root), given.first, given.days, given.compare_every)
    folder = Paths.default().root / "bench"
    if given.command == "run":
        return bench(folder, given.scale, given.months)
    return monthly_result(given.command, folder, given.scale, given.months)


def bench(folder: Path, share: float, months: int) -> int:
    """Run at one size below `folder`, write and print the result; 1 when a part fails or a rule disagrees."""
    print(f"== benchmark at {share * 100:g} % ({share * scale.RESIDENTS:,.0f} residents)", flush=True)
    try:
        result = story.run(Paths(folder / scale.name(share)), share, lambda line: print(line, flush=True), months)
    except PartFailed as error:
        print(error)
        return 1
    file = report.write(result, folder / "results")
    print(report.markdown(result))
    print(f"{file}\n{file.with_suffix('.md')}")
    print("\n== records whose number is hidden: our ways beside Splink", flush=True)
    hidden_numbers(Paths(folder / scale.name(share)))
    if result["instead"]["by_hand"]["differing"]:
        print("!! THE RULES BY HAND AND THE PIPELINE DISAGREE, see above")
        return 1
    return 0


def hidden_numbers(paths: Paths) -> int:
    """Print who finds the person of records whose number is hidden; 1 without a register."""
    with connect(paths, read_only=True) as con:
        if not linkage.load(con, paths):
            print("!! NO IDENTITY REGISTER (register/identity.parquet is missing)")
            return 1
        print(hidden.markdown(hidden.compare(con, paths, stock_linkage.link if find_spec("splink") else None)))
    return 0


def day_by_day(paths: Paths, first: date, count: int, compare_every: int) -> int:
    """Print the days; 1 where a table is not what a build from nothing makes."""
    told = list(daily.days(paths, first, count, compare_every))
    print(daily.markdown(told))
    return int(any(day.differing for day in told))


def monthly_result(what: str, folder: Path, share: float, months: int) -> int:
    """Let the months come below `folder`, write and print the result; 1 when a part fails or rows are lost."""
    play = story.run_arrivals if what == "arrivals" else story.run_turns
    paths = Paths(folder / f"{scale.name(share)}-{what}")
    try:
        result = play(paths, share, lambda line: print(line, flush=True), months)
    except PartFailed as error:
        print(error)
        return 1
    file = report.write(result, folder / "results")
    print(f"{report.markdown(result)}\n{file}\n{file.with_suffix('.md')}")
    return int(any(month["lost"] for month in result.get("arrivals", {}).get("months", ())))


def keep_figures(result: Path) -> int:
    """Write the figures of rules a result has; 1 where it has none that may be kept."""
    try:
        files = keep.keep(keep.read_result(result))
    except keep.CannotKeep as error:
        print(f"{result}: {error}")
        return 1
    except (HouseFileError, OSError) as error:
        print(error)
        return 1
    print(*(name_of(file) for file in files), "make generate brings the catalogue in line", sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
