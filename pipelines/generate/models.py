"""The models that are written from files of the house: staging and record of every feed that says something, `said/`,
tags.

Belongs here: which file holds what. Does not belong here: the text of those files, models written by hand.
"""

from pathlib import Path

from pipelines.generate import tags
from pipelines.generate.names import check_names
from pipelines.generate.people import PEOPLE
from pipelines.generate.records import record_sql, record_yml
from pipelines.generate.selects import said_model
from pipelines.generate.staging import HEAD, model_name, staging_sql, staging_yml
from pipelines.generate.subjects import SUBJECTS
from pipelines.generate.tag_checks import check_tags, staged_feeds, tables_of
from pipelines.generate.things import THINGS, check_ranks
from pipelines.kit.contracts.feed_file import load_feed_files
from pipelines.kit.contracts.generate import FEEDS, contracts_of

MODELS = Path("dbt_project/models")
STAGING, SAID, UNIFIED = MODELS / "staging", MODELS / "said", MODELS / "unified"
_MARK = HEAD.partition("{")[0]


def generated(root: Path) -> dict[Path, str]:
    """Text of every generated model by its path in the project at `root`. Raises HouseFileError."""
    contracts = contracts_of(root)
    feeds = [(contracts[f.code], f.says) for f in load_feed_files(root / FEEDS)]
    check_names(feeds)
    said = [(feed, says) for feed, says in feeds if says is not None]
    check_ranks(said)
    files: dict[Path, str] = {}
    for feed, says in said:
        files[STAGING / f"{model_name(feed)}.sql"] = staging_sql(feed, says)
        files[STAGING / f"{model_name(feed)}.yml"] = staging_yml(feed, says)
        if record := says.record:
            file = UNIFIED / record.subject / record.name
            files[file.with_suffix(".sql")] = record_sql(feed, says)
            files[file.with_suffix(".yml")] = record_yml(feed, says)
    for name, what in (PEOPLE | THINGS | SUBJECTS).items():
        files[SAID / f"{name}.sql"], files[SAID / f"{name}.yml"] = said_model(name, what, said)
    found = tags.load_tags(root / tags.TAGS)
    staged = staged_feeds(said)
    check_tags(found, tables_of(root, staged), staged)
    return files | tags.files(found)


def present(root: Path) -> set[Path]:
    """The generated models there are; one goes with its feed."""
    found = (p for folder in (STAGING, SAID, UNIFIED) for p in (root / folder).rglob("*"))
    files = (p for p in found if p.suffix in (".sql", ".yml"))
    return {p.relative_to(root) for p in files if _MARK in p.read_text(encoding="utf-8").partition("\n")[0]}
