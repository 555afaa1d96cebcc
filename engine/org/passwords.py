"""Passwords: argon2id, and the rule for new ones."""

from __future__ import annotations

import argon2

from engine.errors import FieldError, InvalidForm, Message

HASHER = argon2.PasswordHasher()
"""The library's recommended cost. Tests put a cheap one here; no setting weakens it."""
SHORTEST = 10
LONGEST = 1000
NO_PASSWORD = "!"  # noqa: S105
"""In place of a hash: nobody can log in with it."""


def hash_password(password: str) -> str:
    """A salted argon2id hash in PHC format."""
    return HASHER.hash(_bytes(password))


def is_right(password_hash: str, password: str) -> bool:
    """Whether the password fits; takes about the same time when there is no such account, see `pretend`."""
    if password_hash == NO_PASSWORD:
        return pretend(password)
    try:
        return HASHER.verify(password_hash, _bytes(password))
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False


def pretend(password: str) -> bool:
    """Does the work of a comparison and says no."""
    HASHER.hash(_bytes(password))
    return False


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with other costs than today's."""
    return HASHER.check_needs_rehash(password_hash)


def check_new_password(field: str, password: str, *, username: str) -> None:
    """Raises InvalidForm, naming `field`, for a password that is too short, too long or the user name."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidForm(
            [
                FieldError(
                    field,
                    Message(
                        f"密码须为 {SHORTEST} 至 {LONGEST} 个字符。请重新输入。",
                        f"A password has {SHORTEST} to {LONGEST} characters. Choose another.",
                    ),
                )
            ]
        )
    if username.lower() in password.lower() and len(password) < len(username) + SHORTEST:
        raise InvalidForm(
            [
                FieldError(
                    field,
                    Message(
                        "密码不能由用户名构成。请重新输入。",
                        "A password is not made of the user name. Choose another.",
                    ),
                )
            ]
        )


def _bytes(password: str) -> bytes:
    # a lone surrogate cannot be encoded strictly; it may still be typed at the login page
    return password.encode("utf-8", "surrogatepass")
