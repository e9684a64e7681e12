"""Serving the page: `python -m pipelines page`, and officers' tokens on the command line.

Belongs here: the server, and what may be served where. Does not belong here: the page (app.py).
"""

import ipaddress
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from pipelines.give.page.app import application
from pipelines.kit.paths import Paths


class NotServed(ValueError):
    """What was asked for would show people's data to others; the message says what to do."""


@dataclass(frozen=True)
class Place:
    """Where the page is served. `certificate`, `key`: PEM files for https, both or none."""

    host: str = "127.0.0.1"
    port: int = 3080
    certificate: Path | None = None
    key: Path | None = None

    @property
    def is_secure(self) -> bool:
        return self.certificate is not None

    @property
    def address(self) -> str:
        """What a browser opens."""
        return f"http{'s' * self.is_secure}://{self.host}:{self.port}"


def server(paths: Paths, place: Place) -> uvicorn.Server:
    """A server that is ready to run. Raises NotServed for another machine's address without a certificate: passwords
    and people would cross the network in the open."""
    if (place.certificate is None) != (place.key is None):
        raise NotServed("证书和私钥要一起给：--certificate cert.pem --key key.pem")
    if missing := [str(file) for file in (place.certificate, place.key) if file and not file.is_file()]:
        raise NotServed(f"找不到文件：{'、'.join(missing)}")
    if not place.is_secure and not _is_own(place.host):
        raise NotServed(f"{place.host} 不是本机地址，没有证书不能对外服务；请加 --certificate 和 --key，或用反向代理")
    return uvicorn.Server(uvicorn.Config(
        application(paths, place.is_secure), host=place.host, port=place.port, log_level="warning", access_log=False,
        server_header=False, date_header=False, timeout_keep_alive=10, limit_concurrency=200,
        ssl_certfile=place.certificate, ssl_keyfile=place.key,
    ))  # fmt: skip


def _is_own(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
