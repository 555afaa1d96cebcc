"""What belongs to a case file beside its steps: comments, links, versions of attachments, tokens of its parties."""

from __future__ import annotations

import sqlalchemy as sa

from engine.store.sealing import Sealer


class Dossier:
    """Implements `DossierRepository`."""

    def __init__(self, connection: sa.Connection, sealer: Sealer) -> None:
        self._connection = connection
        self._sealer = sealer
