"""Commands of the project: `python -m pipelines run | turn DATE | exports | queries | query SQL | trace FEED KEY |
setup`.

Belongs here: parsing the command line. The Makefile is the way people call it.
"""

import argparse
import sys
from datetime import date

from pipelines.lake import connect
from pipelines.ledger.decisions import issued_turns
from pipelines.paths import Paths


def main() -> int:
    """Run one command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="pipelines", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    sample = commands.add_parser("run", help="the whole loop on the sample prefecture, then a summary")
    sample.add_argument("--scale", type=float, default=0.01, help="share of 7.1 million residents (0.01 = 1 %%)")
    turn = commands.add_parser("turn", help="one turn of the loop for a business date, on whatever has been dropped")
    turn.add_argument("as_of", type=date.fromisoformat, help="YYYY-MM-DD")
    for name, what in (("exports", "issue every export by contract"), ("queries", "answer lists in queries/drop")):
        job = commands.add_parser(name, help=f"{what}, from the turn the lake shows")
        job.add_argument("as_of", type=date.fromisoformat, nargs="?", help="YYYY-MM-DD; the newest turn by default")
    query = commands.add_parser("query", help="ask the lake, read only: query \"SELECT … FROM ledger.ticket\"")
    query.add_argument("sql")
    record = commands.add_parser("trace", help="everything ever said about one record, values masked")
    record.add_argument("feed", help="for example F01")
    record.add_argument("record_key", help="as in record_key of any table of the lake")
    record.add_argument("--as-of", type=date.fromisoformat, default=date.max, help="as known on that date")
    commands.add_parser("setup", help="prepare DAGSTER_HOME for the UI")
    arguments = parser.parse_args()
    paths = Paths.default()
    if arguments.command == "query":
        return ask(paths, arguments.sql)
    if arguments.command == "trace":
        return tell_record(paths, arguments.feed, arguments.record_key, arguments.as_of)

    from pipelines.defs.launch import launch, prepare_home, warm_up

    if arguments.command == "setup":
        prepare_home(paths)
        return 0
    if arguments.command == "turn":
        return 0 if launch(paths, arguments.as_of) else 1
    if arguments.command in ("exports", "queries"):
        turns = issued_turns(paths)
        if not turns:
            print("No turn is out yet: run one first (make run, or turn DATE).")
            return 1
        return 0 if launch(paths, arguments.as_of or turns[-1], arguments.command) else 1
    from pipelines.sample.story import tell

    return tell(paths, launch, warm_up, arguments.scale)


def ask(paths: Paths, sql: str) -> int:
    """Print the answer to one query on the lake, whose schemas need no prefix."""
    with connect(paths, read_only=True) as con:
        con.execute("USE lake")
        con.sql(sql).show(max_width=200, max_rows=100)
    return 0


def tell_record(paths: Paths, feed_code: str, record_key: str, as_of: date) -> int:
    """Print the life of a record; 1 when the feed is unknown or nothing was ever said of the record."""
    from pipelines.contracts import load_contracts
    from pipelines.history import describe, trace

    feed = load_contracts().get(feed_code)
    if feed is None:
        print(f"没有数据源 {feed_code}，请核对代码（见 docs/catalogue）", file=sys.stderr)
        return 1
    versions = trace(paths, feed, record_key, as_of)
    if not versions:
        print(f"{feed_code} 中没有记录 {record_key}，请核对记录键", file=sys.stderr)
        return 1
    print("\n".join(describe(feed, versions)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
