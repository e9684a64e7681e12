"""Where a source is, and what opens it.

Belongs here: reading environment variables and taking addresses apart. Does not belong here: connecting.
"""

import os
import re
from urllib.parse import parse_qsl, unquote, urlsplit

from pipelines.ingest.collect.report import SourceError, UnconnectedError
from pipelines.kit.contracts.model import Source


def is_connected(source: Source) -> bool:
    """Whether this installation has an address for the source."""
    return bool(os.environ.get(source.connection, "").strip())


def address(source: Source) -> str:
    """The address a source's environment variable holds. Raises UnconnectedError naming the variable."""
    if is_connected(source):
        return os.environ[source.connection].strip()
    raise UnconnectedError(f"尚未接入：没有设置环境变量 {source.connection}（{source.kind} 的连接地址）")


def database_address(source: Source) -> str:
    """The address of a database. Raises UnconnectedError, and SourceError for what is none: a driver would quote it."""
    value = address(source)
    if re.match(r"(postgres|postgresql|mysql)://|[a-z_]+\s*=", value):
        return value
    raise SourceError(
        f"环境变量 {source.connection} 的内容不是数据库地址，应为 {source.kind}://用户:口令@主机:端口/库 的形式"
    )


def option(source: Source, name: str) -> str | None:
    """A further variable of the same source: `{connection}_{name}`."""
    return os.environ.get(f"{source.connection}_{name}", "").strip() or None


def secrets(source: Source) -> set[str]:
    """Every text that must not be shown: the address, its parts that open something, and every option."""
    prefix = source.connection + "_"
    found = {value.strip() for name, value in os.environ.items() if name.startswith(prefix)}
    given = os.environ.get(source.connection, "").strip()
    found |= {given, *_parts(given)}
    return {text for text in found if len(text) > 2}


def _parts(given: str) -> set[str]:
    """Password and query values of a URL, as written and decoded, and the values of `name=value` pairs."""
    try:
        parts = urlsplit(given)
        found = {parts.password or "", *(value for _, value in parse_qsl(parts.query))}
    except ValueError:
        found = set()
    pairs = {pair.partition("=")[2].strip("'\"") for pair in given.split()}
    return found | pairs | {unquote(text) for text in found}
