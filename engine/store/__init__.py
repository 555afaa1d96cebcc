"""The database: tables, unit of work, repositories, migrations. The only room that knows SQLAlchemy."""

from __future__ import annotations

from engine.store.open import open_store
from engine.store.statements import count_statements
from engine.store.unit_of_work import SqlStore

__all__ = ["SqlStore", "count_statements", "open_store"]
