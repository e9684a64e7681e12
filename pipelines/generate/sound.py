"""Whether every file by which the house is told can be used, all at once; part of `python -m pipelines.generate`.

Belongs here: which kinds of files there are, and what must hold between them and the models. Does not belong here: the
shape of a kind (its loader).
"""

from collections.abc import Callable, Iterator, Mapping

from pipelines.generate.catalogue.terms import load_terms
from pipelines.generate.tag_checks import check_tags, staged_feeds
from pipelines.generate.tags import TAGS, load_tags
from pipelines.give.exports import load_exports
from pipelines.give.published.anonymity import load_plans
from pipelines.give.published.answers import load_answers
from pipelines.give.queries.catalogue import load_catalogue
from pipelines.judge.measured import load_measured
from pipelines.judge.rules import load_rules
from pipelines.judge.verify.suites import check_suites, load_suites
from pipelines.kit.contracts import load_contracts
from pipelines.kit.contracts.elements import load_elements, load_standards
from pipelines.kit.contracts.feed_file import load_feed_files
from pipelines.kit.disclosure.columns import load_lineage
from pipelines.kit.house_files import HouseFileError, refuse
from pipelines.kit.office.sheets import load_lists, load_sheets
from pipelines.kit.packs import load_packs
from pipelines.kit.packs.load import check_files, check_models
from pipelines.kit.paths import PROJECT_ROOT

Tables = Mapping[str, Mapping[str, object]]
AUDIENCES = ("township", "department", "receiver")


def unsound() -> list[str]:
    """What is wrong with the files there are, a sentence each, every sentence once."""
    found: dict[str, None] = {}
    for loaded in _EVERYTHING:
        try:
            loaded()
        except HouseFileError as error:
            found |= dict.fromkeys(str(error).splitlines())
    return list(found)


def _models() -> None:
    packs = load_packs()
    refuse([*check_files(packs), *check_models(packs, load_lineage())])


def _suites() -> None:
    suites = load_suites()
    check_suites(suites, load_rules())
    refuse([*_strange_suites(suites, load_lineage())])


def _tags() -> None:
    contracts = load_contracts()
    said = [(contracts[f.code], f.says) for f in load_feed_files() if f.says and f.code in contracts]
    check_tags(load_tags(PROJECT_ROOT / TAGS), load_lineage(), staged_feeds(said))


def _sheets() -> None:
    refuse([*_strange_sheets(load_lineage())])


def _strange_suites(suites: list[dict], tables: Tables) -> Iterator[str]:
    """Suites on a model nobody has, or on columns it has not."""
    for suite in suites:
        columns = tables.get(f"verify.{suite['name']}")
        if columns is None:
            yield f"suites/{suite['name']}.json: name: there is no model {suite['name']} in verify; run make generate"
            continue
        for expectation in suite["expectations"]:
            meta = expectation["meta"]
            named = [*meta["evidence"], meta["value"], meta["subject"]["id"], expectation["kwargs"].get("column")]
            named += [meta.get("field_column"), meta.get("place")]
            decided = meta.get("defect")
            if decided in columns:
                told = f"defect: {decided} is a column of the model, which the suite would hide; take another name"
                yield f"suites/{suite['name']}.json: {meta['rule_id']}: {told}"
            if strange := sorted({name for name in named if name and name not in (*columns, decided)}):
                told = f"no column {', '.join(strange)}; known are {', '.join(columns)}"
                yield f"suites/{suite['name']}.json: {meta['rule_id']}: {told}"


def _strange_sheets(tables: Tables) -> Iterator[str]:
    """Sheets and lists on a table nobody makes, or on columns it has not."""
    for sheet in (s for audience in AUDIENCES for s in load_sheets(audience).values() if s.table):
        if sheet.table not in tables:
            yield f"sheets/{sheet.code}.yaml: table: there is no {sheet.table}; run make generate where it is new"
            continue
        named = (*(c.name for c in sheet.listed), *sheet.order)
        if strange := sorted({name for name in named if name not in tables[sheet.table]}):
            yield f"sheets/{sheet.code}.yaml: {sheet.table} has no column {', '.join(strange)}"
    for values in load_lists().values():
        if values.table not in tables:
            yield f"sheets/lists/{values.name}.yaml: table: there is no {values.table}; known are those of returns"


_EVERYTHING: tuple[Callable[[], object], ...] = (
    load_standards, load_elements, load_feed_files, load_contracts, load_packs, load_lists, _sheets, load_rules,
    load_measured, _suites, _tags, load_plans, load_answers, load_catalogue, load_exports, load_terms, _models,
)  # fmt: skip
