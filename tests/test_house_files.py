"""Whatever is wrong with a file by which the house is told, it is said in a sentence that names the file: small changes
to one of every kind, none of which may end in a traceback or pass unseen."""

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.generate import sound
from pipelines.generate.catalogue.terms import TERMS_FILE, load_terms
from pipelines.generate.tags import TAGS, load_tag
from pipelines.give.exports import EXPORTS
from pipelines.give.exports.contract import load_export, load_receivers
from pipelines.give.published.anonymity import load_plans
from pipelines.give.queries.catalogue import QUERIES_FILE, load_catalogue
from pipelines.judge.measured import NAME as MEASURED
from pipelines.judge.measured import MeasuredFile
from pipelines.judge.rules import RULES_FILE, load_rules
from pipelines.judge.verify.suites import SUITES_FOLDER, load_suite
from pipelines.kit.contracts import CONTRACTS, load_contract
from pipelines.kit.contracts.elements import ELEMENTS, STANDARDS, load_elements, load_standards
from pipelines.kit.contracts.feed_file import FEEDS, load_feed_file, resolve
from pipelines.kit.disclosure.columns import DISCLOSURE_FILE
from pipelines.kit.house_files import HouseFileError, document, read, refuse
from pipelines.kit.office.sheets import EXPECTATIONS, Sheet, ValueList
from pipelines.kit.packs import PACKS, load_packs
from pipelines.kit.paths import PROJECT_ROOT

CATALOGUE, RECEIVERS = load_elements(), load_receivers()
ODD = "zzz_odd"
# Keys of mappings that describe one thing, whose every key says something else.
KEYS = {"code", "title", "title_zh", "name", "id", "label", "type", "kind"}
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
# (a file, its loader, parts that may hold anything)
KINDS: dict[str, tuple[Path, Callable[[Path], object], tuple[str, ...]]] = {
    "elements": (ELEMENTS, load_elements, ()),
    "standards": (STANDARDS, load_standards, ()),
    "feed": (FEEDS / "public_security" / "residents.yaml", lambda f: resolve(load_feed_file(f), CATALOGUE), ()),
    "feed of another kind": (FEEDS / "health" / "death_certificates.yaml",
                             lambda f: resolve(load_feed_file(f), CATALOGUE), ()),
    "contract": (CONTRACTS / "civil_affairs" / "social_assistance.odcs.yaml", load_contract, ("mustBe",)),
    "export": (EXPORTS / "counties" / "enterprise_profile.odcs.yaml", lambda f: load_export(f, RECEIVERS), ()),
    "receivers": (EXPORTS / "receivers.yaml", lambda f: load_receivers(f.parent), ()),
    "rules": (RULES_FILE, load_rules, ()),
    "measured": (RULES_FILE.with_name(MEASURED), lambda f: read(MeasuredFile, f), ()),
    "terms": (TERMS_FILE, load_terms, ()),
    "suite": (SUITES_FOLDER / "life_state.json", load_suite, ("kwargs",)),
    "sheet": (EXPECTATIONS / "sheets" / "anomalies.yaml", lambda f: read(Sheet, f, code=f.stem), ()),
    "list": (EXPECTATIONS / "sheets" / "lists" / "grid.yaml", lambda f: read(ValueList, f, name=f.stem), ()),
    "pack": (PACKS / "small_places" / "pack.yaml", lambda f: load_packs(f.parents[1]), ()),
    "rules of a pack": (PACKS / "small_places" / "rules.yaml", load_rules, ()),
    "suite of a pack": (PACKS / "small_places" / "suites" / "licensed_place.json", load_suite, ("kwargs",)),
    "tag": (PROJECT_ROOT / TAGS / "minimum_living.yaml", load_tag, ()),
    "queries": (QUERIES_FILE, load_catalogue, ()),
    "disclosure": (DISCLOSURE_FILE, load_plans, ()),
}
BYTES = {
    "empty": b"", "blank": b"\n \n", "a comment": b"# x\n", "a list": b"[1]", "a word": b"word", "cut off": b'{"a": [',
    "GB18030": "名称: 清单".encode("gb18030"), "UTF-16": "名称: 清单".encode("utf-16"), "zeros": b"\0\0\0",
    "twice": b'{"a": 1, "a": 2}', "tagged": b"a: !!python/object:os.system x", "itself": b"a: &a [*a]",
    "nothing but itself": b"&a [*a]",
}  # fmt: skip


