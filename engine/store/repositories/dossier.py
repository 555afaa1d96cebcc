"""What belongs to a case file beside its steps: comments, links, versions of attachments, tokens of its parties."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from engine.store.party_tokens import PartyTokens
from engine.store.repositories.party_tokens import fill_batch
from engine.store.sealing import Sealer
from engine.store.tables.work import party_token


class Dossier:
    """Implements `DossierRepository`."""

    def __init__(self, connection: sa.Connection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer

    def party_tokens(self, text: str) -> tuple[str, ...]:
        return PartyTokens(self._sealer).of_text(text)

    def cases_of_party(self, tokens: Sequence[str], limit: int = 200) -> tuple[str, ...]:
        if not tokens:
            return ()
        c = party_token.c
        statement = sa.select(c.case_id).where(c.token.in_(tokens)).distinct().limit(limit)  # the primary key
        return tuple(self._connection.scalars(statement))

    def fill_party_tokens(self, after: str) -> str | None:
        return fill_batch(self._connection, self._sealer, after)
