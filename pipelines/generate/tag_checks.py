"""Whether the tables of the lake bear the tags: before anything is written, so that a wrong one changes nothing.

Belongs here: what must hold between tags, tables, feeds and code lists. Does not belong here: the shape of a tag
(tags.py), what a condition may ask (conditions.py).
"""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from pipelines.generate.conditions import flags
from pipelines.generate.staging import added, model_name, staged_columns
from pipelines.generate.tags import MODEL, SEED, Tag
from pipelines.kit.contracts.model import MONTH, Feed
from pipelines.kit.contracts.says import Says
from pipelines.kit.disclosure.columns import declared, facts, load_lineage
from pipelines.kit.house_files import document, refuse
from pipelines.kit.paths import PROJECT_ROOT

# Table -> column -> the columns of feeds it is made of.
Tables = Mapping[str, Mapping[str, Sequence[str]]]
Staged = Mapping[str, tuple[Feed, Says]]
_UNIFIED = MODEL.parents[1]
_CODES = PROJECT_ROOT / "dbt_project/seeds/code_label.csv"
_OWN = f"unified.{MODEL.stem}"


def staged_feeds(said: Iterable[tuple[Feed, Says]]) -> dict[str, tuple[Feed, Says]]:
    """What feeds say by the table of their staging."""
    return {f"staging.{model_name(feed)}": (feed, says) for feed, says in said}


def tables_of(root: Path, feeds: Staged) -> dict[str, Mapping[str, Sequence[str]]]:
    """The tables as files of the project at `root` describe them now; lineage, which may be of yesterday, says what
    their columns are made of."""
    lineage = load_lineage()
    found = {name: columns for name, columns in lineage.items() if name.startswith("unified.")}
    for file in sorted((root / _UNIFIED).rglob("*.yml")):
        for model in document(file).get("models", ()):
            known = lineage.get(name := f"unified.{model['name']}", {})
            found[name] = {c["name"]: known.get(c["name"], ()) for c in model.get("columns", ())}
    for name, (feed, says) in feeds.items():
        people = [f"bronze.{feed.code}.{p.id}" for p in says.named]
        known = {c: lineage.get(name, {}).get(c, people) for c in added(feed, says)}
        found[name] = known | {c.name: [f"bronze.{feed.code}.{c.name}"] for c in staged_columns(feed, says)}
    return found


def check_tags(tags: Sequence[Tag], tables: Tables, feeds: Staged) -> None:
    """Raises HouseFileError of tags on tables that do not bear them, or of a class below that of what they tell."""
    wrong = [f"tags/{tag.code}.yaml: {wrong}" for tag in tags for wrong in _strange(tag, tables, feeds)]
    for title in (title for title, count in Counter(tag.title for tag in tags).items() if count > 1):
        named = ", ".join(f"tags/{tag.code}.yaml" for tag in tags if tag.title == title)
        wrong.append(f"{named}: title: {title} is that of another tag; people tell them apart by it, give each its own")
    refuse(wrong)


def _strange(tag: Tag, tables: Tables, feeds: Staged) -> Iterator[str]:
    bearing = (name for name in tables if name != _OWN and _bears(tag, name, tables, feeds))
    able = ", ".join(sorted(bearing, key=lambda name: (name.startswith("staging."), name)))
    if tag.table == _OWN:
        yield f"table: {_OWN} is made of tags; a {tag.subject} is borne out by {able}"
        return
    if tag.table not in tables:
        yield f"table: there is no {tag.table}; a {tag.subject} is borne out by {able}"
        return
    if lacking := [name for name in tag.needed if name not in tables[tag.table]]:
        more = "" if _bears(tag, tag.table, tables, feeds) else f"; a {tag.subject} is borne out by {able}"
        yield f"{tag.table} has no column {', '.join(lacking)}{more}"
        return
    if tag.is_staged and not _names_one(tag.table, feeds):
        yield f"table: no row of {tag.table} names just one person; a person is borne out by {able}"
        return
    yield from _of_kinds(tag, tables, feeds)
    yield from _of_class(tag, tables, {feed.code: feed for feed, _ in feeds.values()})


def _bears(tag: Tag, name: str, tables: Tables, feeds: Staged) -> bool:
    """Whether a table can bear out tags of this subject."""
    if name.startswith("staging."):
        return tag.subject == "person" and "township_code" in tables[name] and _names_one(name, feeds)
    return name.startswith("unified.") and {f"{tag.subject}_id", "township_code", "source_ref"} <= set(tables[name])


def _names_one(name: str, feeds: Staged) -> bool:
    people = feeds[name][1].named if name in feeds else ()
    return len(people) == 1 and people[0].key is None


def _of_kinds(tag: Tag, tables: Tables, feeds: Staged) -> Iterator[str]:
    """Columns that are no day, month, flag or code."""
    told = {f"bronze.{feed.code}.{c.name}": c for feed, _ in feeds.values() for c in feed.columns}

    def behind(name: str) -> list:
        return [told[source] for source in tables[tag.table][name] if source in told]

    for key, name in tag.ends.items():
        columns = behind(name)
        if not any(c.type == "date" if key == "day" else MONTH in c.tags for c in columns):
            yield f"expires.{key}: {name} is no {'date' if key == 'day' else 'month'}; name another column"
    feed = feeds[tag.table][0] if tag.is_staged else None
    if feed and (words := [name for name in flags(tag.condition()) if name in feed.by_name]):
        yield f"where: {', '.join(words)} is neither true nor false; compare it with something"
    with _CODES.open(encoding="utf-8", newline="") as file:
        known = sorted({row["code_list"] for row in csv.DictReader(file)})
    for name, codes in tag.detail.items():
        if codes and codes not in known:
            yield f"detail.{name}: there is no code list {codes}; known are {', '.join(known)}, '' is for words"


def _of_class(tag: Tag, tables: Tables, feeds: Mapping[str, Feed]) -> Iterator[str]:
    """A class below that of what the tag tells: what it asks, shows, and where it asks nothing, of whom there is a
    row."""
    asked = dict.fromkeys([*(tag.asked or _keys(tag, tables)), *tag.detail, *tag.ends.values()])
    classes = {name: max((_class(s, feeds) for s in tables[tag.table][name]), default="L1") for name in asked}
    if tag.classification < (told := max(classes.values())):
        of = ", ".join(name for name, one in classes.items() if one == told)
        yield f"classification: is {tag.classification}, but it tells of {of}, which is {told}"
    if tag.classification > (shown := declared().lookups.get(SEED.stem, "L1")):
        yield f"classification: is {tag.classification}, but disclosure.yaml has {SEED.stem} as {shown}"


def _keys(tag: Tag, tables: Tables) -> list[str]:
    """The columns that say of whom a row is."""
    numbers = [name for name in tables[tag.table] if name in ("id_no", "id_no_norm")] if tag.is_staged else []
    return numbers or [tag.needed[0]]


def _class(source: str, feeds: Mapping[str, Feed]) -> str:
    table, _, column = source.rpartition(".")
    feed = feeds.get(table.removeprefix("bronze."))
    if feed and column in feed.by_name:
        return feed.by_name[column].classification
    known = facts(table, column)
    return "L4" if known is None else max((f.classification for f in known), default="L1")
