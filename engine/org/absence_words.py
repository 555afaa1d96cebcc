"""What a deputy and the person who is away are told of an absence. Neutral: no note, no matter."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta, tzinfo

from engine.errors import Message
from engine.ports.store import UnitOfWork
from engine.records.org import Person
from engine.records.reach import ABSENCE, Absence
from engine.records.step import OutboxEntry


def word_to_deputy(absence: Absence, person: Person, lying: int, now: datetime, zone: tzinfo) -> OutboxEntry:
    """That it stands in; `lying` tasks are open with `person` now."""
    name, (first, last) = person.name, _span(absence, zone)
    zh = f"【代理】{name} {first} 至 {last} 不在岗，其间由您代理：发给{name}的通知同时发给您，其任务您可代为办理"
    en = f"[Deputy] {name} is away from {first} to {last}; you are told what {name} is told, and may do the tasks"
    text = Message(
        f"{zh}（现有 {lying} 件在办）。" if lying else f"{zh}。",
        f"{en} ({lying} open now)." if lying else f"{en}.",
    )
    return _entry(absence, absence.deputy_id, text, now)


def word_to_absent(absence: Absence, deputy: Person, now: datetime, zone: tzinfo) -> OutboxEntry:
    """That somebody else entered it."""
    first, last = _span(absence, zone)
    text = Message(
        f"【代理】已为您登记 {first} 至 {last} 不在岗，其间由{deputy.name}代理。如有不符，请到“不在岗”撤销。",
        f"[Deputy] You are entered as away from {first} to {last}; {deputy.name} stands in. Clear it if wrong.",
    )
    return _entry(absence, absence.person_id, text, now, about=":absent")


def word_of_end(absence: Absence, person: Person, now: datetime, zone: tzinfo) -> OutboxEntry:
    """To the deputy: it ends now, before its last day; or never began."""
    name, (first, last) = person.name, _span(absence, zone)
    if now < absence.starts_at:
        text = Message(
            f"【代理】{name} {first} 至 {last} 的不在岗登记已撤销，不再由您代理。",
            f"[Deputy] {name} is not away from {first} to {last} after all; you do not stand in.",
        )
    else:
        text = Message(
            f"【代理】{name}已提前返岗，代理随之停止。您已接手的任务，仍可办完。",
            f"[Deputy] {name} is back early, and you stand in no longer. What you took you may finish.",
        )
    return _entry(absence, absence.deputy_id, text, now, about=":ended")


def word_of_closing(absence: Absence, person: Person, now: datetime) -> OutboxEntry:
    """To the deputy: the account of who is away was closed."""
    text = Message(
        f"【代理】{person.name}的账号已停用，代理随之停止。您已接手的任务，仍可办完。",
        f"[Deputy] The account of {person.name} is closed; you stand in no longer. Finish what you took.",
    )
    return _entry(absence, absence.deputy_id, text, now, about=":ended")


def words_of_lost_deputy(work: UnitOfWork, deputy: Person, now: datetime) -> list[OutboxEntry]:
    """To those for whom `deputy`, whose account is closed, stands in or was to: nobody does any more."""
    return [
        _entry(
            absence,
            absence.person_id,
            Message(
                f"【代理】您的代理人{deputy.name}的账号已停用，不再有人代理。请到“不在岗”撤销原登记，另选代理人。",
                f"[Deputy] The account of your deputy {deputy.name} is closed: nobody stands in. Choose another.",
            ),
            now,
            about=":lost",
        )
        for absence in work.stand_ins.absences_by(deputy.person_id, now)
    ]


def _span(absence: Absence, zone: tzinfo) -> tuple[str, str]:
    last = absence.ends_at - timedelta(microseconds=1)
    return absence.starts_at.astimezone(zone).date().isoformat(), last.astimezone(zone).date().isoformat()


def _entry(absence: Absence, recipient: str, text: Message, now: datetime, *, about: str = "") -> OutboxEntry:
    return OutboxEntry(
        entry_id=str(uuid.uuid4()),
        idempotency_key=f"{ABSENCE}:{absence.absence_id}{about}",
        recipient=recipient,
        case_id=None,
        task_id=None,
        topic=ABSENCE,
        text_zh=text.zh,
        text_en=text.en,
        created_at=now,
    )
