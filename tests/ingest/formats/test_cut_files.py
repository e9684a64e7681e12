"""Files cut at every byte: a transfer that broke off is told wherever it did, and files without a last line end stay
what they are.

Belongs here: cuts of text files. Does not belong here: other damage (test_corruptions.py). No real people.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines.ingest.formats import html_tables, last_line
from pipelines.ingest.formats.csv_reader import read_csv
from pipelines.ingest.formats.json_reader import read_json
from pipelines.ingest.formats.last_line import BLANK, BROKEN, ENDED, UNCLEAR, UNLIKE, WHOLE
from pipelines.ingest.values.table import Block, Ending, UnreadableError
from pipelines.kit.contracts import Column
from pipelines.kit.contracts.model import CITIZEN_NUMBER
from tests.ingest import made_files as f
from tests.ingest.conftest import CARD_HEADER, FEEDS, Office

NAME = "F11_残疾人证_370600_2024{:02d}.csv"
ENCODINGS = ["utf-8", "utf-8-sig", "gb18030", "utf-16"]
FEED = FEEDS["F11"]


def lines(last: Sequence[str]) -> list[str]:
    """The header and a row of F11 for each value of its last column."""
    some = ("王䶮", "李四", "张,三", "赵\n六")
    names = [some[n % 4] if n % 4 < 2 else f'"{some[n % 4]}"' for n in range(len(last))]
    rows = [f"3706021960010100{n:02d}11,{name},1,1,2030-01-01,生活补贴,发放,{v}" for n, (name, v) in
            enumerate(zip(names, last, strict=True), start=10)]  # fmt: skip
    return [CARD_HEADER, *rows]


LAST = {
    "codes": ["370602001001", "370602001002"] * 3,
    "some blank": ["370602001001", "", "370602001002", ""] * 2,
    "all blank": [""] * 6,
    "in quotes": ['"370602001001"'] * 6,
    "words": ["东关村", "西沟子村", "南村", "北马路社区", "东关", "南村东"],
}


def block_of(file: Path, content: bytes) -> Block:
    """The one block of a small file with its header."""
    file.write_bytes(content)
    ((table,), _) = read_csv(file, FEED)
    assert table.header.found
    (block,) = table.blocks
    return block


def outcome(block: Block, habit: bool | None, sound: pl.DataFrame) -> str:
    """What becomes of a file: 'refused', 'row' in quarantine, 'told', or 'ended' without a word; else 'silent'."""
    if last_line.is_cut(block.ending, habit):
        return "refused"
    told, block = last_line.told(block, habit), last_line.settled(block, habit)
    if not block.rows.equals(sound.head(block.rows.height)):
        return "told" if told else "silent"
    return "row" if block.spoilt else "told" if told else "ended"


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("last", LAST)
def test_no_cut_is_silent(tmp_path: Path, last: str, encoding: str):
    """Every cut in the last row and its line end, for each habit of the sender."""
    text, row = lines(LAST[last])[:-1], lines(LAST[last])[-1]
    start = len("".join(f"{line}\r\n" for line in text).encode(encoding))
    content = "".join(f"{line}\r\n" for line in [*text, row]).encode(encoding)
    sound = block_of(tmp_path / "x", content).rows
    blocks = {n: block_of(tmp_path / "x", content[:n]) for n in range(start, len(content))}
    inside = range(start + 1, len(content) - len("\r\n".encode(encoding)))
    for habit in (True, None, False):
        found = {n: outcome(block, habit, sound) for n, block in blocks.items()}
        assert "silent" not in found.values(), (habit, found)
        assert found[start] == "ended"
        if habit and last in ("codes", "words"):
            assert {found[n] for n in inside} == {"refused"}
        if habit is None:
            assert "told" not in {found[n] for n in inside}


def test_a_cut_file_is_refused_and_may_be_released(office: Office):
    text = "\r\n".join(lines(["370602001001"] * 6))
    result = office.deliver("F11", NAME.format(1), text[:-1].encode())
    assert (result.status, result.breaker_code, result.rows_in) == ("quarantined", "E_TRUNCATED", 6)
    entry = office.quarantine("F11").filter(code="E_UNFINISHED").row(0, named=True)
    assert "第 8 行：是最后一行而之后没有换行，可能在中间断开" in entry["message"]
    assert text.split("\r\n")[-1][:-1] in entry["raw"]


@pytest.mark.parametrize("cut", [1, 3, 4, 5, 10])
def test_a_file_cut_in_its_header_does_not_say_that_nothing_happened(office: Office, cut: int):
    """A difference without rows is no news, but not one that breaks off."""
    header = ",".join(c.label for c in FEEDS["F05"].columns)
    result = office.deliver("F05", "F05_殡葬火化_370600_202401.csv", header[:-cut].encode("gb18030"))
    assert result.breaker_code in ("E_TRUNCATED", "E_COLUMN_MISSING", "E_HEADER")


@pytest.mark.parametrize(
    ("before", "now", "status", "rows"),
    [
        ([], ["370602001001"] * 6, "accepted", 6),
        ([], [""] * 6, "accepted", 6),
        ([], LAST["words"], "accepted", 5),
        ([True], LAST["words"], "quarantined", 0),
        ([True], ["370602001001"] * 6, "accepted", 6),
        ([False], LAST["words"], "accepted", 6),
        ([False], ["370602001001"] * 5 + ["37060200"], "accepted", 5),
        ([True], LAST["some blank"][:6], "accepted", 5),
        ([], LAST["some blank"][:6], "accepted", 5),
        ([False], LAST["some blank"][:6], "accepted", 6),
        ([False, True], LAST["words"], "accepted", 5),
    ],
)
def test_earlier_files_tell_whether_a_missing_line_end_is_a_habit(
    office: Office, before: list[bool], now: list[str], status: str, rows: int
):
    """The row is sound and full in every case but one; `before`: whether earlier files ended in a line end."""
    for month, is_ended in enumerate(before, start=1):
        text = "\n".join(lines(now[:5] + now[:1])) + "\n" * is_ended
        result = office.deliver("F11", NAME.format(month), text.encode(), date(2024, month, 28))
        assert (result.status, result.profile.ends_in_line) == ("accepted", is_ended)
    month = len(before) + 1
    text = "\n".join(lines(now))
    result = office.deliver("F11", NAME.format(month), text.encode(), date(2024, month, 28))
    assert (result.status, result.rows_bronze, result.rows_in) == (status, rows, 6)
    is_usual = before == [False] and len(set(now)) < 3 and "" not in now[-1:]
    is_told = any("之后没有换行，已按完整的一行入库" in n for n in result.notices)
    assert is_told == (rows == 6 and not is_usual)


TEXT, REQUIRED = Column("x", "甲"), Column("x", "甲", required=True)
ID_NO = Column("x", "甲", tags=("identifier",), standard=CITIZEN_NUMBER)
AMOUNT, DAY = Column("x", "甲", type="decimal", scale=2), Column("x", "甲", type="date")
CHANGE = Column("x", "甲", code_list=("新增", "变更", "变更注销"))


@pytest.mark.parametrize(
    ("value", "seen", "column", "state"),
    [
        ("", [], TEXT, WHOLE),
        ("", [""] * 9, TEXT, WHOLE),
        ("", ["甲", "", "", ""], TEXT, BLANK),
        ("", ["甲"] * 5, TEXT, UNCLEAR),
        ("", ["甲"] * 20, TEXT, UNLIKE),
        ("", [], REQUIRED, UNCLEAR),
        ("12846815751", ["12846800000", "12846800001"], TEXT, WHOLE),
        ("1284681575", ["12846800000", "12846800001"], TEXT, UNLIKE),
        ("2024-01-1", ["2024-01-11", "2024-01-12"], DAY, UNLIKE),
        ("2024-01-11", [], DAY, WHOLE),
        ("2024-01-1", [], DAY, UNCLEAR),
        ("200.00", ["80.00", "1200.00"] * 3, AMOUNT, WHOLE),
        ("1200.0", ["80.00", "1200.00"] * 3, AMOUNT, UNLIKE),
        ("80", ["100", "200", "300", "400", "500"], AMOUNT, UNCLEAR),
        ("100", ["100", "1000"], AMOUNT, UNCLEAR),
        ("100", ["100", "100", "200"], AMOUNT, WHOLE),
        ("新增", [], CHANGE, WHOLE),
        ("变更", [], CHANGE, UNCLEAR),
        ("新", ["新增", "新增"], CHANGE, UNLIKE),
        ("芝罘区殡仪馆", ["芝罘区殡仪馆", "莱阳市殡仪馆"] * 2, TEXT, WHOLE),
        ("南村", ["南村", "东村"], TEXT, UNCLEAR),
        ("110101199003078590", [], ID_NO, WHOLE),
        ("110101199003078590", ["110101900307859"], ID_NO, WHOLE),
        ("110101199003078591", [], ID_NO, UNCLEAR),
        ("110101199003078590", ["110101199003078590、110101199003078590"], ID_NO, UNCLEAR),
        ("370602001001", [], Column("x", "甲", pattern=r"^\d{12}$"), WHOLE),
        ("370602001001", [], Column("x", "甲", pattern=r"^\d{9}(\d{3})?$"), UNCLEAR),
        ("370602001", [], Column("x", "甲", pattern=r"^\d{9}(\d{3})?$"), UNCLEAR),
        ("王芳", ["王小明", "李小红", "张小强", "赵小刚", "孙小美"], TEXT, UNCLEAR),
    ],
)
def test_what_a_last_value_says(value: str, seen: list[str], column: Column, state: int):
    assert last_line._of_value(value, seen, column) == state


@pytest.mark.parametrize(
    ("text", "is_told_as_cut"),
    [
        ("3706021960", True),
        ("3", True),
        ("共六人", False),
        ("注：以发证日期为准", False),
        ("制表人：某,审核", False),
        ("合计,6", False),
        ("370602196001010099999999999999", False),
        ("\x1a", False),
        (",,,,,,,", False),
        ("  ", False),
        (",", False),
        ("37060219600101009911,王", True),
        ('37060219600101009911,"王', True),
        ("37060219600101009911,王,1,1,2030-01-01,生活补贴,发放,370602001001,,", False),
    ],
)
def test_what_stands_on_a_last_line_without_a_line_end(office: Office, text: str, is_told_as_cut: bool):
    content = "".join(f"{line}\r\n" for line in lines(LAST["codes"])) + text
    result = office.deliver("F11", NAME.format(1), content.encode())
    assert (result.breaker_code == "E_TRUNCATED") == is_told_as_cut
    assert result.rows_bronze == (0 if is_told_as_cut else 6)


def test_a_member_of_an_archive_is_judged_by_its_own_end(office: Office):
    whole, cut = ("\r\n".join(lines(v)) for v in (LAST["codes"], ["370602001001"] * 5 + ["3706"]))
    result = office.deliver("F11", NAME.format(1), f.zipped({"a.csv": cut.encode(), "b.csv": f"{whole}\r\n".encode()}))
    assert (result.breaker_code, result.profile.ends_in_line) == ("E_TRUNCATED", False)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_json_lines_are_cut_where_a_record_does_not_close(tmp_path: Path, encoding: str):
    """Every third cut in the last record; at its very end it closes itself."""
    text = f.lines(f.people(6)).decode().rstrip("\n")
    start, content = len(text[: text.rindex("\n") + 1].encode(encoding)), text.encode(encoding)
    for cut in [*range(start + 2, len(content), 3), len(content)]:
        (tmp_path / "x").write_bytes(content[:cut])
        ((table,), _) = read_json(tmp_path / "x", f.FEED)
        (block,) = table.blocks
        assert last_line.is_cut(block.ending, False) == (cut < len(content)), cut


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_page_cut_inside_a_table_is_refused(tmp_path: Path, encoding: str):
    content = f.html(f.people(6), encoding)
    for cut in range(content.rindex(b"<tr>"), content.rindex(b"</table>") + 8):
        (tmp_path / "x").write_bytes(content[:cut])
        with pytest.raises(UnreadableError) as refused:
            html_tables.tables(tmp_path / "x")
        assert refused.value.code in ("E_HTML", "E_ENCODING")
    (tmp_path / "x").write_bytes(content.replace(b"<body>", b"<body><table>"))
    assert [len(t.grid) for t in html_tables.tables(tmp_path / "x")[0]] == [7]


@pytest.mark.parametrize(("state", "habit", "is_cut"), [
    (WHOLE, True, False), (UNCLEAR, True, True), (UNCLEAR, None, False), (UNLIKE, None, True), (UNLIKE, False, False),
    (BROKEN, False, True), (BLANK, True, False), (BLANK, False, False), (ENDED, True, False),
])  # fmt: skip
def test_a_habit_speaks_for_a_row_or_against_it(state: int, habit: bool | None, is_cut: bool):
    assert last_line.is_cut(Ending(state), habit) == is_cut
