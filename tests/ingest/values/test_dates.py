import random
from datetime import date, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.ingest.values.dates import parse_dates, parse_months, parse_times

FORMS = (
    "{y}-{m:02d}-{d:02d}",
    "{y}-{m}-{d}",
    "{y}.{m}.{d}",
    "{y}/{m}/{d}",
    "{y}/{m:02d}/{d:02d}",
    "{y}年{m}月{d}日",
    "{y}年{m:02d}月{d:02d}",
    "{y}{m:02d}{d:02d}",
    "{y} 年 {m} 月 {d} 日",
    "{y}-{m:02d}-{d:02d} 08:30:00",
    "{y}-{m:02d}-{d:02d}T00:00:00",
    " {y}-{m}-{d} 8:30",
)
FULL_WIDTH = str.maketrans("0123456789-./", "０１２３４５６７８９－．／")


def parsed(text: str) -> date | None:
    return parse_dates(pl.Series([text], dtype=pl.String))[0]


@given(day=st.dates(date(1850, 1, 1), date(2199, 12, 31)), form=st.sampled_from(FORMS), wide=st.booleans())
def test_every_written_form_gives_its_date(day: date, form: str, wide: bool):
    text = form.format(y=day.year, m=day.month, d=day.day)
    assert parsed(text.translate(FULL_WIDTH) if wide else text) == day


@given(text=st.text(max_size=12))
def test_other_text_is_never_a_wrong_date(text: str):
    found = parsed(text)
    digits = "".join(c for c in text if c.isdecimal())
    assert found is None or len(digits) >= 6


@pytest.mark.parametrize(
    "text",
    ["3月", "24-01-03", "2024-02-30", "20240231", "2024-13-01", "2024-1/3", "2024.1-3", "3/1/2024",
     "2023-1-1 8", "2023-1-2 5", "2023-1-5 24:00", "2024-01-03 99:99", "2024-01-03 8:60", "2024-01-03 08",
     "2024年1月3 8", "2024-1 1-3", "2024 0103", "2024-01-0³", "2024-①-03", "2024-01-03 8:3", "45294", "2024",
     "长期", "1024-01-01", "2024-01-03x", "x2024-01-03", "202401031", "2024-001-03", ""],
)  # fmt: skip
def test_what_would_be_a_guess_is_refused(text: str):
    assert parsed(text) is None


def test_a_column_of_mixed_forms_keeps_its_order_and_its_blanks():
    days = [date(2024, 1, 1 + i % 28) for i in range(200)] + [None] * 20
    cells = [d and FORMS[i % len(FORMS)].format(y=d.year, m=d.month, d=d.day) for i, d in enumerate(days)]
    order = list(range(len(days)))
    random.Random(7).shuffle(order)
    column = parse_dates(pl.Series("出生日期", [cells[i] for i in order], dtype=pl.String))
    assert column.to_list() == [days[i] for i in order]
    assert column.name == "出生日期"


@given(day=st.dates(date(1850, 1, 1), date(2199, 12, 31)))
def test_months_come_out_in_one_form(day: date):
    y, m = day.year, day.month
    texts = [
        f"{y}-{m:02d}",
        f"{y}-{m}",
        f"{y}{m:02d}",
        f"{y}年{m}月",
        f"{y}/{m}",
        f"{y}.{m:02d}",
        day.isoformat(),
        None,
    ]
    assert parse_months(pl.Series(texts)).to_list() == [f"{y}-{m:02d}"] * 7 + [None]


@given(day=st.dates(date(1850, 1, 1), date(2199, 12, 31)), hour=st.integers(0, 99), form=st.sampled_from(FORMS[:9]))
def test_a_lone_hour_is_never_a_digit_of_the_day(day: date, hour: int, form: str):
    said = form.format(y=day.year, m=day.month, d=day.day)
    assert [parsed(f"{said} {hour}"), parsed(f"{said} {hour:02d}")] == [None, None]
    wanted = day if hour < 24 else None
    assert parsed(f"{said} {hour}:30") == parsed(f"{said} {hour:02d}:30:59") == wanted


@pytest.mark.parametrize("text", ["2024 01 03", "2024 1 3", "2024年1月3日 8:30", "2024 . 1 . 3"])
def test_blanks_that_separate(text: str):
    assert parsed(text) == date(2024, 1, 3)


@pytest.mark.parametrize("text", ["2023-1 1", "2024-0²", "3月", "2024-13", "202400", "24-01", "一月", "9999-01"])
def test_what_is_no_month_is_refused(text: str):
    assert parse_months(pl.Series([text])).to_list() == [None]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2024-01-03 08:15:00", "2024-01-03 08:15:00"), ("2024/1/3 8:15", "2024-01-03 08:15:00"),
        ("20240103081500", "2024-01-03 08:15:00"), ("202401030815", "2024-01-03 08:15:00"),
        ("2024-01-03T08:15:00.250", "2024-01-03 08:15:00.250000"), ("2024-01-03T00:15:00Z", "2024-01-03 08:15:00"),
        ("2024-01-03T08:15:00+08:00", "2024-01-03 08:15:00"), ("2024-01-03T08:15:00+0800", "2024-01-03 08:15:00"),
        ("2024-01-02T19:15:00-05:00", "2024-01-03 08:15:00"), ("2024年1月3日8时15分", "2024-01-03 08:15:00"),
        ("2024年1月3日 8时15分30秒", "2024-01-03 08:15:30"), ("2024-01-03", "2024-01-03 00:00:00"),
        ("２０２４-01-03 08：15", "2024-01-03 08:15:00"), ("2024.1.3", "2024-01-03 00:00:00"),
    ],
)  # fmt: skip
def test_times_are_city_time(text: str, wanted: str):
    assert parse_times(pl.Series([text])).to_list() == [datetime.fromisoformat(wanted)]


@pytest.mark.parametrize(
    "text",
    ["", "昨天", "8:15", "2023-1-1 8", "2024-1-318时15分", "2024年1月38时15分", "2024-01-03 0²:15",
     "2024-01-03 24:00:00", "2024-01-03 08:60", "2024-02-30 08:15", "24-01-03 08:15", "1704240900",
     "1704240900000", "2024-01-03 上午8:15", "2024-01-03 08:15 08:15", "2024-01-03Z"],
)  # fmt: skip
def test_what_is_no_time(text: str):
    assert parse_times(pl.Series([text])).to_list() == [None]


@given(when=st.datetimes(datetime(1850, 1, 1), datetime(2199, 12, 31)))
def test_a_time_written_by_a_program_is_that_time(when: datetime):
    assert parse_times(pl.Series([str(when), when.isoformat(), None])).to_list() == [when, when, None]


def test_a_column_of_days_in_iso_form_is_read_as_all_others():
    sound = pl.Series(["2024-01-03", None, "1999-12-31"])
    assert parse_dates(sound).to_list() == [date(2024, 1, 3), None, date(1999, 12, 31)]
    for odd in ("+2024-1-03", "1849-01-01", "2201-01-01", "2024-1-3 "):
        wanted = date(2024, 1, 3) if odd == "2024-1-3 " else None
        assert parse_dates(pl.Series(["2024-01-03", odd])).to_list() == [date(2024, 1, 3), wanted]
    assert parse_dates(pl.Series([None], dtype=pl.String)).to_list() == [None]
