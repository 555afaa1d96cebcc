"""The key that signs sessions: made once, kept in the installation's home beside the other keys; a cluster's hosts
draw the same one from the key that they share."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from engine.config import Settings
from engine.store.sealing import derived_key

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


def shared_session_key(settings: Settings) -> bytes:
    """The key of a cluster, whose web processes must all read each other's sessions: drawn from the seal key.

    That one has to be the same on every host anyway, and the store refuses to open where it is not.
    """
    return derived_key(settings.home, settings.seal_key, "duban session key")


def _checked(key: bytes) -> bytes:
    if len(key) != LENGTH:
        raise ValueError(f"{NAME} holds no key: remove it, everybody then logs in anew")
    return key
