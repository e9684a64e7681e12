"""Bytes that repeat: a saved workbook without the moment of saving, and encryption without fresh chance or clock.

Belongs here: making equal content equal bytes. Does not belong here: what is in it. Repeatable encryption is for
synthetic people only; what the pipeline sends out is locked by pipelines.kit.security.workbook_lock as it stands.
"""

import hashlib
import io
import itertools
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time

import openpyxl
from msoffcrypto.method import ecma376_agile
from msoffcrypto.method.container import ecma376_encrypted

from pipelines.kit.security.workbook_lock import lock


def frozen_bytes(book: openpyxl.Workbook, saved_on: date) -> bytes:
    """The saved workbook without the moment of saving in it."""
    out, frozen = io.BytesIO(), io.BytesIO()
    book.save(out)
    stamp = f"{saved_on.isoformat()}T09:00:00Z".encode()
    with zipfile.ZipFile(out) as given, zipfile.ZipFile(frozen, "w", zipfile.ZIP_DEFLATED) as made:
        for member in sorted(given.infolist(), key=lambda m: m.filename != "[Content_Types].xml"):
            content = given.read(member)
            if member.filename == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, content)
            made.writestr(zipfile.ZipInfo(member.filename), content, zipfile.ZIP_DEFLATED)
    return frozen.getvalue()


def locked_again(plain: bytes, password: str, saved_on: date) -> bytes:
    """Encrypted with the password; salts and keys follow from both, so equal content gives equal bytes."""
    with _repeatable(hashlib.sha256(password.encode() + plain).digest(), saved_on):
        return lock(plain, password)


@contextmanager
def _repeatable(seed: bytes, day: date) -> Iterator[None]:
    """The library takes neither chance nor a clock, so its own are exchanged for as long as one file takes."""
    count = itertools.count()
    moment = ecma376_encrypted.datetime2filetime(datetime.combine(day, time(9)))

    def draw(size: int) -> bytes:
        return hashlib.shake_256(seed + next(count).to_bytes(4, "big")).digest(size)

    own = ecma376_agile._random_buffer, ecma376_encrypted.datetime2filetime
    ecma376_agile._random_buffer, ecma376_encrypted.datetime2filetime = draw, lambda _: moment
    try:
        yield
    finally:
        ecma376_agile._random_buffer, ecma376_encrypted.datetime2filetime = own
