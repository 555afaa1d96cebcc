"""Petitioners' data at rest: unreadable in the database, bound to its row, lost with the key."""

from __future__ import annotations

import base64
import stat
from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa

from engine.config import Settings
from engine.store import SqlStore
from engine.store.sealing import Sealer, WrongSealKey
from engine.store.tables.case import party
from tests.builders import a_party, add_case, add_office

Opener = Callable[[Settings], SqlStore]
PARTIES = (a_party("c1", "party-2", is_primary=False, name="代表乙"), a_party())


@pytest.fixture
def sealed(store: SqlStore) -> SqlStore:
    add_office(store)
    add_case(store, None, *PARTIES)
    return store


def test_parties_come_back_primary_first(sealed: SqlStore) -> None:
    with sealed.read() as work:
        assert work.cases.parties("c1") == (PARTIES[1], PARTIES[0])
        assert work.cases.parties("c9") == ()


def test_a_party_with_a_known_id_is_replaced(sealed: SqlStore) -> None:
    moved = replace(PARTIES[1], address="新地址")
    with sealed.write() as work:
        work.cases.add_parties([moved, a_party("c1", "party-3", is_primary=False)])
        parties = work.cases.parties("c1")
    assert (parties[0], len(parties)) == (moved, 3)


def test_no_column_holds_readable_personal_data(sealed: SqlStore) -> None:
    with sealed.read() as work:
        rows = work.connection.execute(sa.select(party)).all()
    text = repr([tuple(row) for row in rows]).encode() + b"".join(row.sealed for row in rows)
    for secret in (PARTIES[1].name, PARTIES[1].contact, PARTIES[1].id_number):
        assert secret.encode() not in text
    assert len({row.sealed[:12] for row in rows}) == len(rows), "a nonce is never used twice"


def test_a_sealed_value_moved_to_another_party_does_not_open(sealed: SqlStore) -> None:
    with sealed.write() as work:
        stolen = sa.select(party.c.sealed).where(party.c.party_id == "party-1").scalar_subquery()
        work.connection.execute(sa.update(party).where(party.c.party_id == "party-2").values(sealed=stolen))
    with pytest.raises(WrongSealKey), sealed.read() as work:
        work.cases.parties("c1")


def test_the_key_file_is_for_its_owner_only_and_is_kept(
    sealed: SqlStore, settings: Settings, open_another: Opener
) -> None:
    path = settings.home / "seal.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with open_another(settings).read() as work:
        assert work.cases.parties("c1") == (PARTIES[1], PARTIES[0])


def test_a_lost_key_is_told_and_no_new_one_is_made(
    sealed: SqlStore, settings: Settings, open_another: Opener
) -> None:
    path = settings.home / "seal.key"
    key = path.read_text()
    path.unlink()
    with pytest.raises(WrongSealKey, match=r"seal\.key"):
        open_another(settings)
    assert not path.exists()
    path.write_text(base64.b64encode(b"x" * 32).decode())
    with pytest.raises(WrongSealKey, match="DUBAN_SEAL_KEY"):
        open_another(settings)

    with open_another(replace(settings, seal_key=key.strip())).read() as work:
        assert len(work.cases.parties("c1")) == 2


@pytest.mark.parametrize("text", ["not base64!", base64.b64encode(b"short").decode()])
def test_an_unusable_key_is_named(settings: Settings, open_another: Opener, text: str) -> None:
    with pytest.raises(ValueError, match="DUBAN_SEAL_KEY"):
        open_another(replace(settings, seal_key=text))


def test_a_key_is_not_shown_and_tells_itself_apart() -> None:
    assert "c2VjcmV0" not in repr(Settings(seal_key="c2VjcmV0"))
    assert Sealer(b"a" * 32).fingerprint != Sealer(b"b" * 32).fingerprint
