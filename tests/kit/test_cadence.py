"""The cadence file: what stands in it, and what is refused."""

import pytest
import yaml

from pipelines.kit import cadence as told
from pipelines.kit.house_files import HouseFileError, read


def test_the_house_returns_data_once_a_month_and_looks_into_the_inbox_within_a_minute():
    cadence = told.cadence()
    assert cadence.turn == "30 2 1 * *"
    assert cadence.inbox == 30


@pytest.mark.parametrize(("key", "value", "wrong"), [
    ("turn", "每月", "turn: "), ("turn", "30 2 1 *", "turn: "),
    ("turn", "61 2 1 * *", "minute is 61"), ("turn", "30 2 0 * *", "day is 0"), ("turn", "- - - - -", "minute is -"),
    ("turn", "5-1 2 * * *", "minute is 5-1"),
    ("turn", "*/0 2 * * *", r"minute is \*/0"), ("turn", "@monthly", "five fields"),
    ("turn", "0 0 31 2 *", "day 31 is in no month of 2"), ("turn", "0 0 31 4,6 *", "day 31 is in no month of 4,6"),
    ("turn", "9" * 5000 + " 2 * * *", "^.{0,120}$"), ("turn", "0 0 31 2" + ",2" * 5000 + " *", "^.{0,120}$"),
    ("inbox", 5, "inbox: "), ("inbox", "30", "inbox: "),
    ("weekly", "30 2 * * 1", "weekly: is no key"),
])  # fmt: skip
def test_what_is_no_cadence_is_refused_by_key(tmp_path, key, value, wrong):
    said = yaml.safe_load(told.CADENCE_FILE.read_text(encoding="utf-8"))
    file = tmp_path / "cadence.yaml"
    file.write_text(yaml.safe_dump(said | {key: value}, allow_unicode=True), encoding="utf-8")
    with pytest.raises(HouseFileError, match=wrong):
        read(told.Cadence, file)


@pytest.mark.parametrize("text", [
    "30 2 * * 1", "0,30 2-5 1-7/2 */3 0", "* * * * *", "59 23 31 12 7", "0 0 31 * *", "0 0 29 2 *", "0 0 31 4,5 *",
])  # fmt: skip
def test_usual_crons_are_taken(text):
    assert told._is_cron(text) == text
