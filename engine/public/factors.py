"""The second factor of a query: the last four digits of a telephone number, or a name. Compared in constant time.

The work is the same whatever is asked: as many keyed hashes for an unknown code as for a known one, for the first
party as for the last.
"""

from __future__ import annotations

import hmac
import secrets
import unicodedata
from collections.abc import Sequence

from engine.records.case import Party

SLOTS = 24
"""Parties compared; of a letter with more signatures the first, the petitioner before the representatives."""
TAIL = 4
_KEY_BYTES = 32


def is_of_a_party(given: str, parties: Sequence[Party]) -> bool:
    """Whether it is the last four digits of a party's telephone number, or a party's name."""
    key = secrets.token_bytes(_KEY_BYTES)
    asked = hashed(key, normal(given))
    found = False
    for slot in range(SLOTS):
        tail, name = _known(parties[slot]) if slot < len(parties) else (None, None)
        for known in (tail, name):
            # nothing to compare with is compared with what nobody can give
            matches = hmac.compare_digest(asked, hashed(key, known or "\0nobody"))
            found = found or matches
    return found and bool(normal(given))


def hashed(key: bytes, value: str) -> bytes:
    return hmac.digest(key, value.encode("utf-8", "replace"), "sha256")


def normal(text: str) -> str:
    """Without spaces, dots and case; full-width digits and letters as half-width ones."""
    solid = unicodedata.normalize("NFKC", text)
    return "".join(c for c in solid if not c.isspace() and c not in "·•・.\0").casefold()


def _known(party: Party) -> tuple[str | None, str | None]:
    digits = "".join(c for c in unicodedata.normalize("NFKC", party.contact) if c.isdigit())
    tail = digits[-TAIL:] if len(digits) >= 2 * TAIL - 1 else None
    return tail, normal(party.name) or None
