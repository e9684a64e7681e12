"""Encrypting bulk files for a township's machine.

Belongs here: age (suite `intl`) and an SM4-GCM envelope (suite `gm`). Does not belong here: what is inside.
An envelope is one JSON line (suite, key id, township, nonce), authenticated too, then the ciphertext.
"""

import json
import secrets

import pyrage
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from pipelines.kit.security.keys import KeyProvider
from pipelines.kit.security.signature import canonical_json

_TAG_BYTES = 16


class SealBroken(ValueError):
    """Not for this township, or changed since it was sealed."""


def suffix(keys: KeyProvider) -> str:
    """What a sealed file's name ends in: '.age' or '.sm4'."""
    return ".sm4" if keys.suite.name == "gm" else ".age"


def seal(keys: KeyProvider, township_code: str, plain: bytes) -> bytes:
    """Sealed bytes; two seals of one text differ (fresh nonce), so compare digests of the plain text."""
    if keys.suite.name == "intl":
        return pyrage.encrypt(plain, [keys.age_identity(township_code).to_public()])
    nonce = secrets.token_bytes(12)
    header = canonical_json(
        {"suite": "gm", "key_id": keys.key_id, "township": township_code, "nonce": nonce.hex()}
    )
    cipher = Cipher(algorithms.SM4(keys.bulk_key(township_code)), modes.GCM(nonce)).encryptor()
    cipher.authenticate_additional_data(header)
    return header + b"\n" + cipher.update(plain) + cipher.finalize() + cipher.tag


def unseal(keys: KeyProvider, township_code: str, sealed: bytes) -> bytes:
    """Plain bytes. Raises SealBroken."""
    try:
        if keys.suite.name == "intl":
            return pyrage.decrypt(sealed, [keys.age_identity(township_code)])
        header, _, body = sealed.partition(b"\n")
        nonce = bytes.fromhex(json.loads(header)["nonce"])
        tag, body = body[-_TAG_BYTES:], body[:-_TAG_BYTES]
        cipher = Cipher(algorithms.SM4(keys.bulk_key(township_code)), modes.GCM(nonce, tag)).decryptor()
        cipher.authenticate_additional_data(header)
        return cipher.update(body) + cipher.finalize()
    except (pyrage.DecryptError, InvalidTag, ValueError, KeyError) as error:
        raise SealBroken("not for this township, or changed since it was sealed") from error
