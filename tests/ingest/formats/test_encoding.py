import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.ingest.formats.encoding import sniff, to_utf8
from pipelines.ingest.values.table import UnreadableError

HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=4, max_size=40)
RARE = "䶮𠮷镕"


@given(text=HAN)
def test_utf8_is_never_taken_for_gb18030(text: str):
    assert sniff((text + RARE).encode("utf-8")) == "utf-8"


@given(text=HAN)
def test_marks_decide(text: str):
    assert sniff(codecs.BOM_UTF8 + text.encode()) == "utf-8-sig"
    assert sniff(codecs.BOM_UTF16_LE + text.encode("utf-16-le")) == "utf-16"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", ["一,开\n1,2\n", "公民身份号码,姓名\n370602196001010110,王一\n", '[{"姓名":"一"}]'])
def test_noughts_tell_utf_16_without_a_mark(text: str, encoding: str):
    assert sniff(text.encode(encoding)) == encoding


@pytest.mark.parametrize("content", ["姓名,年龄\n王\0一,3\n".encode(), bytes(64), "王,李\n".encode() + bytes(64)])
def test_noughts_here_and_there_are_no_utf_16(content: bytes):
    assert sniff(content) == "utf-8"


@given(
    names=st.lists(
        st.sampled_from(["公民身份号码", "姓名", "户籍地址", "王䶮", "𠮷田", "行政区划代码"]), min_size=1
    )
)
def test_gb18030_with_rare_characters_is_gb18030(names: list[str]):
    assert sniff(("公民身份号码," + ",".join(names)).encode("gb18030")) == "gb18030"


def test_bytes_of_no_encoding_are_refused():
    with pytest.raises(UnreadableError) as refused:
        sniff(b"\x89PNG\xff\xff\xff\x80\x80")
    assert refused.value.code == "E_ENCODING"


@given(lines=st.lists(HAN, min_size=1, max_size=8), data=st.data())
def test_one_broken_line_costs_one_line(lines: list[str], data: st.DataObject):
    broken = data.draw(st.integers(0, len(lines) - 1))
    encoded = [line.encode("gb18030") for line in lines]
    encoded[broken] = b"\xff\xff" + encoded[broken]
    text, bad = to_utf8(b"\n".join(encoded), "gb18030")
    assert list(bad) == [broken]
    expected = [line if n != broken else "" for n, line in enumerate(lines)]
    assert text.decode().split("\n") == expected
