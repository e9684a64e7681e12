"""Alerts reach a real mail server and a real webhook; a channel that fails is named without its password."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from pipelines.kit.alerts import VARIABLE, NotTold, tell


class Mailbox(socketserver.StreamRequestHandler):
    """As much of SMTP as one client needs."""

    got: list[str]

    def handle(self) -> None:
        self.say("220 here")
        while line := self.rfile.readline().decode().strip():
            word = line.split(":")[0].upper()
            if word == "DATA":
                self.say("354 go on")
                lines = list(iter(self.rfile.readline, b".\r\n"))
                self.got.append(b"".join(lines).decode())
            self.say("221 bye" if word == "QUIT" else "250 ok")

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class Robot(BaseHTTPRequestHandler):
    status = 200
    got: list[dict]

    def do_POST(self) -> None:
        self.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(kind: type[socketserver.TCPServer], handler: type[Mailbox] | type[Robot]) -> Iterator[int]:
    """The port; what comes is in `handler.got`."""
    handler.got = []
    with kind(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def test_nothing_is_told_without_a_channel(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert tell("标题", "内容") is False


def test_a_mail_arrives(monkeypatch):
    with serving(socketserver.TCPServer, Mailbox) as port:
        address = f"smtp://127.0.0.1:{port}/?from=lake@example.cn&to=a@example.cn&to=b@example.cn"
        monkeypatch.setenv(VARIABLE, address)
        assert tell("turn failed", "line one\nline two")
    (mail,) = Mailbox.got
    assert "Subject: turn failed\r\n" in mail and "To: a@example.cn, b@example.cn\r\n" in mail
    assert mail.endswith("line one\r\nline two\r\n")


def test_a_robot_of_a_group_is_told(monkeypatch):
    with serving(HTTPServer, Robot) as port:
        monkeypatch.setenv(VARIABLE, f"http://127.0.0.1:{port}/robot?key=geheim")
        assert tell("作业失败", "见运行日志")
    assert Robot.got == [{"msgtype": "text", "text": {"content": "作业失败\n见运行日志"}}]


def test_a_robot_that_refuses_is_said_to(monkeypatch):
    monkeypatch.setattr(Robot, "status", 403)
    with serving(HTTPServer, Robot) as port:
        monkeypatch.setenv(VARIABLE, f"http://127.0.0.1:{port}/robot?key=geheim")
        with pytest.raises(NotTold, match=r"^127\.0\.0\.1 answered 403$"):
            tell("作业失败", "见运行日志")


@pytest.mark.parametrize("address", [
    "duty@example.cn", "ftp://host/x", "smtp://", "smtp://127.0.0.1:99999/?from=a&to=b", "http://[::1/", "smtp://u:geheim@127.0.0.1",
    "smtp://u:geheim@127.0.0.1:1/?from=a&to=b", "http://127.0.0.1:1/robot?key=geheim",
])  # fmt: skip
def test_a_channel_that_cannot_be_used_is_named_and_no_secret_is(monkeypatch, address):
    monkeypatch.setenv(VARIABLE, address)
    with pytest.raises(NotTold) as failed:
        tell("作业失败", "见运行日志")
    assert "geheim" not in str(failed.value) and str(failed.value)
