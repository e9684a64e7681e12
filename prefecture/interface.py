"""`python -m prefecture.interface --folder OUT --token …`: a department's interface over HTTP.

Belongs here: serving the JSON pages the prefecture has written. Does not belong here: writing them
(output/json_pages.py), or reading them.

    GET /{feed}/{YYYYMM}?page=N[&scope=370600]     header X-Access-Token

answers page N as it was written. 400: no such question; 401: no or another token; 404: no such delivery, or
beyond its last page; 429 with Retry-After: asked too often. Whoever wants to see the latter names `busy_every`:
the first call for every so manieth page is turned away, the next one answered.
"""

import argparse
import hmac
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from prefecture.output.parts import CITY

TOKEN_HEADER = "X-Access-Token"
_PATH = re.compile(r"/(?P<feed>F\d{2})/(?P<period>\d{6})")
_PAGE, _SCOPE = re.compile(r"[1-9]\d{0,3}"), re.compile(r"\d{6,9}")


class Interface(ThreadingHTTPServer):
    """Serves `folder/{YYYYMM}/{feed}/…_pNNNN.json` on 127.0.0.1; port 0 takes a free one."""

    def __init__(self, folder: Path, token: str, port: int = 0, busy_every: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.folder, self.token, self.busy_every = folder, token, busy_every
        self._turned_away: set[Path] = set()
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"

    def is_busy(self, page: int, file: Path) -> bool:
        """Whether this call is one too many."""
        with self._lock:
            if not self.busy_every or page % self.busy_every or file in self._turned_away:
                return False
            self._turned_away.add(file)
            return True

    def page(self, feed: str, period: str, scope: str, page: int) -> Path | None:
        """The file of a page, if there is one."""
        files = (self.folder / period / feed).glob(f"{feed}_*_{scope}_{period}*_p{page:04d}.json")
        return next(iter(sorted(files)), None)


class _Handler(BaseHTTPRequestHandler):
    server: Interface

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        values = {name: given[-1] for name, given in parse_qs(asked.query).items()}
        page, scope = values.get("page", "1"), values.get("scope", CITY)
        path = _PATH.fullmatch(asked.path)
        if not hmac.compare_digest(self.headers.get(TOKEN_HEADER, "").encode(), self.server.token.encode()):
            self._refuse(HTTPStatus.UNAUTHORIZED, "令牌无效")
        elif not (path and _PAGE.fullmatch(page) and _SCOPE.fullmatch(scope)):
            self._refuse(HTTPStatus.BAD_REQUEST, "请求格式有误")
        elif not (file := self.server.page(path["feed"], path["period"], scope, int(page))):
            self._refuse(HTTPStatus.NOT_FOUND, "没有这一页")
        elif self.server.is_busy(int(page), file):
            self._refuse(HTTPStatus.TOO_MANY_REQUESTS, "请求过于频繁", {"Retry-After": "1"})
        else:
            self._answer(HTTPStatus.OK, file.read_bytes())

    def _refuse(self, status: HTTPStatus, message: str, headers: dict[str, str] | None = None) -> None:
        body = json.dumps({"code": status.value, "message": message}, ensure_ascii=False)
        self._answer(status, body.encode(), headers)

    def _answer(self, status: HTTPStatus, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": "application/json; charset=utf-8",
            "Content-Length": str(len(body)),
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@contextmanager
def running(folder: Path, token: str, busy_every: int = 0) -> Iterator[Interface]:
    """An interface that answers until the block is left."""
    with Interface(folder, token, busy_every=busy_every) as interface:
        thread = threading.Thread(target=interface.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield interface
        finally:
            interface.shutdown()
            thread.join()


def main() -> None:
    """Serve a folder until interrupted."""
    parser = argparse.ArgumentParser(prog="prefecture.interface", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="what --out of prefecture named")
    parser.add_argument("--token", required=True)
    parser.add_argument("--port", type=int, default=8018)
    parser.add_argument(
        "--busy-every", type=int, default=0, metavar="N", help="turn away the first call of page N, 2N …"
    )
    given = parser.parse_args()
    with Interface(given.folder, given.token, given.port, given.busy_every) as interface:
        print(f"{interface.url}/F28/202401?page=1")
        interface.serve_forever()


if __name__ == "__main__":
    main()
