"""What must not lie open: petitioners' data in the database's bytes, keys, logs, errors."""

from __future__ import annotations

import logging
import sqlite3
import stat
from pathlib import Path

import argon2
import pytest
import sqlalchemy as sa

from engine.cases.read import reveal_parties
from engine.cases.start import start_case
from engine.config import Settings
from engine.documents.attachments import add_attachment
from engine.errors import Forbidden, StepFailed
from engine.org.login import authenticate
from engine.store.connection import make_engine
from engine.tasks.complete import complete_task
from engine.tasks.drafts import save_draft
from tests.unit.kernel.bpmn_builder import Bpmn
from tests.worlds import World, a_field, a_form, enter_world
from web.app import create_app
from web.secret import session_key

NAME, PHONE, IDENTITY, HOME = "欧阳独特名", "13912345678", "11010519491231002X", "隐秘巷七号"
PARTY = {"name": NAME, "contact": PHONE, "id_number": IDENTITY, "address": HOME}


def sealed_form() -> dict[str, object]:
    fields = [a_field(key, properties={"store": "party"}) for key in PARTY]
    others = {
        "type": "group",
        "id": "g",
        "label": "其他",
        "components": [a_field("title"), a_field("earlier"), a_field("opinion", "textarea")],
    }
    return a_form(*fields, others)


def whole_life(world: World) -> str:
    """A case through every place that a form's data reaches: draft, incident, retry, reveal, messages, papers."""
    diagram = (
        Bpmn("life")
        .lane("l", role="registrar")
        .start("s", form="all", lane="l")
        .service("numbering", "register_case", lane="l")
        .service("tell", "notify", {"role": '"registrar"', "topic": '"task"', "text": "title"}, lane="l")
        .user("ask", form="all", lane="l")
        .service("link", "link_case", {"number": "earlier"}, lane="l")
        .service("paper", "issue_paper", {"kind": '"答复意见书"', "title": '"答复"'}, lane="l")
        .manual("last", lane="l")
        .end("e", lane="l")
    )
    world.deploy(diagram, all=sealed_form())
    actor = world.actor("dengji")
    case = start_case(world.engine, actor, "life", {**PARTY, "title": "路灯不亮"})
    task_id = world.task(case, "ask").task_id
    save_draft(world.engine, actor, task_id, {**PARTY, "opinion": "初稿"})
    with pytest.raises(StepFailed):
        complete_task(world.engine, actor, task_id, {**PARTY, "earlier": "XF2025-09999"})
    with pytest.raises(Forbidden):
        reveal_parties(world.engine, world.actor("juzhang"), case.case_id, "了解情况")
    shown = reveal_parties(world.engine, actor, case.case_id, "送达")
    assert [(p.name, p.id_number) for p in shown] == [(NAME, IDENTITY)]
    other = start_case(world.engine, actor, "life", {**PARTY, "title": "另案"})
    complete_task(world.engine, actor, task_id, {**PARTY, "earlier": other.number})
    add_attachment(world.engine, actor, case.case_id, "a.pdf", b"%PDF-1.7")
    return case.case_id


def test_the_petitioner_is_nowhere_in_the_database_in_clear(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    whole_life(world)
    world.close()

    files = [path for path in world.engine.settings.home.rglob("*") if path.is_file()]
    content = b"".join(path.read_bytes() for path in files)
    assert "路灯不亮".encode() in content, "the search finds what is there"
    for secret in PARTY.values():
        for encoded in (secret.encode(), secret.encode("utf-16-le"), ascii(secret).strip("'").encode()):
            assert encoded not in content
        assert secret not in caplog.text


def test_the_data_directory_and_its_keys_are_the_owners_alone(tmp_path: Path) -> None:
    home = tmp_path / "new" / "home"
    world = enter_world(home)
    create_app(world.engine)
    world.close()
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    for name in ("seal.key", "session.key"):
        assert stat.S_IMODE((home / name).stat().st_mode) == 0o600
    assert len(session_key(home)) >= 32


def test_a_session_key_that_is_broken_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "session.key").write_bytes(b"")
    with pytest.raises(ValueError, match=r"session\.key"):
        session_key(tmp_path)


def test_errors_of_the_database_do_not_tell_what_was_stored(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    with engine.connect() as connection, pytest.raises(sa.exc.OperationalError) as caught:
        connection.execute(sa.text("INSERT INTO nowhere VALUES (:name)"), {"name": NAME})
    engine.dispose()
    assert NAME not in str(caught.value)


def test_settings_and_people_do_not_print_their_secrets(world: World) -> None:
    settings = Settings(seal_key="c2VjcmV0", smtp_url="smtp://u:p4ss@host")
    assert "c2VjcmV0" not in repr(settings)
    assert "p4ss" not in repr(settings)
    with world.engine.store.read() as work:
        person = work.org.person_by_username("dengji")
        assert person is not None
        assert person.password_hash not in repr(person).replace("'-'", "") or person.password_hash == "-"


def test_a_party_does_not_print_itself(world: World) -> None:
    case_id = whole_life(world)
    with world.engine.store.read() as work:
        shown = repr(work.cases.parties(case_id))
    for secret in PARTY.values():
        assert secret not in shown


def test_no_password_is_kept_or_told(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    typed = "my-very-own-password"
    for username in ("dengji", typed):
        with pytest.raises(Forbidden) as caught:
            authenticate(world.engine, username, typed)
        assert typed not in str(caught.value)
    with world.engine.store.read() as work:
        trail = repr(work.registers.audit_of(None))
    assert typed not in trail
    assert typed not in caplog.text
    assert trail.count("LoginFailed") == 2


def test_passwords_cost_what_is_recommended() -> None:
    # RFC 9106, section 4, second recommendation
    recommended = argon2.PasswordHasher()
    assert recommended.memory_cost >= 64 * 1024
    assert recommended.time_cost >= 3


def test_what_is_sealed_is_bound_to_its_row(world: World) -> None:
    whole_life(world)
    world.close()
    connection = sqlite3.connect(world.engine.settings.home / "duban.sqlite3")
    columns = [row[1] for row in connection.execute("PRAGMA table_info(party)")]
    connection.close()
    assert set(columns) == {"party_id", "case_id", "is_primary", "sealed"}
