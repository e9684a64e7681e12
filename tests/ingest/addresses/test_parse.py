"""Addresses as people write them, read against a small list of names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.ingest.addresses import normalise, parse, read_names
from pipelines.ingest.addresses.names import Version
from pipelines.ingest.addresses.parts import arabic


def _version(code: str, name: str, level: str, parent: str, current: str | None = "") -> Version:
    return Version(code, name, level, parent, code if current == "" else current)


NAMES = read_names([
    _version("370600", "烟台市", "市", ""),
    _version("370602", "芝罘区", "县", "370600"),
    _version("370614", "蓬莱区", "县", "370600"),
    _version("370684", "蓬莱市", "县", "370600", "370614"),
    _version("370612", "牟平区", "县", "370600"),
    _version("370602001", "向阳街道", "乡镇", "370602"),
    _version("370614001", "登州街道", "乡镇", "370614"),
    _version("370684001", "登州街道", "乡镇", "370684", "370614001"),
    _version("370612101", "观水镇", "乡镇", "370612"),
    _version("370612102", "龙泉镇", "乡镇", "370612"),
    _version("370602001001", "友谊街社区居民委员会", "村", "370602001"),
    _version("370614001201", "万寿村委会", "村", "370614001"),
    _version("370684001201", "南关村委会", "村", "370684001", "370614001201"),
    _version("370612101201", "李家村委会", "村", "370612101"),
    _version("370612102201", "李家村委会", "村", "370612102"),
    _version("370612101202", "后垂柳村委会", "村", "370612101"),
    _version("370687", "海阳市", "县", "370600"),
    _version("370602002", "幸福街道", "乡镇", "370602"),
    _version("370612101204", "栾家村委会", "村", "370612101"),
    _version("370612101205", "栾家疃村委会", "村", "370612101"),
    _version("370612102202", "杲村村委会", "村", "370612102"),
    _version("370612102203", "杲村李家村委会", "村", "370612102"),
    _version("370612101203", "旧庄村委会", "村", "370612101", None),
])  # fmt: skip


def _division(text: str) -> tuple[str | None, str | None, str | None]:
    told = parse(text, NAMES)
    return told.county_code, told.township_code, told.village_code


@pytest.mark.parametrize(("text", "codes"), [
    ("山东省烟台市牟平区观水镇后垂柳村36号", ("370612", "370612101", "370612101202")),
    ("牟平观水后垂柳三十六号", ("370612", "370612101", "370612101202")),
    ("烟台市牟平区牟平区 后垂柳村委会", ("370612", "370612101", "370612101202")),
    ("后垂柳村36号", ("370612", "370612101", "370612101202")),
    # Two villages of the county are called so.
    ("牟平区李家村8号", ("370612", None, None)),
    ("观水镇李家村8号", ("370612", "370612101", "370612101201")),
    # Names and counties of before.
    ("蓬莱市登州街道万寿村1号", ("370614", "370614001", "370614001201")),
    ("蓬莱市南关村1号", ("370614", "370614001", "370614001201")),
    # A village that is gone still lies in its township.
    ("观水镇旧庄村1号", ("370612", "370612101", None)),
    # A street is no community, a road no county, a longer name none of a shorter one.
    ("芝罘区向阳街道友谊街12号", ("370602", "370602001", None)),
    ("芝罘区友谊街社区12号", ("370602", "370602001", "370602001001")),
    ("牟平路12号", (None, None, None)),
    ("观水镇后垂柳新村12号", ("370612", "370612101", None)),
    ("观水镇栾家疃12号", ("370612", "370612101", "370612101205")),
    ("观水镇栾家疃街12号", ("370612", "370612101", None)),
    ("龙泉镇杲村12号", ("370612", "370612102", "370612102202")),
    ("龙泉镇杲村李家12号", ("370612", "370612102", "370612102203")),
    ("龙泉镇杲村李家市场", ("370612", "370612102", None)),
    ("海阳2号", ("370687", None, None)),
    ("海阳市场2号", (None, None, None)),
    ("海阳市商场2号", ("370687", None, None)),
    # What tells streets of one name apart is no street by itself.
    *[(f"芝罘区{street}2号", ("370602", None, None)) for street in ("幸福中路", "幸福北大街", "幸福一路", "幸福后街",
        "幸福东三巷")],
    *[(f"{street}", (None, None, None)) for street in ("海阳东路2号", "海阳1路", "海阳路口东50米")],
    ("芝罘区幸福金山路2号", ("370602", "370602002", None)),
    ("芝罘区幸福东风路2号", ("370602", "370602002", None)),
    # What contradicts itself tells only what is above it, what is elsewhere nothing.
    ("芝罘区观水镇后垂柳村", ("370602", None, None)),
    ("青岛市李沧区李家村8号", (None, None, None)),
    ("", (None, None, None)),
])  # fmt: skip
def test_divisions(text, codes):
    assert _division(text) == codes


@pytest.mark.parametrize(("text", "door", "inside"), [
    ("观水镇后垂柳村３６号", "/36/", None),
    ("观水镇后垂柳村一百零三号", "/103/", None),
    ("观水镇后垂柳村36", "/36/", None),
    ("观水镇后垂柳村36号附1", "/36-1/", None),
    ("观水镇后垂柳村36-1号", "/36-1/", None),
    ("观水镇后垂柳村幸福路36号3号楼2单元501", "幸福路/36/3", "2/501"),
    ("观水镇后垂柳村幸福路36号3-2-501", "幸福路/36/3", "2/501"),
    ("观水镇后垂柳村幸福路36号3#楼2单元501室", "幸福路/36/3", "2/501"),
    ("观水镇后垂柳村幸福路36号3栋2单元501（路口东50米）", "幸福路/36/3", "2/501"),
    ("牟平区迎春大街170号A座1203室", "迎春大街/170/A", "/1203"),
    ("观水镇后垂柳村3-501", "//3", "/501"),
    ("观水镇后垂柳村卫生室对面", "卫生室对面", None),
    ("观水镇后垂柳村", None, None),
    ("无", None, None),
    ("不详", None, None),
])  # fmt: skip
def test_doors(text, door, inside):
    told = parse(text, NAMES)
    assert (told.door_key, told.inside_key) == (door, inside)


@pytest.mark.parametrize(("inside", "ways"), [
    ("//2", ["二楼", "2层", "２楼超市"]),
    ("//-1", ["负一层", "负1楼超市", "地下一层", "地下室"]),
    ("//1-2", ["1-2层"]),
    ("/3", ["3号商铺", "三号铺", "内3号", "商铺3"]),
    ("/3/1", ["1层3号铺", "一楼3号"]),
    ("/A1", ["万达广场1层A01铺", "A-1", "一层A01商铺"]),
    ("/201", ["二楼201铺"]),
    ("/1-11", ["铺1-11", "1-11铺"]),
    ("/11-1", ["铺11-1"]),
    ("/201+202", ["201、202"]),
    ("//东", ["东侧", "东侧门市", "（东门）", "东户", "东"]),
    ("//西200", ["西200米", "往西200米"]),
    (None, ["，邮局旁", "（路口东50米）", "路口西侧", "三和超市", "百货大楼", "万达广场", "东方大厦"]),
])  # fmt: skip
def test_where_inside(inside, ways):
    assert {parse(f"幸福路36号{way}", NAMES).inside_key for way in ways} == {inside}


@pytest.mark.parametrize(
    ("words", "number"), [("十", 10), ("三六", 36), ("二十", 20), ("一百零三", 103), ("两千", 2000), ("〇", 0)]
)
def test_chinese_numbers(words, number):
    assert arabic(words) == number


def test_further_names_of_a_zone_that_has_ended(tmp_path):
    file = tmp_path / "further.csv"
    file.write_text("name,code\n开发区,370676\n北开发区,370677\n高新区,370699\n", encoding="utf-8")
    names = read_names([
        _version("370612", "牟平区", "县", "370600"), _version("370676", "烟台经开区", "县", "370600", "370612"),
        _version("370677", "烟台北区", "县", "370600", None),
    ], file)  # fmt: skip
    assert parse("开发区长江路1号", names).county_code == "370612"
    assert [parse(f"{zone}长江路1号", names).county_code for zone in ("北开发区", "高新区")] == [None, None]


@pytest.mark.parametrize("sign", ["一", "1", "甲", "(", "东", "1-", "路", "烟台市", "向阳街道", "牟平区", "李家"])
def test_a_text_without_end_is_read_too(sign):
    told = parse(sign * 20_000, NAMES)
    assert "".join(piece for _, piece in told.pieces) == sign * 20_000


def test_landmark_and_rest_are_kept():
    told = parse("观水镇后垂柳村36号，邮局旁", NAMES)
    assert (told.gate_no, told.landmark, told.rest_text) == ("36", "邮局旁", None)
    assert parse("观水镇某某小区36号", NAMES).rest_text == "某某小区"


WRITTEN = st.lists(
    st.sampled_from([*"牟平观水李家后垂柳村镇区号楼单元室路街附-－#０3 　三十百()，东", "烟台市", "登州街道", "对面",
    "路口"]) | st.text(max_size=3),
    max_size=14,
).map("".join)


@given(WRITTEN)
def test_no_sign_is_lost_and_what_is_in_one_form_stays(text):
    told = parse(text, NAMES)
    assert "".join(piece for _, piece in told.pieces) == normalise(text)
    assert parse(normalise(text), NAMES) == told
    assert told.village_code is None or told.village_code.startswith(told.township_code)
    assert told.township_code is None or told.township_code.startswith(told.county_code)
