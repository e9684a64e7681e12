"""An interface over real HTTP that answers what a test tells it to.

Belongs here: serving scripted answers. Does not belong here: any test.
"""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass
class Reply:
    """One answer; `cut` bytes of what is announced are never sent."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    cut: int = 0


Script = Callable[[int, int], Reply]


def page(records: Sequence[dict], number: int = 1, total: int | None = None, pages: int | None = None) -> Reply:
    """A page as departments write them; what is None is not announced."""
    said = {"code": 0, "message": "success", "total": total, "page": number, "pages": pages, "data": list(records)}
    return Reply(json.dumps({k: v for k, v in said.items() if v is not None}, ensure_ascii=False).encode())


def pages_of(records: Sequence[dict], size: int = 2) -> Script:
    """A sound interface over some records."""
    count = -(-len(records) // size)

    def script(number: int, _: int) -> Reply:
        return page(records[(number - 1) * size : number * size], number, len(records), count)

    return script


@contextmanager
def serving(script: Script) -> Iterator[tuple[str, list[tuple[int, dict]]]]:
    """(address, calls so far as (page, headers)); `script(page, how many calls came before)` makes the answers."""
    calls: list[tuple[int, dict]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            number = int(parse_qs(urlsplit(self.path).query).get("page", ["1"])[0])
            calls.append((number, dict(self.headers)))
            reply = script(number, len(calls) - 1)
            self.send_response(reply.status)
            for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body[: len(reply.body) - reply.cut])
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", calls
        finally:
            server.shutdown()
            thread.join()
