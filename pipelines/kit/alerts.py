"""Telling somebody at once: a mail, or a message to a group's webhook, as `ZHENJIE_ALERTS` says.

Belongs here: the channel. Does not belong here: when something is worth telling and what is said (defs/alerts.py). What
is told leaves the house, so it holds counts and names of feeds and dates, never anything of a person.
"""

import json
import os
import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import urllib3

VARIABLE = "ZHENJIE_ALERTS"
_SECONDS = 10
_FORMS = "smtp://[user:password@]host[:port]/?from=A&to=B, smtps://…, or http(s)://… of a webhook"


class NotTold(RuntimeError):
    """The channel could not be used; the message names the host and never a password or a whole address."""


def channel() -> str:
    """The address of the channel; '' where none is configured. It may hold a password: it is not to be shown."""
    return os.environ.get(VARIABLE, "").strip()


def tell(title: str, text: str) -> bool:
    """Send a message through the channel; False where none is configured. Raises NotTold."""
    if not (address := channel()):
        return False
    try:
        where = urlsplit(address)
        where.port  # noqa: B018 - raises for what is no port
    except ValueError:
        raise NotTold(f"{VARIABLE} is no address; write {_FORMS}") from None
    if not where.hostname or where.scheme not in ("smtp", "smtps", "http", "https"):
        raise NotTold(f"{VARIABLE} is no address; write {_FORMS}")
    try:
        if where.scheme.startswith("smtp"):
            _mail(where, title, text)
        else:
            _post(address, title, text)
    except (OSError, smtplib.SMTPException, urllib3.exceptions.HTTPError) as error:
        raise NotTold(f"{where.scheme}://{where.hostname} could not be told: {type(error).__name__}") from None
    return True


def _mail(where: SplitResult, title: str, text: str) -> None:
    asked = parse_qs(where.query)
    if not {"from", "to"} <= asked.keys():
        raise NotTold(f"{VARIABLE} lacks from= or to=; write {_FORMS}")
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = title, asked["from"][0], ", ".join(asked["to"])
    mail.set_content(text)
    host, port = str(where.hostname), where.port
    secure = where.scheme == "smtps"
    context = ssl.create_default_context()
    with (
        smtplib.SMTP_SSL(host, port or 465, timeout=_SECONDS, context=context) if secure
        else smtplib.SMTP(host, port or 25, timeout=_SECONDS)
    ) as server:  # fmt: skip
        if not secure and server.has_extn("starttls"):
            server.starttls(context=context)
        if where.username:
            server.login(unquote(where.username), unquote(where.password or ""))
        server.send_message(mail)


def _post(address: str, title: str, text: str) -> None:
    """As robots of 企业微信 and 钉钉 groups take it."""
    body = json.dumps({"msgtype": "text", "text": {"content": f"{title}\n{text}"}}, ensure_ascii=False).encode()
    answer = urllib3.request(
        "POST", address, body=body, headers={"Content-Type": "application/json"}, timeout=_SECONDS,
        retries=False, redirect=False,
    )
    if not 200 <= answer.status < 300:
        raise NotTold(f"{urlsplit(address).hostname} answered {answer.status}")