def shortened(said: Any) -> Any:
    """A document with three of each kind of things: what holds for one holds for the next."""
    if not isinstance(said, dict):
        return said
    is_list = len(said) > 3 and all(isinstance(value, dict | str) for value in said.values())
    kept = [key for i, key in enumerate(said) if i < 2 or key == "R11"] if is_list and KEYS.isdisjoint(said) else said
    return {key: shortened(said[key]) for key in kept}


def places(said: Any, path: tuple = ()) -> Iterator[tuple]:
    """Every place of a document, of lists the first."""
    for key, value in said.items() if isinstance(said, dict) else enumerate(said[:1]) if isinstance(said, list) else ():
        yield (*path, key)
        yield from places(value, (*path, key))


def at(said: Any, path: tuple) -> Any:
    for key in path:
        said = said[key]
    return said


def other_type(value: Any) -> Any:
    return 7 if isinstance(value, str) else "x y"


def mutations(said: Any) -> Iterator[tuple[str, bool, Any]]:
    """(what was done, whether it must be refused, the document)."""
    for path in places(said):
        name = ".".join(map(str, path))
        for what, refused, change in (
            ("without", False, lambda holder, key: holder.pop(key)),
            ("null", False, lambda holder, key: holder.__setitem__(key, None)),
            ("other type", True, lambda holder, key: holder.__setitem__(key, other_type(holder[key]))),
            ("odd key", True, lambda holder, key: isinstance(holder[key], dict) and holder[key].update(
                {ODD: {"odd": [None]}})),
        ):  # fmt: skip
            made = copy.deepcopy(said)
            change(at(made, path[:-1]), path[-1])
            if made != said:
                yield f"{what}: {name}", refused, made


def wrong(file: Path, load: Callable[[Path], object], refused: bool) -> str:
    """What is wrong with how a file is loaded; '' when nothing is."""
    try:
        load(file)
    except HouseFileError as error:
        unnamed = [line for line in str(error).splitlines() if file.name not in line or len(line) < len(file.name) + 8]
        return f"does not name the file: {unnamed}" if unnamed else ""
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "is accepted" if refused else ""


@pytest.fixture(params=KINDS)
def kind(request, tmp_path):
    file, load, free = KINDS[request.param]
    copied = tmp_path / file.parent.name / file.name
    copied.parent.mkdir()
    return shortened(document(file)), copied, load, free


def test_small_changes_are_told_or_mean_something(kind):
    said, file, load, free = kind
    is_json, found = file.suffix == ".json", []
    for number, (what, refused, made) in enumerate(mutations(said)):
        text = json.dumps(made) if is_json else yaml.dump(made, Dumper=DUMPER, allow_unicode=True, sort_keys=False)
        spoilt = file.parent.parent / str(number) / file.parent.name / file.name  # loaders may remember a file
        spoilt.parent.mkdir(parents=True)
        spoilt.write_text(text, encoding="utf-8")
        if problem := wrong(spoilt, load, refused and not any(part in what for part in free)):
            found.append(f"{what}: {problem}")
    assert number > 1
    assert found == []





@pytest.mark.parametrize("content", [*BYTES.values(), None], ids=[*BYTES, "a folder"])
def test_what_is_no_document_is_told(kind, content):
    _, file, load, _ = kind
    if content is None:
        file.mkdir()
    else:
        file.write_bytes(content)
    assert wrong(file, load, refused=True) == ""


def test_everything_that_is_wrong_is_listed_at_once(monkeypatch):
    def broken(*lines: str) -> Callable[[], object]:
        return lambda: refuse(lines)

    monkeypatch.setattr(sound, "_EVERYTHING", (broken("a.yaml: x", "b.yaml: y"), broken(), broken("a.yaml: x")))
    assert sound.unsound() == ["a.yaml: x", "b.yaml: y"]


def test_the_files_there_are_fit_each_other_and_the_models(monkeypatch):
    assert sound.unsound() == []
    monkeypatch.setattr(sound, "load_lineage", lambda: {"verify.life_state": {}})
    told = "\n".join(sound.unsound())
    assert "suites/life_state.json: R17: no column" in told
    assert "suites/delivery.json: name: there is no model delivery in verify" in told
    assert "sheets/residents.yaml: table: there is no returns.return_resident" in told
