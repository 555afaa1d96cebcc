"""What belongs to a case file beside its steps: comments, links, versions of attachments, tokens of its parties."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class DossierRepository(Protocol):
    def party_tokens(self, text: str) -> tuple[str, ...]:
        """The tokens of a text read as a party's name, contact and ID number; none for a blank text.

        No statement. Only for handlers: to learn that a token is known is to learn who petitioned.
        """
        ...

    def cases_of_party(self, tokens: Sequence[str], limit: int = 200) -> tuple[str, ...]:
        """Ids of cases with a party that has one of the tokens, in no order. One statement; asks for no rights."""
        ...

    def fill_party_tokens(self, after: str) -> str | None:
        """Writes the missing tokens of the next parties by id; returns the last id, None where none is left."""
        ...
