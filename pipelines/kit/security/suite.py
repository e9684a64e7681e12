"""Which family of algorithms an installation uses: `intl` (SHA-256) or `gm` (SM3, with SM4 for bulk files).

Belongs here: the choice and the keyed hash made with it. Does not belong here: keys and files. The library's
SM3/SM4 is not a certified cryptographic module: `gm` prepares for GB/T 39786 (密评), it does not claim it.
Workbooks for people are agile-encrypted in both suites, since office software opens nothing else.
"""

import hmac
import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from pipelines.kit.whole_files import PRIVATE, write_whole

KEY_BYTES = 32
CHOICE = "ZHENJIE_SUITE"


@dataclass(frozen=True)
class Suite:
    """One family of algorithms; `name` is written into everything signed with it."""

    name: str

    def _hash(self) -> hashes.HashAlgorithm:
        return hashes.SM3() if self.name == "gm" else hashes.SHA256()

    def mac(self, key: bytes, message: bytes) -> bytes:
        """32 bytes: HMAC (RFC 2104) over the suite's hash."""
        if self.name == "intl":
            return hmac.digest(key, message, "sha256")
        keyed = HMAC(key, self._hash())
        keyed.update(message)
        return keyed.finalize()

    def derive(self, master: bytes, context: str) -> bytes:
        """32 bytes for one use: HKDF (RFC 5869) of the master key; other contexts give unrelated keys."""
        info = f"zhenjie/{self.name}/{context}".encode()
        return HKDF(algorithm=self._hash(), length=KEY_BYTES, salt=None, info=info).derive(master)


INTL = Suite("intl")
GM = Suite("gm")
_BY_NAME = {suite.name: suite for suite in (INTL, GM)}


class OtherSuiteError(RuntimeError):
    """Another suite is asked for than there is, or than the one things are sealed with."""


def chosen_suite(keys: Path, is_used: Callable[[], bool]) -> Suite:
    """What ZHENJIE_SUITE says when the folder of keys is new, remembered there; later whatever it began with.

    `is_used`: something was sealed already. Raises OtherSuiteError where the variable then says another one, or none
    that is known.
    """
    asked, began = os.environ.get(CHOICE, ""), _began_with(keys)
    if asked not in ("", *_BY_NAME):
        raise OtherSuiteError(f"环境变量 {CHOICE} 的值「{asked}」不是密码套件，请改为 intl 或 gm，或者不设")
    if asked and asked != began and is_used():
        raise OtherSuiteError(
            f"环境变量 {CHOICE}={asked}，而已有文件用 {began} 加密、签发：中途更换，各镇街交回的工作簿都将无法确认。"
            f"请去掉这一环境变量后重跑；确需更换的，请为新的数据文件夹设置"
        )
    if asked and asked != began:
        write_whole(keys / "suite", asked + "\n", PRIVATE)
    return _BY_NAME[asked or began]


def _began_with(keys: Path) -> str:
    """Raises OtherSuiteError where the file that remembers it is damaged."""
    file = keys / "suite"
    try:
        name = file.read_text(encoding="ascii", errors="replace").strip()
    except FileNotFoundError:
        name = INTL.name
    except OSError:  # a folder of that name
        name = ""
    if name not in _BY_NAME:
        raise OtherSuiteError(f"密钥文件夹中的 {file.name} 已损坏，请从备份恢复 keys 文件夹后重跑")
    return name


def require_sealed_with(suite: Suite, manifests: Iterable[Path]) -> None:
    """Raises OtherSuiteError where the first manifest that can be read was signed with another suite: then the file
    that remembers it was altered."""
    for manifest in manifests:
        try:
            sealed = json.loads(manifest.read_text(encoding="utf-8"))["suite"]
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if sealed != suite.name:
            raise OtherSuiteError(
                f"密钥文件夹中的 suite 写的是 {suite.name}，而已有文件用 {sealed} 加密、签发："
                f"它被改动过，请改回 {sealed} 后重跑"
            )
        return
