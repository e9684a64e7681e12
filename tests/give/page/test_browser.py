"""The page in a real browser: by keyboard, on a telephone, without scripts, for who cannot see; no other host."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.generate.browser import chromium
from tests.give.page.conftest import TOWNSHIP
from tests.give.returns.small_lake import ticket

R20, R11 = ticket(TOWNSHIP, 0), ticket(TOWNSHIP, 3)
DESKTOP, TELEPHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    """Debian's chromium, driven."""
    with sync_playwright() as started:
        opened = started.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield opened
        opened.close()


_LOOKS = [(DESKTOP, True), (TELEPHONE, True), (DESKTOP, False)]


@pytest.fixture(params=_LOOKS, ids=["desktop", "telephone", "no-scripts"])
def page(request, chrome, address, token) -> Iterator[Page]:
    """A page that has been entered; whatever it asks of another host fails the test."""
    size, scripts = request.param
    context = chrome.new_context(viewport=size, java_script_enabled=scripts, locale="zh-CN")
    shown, asked, wrong = context.new_page(), [], []
    shown.on("request", lambda sent: asked.append(sent.url))
    shown.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    shown.on("pageerror", lambda error: wrong.append(str(error)))
    shown.goto(f"{address}/")
    shown.get_by_label("令牌").fill(token)
    shown.keyboard.press("Enter")
    shown.wait_for_url(f"{address}/")
    yield shown
    context.close()
    assert {url for url in asked if not url.startswith(f"{address}/")} == set()
    assert [text for text in wrong if "the server responded with a status of 4" not in text] == []


def test_ten_clicks_answer_and_hand_in(page, paths):
    page.locator(".tickets a").first.click()
    page.get_by_label("确认健在", exact=True).check()
    page.get_by_label("说明（可以不填）").fill("昨天见过本人")
    page.get_by_role("button", name="保存，看下一条").click()
    page.get_by_text("已保存。").wait_for()
    assert "/ticket/" in page.url and R20 not in page.url
    page.get_by_role("link", name="清单", exact=True).click()
    page.get_by_role("button", name="提交 1 条答复").click()
    page.get_by_text("已提交 1 条答复").wait_for()
    assert len(list(paths.inbox.glob(f"drop/{TOWNSHIP}/网上答复_*.xlsx"))) == 1


def test_what_is_wrong_is_said_beside_the_question(page):
    page.goto(page.url + f"ticket/{R11}")
    page.get_by_label("更正网格", exact=True).check()
    page.get_by_role("button", name="保存，看下一条").click()
    page.get_by_role("alert").get_by_text("但没有填更正值").wait_for()
    page.get_by_label("更正值（选「更正网格」时选）").select_option(label=f"{TOWNSHIP}001002 北大街社区居委会第2网格")
    page.get_by_role("button", name="保存，看下一条").click()
    page.get_by_text("已保存。").wait_for()


@pytest.mark.parametrize("page", _LOOKS[:2], ids=["desktop", "telephone"], indirect=True)  # axe is a script
def test_no_page_shuts_out_who_cannot_see_or_hold_a_mouse(page, address):
    for path in ("/", f"/ticket/{R11}", "/receipts", "/ticket/none"):
        page.goto(address + path)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} is wider than the screen"


def test_a_keyboard_is_enough(page, address):
    page.goto(f"{address}/ticket/{R20}")
    page.get_by_label("确认健在", exact=True).focus()
    page.keyboard.press("Space")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.locator("button:focus").count() and "保存" in page.locator("button:focus").inner_text():
            break
    page.keyboard.press("Enter")
    page.get_by_text("已保存。").wait_for()


def test_a_page_is_small(page, address):
    for path in ("/", f"/ticket/{R11}"):
        assert len(page.goto(address + path).body()) < 300_000
