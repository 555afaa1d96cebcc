"""Opens the store of an installation: database, schema, key."""

from __future__ import annotations

import sqlalchemy as sa

from engine.clock.port import Clock
from engine.config import Settings
from engine.store.connection import make_engine
from engine.store.fill_tokens import fill_tokens
from engine.store.migrate import upgrade
from engine.store.sealing import Sealer, load_sealer, wrong_key
from engine.store.unit_of_work import SqlStore

_SEAL_MARK = "seal_key"
_FIRST_START_LOCK = 0x_D0BA_A0D3


def open_store(settings: Settings, clock: Clock) -> SqlStore:
    """Creates the data directory, the database's schema and the key where they are missing; upgrades the schema.

    Raises WrongSealKey where parties were sealed with another key, ValueError for an unusable database URL.
    """
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = make_engine(settings.effective_database_url, stall_seconds=settings.stall_seconds)
    try:
        upgrade(engine)
        store = SqlStore(engine, _known_sealer(engine, settings, clock))
        fill_tokens(store)
        return store
    except BaseException:
        engine.dispose()
        raise


def _known_sealer(engine: sa.Engine, settings: Settings, clock: Clock) -> Sealer:
    # the mark decides between "first start" and "the key is lost", inside one writing transaction
    unsealed = SqlStore(engine, Sealer(bytes(32)))
    with unsealed.write() as work:
        if engine.dialect.name == "postgresql":
            # of several first starts at once one makes the key; SQLite lets one write at a time anyway
            work.connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_FIRST_START_LOCK))).all()
        known = work.registers.mark(_SEAL_MARK)
        sealer = load_sealer(settings.home, settings.seal_key, may_create=known is None)
        if known is None:
            fingerprint = {"fingerprint": sealer.fingerprint, "since": clock.now()}
            work.registers.set_mark(_SEAL_MARK, fingerprint)
        elif known["fingerprint"] != sealer.fingerprint:
            raise wrong_key()
    return sealer
