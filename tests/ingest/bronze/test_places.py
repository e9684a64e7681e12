"""A file under another place's name takes the place of nobody's rows, unless a named person says so."""

from datetime import date

import pytest

from pipelines.ingest.bronze.places import outside
from pipelines.kit.paths import PROJECT_ROOT
from pipelines.kit.reference.divisions import read_divisions
from tests.ingest.conftest import Office

DAYS = [date(2024, 3, day) for day in range(5, 9)]
KNOWN = read_divisions(PROJECT_ROOT / "data" / "reference")


@pytest.fixture
def send(office: Office, allowance, allowance_header):
    """Deliver F10 of February for a scope with a row for every code; people are numbered from `first`."""
    sent = iter(DAYS)

    def make(scope: str, codes: list[str], first: int = 0):
        rows = [allowance(first + n, c5="2024-02", c8=code) for n, code in enumerate(codes)]
        text = "".join(",".join(map(str, line)) + "\r\n" for line in [allowance_header, *rows])
        return office.deliver("F10", f"F10_高龄津贴发放_{scope}_202402.csv", text.encode("utf-8-sig"), next(sent))

    return make


HERE, THERE = "370602001001", "370611001001"


def test_a_scope_no_table_knows(send):
    refused = send("370699", [HERE] * 3)
    assert (refused.breaker_code, refused.rows_quarantined) == ("E_SCOPE", 3)
    assert "（370699，应是区划表中的代码）" in refused.breaker_message
    assert send("370699", []).breaker_code == "E_SCOPE"
    assert send("370602001", [HERE]).breaker_code == "E_FILE_NAME"


def test_a_file_of_another_county_leaves_the_month_alone(send):
    assert send("370602", [HERE] * 12).status == "accepted"
    refused = send("370602", [THERE] * 10 + [HERE] * 2)
    assert (refused.breaker_code, refused.rows_quarantined) == ("E_OTHER_PLACE", 12)
    assert "文件名的范围为 370602，12 行有区划代码，其中 10 行在范围之外：370611 有 10 行" in refused.breaker_message


@pytest.mark.parametrize(("scope", "codes", "code"), [
    ("370602", [THERE] * 4, None),  # a handful says nothing
    ("370602", [THERE] * 5, "E_OTHER_PLACE"),
    ("370602", [THERE] * 6 + [HERE] * 6, None),
    ("370602", [THERE] * 7 + [HERE] * 6, "E_OTHER_PLACE"),
    ("370614", ["370684001001", "370634001001", "370614001001"] * 4, None),  # 蓬莱市、长岛县 are 蓬莱区 now
    ("370684", ["370614001001"] * 9, None),
    ("370676", ["370672004001"] * 9, None),
    ("370614", ["370613001001"] * 9, "E_OTHER_PLACE"),
    ("370602", [""] * 9, None),
])  # fmt: skip
def test_rows_outside_the_scope(send, scope: str, codes: list[str], code: str | None):
    assert send(scope, codes).breaker_code == code


def test_a_city_holds_its_counties_and_a_township_only_itself():
    counts = {"370602001": 3, "370611001": 4, "370702001": 1, "370684": 2}
    assert outside(counts, "370600", KNOWN) == {"370702": 1}
    assert outside({"370602001": 3, "370602002": 2, "370602": 1}, "370602001", KNOWN) == {"370602": 2}
    assert list(outside({"370702": 1, "370613": 1, "370611": 1}, "370602", KNOWN)) == ["370611", "370613", "370702"]


@pytest.mark.parametrize(("first", "code"), [(1, None), (30, None), (37, "E_OTHER_PLACE"), (40, "E_OTHER_PLACE")])
def test_a_replacement_shares_records_with_what_it_replaces(send, first: int, code: str | None):
    before = send("370602", [HERE] * 40)
    refused = send("370602", [HERE] * 40, first)
    assert refused.breaker_code == code
    if code:
        what = f"会替代范围 370602 同期的「{before.file_name}」（2024-03-05 交付，编号 {before.delivery_id}）"
        assert what in refused.breaker_message


def test_few_records_may_all_be_others(send):
    send("370602", [HERE] * 19)
    assert send("370602", [HERE] * 40, 40).status == "accepted"
