"""Commands of the product: `python -m pipelines turn DATE | exports | queries | query SQL | past DATE |
trace FEED KEY | inspect FILE | take TABLE | models | page | officer DEED | setup`.

Belongs here: parsing the command line. The Makefile is the way people call it.
"""

import argparse
import errno
import json
import re
import sys
from concurrent.futures.process import BrokenProcessPool
from datetime import date
from pathlib import Path

from pipelines.judge.ledger.decisions import issued_turns
from pipelines.kit.city_time import written_day
from pipelines.kit.house_text import HouseFileError
from pipelines.kit.paths import Paths
from pipelines.kit.security.private import keep_private

# As many rows of a file as a person looks at.
_MOST_ROWS = 1000


def main() -> int:
    """Run one command; returns the exit code: 1, with a sentence, for a file of the house that cannot be used."""
    # What was typed or names a file may be no UTF-8; it is told all the same.
    sys.stdout.reconfigure(errors="backslashreplace")
    try:
        return _run()
    except HouseFileError as error:
        print(error, file=sys.stderr)
    except OSError as error:
        if error.errno != errno.ENAMETOOLONG:
            raise
        print(f"路径太长：{str(error.filename)[:80]}…", file=sys.stderr)
    return 1


def _run() -> int:
    parser = argparse.ArgumentParser(prog="pipelines", description=__doc__.partition("\n\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    turn = commands.add_parser("turn", help="one turn of the loop for a business date, on whatever has been dropped")
    turn.add_argument("as_of", type=_day, help="YYYY-MM-DD")
    turn.add_argument("--because", type=_words, default="", help="why sets that are out may get another content")
    turn.add_argument("--stale-ok", type=_words, default="", help="why a date far past the newest data is meant")
    for name, what in (("exports", "issue every export by contract"), ("queries", "answer lists in queries/drop")):
        job = commands.add_parser(name, help=f"{what}, from the turn the lake shows")
        job.add_argument("as_of", type=_day, nargs="?", help="YYYY-MM-DD; the newest turn by default")
        job.add_argument("--because", type=_words, default="", help="why files that are out may get another content")
    query = commands.add_parser("query", help="ask the lake, read only: query \"SELECT … FROM ledger.ticket\"")
    query.add_argument("sql")
    query.add_argument("--known", type=_day, help="tables of past as they were known on that day")
    query.add_argument("--csv", action="store_true", help="every row and column, as CSV")
    query.add_argument("--valid", type=_day, help="tables of past as they were valid on that day")
    record = commands.add_parser("trace", help="everything ever said about one record, values masked")
    record.add_argument("feed", type=_words, help="for example F01")
    record.add_argument("record_key", type=_words, help="as in record_key of any table of the lake")
    record.add_argument("--as-of", type=_day, default=date.max, help="as known on that date")
    trial = commands.add_parser("inspect", help="what would become of a file of a department; nothing is written")
    trial.add_argument("file", type=Path)
    trial.add_argument("--feed", type=_words, help="for example F10; by the name of the file where not given")
    trial.add_argument("--json", action="store_true", help="for programs")
    trial.add_argument("--rows", type=_count, default=5, help="how many rows to show as they were read")
    trial.add_argument("--as-of", type=_day, help="as if sent on that day; today where not given")
    taken = commands.add_parser("take", help="a table of the analysts' file as CSV or Parquet, with its dictionary")
    taken.add_argument("table", type=_words)
    taken.add_argument("--as", dest="kind", choices=("csv", "parquet"), default="csv", help="csv is for Excel and WPS")
    taken.add_argument("--out", type=Path, help="folder; published/taken in the data folder where not given")
    past = commands.add_parser("past", help="a past turn anew in past/DATE: all its tables, its return sets compared")
    past.add_argument("as_of", type=_day, help="YYYY-MM-DD, a turn that is out")
    page = commands.add_parser("page", help="the answering page of townships 网上答复, until stopped")
    page.add_argument("--host", help="this machine where not given; another one's address needs a certificate")
    page.add_argument("--port", type=int, help="3080 where not given")
    page.add_argument("--certificate", type=Path, help="PEM, for https")
    page.add_argument("--key", type=Path, help="PEM, of the certificate")
    officer = commands.add_parser("officer", help="who may answer by page: give, list, revoke a token")
    deeds = officer.add_subparsers(dest="deed", required=True)
    given = deeds.add_parser("give", help="a new token, shown this once")
    given.add_argument("township", type=_words, help="9 digits, e.g. 370602001")
    given.add_argument("name", type=_words, help="of the officer, as colleagues see it beside an answer")
    given.add_argument("--days", type=_count, default=180, help="how long it holds, at most 366")
    deeds.add_parser("list", help="officers, without their tokens")
    deeds.add_parser("revoke", help="take a token back at once").add_argument("number", type=_words)
    commands.add_parser("models", help="dbt's pages on every model of the lake, one file that opens offline")
    commands.add_parser("setup", help="compile models and rules, prepare what the UI starts with")
    arguments = parser.parse_args()
    paths = Paths.default()
    if paths.root.exists() and not paths.root.is_dir():
        print(f"{paths.root} 不是文件夹；请把 ZHENJIE_DATA 设为数据文件夹 (no data folder)", file=sys.stderr)
        return 1
    keep_private(paths)
    if arguments.command == "query":
        return ask(paths, arguments.sql, arguments.known, arguments.valid, arguments.csv)
    if arguments.command == "inspect":
        return inspect(paths, arguments)
    if arguments.command == "take":
        return take_along(paths, arguments.table, arguments.kind, arguments.out)
    if arguments.command == "past":
        return tell_past(paths, arguments.as_of)
    if arguments.command == "models":
        return tell_models(paths)
    if arguments.command == "page":
        return serve_page(paths, arguments)
    if arguments.command == "officer":
        return keep_officers(paths, arguments)
    if arguments.command == "trace":
        return tell_record(paths, arguments.feed, arguments.record_key, arguments.as_of)

    from pipelines.defs.launch import launch, open_ui
    from pipelines.defs.partitions import BECAUSE, STALE_OK

    if arguments.command == "setup":
        from pipelines.generate.compiled import compile_all

        compile_all(date.today())
        open_ui(paths)
        return 0
    if arguments.command == "turn":
        tags = {BECAUSE: arguments.because, STALE_OK: arguments.stale_ok}
        return 0 if launch(paths, arguments.as_of, tags=tags) else 1
    turns = issued_turns(paths)
    if not turns:
        print("No turn is out yet: run one first (make run, or turn DATE).")
        return 1
    tags = {BECAUSE: arguments.because}
    return 0 if launch(paths, arguments.as_of or turns[-1], arguments.command, tags) else 1


def _day(text: str) -> date:
    if day := written_day(text):
        return day
    raise argparse.ArgumentTypeError(f"{text} 不是日期，请写成 2024-02-29 的形式 (no such date)")


def _count(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", text) or int(text) > _MOST_ROWS:
        raise argparse.ArgumentTypeError(f"{text[:20]} 不是行数，请写 0 到 {_MOST_ROWS} 的整数 (no number of rows)")
    return int(text)


def _words(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise argparse.ArgumentTypeError("其中有不是 UTF-8 的文字，请重新输入 (no UTF-8)") from None
    return text


def ask(paths: Paths, sql: str, known: date | None, valid: date | None, is_whole: bool) -> int:
    """Print the answer to one query; 1 when it is none, with the reason instead."""
    from pipelines import asking
    from pipelines.judge.ledger.past import KNOWN_ON, VALID_ON

    try:
        days = {KNOWN_ON: known, VALID_ON: valid}
        asking.ask(paths, sql, {variable: day for variable, day in days.items() if day}, is_whole)
    except asking.NotAQuestionError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


def serve_page(paths: Paths, arguments: argparse.Namespace) -> int:
    """Serve the answering page until stopped; 1 with the reason where it may not be."""
    from pipelines.give.page.server import NotServed, Place, server

    asked = {name: getattr(arguments, name) for name in ("host", "port", "certificate", "key")}
    place = Place(**{name: value for name, value in asked.items() if value is not None})
    try:
        serving = server(paths, place)
    except NotServed as problem:
        print(problem, file=sys.stderr)
        return 1
    print(f"网上答复 {place.address}  (Ctrl+C stops it)", flush=True)
    serving.run()
    return 0 if serving.started else 1


def keep_officers(paths: Paths, arguments: argparse.Namespace) -> int:
    """Give, list or take back tokens of the answering page; 1 with the reason where that cannot be."""
    from pipelines.give.page import officer_desk

    try:
        match arguments.deed:
            case "give":
                print(officer_desk.give(paths, arguments.township, arguments.name, arguments.days))
            case "list":
                print(officer_desk.listed(paths))
            case _:
                print(officer_desk.revoke(paths, arguments.number))
    except officer_desk.NotDone as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


def tell_models(paths: Paths) -> int:
    """Have dbt's pages made, and say where they are; 1 with the reason where dbt could not."""
    from pipelines.give.published.dbt_pages import write_pages
    from pipelines.kit.models import ModelBuildError

    try:
        print(f"{write_pages(paths)}  (open by double click)")
    except ModelBuildError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


def tell_past(paths: Paths, as_of: date) -> int:
    """Build a past turn anew and print what came of it; 1 where its return sets are not those that went out, 2 where no
    turn of that date is out."""
    from pipelines.past_day import NoSuchTurn, build_past

    try:
        built = build_past(paths, as_of, lambda day: print(f"replaying 正在重放 {day}", flush=True))
    except NoSuchTurn as problem:
        print(problem, file=sys.stderr)
        return 2
    print(f"{built.equal} of {built.sets} return sets are those that went out, to the byte 返还工作簿逐字节一致")
    if built.other:
        print(f"other 不一致：{'、'.join(built.other)}")
    print(f'every table as of then 当时的全部表: ZHENJIE_DATA={built.root} make query SQL="SELECT …"')
    return 1 if built.other else 0


def inspect(paths: Paths, arguments: argparse.Namespace) -> int:
    """Print what the intake would make of a file; 2 when there is no such file or feed, else 0 whatever it found."""
    from pipelines.ingest.feeds import trial, trial_words
    from pipelines.kit.contracts import load_contracts
    from pipelines.kit.workers import Apart

    file, feeds = arguments.file, load_contracts()
    feed = feeds.get(arguments.feed) if arguments.feed else trial.feed_of(file.name, feeds)
    if arguments.feed and feed is None:
        return unknown_feed(arguments.feed, code=2)
    if not file.is_file():
        print(f"没有文件 {file}；用法：make inspect FILE=文件 [FEED=F10] [ROWS=5]", file=sys.stderr)
        return 2
    try:
        with Apart() as reader:
            asked = paths, feed, file, arguments.as_of or date.today(), arguments.rows
            found = feed and reader.call(trial.attempt, *asked)
        said = trial_words.as_json(found) if found else trial_words.unknown(file.name, feeds)
    except BrokenProcessPool:
        found, said = None, trial_words.not_read(file.name)
    except trial.LeftAloneError as why:
        found, said = None, trial_words.left_alone(file.name, str(why))
    if arguments.json:
        print(json.dumps(said, ensure_ascii=False, indent=1))
    else:
        print(trial_words.as_text(found, feed) if found else said["message"])
    return 0


def take_along(paths: Paths, table: str, kind: str, folder: Path | None) -> int:
    """Write a table of the analysts' file and its dictionary, print where they are; 1 when there is none, with why."""
    from pipelines.give.published import take

    try:
        taken = take.take(paths, table, kind, folder or paths.published / "taken")
    except take.NotTakenError as why:
        print(why, file=sys.stderr)
        return 1
    print(f"{taken.file}（{taken.rows:,} 行）\n{taken.dictionary}（各列是什么、单位、来源、新旧）")
    return 0


def tell_record(paths: Paths, feed_code: str, record_key: str, as_of: date) -> int:
    """Print the life of a record; 1 when the feed is unknown or nothing was ever said of the record."""
    from pipelines.ingest.history import describe, trace
    from pipelines.kit.contracts import load_contracts

    feed = load_contracts().get(feed_code)
    if feed is None:
        return unknown_feed(feed_code)
    versions = trace(paths, feed, record_key, as_of)
    if not versions:
        print(f"{feed_code} 中没有记录 {record_key}，请核对记录键", file=sys.stderr)
        return 1
    print("\n".join(describe(feed, versions)))
    return 0


def unknown_feed(code_said: str, code: int = 1) -> int:
    """Say that there is no such feed; returns the exit code."""
    print(f"没有数据源 {code_said}，请核对代码（见 docs/catalogue）", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
