"""Encryption at rest, of petitioners' data and of addresses that hold secrets: AES-256-GCM, a random nonce a value.

What was sealed is bound to the id of its owner: rows cannot be swapped.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.errors import InvalidState, Message
from engine.records.case import Party
from engine.values import dumps, loads

_NONCE_BYTES = 12
_KEY_BYTES = 32
KEY_FILE = "seal.key"


class WrongSealKey(InvalidState):
    """The key at hand is not the one that sealed the data."""


class Sealer:
    """Seals and opens with one key. The key itself never reaches the database."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._cipher = AESGCM(key)
        self.fingerprint = hashlib.sha256(b"duban seal key" + key).hexdigest()[:16]
        """Tells keys apart without giving the key away."""

    def derived_key(self, purpose: str) -> bytes:
        """32 bytes for another purpose; they do not give the key away."""
        return hmac.digest(self._key, purpose.encode(), "sha256")

    def seal(self, party: Party) -> bytes:
        """Nonce and ciphertext; `party_id` is authenticated, so that rows cannot be swapped."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        content = dumps([party.name, party.contact, party.id_number, party.address])
        return nonce + self._cipher.encrypt(nonce, content.encode(), party.party_id.encode())

    def open(self, sealed: bytes, *, party_id: str, case_id: str, is_primary: bool) -> Party:
        """Raises WrongSealKey where the key does not fit or the row was tampered with."""
        nonce, content = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            name, contact, id_number, address = loads(self._cipher.decrypt(nonce, content, party_id.encode()))
        except InvalidTag as error:
            raise wrong_key() from error
        return Party(party_id, case_id, is_primary, name, contact, id_number, address)

    def seal_text(self, text: str, *, owner: str) -> bytes:
        """Nonce and ciphertext; `owner` says what it belongs to and is authenticated."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, text.encode(), owner.encode())

    def open_text(self, sealed: bytes, *, owner: str) -> str:
        """Raises WrongSealKey where the key or the owner does not fit, or the row was tampered with."""
        try:
            opened = self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], owner.encode())
        except InvalidTag as error:
            raise wrong_key() from error
        return opened.decode()

    def seal_file(self, content: bytes, *, owner: str) -> bytes:
        """Nonce and ciphertext; `owner` says what it belongs to and is authenticated."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, content, owner.encode())

    def open_file(self, sealed: bytes, *, owner: str) -> bytes:
        """Raises WrongSealKey where the key or the owner does not fit, or the row was tampered with."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], owner.encode())
        except InvalidTag as error:
            raise wrong_key() from error


def load_sealer(home: Path, override: str, *, may_create: bool) -> Sealer:
    """The sealer of an installation: from DUBAN_SEAL_KEY (base64), else from the key file in `home`.

    `may_create` says that nothing has been sealed yet, so that a missing file may be created (mode 0600).
    Raises WrongSealKey where the file is lost, ValueError where a key is not 32 bytes in base64.
    """
    if override:
        return Sealer(_decode(override, "DUBAN_SEAL_KEY"))
    path = home / KEY_FILE
    if not path.exists():
        if not may_create:
            raise wrong_key()
        _create(path)
    return Sealer(_decode(path.read_text(encoding="ascii").strip(), str(path)))


def derived_key(home: Path, override: str, purpose: str) -> bytes:
    """32 bytes for another purpose, the same wherever the seal key is the same; they do not give it away.

    Raises OSError where there is no key yet: `load_sealer` first.
    """
    text = override or (home / KEY_FILE).read_text(encoding="ascii").strip()
    return hmac.digest(
        _decode(text, "DUBAN_SEAL_KEY" if override else str(home / KEY_FILE)), purpose.encode(), "sha256"
    )


def wrong_key() -> WrongSealKey:
    """The error that tells an administrator what to bring back."""
    return WrongSealKey(
        Message(
            f"信访人信息的加密密钥丢失或不符。请从备份恢复数据目录中的 {KEY_FILE}"
            "（或设置正确的 DUBAN_SEAL_KEY）后重新启动；没有原密钥，已加密的信息无法读取。",
            "The key that seals petitioners' data is missing or is another one. Restore "
            f"{KEY_FILE} in the data directory from a backup (or set the right DUBAN_SEAL_KEY) and start again; "
            "without the original key what was sealed cannot be read.",
        )
    )


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return  # another process was first: its key is read
    with os.fdopen(handle, "wb") as file:
        file.write(base64.b64encode(secrets.token_bytes(_KEY_BYTES)) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _decode(text: str, where: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(f"{where} is not base64") from error
    if len(key) != _KEY_BYTES:
        raise ValueError(f"{where} must hold {_KEY_BYTES} bytes in base64")
    return key
