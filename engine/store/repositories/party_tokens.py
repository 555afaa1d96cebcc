"""The rows of party tokens: written with the parties, and filled in once for those from before."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import sqlalchemy as sa

from engine.records.case import Party
from engine.store.party_tokens import PartyTokens
from engine.store.rows import upsert
from engine.store.sealing import Sealer, WrongSealKey
from engine.store.tables.case import party
from engine.store.tables.work import party_token

BATCH = 500


def write_tokens(connection: sa.Connection, tokens: PartyTokens, parties: Sequence[Party]) -> None:
    """One statement, none where nothing is named. A trigger has dropped the tokens of a party that was replaced."""
    rows = [
        {"token": token, "kind": kind, "party_id": p.party_id, "case_id": p.case_id}
        for p in {p.party_id: p for p in parties}.values()
        for token, kind in tokens.of_party(p)
    ]
    if rows:
        connection.execute(upsert(connection, party_token, ["token", "kind", "party_id"], None), rows)


def fill_batch(connection: sa.Connection, sealer: Sealer, after: str) -> str | None:
    """Writes the missing tokens of the next parties by id; returns the last id, None where none is left.

    A party that does not open stays without: whoever reads it hears of the key, and the others start.
    """
    known = sa.exists().where(party_token.c.party_id == party.c.party_id)  # ix_party_token_of_party
    rows = connection.execute(
        sa.select(party).where(party.c.party_id > after, ~known).order_by(party.c.party_id).limit(BATCH)
    ).all()
    opened = []
    for row in rows:
        with suppress(WrongSealKey):
            opened.append(
                sealer.open(row.sealed, party_id=row.party_id, case_id=row.case_id, is_primary=row.is_primary)
            )
    write_tokens(connection, PartyTokens(sealer), opened)
    return rows[-1].party_id if rows else None
