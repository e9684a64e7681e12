"""When a whole delivery is refused, and what that leaves of it."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.ingest.bronze.breakers import Counts, check, first_broken
from pipelines.ingest.bronze.profile import Profile
from pipelines.ingest.landing import Delivery
from tests.ingest.conftest import FEEDS, Office

NIL = "没有数据行，作为零报告收下，按本期无变动处理；不是零报告的请核对导出后重报"
FEB = date(2024, 2, 29)
DELIVERY = Delivery(
    "F11", "20240131-00000000", 1, "2024-01-31", "x.csv", "0" * 64, 1, "370600", "202401", "full", "data"
)


@pytest.mark.parametrize(("second", "code"), [(4, "E_ROW_COUNT"), (5, None), (20, None), (21, "E_ROW_COUNT")])
def test_a_full_delivery_may_halve_or_double_but_no_more(
    office: Office, cards, second: int, code: str | None
):
    office.deliver("F11", "F11_残疾人证_370600_202401.csv", cards(10))
    result = office.deliver("F11", "F11_残疾人证_370600_202402.csv", cards(second), FEB)
    assert (result.breaker_code, result.row_count_ratio) == (code, second / 10)
    if code:
        assert result.breaker_message == (
            "文件「F11_残疾人证_370600_202402.csv」：行数与以往相差过大"
            f"（本次 {second} 行，上次 10 行，为其 {second / 10:.2f} 倍，应为 0.5 至 2 倍），"
            "请核对导出范围；确认无误的请与市大数据局联系。"
        )
        assert office.rows("F11")["_delivered_on"].unique().to_list() == [date(2024, 1, 31)]
        assert office.quarantine("F11").height == second


def test_the_comparison_is_with_the_last_accepted_delivery(office: Office, cards):
    office.deliver("F11", "F11_残疾人证_370600_202401.csv", cards(10))
    assert (
        office.deliver("F11", "F11_残疾人证_370600_202402.csv", cards(2), FEB).breaker_code == "E_ROW_COUNT"
    )
    third = office.deliver("F11", "F11_残疾人证_370600_202403.csv", cards(11), date(2024, 3, 31))
    assert (third.status, third.row_count_ratio) == ("accepted", 1.1)


def test_scopes_are_compared_with_themselves(office: Office, workbook):
    header = [c.label for c in FEEDS["F31"].columns]

    def survey(county: str, rows: int) -> bytes:
        body = [
            [f"S{county}{n:03d}", "", f"H{n}", "", "", "", "", "空置", "2024-01-05", "员"]
            for n in range(rows)
        ]
        return workbook([header, *body])

    for county, rows in (("370602", 10), ("370611", 4), ("370612", 40)):
        result = office.deliver("F31", f"F31_网格摸排_{county}_202401.xlsx", survey(county, rows))
        assert (result.status, result.row_count_ratio) == ("accepted", None)
    result = office.deliver("F31", "F31_网格摸排_370611_202402.xlsx", survey("370611", 10), FEB)
    assert (result.breaker_code, result.row_count_ratio) == ("E_ROW_COUNT", 2.5)


def test_a_handful_of_rows_more_or_less_is_no_sign(office: Office, cards):
    office.deliver("F11", "F11_残疾人证_370600_202401.csv", cards(6))
    result = office.deliver("F11", "F11_残疾人证_370600_202402.csv", cards(1), FEB)
    assert (result.status, result.row_count_ratio) == ("accepted", 0.1667)


def test_deltas_and_appends_may_have_any_size(office: Office, workbook, allowance, allowance_header):
    for month, rows in ((1, 10), (2, 1)):
        body = [allowance(n, c5=f"2024-{month:02d}") for n in range(rows)]
        name = f"F10_高龄津贴发放_370602_2024{month:02d}.xlsx"
        result = office.deliver("F10", name, workbook([allowance_header, *body]), date(2024, month, 28))
        assert (result.status, result.row_count_ratio) == ("accepted", None)


def test_an_append_without_rows_says_that_nothing_happened(office: Office):
    header = ",".join(c.label for c in FEEDS["F03"].columns)
    result = office.deliver("F03", "F03_户籍变动_370600_202401.csv", f"{header}\n".encode("gb18030"))
    assert (result.status, result.rows_in) == ("accepted", 0)
    assert result.notices == (NIL,)


@pytest.mark.parametrize("nil_return", ["required", "optional"])
def test_a_nil_return_is_taken_from_a_scope_of_which_no_rows_stand(office: Office, cards, nil_return: str):
    office.feeds = {**FEEDS, "F11": replace(FEEDS["F11"], nil_return=nil_return)}
    first = office.deliver("F11", "F11_残疾人证_370600_202401.csv", cards(0))
    assert (first.status, first.rows_in, first.notices[-1]) == ("accepted", 0, NIL)
    assert office.deliver("F11", "F11_残疾人证_370600_202402.csv", cards(9), FEB).status == "accepted"
    last = office.deliver("F11", "F11_残疾人证_370600_202403.csv", cards(0) + b"\r\n", date(2024, 3, 31))
    assert last.breaker_code == "E_EMPTY"


@pytest.mark.parametrize(("repeated", "code"), [(2, None), (3, "E_DUPLICATE_SHARE")])
def test_repeated_keys(office: Office, cards, card, repeated: int, code: str | None):
    lines = [card(n) for n in range(10)]
    for n in range(repeated):
        lines[n + 1] = card(0)
    result = office.deliver("F11", "F11_残疾人证_370600_202401.csv", cards(lines))
    assert (result.breaker_code, result.duplicate_ratio) == (code, repeated / 10)
    assert result.rows_bronze == (0 if code else 10)


@pytest.mark.parametrize(("spoilt", "code"), [(3, None), (4, "E_QUARANTINE_SHARE")])
def test_too_many_bad_rows_take_the_good_ones_with_them(
    office: Office, cards, card, spoilt: int, code: str | None
):
    lines = [card(n).replace("2030-01-01", "?") if n < spoilt else card(n) for n in range(10)]
    result = office.deliver("F11", "F11_残疾人证_370600_202401.csv", cards(lines))
    assert (result.breaker_code, result.rows_bronze) == (code, 0 if code else 7)
    codes = office.quarantine("F11")["code"].to_list()
    assert codes == ["E_DATE"] * spoilt + (["E_QUARANTINE_SHARE"] * 6 if code else [])


@given(
    rows_in=st.integers(0, 50),
    bad=st.integers(0, 50),
    same=st.integers(0, 50),
    previous=st.none() | st.integers(1, 50),
)
def test_a_delivery_without_a_breaker_keeps_every_limit(
    rows_in: int, bad: int, same: int, previous: int | None
):
    bad = min(bad, rows_in)
    sound = rows_in - bad
    keys = max(sound - same, min(1, sound))
    counts = Counts(rows_in, bad, Profile(rows=sound, keys=keys), previous)
    found = first_broken(check(counts, FEEDS["F11"], DELIVERY), DELIVERY)
    broken = (
        rows_in == 0
        or bad / rows_in > 0.3
        or (sound > 0 and round((sound - keys) / sound, 4) > 0.2)
        or (previous is not None and not 0.5 <= rows_in / previous <= 2 and abs(rows_in - previous) > 5)
    )
    assert (found is not None) == broken
