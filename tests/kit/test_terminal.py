"""A terminal that always moves: what stays, what is shown meanwhile, and how often."""

import io
import time

from pipelines.kit.terminal import Screen
from pipelines.kit.widths import display_width, fitted


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _until(seen, out):
    """Wait for words to appear; the test fails by its own assertion when they never do."""
    deadline = time.monotonic() + 20
    while seen not in out.getvalue() and time.monotonic() < deadline:
        time.sleep(0.005)
    return out.getvalue()


def test_work_in_silence_is_told_again_and_again_in_a_file():
    out = io.StringIO()
    with Screen(out, patience=0.01) as screen:
        screen.doing("reading F01")
        _until("… reading F01, 0 s\n           … reading F01", out)
        screen.say("done")
    lines = out.getvalue().splitlines()
    assert len(lines) >= 3
    assert {line.strip() for line in lines} == {"… reading F01, 0 s", "done"}


def test_nothing_is_told_where_nothing_goes_on_or_lines_come_quickly():
    out = io.StringIO()
    with Screen(out, patience=0.01):
        time.sleep(0.1)
    with Screen(out, patience=60) as screen:
        screen.doing("reading F01")
        screen.say("bronze/one")
    assert out.getvalue() == "bronze/one\n"


def test_a_terminal_has_one_line_that_is_rewritten_and_wiped(monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")
    out = _Terminal()
    with Screen(out, patience=0.01) as screen:
        screen.doing("读取 房屋 台账 及 全部 附件")
        _until("…", out)
        screen.say("bronze/one")
    assert "\n" not in out.getvalue().partition("bronze/one")[0], "what goes on takes no line"
    assert "\r\x1b[Kbronze/one\n" in out.getvalue()
    assert out.getvalue().endswith("\r\x1b[K")
    shown = out.getvalue().split("\r\x1b[K")[1]
    assert display_width(shown) <= 29


def test_nobody_looking_any_more_stops_nothing():
    out = io.StringIO()
    with Screen(out, patience=0.01) as screen:
        screen.doing("reading F01")
        out.close()
        screen.say("done")
        time.sleep(0.05)


def test_chinese_characters_take_two_places():
    assert [fitted("户A口", width) for width in range(6)] == ["", "", "户", "户A", "户A", "户A口"]


def test_signs_a_terminal_does_not_know_are_told_by_their_number():
    bytes_out = io.BytesIO()
    out = io.TextIOWrapper(bytes_out, encoding="ascii")
    with Screen(out, patience=60) as screen:
        screen.say("完 done")
    assert bytes_out.getvalue() == b"\\u5b8c done\n"
