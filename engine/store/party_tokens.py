"""Keyed tokens of what names a party, so that equal names are found and none can be read.

A token is HMAC-SHA256 of the kind and the normalised value, under a key of its own that follows from the seal key:
without that key nobody can try names, and the tokens give the seal key away to nobody.
"""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Callable, Iterator

from engine.records.case import Party
from engine.store.sealing import Sealer

PURPOSE = "party tokens"
NAME, CONTACT, ID_NUMBER = "name", "contact", "id_number"
KINDS = (NAME, CONTACT, ID_NUMBER)
_TOKEN_LENGTH = 32
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


class PartyTokens:
    """Makes tokens with one installation's key."""

    def __init__(self, sealer: Sealer) -> None:
        self._key = sealer.derived_key(PURPOSE)

    def of_party(self, party: Party) -> tuple[tuple[str, str], ...]:
        """(token, kind) of each field that says something, in the order of `KINDS`."""
        given = {NAME: party.name, CONTACT: party.contact, ID_NUMBER: party.id_number}
        plain = ((kind, _NORMALISED[kind](given[kind])) for kind in KINDS)
        return tuple((self._token(kind, value), kind) for kind, value in plain if value)

    def of_text(self, text: str) -> tuple[str, ...]:
        """The tokens of a text that somebody searches for, read as a name, as a contact and as an ID number."""
        plain = ((kind, _NORMALISED[kind](text)) for kind in KINDS)
        return tuple(self._token(kind, value) for kind, value in plain if value)

    def _token(self, kind: str, value: str) -> str:
        return hmac.digest(self._key, f"{kind}:{value}".encode(), "sha256").hex()[:_TOKEN_LENGTH]


def normal_name(name: str) -> str:
    """Without spaces, dots and case: 买买提·艾力 is 买买提艾力."""
    return "".join(_solid(name)).casefold()


def normal_contact(contact: str) -> str:
    """A telephone number's digits without the country's code; anything else without spaces and case."""
    solid = unicodedata.normalize("NFKC", contact).strip()
    digits = "".join(c for c in solid if c.isdigit())
    if digits and all(c.isdigit() or c in " +-()." for c in solid):
        bare = digits.removeprefix("00")
        return bare.removeprefix("86") if len(bare) == 13 and bare.startswith("86") else bare
    return "".join(solid.split()).casefold()


def normal_id_number(number: str) -> str:
    """Upper case without separators; a citizen's number of 15 digits as the one of 18 that replaced it."""
    solid = "".join(_solid(number)).replace("-", "").upper()
    if len(solid) == 15 and solid.isdigit():
        long = f"{solid[:6]}19{solid[6:]}"
        return long + _CHECKS[sum(int(d) * w for d, w in zip(long, _WEIGHTS, strict=True)) % 11]
    return solid


def _solid(text: str) -> Iterator[str]:
    return (c for c in unicodedata.normalize("NFKC", text) if not c.isspace() and c not in "·•・.")


_NORMALISED: dict[str, Callable[[str], str]] = {
    NAME: normal_name,
    CONTACT: normal_contact,
    ID_NUMBER: normal_id_number,
}
