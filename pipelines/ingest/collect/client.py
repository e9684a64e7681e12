"""Asking a department's interface over HTTP, politely and patiently.

Belongs here: one GET with its token, pause, time-outs and retries. Does not belong here: what the answer means
(pages.py). Retries are urllib3's: exponential with jitter, and as long as Retry-After says where a server is busy.
Redirects are not followed: they would carry the token elsewhere.
"""

import time
from urllib.parse import urlsplit

import urllib3
from urllib3.util import Retry, Timeout

from pipelines.ingest.collect.address import address, option, secrets
from pipelines.ingest.collect.report import SourceError, scrubbed
from pipelines.kit.contracts.model import Source

PAUSE_SECONDS = 0.1
BACKOFF_SECONDS = 0.5
TRIES = 5
LONGEST_WAIT_SECONDS = 120
TIMEOUT = Timeout(connect=10, read=60)
DEFAULT_HEADER = "X-Access-Token"
_BUSY = (429, 500, 502, 503, 504)


class Client:
    """Asks one source; the token is in `{connection}_TOKEN`, the name of its header in `{connection}_HEADER`."""

    def __init__(self, source: Source) -> None:
        self._source, self._secrets = source, secrets(source)
        token = option(source, "TOKEN")
        headers = {"Accept": "application/json"}
        if token:
            headers[option(source, "HEADER") or DEFAULT_HEADER] = token
        retries = Retry(
            total=TRIES, redirect=0, status_forcelist=_BUSY, raise_on_status=False, raise_on_redirect=False,
            backoff_factor=BACKOFF_SECONDS, backoff_jitter=BACKOFF_SECONDS, backoff_max=30,
            retry_after_max=LONGEST_WAIT_SECONDS,
        )  # fmt: skip
        self._pool = urllib3.PoolManager(headers=headers, retries=retries, timeout=TIMEOUT)
        self._asked = 0.0

    def get(self, path: str) -> urllib3.BaseHTTPResponse:
        """The answer, read whole, whatever its status. Raises SourceError when none comes."""
        time.sleep(max(0.0, self._asked + PAUSE_SECONDS - time.monotonic()))
        try:
            return self._pool.request("GET", self._url(path), redirect=False)
        except (urllib3.exceptions.HTTPError, ValueError) as error:
            why = getattr(error, "reason", None) or error
            said = scrubbed(f"{type(why).__name__} {why}", self._secrets)
            raise SourceError(
                f"接口 {self._source.connection} 试了 {TRIES + 1} 次仍无法取数：{said}。请检查地址、网络和对方服务"
            ) from None
        finally:
            self._asked = time.monotonic()

    def _url(self, path: str) -> str:
        """The path below the address; a query that the address has goes with every call."""
        base = urlsplit(address(self._source))
        query = ("&" if "?" in path else "?") + base.query if base.query else ""
        return f"{base.scheme}://{base.netloc}{base.path.rstrip('/')}{path}{query}"
