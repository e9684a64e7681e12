"""The page, really served, over three sets that are out; an officer with a token."""

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest
import urllib3

from pipelines.give.page import officers
from pipelines.give.page.server import Place, server
from pipelines.kit import city_time
from pipelines.kit.paths import Paths
from tests.give.returns.small_lake import TOWNSHIPS

TOWNSHIP = TOWNSHIPS[0][0]


@dataclass
class Browser:
    """What a browser without scripts does: it keeps cookies, sends forms, and shows where it came to."""

    address: str
    cookie: str = ""

    def __post_init__(self) -> None:
        self._http = urllib3.PoolManager(retries=False)

    def get(self, path: str, **headers: str) -> urllib3.BaseHTTPResponse:
        sent = self._headers(headers)
        return self._kept(self._http.request("GET", self.address + path, headers=sent, redirect=False))

    def post(self, path: str, form: dict, **headers: str) -> urllib3.BaseHTTPResponse:
        sent = self._headers({"Content-Type": "application/x-www-form-urlencoded", **headers})
        body = urlencode(form)
        return self._kept(self._http.request("POST", self.address + path, body=body, headers=sent, redirect=False))

    def enter(self, token: str) -> urllib3.BaseHTTPResponse:
        return self.post("/enter", {"token": token})

    def form_token(self) -> str:
        """What stands in the forms of this session."""
        return self.get("/").data.decode().partition('name="form_token" value="')[2].partition('"')[0]

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        return {**({"Cookie": self.cookie} if self.cookie else {}), **{k.replace("_", "-"): v for k, v in more.items()}}

    def _kept(self, response: urllib3.BaseHTTPResponse) -> urllib3.BaseHTTPResponse:
        if given := response.headers.get("set-cookie"):
            self.cookie = given.partition(";")[0]
        return response


@pytest.fixture
def address(paths: Paths, con, issued) -> Iterator[str]:
    """Where the page is served, and nobody else's lake."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    serving = server(paths, Place(port=port))
    thread = threading.Thread(target=serving.run, daemon=True)
    thread.start()
    while not serving.started:
        assert thread.is_alive()
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    serving.should_exit = True
    thread.join()


@pytest.fixture
def token(paths: Paths) -> str:
    return officers.give(paths, TOWNSHIP, "王小明", 30, city_time.today())[1]


@pytest.fixture
def browser(address: str, token: str) -> Browser:
    """An officer of the first township who has entered."""
    entered = Browser(address)
    assert entered.enter(token).status == 303
    return entered
