"""SFTP servers, S3-compatible buckets and shared folders as file systems of fsspec.

Belongs here: opening them with what the environment says. Does not belong here: which files are taken (files.py).
S3 is pyarrow's own client, which is here already; SFTP is paramiko's. A server whose key is not in known_hosts is
refused: whoever stands in between would get the password.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import paramiko
from fsspec import AbstractFileSystem
from fsspec.implementations.arrow import ArrowFSWrapper
from fsspec.implementations.local import LocalFileSystem
from fsspec.implementations.sftp import SFTPFileSystem
from pyarrow.fs import S3FileSystem

from pipelines.ingest.collect.address import address, option, secrets
from pipelines.ingest.collect.report import SourceError, scrubbed
from pipelines.kit.contracts.model import Source

_SECONDS = 15
_PATIENCE_SECONDS = 60


class UnknownHostError(paramiko.SSHException):
    """The server's key is none we know."""


class _KnownHosts(paramiko.MissingHostKeyPolicy):
    """Accepts the keys of a known_hosts file and no other."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def missing_host_key(self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> None:
        known = paramiko.HostKeys(str(self._file)) if self._file.is_file() else paramiko.HostKeys()
        if not known.check(hostname, key):
            raise UnknownHostError(f"服务器 {hostname} 的主机密钥不在 known_hosts 中（ssh-keyscan 核对后写入）")


@contextmanager
def opened(source: Source) -> Iterator[tuple[AbstractFileSystem, str]]:
    """(file system, path of the source's place in it). Raises SourceError, without secrets, whatever goes wrong."""
    try:
        if source.kind == "sftp":
            with _sftp(source) as fs:
                yield fs, source.place
        elif source.kind == "s3":
            yield ArrowFSWrapper(_s3(source), skip_instance_cache=True), source.place.strip("/")
        else:
            yield LocalFileSystem(skip_instance_cache=True), str(Path(address(source)) / source.place.lstrip("/"))
    except (OSError, EOFError, ValueError, paramiko.SSHException) as error:
        said = scrubbed(f"{type(error).__name__} {error}", secrets(source))
        raise SourceError(
            f"从 {source.kind} {source.connection} 的 {source.place} 取文件失败：{said}。请检查地址、账号、目录和网络"
        ) from None


@contextmanager
def _sftp(source: Source) -> Iterator[SFTPFileSystem]:
    """`sftp://user:password@host:port`; the password may stand in {connection}_PASSWORD, or a key's file in _KEY."""
    parts = urlsplit(address(source))
    known = Path(option(source, "KNOWN_HOSTS") or "~/.ssh/known_hosts").expanduser()
    fs = SFTPFileSystem(
        parts.hostname or "", port=parts.port or 22, username=unquote(parts.username or ""),
        password=option(source, "PASSWORD") or unquote(parts.password or "") or None,
        key_filename=option(source, "KEY"), host_key_policy=_KnownHosts(known), allow_agent=False, look_for_keys=False,
        timeout=_SECONDS, banner_timeout=_SECONDS, auth_timeout=_SECONDS, skip_instance_cache=True,
    )  # fmt: skip
    try:
        fs.ftp.get_channel().settimeout(_PATIENCE_SECONDS)
        yield fs
    finally:
        fs.client.close()


def _s3(source: Source) -> S3FileSystem:
    """`https://host:port`, with {connection}_KEY and {connection}_SECRET, where needed {connection}_REGION."""
    parts = urlsplit(address(source))
    return S3FileSystem(
        endpoint_override=parts.netloc, scheme=parts.scheme, access_key=option(source, "KEY"),
        secret_key=option(source, "SECRET"), region=option(source, "REGION") or "us-east-1",
        connect_timeout=_SECONDS, request_timeout=_PATIENCE_SECONDS,
    )  # fmt: skip
