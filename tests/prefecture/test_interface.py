"""A department's interface read page by page over real HTTP."""

import json
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from pipelines.kit.paths import Paths
from prefecture.feeds import FEEDS
from prefecture.generate import Order, deliver
from prefecture.interface import TOKEN_HEADER, running
from prefecture.months import MONTHS
from prefecture.output import json_pages
from tests.prefecture.readback import Outbox

TOKEN = "令牌".encode().hex()
PAGE = 150
PERIOD = MONTHS[0].period


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("interface")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_pages, "PAGE", PAGE)
        deliver(Paths(root), Order(MONTHS[:1], 0.001, feeds=("F30",)), lambda month: root / "out" / month.period)
    return root / "out"


def ask(url: str, token: str | None = TOKEN) -> tuple[int, dict, dict]:
    """Status, answer and headers."""
    request = urllib.request.Request(url, headers={TOKEN_HEADER: token} if token else {})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer), dict(answer.headers)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused), dict(refused.headers)


def test_all_pages_together_are_the_delivery(folder):
    with running(folder, TOKEN) as interface:
        rows, page = [], 1
        while (answer := ask(f"{interface.url}/F30/{PERIOD}?page={page}"))[0] == 200:
            rows += answer[1]["data"]
            page += 1
    assert answer[0] == 404
    assert page - 1 == answer_pages(folder) > 3
    sent = Outbox(folder).sent("F30", MONTHS[0])
    assert [row[FEEDS["F30"].layout["event_no"]] for row in rows] == sent["event_no"].to_list()


def answer_pages(folder: Path) -> int:
    return len(list((folder / PERIOD / "F30").glob("*_p*.json")))


def test_a_busy_interface_answers_the_second_call(folder):
    with running(folder, TOKEN, busy_every=3) as interface:
        statuses = [ask(f"{interface.url}/F30/{PERIOD}?page={page}")[0] for page in (1, 2, 3, 3, 4, 3)]
        assert statuses == [200, 200, 429, 200, 200, 200]
    with running(folder, TOKEN, busy_every=1) as interface:
        assert ask(f"{interface.url}/F30/{PERIOD}?page=1")[2]["Retry-After"] == "1"


@pytest.mark.parametrize(
    ("path", "token", "status"),
    [
        (f"/F30/{PERIOD}?page=1", None, 401),
        (f"/F30/{PERIOD}?page=1", "another", 401),
        (f"/F30/{PERIOD}?page=0", TOKEN, 400),
        (f"/F30/{PERIOD}?page=x", TOKEN, 400),
        (f"/F30/{PERIOD}?scope=../..", TOKEN, 400),
        ("/../../etc/passwd", TOKEN, 400),
        (f"/F28/{PERIOD}", TOKEN, 404),
        ("/F30/202312", TOKEN, 404),
        (f"/F30/{PERIOD}", TOKEN, 200),
    ],
)
def test_what_is_asked_wrongly_is_refused(folder, path, token, status):
    with running(folder, TOKEN) as interface:
        assert ask(interface.url + path, token)[0] == status
