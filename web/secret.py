"""The key that signs sessions: made once, kept in the installation's home beside the other keys."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

NAME = "session.key"
LENGTH = 48


def session_key(home: Path) -> bytes:
    """Reads the key, making it first where there is none (readable by the owner alone).

    Raises ValueError for a file that holds none.
    """
    path = home / NAME
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _checked(path.read_bytes())
    with os.fdopen(handle, "wb") as file:
        key = secrets.token_bytes(LENGTH)
        file.write(key)
    return key


def _checked(key: bytes) -> bytes:
    if len(key) != LENGTH:
        raise ValueError(f"{NAME} holds no key: remove it, everybody then logs in anew")
    return key
