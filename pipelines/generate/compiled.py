"""`python -m pipelines.generate.compiled`: models and rules compiled before the first turn, as part of an installation.

Belongs here: a turn on nothing, in a folder of its own, after which dbt and Great Expectations have done their part for
all data folders; it proves on the way that models and rules fit each other. Does not belong here: where what they made
is kept (kit.models, judge.verify.compiled).
"""

import tempfile
from datetime import date
from pathlib import Path

from pipelines.ingest.bronze.store import empty_bronze
from pipelines.judge.ledger import schema
from pipelines.judge.rules import load_rules
from pipelines.judge.verify.run import load_suites, verify
from pipelines.judge.verify.structure import verify_structure
from pipelines.kit.build import build
from pipelines.kit.contracts import load_contracts
from pipelines.kit.lake import connect
from pipelines.kit.models import ModelBuildError
from pipelines.kit.paths import Paths
from pipelines.kit.reference.load import load_reference


def compile_all(as_of: date) -> None:
    """Compile what a turn of about that date needs. Raises ModelBuildError, also for rules that cannot be evaluated."""
    feeds = load_contracts()
    with tempfile.TemporaryDirectory(prefix="zhenjie-compiled-") as root:
        paths = Paths(Path(root))
        for feed in feeds.values():
            empty_bronze(paths, feed)
        with connect(paths) as con:
            schema.ensure(con)
            load_reference(con, paths)
        build(paths, as_of)
        results = [result for feed in verify_structure(paths, as_of, feeds) for result in feed.results]
        with connect(paths) as con:
            results += verify(con, as_of, load_suites(), load_rules(), {})
    if broken := [f"{r.suite}: {r.rule_id}: {r.error}" for r in results if r.error]:
        raise ModelBuildError("rules that cannot be evaluated:\n" + "\n".join(broken))


if __name__ == "__main__":
    compile_all(date.today())
