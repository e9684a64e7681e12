"""Reading export contracts, and what may not change in them."""

import json
import shutil
from dataclasses import replace

import pytest

from pipelines.give.exports import EXPORTS, load_exports
from pipelines.give.exports.compatibility import RELEASED, layout, release, unannounced
from pipelines.give.exports.contract import Item
from pipelines.kit.contracts import Column
from pipelines.kit.house_files import HouseFileError
from tests.give.exports.samples import COLUMNS, export

SOUND = EXPORTS / "grid_platform" / "ticket_outcomes.odcs.yaml"


@pytest.mark.parametrize(("old", "new", "words"), [
    ("X03}", "F03}", "customProperties: exportCode: string should match pattern"),
    ("value: grid_platform}", "value: counties}", "stands in the folder of 'grid_platform'"),
    ("_{kind}.csv", ".csv", "fileName lacks {kind}"),
    ("value: full_delta", "value: append", "customProperties: deliveryMode: input should be 'full' or 'full_delta'"),
    ("primaryKey: true", "primaryKey: false", "no primaryKey"),
    ("[township_code, closed_on]", "[town]", "order names no column of its own: town"),
    ("_{date}_", "_", "filePattern lacks the named groups period"),
    ("ledger.", "other.", "source names no table of the lake"),
    ("businessName: 重开次数", "businessName: 规则编号", "heading 规则编号 belongs to 2 columns"),
])  # fmt: skip
def test_an_unsound_contract_is_refused_with_its_reason(tmp_path, old, new, words):
    folder = tmp_path / "grid_platform"
    folder.mkdir()
    shutil.copy(EXPORTS / "receivers.yaml", tmp_path)
    text = SOUND.read_text(encoding="utf-8")
    assert old in text
    (folder / SOUND.name).write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(HouseFileError) as caught:
        load_exports(tmp_path)
    assert words in str(caught.value) and str(caught.value).startswith("grid_platform/ticket_outcomes.odcs.yaml: ")


def pack_with(tmp_path, receiver, *changes):
    """A pack with one export to a receiver, the sample changed."""
    text = SOUND.read_text(encoding="utf-8")
    for old, new in (("value: X03}", "value: X90}"), *changes):
        assert old in text
        text = text.replace(old, new)
    folder = tmp_path / "wells" / "exports" / receiver
    folder.mkdir(parents=True)
    (folder / SOUND.name).write_text(text, encoding="utf-8")


def test_a_pack_brings_exports_of_its_own_tables(tmp_path):
    pack_with(tmp_path, "grid_platform", ("ledger.ticket ", "packs.wells__task "))
    found = load_exports(packs=tmp_path)
    assert found.keys() - load_exports().keys() == {"X90"}
    assert ("packs", "wells__task") in found["X90"].tables and "lake.packs.wells__task" in found["X90"].lake_source
    assert found["X90"].receiver == found["X03"].receiver


@pytest.mark.parametrize(("receiver", "changes", "words"), [
    ("grid_platform", [("value: X90}", "value: X03}")], "export X03 exists already"),
    ("well_board", [], "well_board/ticket_outcomes"),
])  # fmt: skip
def test_a_pack_takes_no_others_code_and_adds_no_receiver(tmp_path, receiver, changes, words):
    pack_with(tmp_path, receiver, *changes)
    with pytest.raises(HouseFileError, match=words):
        load_exports(packs=tmp_path)


def test_what_is_released_is_what_stands_in_the_contracts():
    exports = load_exports()
    assert unannounced(exports.values()) == []
    assert json.loads(RELEASED.read_text(encoding="utf-8")) == {e.code: layout(e) for e in exports.values()}


def changed(**changes):
    """The sample with some columns replaced (None: taken out) or added."""
    columns = tuple(c for c in (changes.pop(c.name, c) for c in COLUMNS) if c is not None) + tuple(changes.values())
    made = export()
    return replace(made, feed=replace(made.feed, columns=columns), items=tuple(Item(c, c.name, ()) for c in columns))


code, text, day, count, price, *_ = COLUMNS
BREAKING = [
    (changed(text=None), "column text is gone"),
    (changed(text=replace(text, label="正文")), "column text: the heading was 内容, is 正文"),
    (changed(day=replace(day, type="integer")), "column day: date became integer"),
    (changed(code=replace(code, required=False)), "column code may now be empty"),
    (changed(text=replace(text, max_length=9)), "column text: at most 9 characters, was any number"),
    (changed(price=replace(price, scale=1)), "column price: 1 decimals, were 2"),
    (changed(price=replace(price, type="integer")), "column price: decimal became integer"),
]


@pytest.fixture
def released(tmp_path):
    file = tmp_path / "released.json"
    release([export()], file)
    return file


def versioned(made, version):
    return replace(made, feed=replace(made.feed, version=version))


@pytest.mark.parametrize(("made", "reason"), BREAKING, ids=[reason for _, reason in BREAKING])
def test_a_breaking_change_is_refused_until_the_major_version_is_raised(released, made, reason):
    for version in ("1.0.0", "1.9.0"):
        complaint = f"X90: {reason}; raise the major version (now {version}) or take it back"
        assert unannounced([versioned(made, version)], released) == [complaint]
    assert unannounced([versioned(made, "2.0.0")], released) == []


def test_another_key_encoding_or_file_name_breaks_too(released):
    other = export(encoding="gb18030", file_name="新_{scope}_{date}_{kind}.csv")
    other = replace(other, feed=replace(other.feed, key_columns=("code", "day")))
    assert [line.split()[1] for line in unannounced([other], released)] == ["encoding", "file_name", "key"]


def test_a_new_column_or_a_wider_type_breaks_nothing_but_needs_a_version(released):
    wider = changed(count=replace(count, type="decimal"), extra=Column("extra", "附加"))
    assert unannounced([wider], released) == ["X90: column count, extra changed; raise the minor version (now 1.0.0)"]
    assert unannounced([versioned(wider, "1.1.0")], released) == []
    assert unannounced([], released) == ["X90: released, and its contract is gone"]
