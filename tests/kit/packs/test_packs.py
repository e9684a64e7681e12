"""What a pack must hold, found by its files; a skeleton holds it."""

import shutil

import pytest
import yaml

from pipelines.kit.house_files import HouseFileError
from pipelines.kit.packs import SHAPES, load_packs
from pipelines.kit.packs.load import FILE, check_files, check_models
from pipelines.kit.packs.skeleton import PackError, write_skeleton

SOUND = {
    "code": "wells", "name": "机井", "section": "五、（七）", "answers": "每眼机井谁在管。", "lead": "市水利局",
    "units": [],
    "owner": "team:water", "cadence": "每月", "gives": ["tag"],
}  # fmt: skip
TAG = dict.fromkeys(SHAPES["tag"].columns, ())


def write(folder, home="wells", **changes):
    """A pack file that is sound but for `changes`; None takes a key away."""
    said = {k: v for k, v in {**SOUND, **changes}.items() if v is not None}
    file = folder / home / FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"lead": None}, "lead: is missing"),
        ({"extra": 1}, "extra: is no key; known are answers, cadence"),
        ({"code": "well"}, "code: is well; the name of its folder"),
        ({"gives": ["map"]}, "gives.0: input should be 'file'.* or 'point', is \"map\""),
        ({"gives": "tag"}, 'gives: input should be a valid array, is "tag"'),
        ({"gives": []}, "gives: .*at least 1"),
        ({"gives": ["tag", "tag"]}, "gives: a shape stands there twice"),
        ({"units": [7]}, "units.0: input should be a valid string, is 7"),
        ({"name": ["机井"]}, "name: input should be a valid string"),
        ({"answers": " "}, "answers: string should match"),
        ({"owner": "水利局"}, "owner: .*team:"),
    ],
)
def test_what_a_pack_says_of_itself_is_checked(tmp_path, changes, told):
    with pytest.raises(HouseFileError, match=f"wells/pack.yaml: .*{told}"):
        load_packs(write(tmp_path, **changes))


@pytest.mark.parametrize("text", ["", "a: [", "[1]", "just text"])
def test_a_file_that_is_no_pack_is_named(tmp_path, text):
    file = write(tmp_path) / "wells" / FILE
    file.write_text(text, encoding="utf-8")
    with pytest.raises(HouseFileError, match="wells/pack.yaml"):
        load_packs(tmp_path)


@pytest.fixture
def models(tmp_path):
    """A folder of models; `write` puts one of a pack there."""
    return tmp_path / "models"


def model(models, pack, name, sql="select 1"):
    file = models / pack / f"{name}.sql"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(sql, encoding="utf-8")


def test_a_sound_pack(tmp_path, models):
    model(models, "wells", "wells__tag", "select * from {{ ref('person') }} join {{ ref('wells_deep') }}")
    model(models, "wells", "wells_deep")
    assert check_models(load_packs(write(tmp_path)), {"packs.wells__tag": {**TAG, "depth": ()}}, models) == []


def test_a_shape_has_its_columns(tmp_path, models):
    model(models, "wells", "wells__tag")
    short = {c: () for c in TAG if c not in ("valid_to", "tag")}
    assert check_models(load_packs(write(tmp_path)), {"packs.wells__tag": short}, models) == [
        "wells__tag: 缺少标签的列 ['tag', 'valid_to']"
    ]
    assert check_models(load_packs(write(tmp_path)), {}, models) == ["wells: gives 写了 tag，没有模型 wells__tag.sql"]


def test_a_pack_does_not_look_into_another_one(tmp_path, models):
    model(models, "wells", "wells__tag")
    model(models, "dams", "dams__tag", "select * from {{ ref( \"wells__tag\" ) }}")
    found = check_models(load_packs(write(tmp_path)), {"packs.wells__tag": TAG}, models)
    assert found == [
        "dams: 有模型，没有场景包，请补 pack.yaml 或删去文件夹 dams",
        "dams__tag.sql: 读了另一个场景包 wells 的 wells__tag，只能读统一库和本包的表",
    ]


@pytest.mark.parametrize(
    "call",
    ["'core', 'person'", "'person', v=1", "'person' ~ '_x'", "which", "", "'person', package='core'"],
)
def test_a_model_tells_plainly_whom_it_reads(tmp_path, models, call):
    model(models, "wells", "wells__tag", f"select * from {{{{ ref ({call}) }}}} join {{{{ ref('person') }}}}")
    assert check_models(load_packs(write(tmp_path)), {"packs.wells__tag": TAG}, models) == [
        f"wells__tag.sql: ref({call}) 看不出读的是谁，请写 ref('模型名')"
    ]


