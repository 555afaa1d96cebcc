"""How mail talks to its server: privacy, login, and what counts as sent."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from engine.edge.channels import mail as mail_module
from engine.edge.channels.mail import Mail, parse_server
from engine.errors import DeliveryFailed
from engine.ports.channel import Notice
from tests.conftest import START
from tests.smtp_server import MailBox, running_mailbox

NOTICE = Notice("k1", "b@example.cn", "【超期】信访〔2025〕7 号", "请处理。\n.\n完", None, START)
SENDER = "duban@example.cn"


@pytest.fixture
def mailbox() -> Iterator[MailBox]:
    with running_mailbox() as box:
        yield box


def mail_to(box: MailBox, login: str = "") -> Mail:
    return Mail(parse_server(box.url.replace("//", f"//{login}")), SENDER)


def certificate(directory: Path) -> Path:
    """A self-signed certificate and key for localhost, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime(2020, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=36_500))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = directory / "localhost.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + made.public_bytes(Encoding.PEM))
    return path


def test_chinese_arrives_whole_and_every_attempt_has_the_same_id(mailbox: MailBox) -> None:
    for _ in range(2):
        mail_to(mailbox).send(NOTICE)
    mail_to(mailbox).send(replace(NOTICE, idempotency_key="k2"))
    one, again, other = mailbox.received
    assert one["Subject"] == NOTICE.subject
    assert one.get_content().splitlines() == ["请处理。", ".", "完"]
    assert one["Date"].datetime == START
    assert one["Auto-Submitted"] == "auto-generated"
    assert one["Message-ID"] == again["Message-ID"] != other["Message-ID"]


def test_a_failing_farewell_does_not_unsend(mailbox: MailBox) -> None:
    mailbox.farewell = "421 no time"
    mail_to(mailbox).send(NOTICE)
    assert len(mailbox.received) == 1


def test_starttls_is_used_where_offered_and_the_login_goes_inside(
    mailbox: MailBox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = certificate(tmp_path)
    mailbox.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    mailbox.tls.load_cert_chain(path)
    mailbox.offers = ("STARTTLS", "AUTH PLAIN")
    trusted = Mail(parse_server(mailbox.url.replace("//127.0.0.1", "//u:p@localhost")), SENDER)

    with pytest.raises(DeliveryFailed, match="certificate verify failed") as refused:
        trusted.send(NOTICE)
    assert refused.value.retryable
    assert mailbox.received == []

    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    trusted.send(NOTICE)
    commands = [line.split(" ", maxsplit=1)[0].upper() for line in mailbox.said]
    assert commands[-8:] == ["EHLO", "STARTTLS", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "QUIT"]
    assert len(mailbox.received) == 1


def test_a_password_is_not_sent_in_the_clear(mailbox: MailBox, monkeypatch: pytest.MonkeyPatch) -> None:
    mailbox.offers = ("AUTH PLAIN",)
    mail_to(mailbox, "u:p@").send(NOTICE)  # loopback: nobody listens
    assert any(line.startswith("AUTH") for line in mailbox.said)
    mailbox.said.clear()

    monkeypatch.setattr(mail_module, "_LOOPBACK", set())
    with pytest.raises(DeliveryFailed, match="in the clear") as refused:
        mail_to(mailbox, "u:p@").send(NOTICE)
    assert refused.value.retryable
    assert not any(line.startswith("AUTH") for line in mailbox.said)
