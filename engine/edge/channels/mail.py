"""Notifications as mail, through the office's own mail server. One connection a notice; nothing is kept.

TLS verifies the server's certificate against the system's authorities (SSL_CERT_FILE adds an office's own).
"""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import unquote, urlsplit

from engine.config import Settings
from engine.errors import DeliveryFailed, Message
from engine.org.addresses import is_mail_address
from engine.ports.channel import Notice
from engine.records.org import Person
from engine.records.reach import Preference

TIMEOUT_SECONDS = 15.0
"""Of each answer of the server; a whole conversation of a dozen stays within the lease."""
_PORTS = {"smtp": 587, "smtps": 465}
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_PERMANENT = 500


@dataclass(frozen=True)
class MailServer:
    """`smtps` speaks TLS from the start, `smtp` where the server offers STARTTLS."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class Mail:
    """Implements `Channel`: plain text, from `sender`, to each person's e-mail address."""

    server: MailServer
    sender: str
    name: str = "mail"

    @classmethod
    def from_settings(cls, settings: Settings) -> Mail:
        """Raises ValueError naming the variable that is unusable, never with the password."""
        if not is_mail_address(settings.mail_from):
            raise ValueError(f"DUBAN_MAIL_FROM={settings.mail_from!r} cannot be used: give one e-mail address")
        return cls(parse_server(settings.smtp_url), settings.mail_from)

    def address_of(self, person: Person, _preference: Preference) -> str | None:
        return person.email or None

    def send(self, notice: Notice) -> None:
        try:
            self._converse(self._message(notice))
        except smtplib.SMTPRecipientsRefused as error:
            code, answer = next(iter(error.recipients.values()))
            raise _refused(code, answer) from error
        except smtplib.SMTPDataError as error:
            raise _refused(error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPException, OSError) as error:
            # the connection, the login, the sender: what concerns all mails is set right, not given up
            raise DeliveryFailed(
                Message(f"邮件服务器暂不可用：{error}", f"the mail server is not usable for now: {error}"),
                retryable=True,
            ) from error

    def _message(self, notice: Notice) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        message["From"] = self.sender
        message["To"] = notice.address
        message["Subject"] = notice.subject
        message["Date"] = notice.at
        key = hashlib.sha256(notice.idempotency_key.encode()).hexdigest()[:40]
        message["Message-ID"] = f"<{key}@{self.sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"  # Source: RFC 3834, so that nobody's absence note answers
        where = f"\n\n{notice.link}" if notice.link else ""
        message.set_content(f"{notice.text}{where}\n", cte="base64")  # no server needs to offer 8BITMIME
        return message

    def _converse(self, message: EmailMessage) -> None:
        server = self._connect()
        try:
            server.ehlo_or_helo_if_needed()
            is_private = self.server.scheme == "smtps" or self.server.host in _LOOPBACK
            if self.server.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
                is_private = True
            if self.server.user and not is_private:
                raise smtplib.SMTPNotSupportedError("no STARTTLS: the password is not sent in the clear")
            if self.server.user:
                server.login(self.server.user, self.server.password)
            server.send_message(message)
        finally:
            # once the server has taken the mail, a failing farewell must not send it again
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()

    def _connect(self) -> smtplib.SMTP:
        at = self.server
        if at.scheme == "smtps":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(at.host, at.port, timeout=TIMEOUT_SECONDS, context=context)
        return smtplib.SMTP(at.host, at.port, timeout=TIMEOUT_SECONDS)


def parse_server(url: str) -> MailServer:
    """Raises ValueError, without the URL: it holds a password."""
    how = "write smtp://[USER:PASSWORD@]HOST[:PORT] or smtps://…, user and password percent-encoded"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError(f"DUBAN_SMTP_URL cannot be used: {how}") from None
    if parts.scheme not in _PORTS or not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(f"DUBAN_SMTP_URL cannot be used: {how}")
    return MailServer(
        scheme=parts.scheme,
        host=parts.hostname,
        port=port or _PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def _refused(code: int, answer: bytes | str) -> DeliveryFailed:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return DeliveryFailed(
        Message(f"邮件服务器拒收：{code} {text}", f"the mail server refused it: {code} {text}"),
        retryable=code < _PERMANENT,
    )
