"""A mail server on loopback for tests: takes what it is told to take, and remembers it."""

from __future__ import annotations

import socketserver
import ssl
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast


class MailBox(socketserver.ThreadingTCPServer):
    """`received` holds the mails taken, oldest first; `said` every line of the clients.

    `answers` are given to the next recipients (RCPT), then every one is welcome; `offers` are its extensions.
    With `tls`, STARTTLS works.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.received: list[EmailMessage] = []
        self.said: list[str] = []
        self.answers: deque[str] = deque()
        self.farewell = "221 bye"
        self.offers: tuple[str, ...] = ()
        self.tls: ssl.SSLContext | None = None

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed in the middle of a conversation is no news."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.say("220 ready")
        while line := self.rfile.readline():
            self.box.said.append(line.decode().strip())
            if not self.reply(line.decode().strip()):
                return

    @property
    def box(self) -> MailBox:
        return cast(MailBox, self.server)

    def say(self, *lines: str) -> None:
        self.wfile.write(b"".join(f"{line}\r\n".encode() for line in lines))

    def reply(self, line: str) -> bool:
        """Whether the conversation goes on."""
        match line.split(" ", maxsplit=1)[0].upper():
            case "EHLO":
                self.say("250-hello", *(f"250-{extension}" for extension in self.box.offers), "250 HELP")
            case "RCPT":
                self.say(self.box.answers.popleft() if self.box.answers else "250 welcome")
            case "DATA":
                self.say("354 go on")
                content = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.box.received.append(cast(EmailMessage, message_from_bytes(content, policy=default)))
                self.say("250 taken")
            case "AUTH":
                self.say("235 known")
            case "STARTTLS":
                self.say("220 go on")
                return self.encrypt()
            case "QUIT":
                self.say(self.box.farewell)
                return False
            case _:
                self.say("250 ok")
        return True

    def encrypt(self) -> bool:
        """Whether the client trusted us."""
        assert self.box.tls is not None
        try:
            secure = self.box.tls.wrap_socket(self.request, server_side=True)
        except OSError:
            return False
        self.connection = secure
        self.rfile, self.wfile = secure.makefile("rb"), secure.makefile("wb", 0)  # type: ignore[assignment]
        return True

    def finish(self) -> None:
        super().finish()
        self.connection.close()


@contextmanager
def running_mailbox() -> Iterator[MailBox]:
    """On a free port of loopback, until the block ends."""
    with MailBox() as box:
        thread = threading.Thread(target=box.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield box
        finally:
            box.shutdown()
            thread.join()
