"""Tokens of parties: equal names are found, none can be read, and they follow what the party says."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from engine.store import SqlStore
from engine.store.fill_tokens import MARK, fill_tokens
from engine.store.party_tokens import PartyTokens
from engine.store.sealing import Sealer
from engine.store.tables.register import system_mark
from engine.store.tables.work import party_token
from tests.builders import a_case, a_party, add_case, add_office


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("买买提·艾力", "买买提 艾力"),
        ("138 0000-0000", "+86 13800000000"),
        ("13800000000", "008613800000000"),
        ("110101199003070010", "１１０１０１１９９００３０７００１０"),
        ("32010580081234x", "32010580081234X"),
        ("130503670401001", "130503196704010016"),
    ],
)
def test_the_same_party_written_otherwise_has_the_same_token(one: str, other: str) -> None:
    tokens = PartyTokens(Sealer(bytes(32)))
    assert set(tokens.of_text(one)) & set(tokens.of_text(other))


def test_tokens_say_nothing_without_the_key_and_differ_by_kind() -> None:
    ours, theirs = PartyTokens(Sealer(bytes(32))), PartyTokens(Sealer(b"x" * 32))
    assert not set(ours.of_text("陈某某")) & set(theirs.of_text("陈某某"))
    assert len(set(ours.of_text("陈某某"))) == 3
    assert ours.of_text(" ") == ()


def test_cases_are_found_by_whatever_a_party_said_last(store: SqlStore) -> None:
    add_office(store)
    add_case(store, None, a_party())
    add_case(store, a_case("c2"), a_party("c2", "party-2", contact="other", id_number=""))
    with store.write() as work:
        work.cases.add_parties([replace(a_party(), contact="13911112222", id_number="")])
    with store.read() as work:
        found = {
            text: sorted(work.dossier.cases_of_party(work.dossier.party_tokens(text)))
            for text in ("陈某某", "13800000000", "139-1111-2222", "110101199003070010", "无此人", "")
        }
        stored = work.connection.execute(sa.select(party_token)).all()
    assert found == {
        "陈某某": ["c1", "c2"],
        "13800000000": [],
        "139-1111-2222": ["c1"],
        "110101199003070010": [],
        "无此人": [],
        "": [],
    }
    assert "陈" not in repr(stored)


def test_parties_from_before_are_filled_in_once(store: SqlStore) -> None:
    add_office(store)
    add_case(store, None, a_party())
    with store.write() as work:
        work.connection.execute(sa.delete(party_token))
        work.connection.execute(sa.delete(system_mark).where(system_mark.c.name == MARK))
    fill_tokens(store)
    with store.write() as work:
        assert work.dossier.cases_of_party(work.dossier.party_tokens("陈某某")) == ("c1",)
        work.connection.execute(sa.delete(party_token))

    fill_tokens(store)
    with store.read() as work:
        assert work.dossier.cases_of_party(work.dossier.party_tokens("陈某某")) == ()
    fill_tokens(store, again=True)
    with store.read() as work:
        assert work.dossier.cases_of_party(work.dossier.party_tokens("陈某某")) == ("c1",)