def test_a_model_has_its_name_for_itself(tmp_path, models):
    for pack in ("wells", "dams"):
        model(models, pack, "depth")
        write(tmp_path, pack, code=pack)
    model(models, "wells", "wells__tag")
    model(models, "wells", "person")
    model(models.parent, "unified", "person")
    model(models, "dams", "dams__tag")
    columns = {"packs.wells__tag": TAG, "packs.dams__tag": TAG}
    assert check_models(load_packs(tmp_path), columns, models) == [
        "wells/depth.sql: dams 已有同名模型，请改名", "wells/person.sql: 统一库 已有同名模型，请改名",
    ]  # fmt: skip


def test_pack_and_models_go_together(tmp_path, models):
    told = {"packs.wells__tag": TAG}  # of before
    assert check_models(load_packs(write(tmp_path)), told, models) == ["wells: gives 写了 tag，没有模型 wells__tag.sql"]
    model(models, "wells", "wells__tag")
    (tmp_path / "wells" / FILE).unlink()
    left = ["wells: 有模型，没有场景包，请补 pack.yaml 或删去文件夹 wells"]
    assert check_models(load_packs(tmp_path), told, models) == left
    (models / "wells" / "wells__tag.sql").rename(models / "wells" / "wells__tag.yml")
    assert check_models(load_packs(tmp_path), told, models) == left


@pytest.mark.parametrize("name", ["loose.sql", "wells/deeper/x.sql", "wells/x.SQL", "wells/x.yaml"])
def test_a_model_file_that_nobody_reads_is_named(tmp_path, models, name):
    model(models, "wells", "wells__tag")
    (models / name).parent.mkdir(exist_ok=True)
    (models / name).write_text("select 1", encoding="utf-8")
    found = check_models(load_packs(write(tmp_path)), {"packs.wells__tag": TAG}, models)
    assert found == [f"{name}: 没有人读这个文件，场景包的模型只有 *.sql、*.yml"]


@pytest.mark.parametrize("name", ["rules.yaml", "suites/x.json", "sheets/x.yaml", "sheets/lists/x.yaml",
                                  "exports/counties/x.odcs.yaml", ".hidden"])  # fmt: skip
def test_what_a_pack_may_bring(tmp_path, name):
    brought(write(tmp_path), name)
    assert check_files(load_packs(tmp_path), tmp_path) == []


@pytest.mark.parametrize("name", ["rulez.yaml", "rules.yml", "suites/x.JSON", "suites/deeper/x.json", "suites/x.yaml",
                                  "sheets/x.yml", "exports/x.odcs.yaml", "pack.yaml.bak"])  # fmt: skip
def test_what_nobody_reads_is_named(tmp_path, name):
    file = brought(write(tmp_path), name)
    (told,) = check_files(load_packs(tmp_path), tmp_path)
    assert told.startswith(f"{file.parent.name}/{file.name}: nobody reads it; a pack brings pack.yaml, rules.yaml")


def test_a_folder_that_brings_files_has_a_pack(tmp_path):
    brought(write(tmp_path), "rules.yaml")
    (tmp_path / "wells" / FILE).unlink()
    assert check_files(load_packs(tmp_path), tmp_path) == ["wells/pack.yaml: is missing; its folder brings files"]


def brought(folder, name):
    """A file of the pack's, whatever stands in it."""
    file = folder / "wells" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("", encoding="utf-8")
    return file


def test_a_skeleton_is_a_sound_pack(tmp_path):
    files = write_skeleton("wells", tmp_path)
    pack = load_packs(tmp_path / "expectations" / "packs")["wells"]
    assert (pack.gives, pack.table("indicator")) == (("indicator",), "wells__indicator")
    assert files[1] == tmp_path / "dbt_project" / "models" / "packs" / "wells" / "wells__indicator.sql"
    described = yaml.safe_load(files[2].read_text(encoding="utf-8"))["models"][0]["columns"]
    assert tuple(c["name"] for c in described) == SHAPES["indicator"].columns
    with pytest.raises(PackError, match="已经有了"):
        write_skeleton("wells", tmp_path)
    shutil.rmtree(tmp_path / "expectations")
    with pytest.raises(PackError, match="已经有了"):
        write_skeleton("wells", tmp_path)


@pytest.mark.parametrize("name", ["", "x", "Wells", "2wells", "wells/..", "机井", "a b c", "x" * 40])
def test_a_name_that_will_not_do(tmp_path, name):
    with pytest.raises(PackError, match="不能作场景包的名字"):
        write_skeleton(name, tmp_path)
    assert not list(tmp_path.iterdir())
