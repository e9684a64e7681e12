"""Encrypting a workbook so that office software asks for the password (ECMA-376 agile encryption).

Belongs here: lock and unlock. Does not belong here: which password. The library calls its encryption
experimental, so every locked file is opened again before it is handed out. It draws 128 random bits for the
AES key whatever the header says; the password carries fewer.
"""

import io

import msoffcrypto
from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError
from msoffcrypto.format.ooxml import OOXMLFile

OLE_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")


class WrongPassword(ValueError):
    """The file is locked with another password, or has been changed since."""


def lock(plain: bytes, password: str) -> bytes:
    """Encrypted workbook. Raises RuntimeError if what was written does not open again byte for byte."""
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(plain)).encrypt(password, out)
    locked = out.getvalue()
    if unlock(locked, password) != plain:
        raise RuntimeError("encryption did not round-trip")
    return locked


def is_locked(blob: bytes) -> bool:
    """Whether the bytes are an encrypted workbook (an old binary .xls, same container, is not)."""
    if not blob.startswith(OLE_MAGIC):
        return False
    try:
        return msoffcrypto.OfficeFile(io.BytesIO(blob)).is_encrypted()
    except Exception:  # damaged containers fail in many ways inside the library; none of them is a lock
        return False


def unlock(locked: bytes, password: str) -> bytes:
    """Decrypted workbook. Raises WrongPassword if the password is wrong or any byte was changed."""
    plain = io.BytesIO()
    try:
        file = msoffcrypto.OfficeFile(io.BytesIO(locked))
        # The integrity check below already fails under a wrong key, at half the cost of verify_password.
        file.load_key(password=password)
        file.decrypt(plain, **({"verify_integrity": True} if file.type == "agile" else {}))
    except (InvalidKeyError, DecryptionError, FileFormatError) as error:
        raise WrongPassword("wrong password or changed file") from error
    except Exception as error:  # a flipped bit may also break the container or its XML header
        raise WrongPassword("locked file cannot be read") from error
    return plain.getvalue()
