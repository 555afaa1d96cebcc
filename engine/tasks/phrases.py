"""Phrases of one's own for opinions: short texts that a person writes again and again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias
from uuid import uuid4

from engine.errors import InvalidState, Message
from engine.ports.engine import Engine
from engine.records.org import Actor
from engine.records.work import Phrase

_Change: TypeAlias = Callable[[Sequence[Phrase]], Sequence[Phrase]]

LONGEST = 200
MOST = 50


def list_phrases(engine: Engine, actor: Actor) -> tuple[Phrase, ...]:
    """The actor's own, in the actor's order."""
    with engine.store.read() as work:
        return work.desk.phrases(actor.person_id)


def add_phrase(engine: Engine, actor: Actor, text: str) -> None:
    """At the end; one that is there already is not added again. Raises InvalidState."""
    text = _checked(text)
    with engine.store.write() as work:
        known = work.desk.phrases(actor.person_id)
        if any(phrase.text == text for phrase in known):
            return
        if len(known) >= MOST:
            raise InvalidState(
                Message(
                    f"最多保存 {MOST} 条常用语。请先删去不用的。", f"At most {MOST} phrases. Delete some first."
                )
            )
        new = Phrase(str(uuid4()), actor.person_id, text, len(known))
        work.desk.save_phrases(actor.person_id, (*known, new))


def edit_phrase(engine: Engine, actor: Actor, phrase_id: str, text: str) -> None:
    """Changes nothing where the phrase is not the actor's. Raises InvalidState."""
    text = _checked(text)
    _rewrite(engine, actor, lambda known: [replace(p, text=text) if p.phrase_id == phrase_id else p for p in known])


def drop_phrase(engine: Engine, actor: Actor, phrase_id: str) -> None:
    _rewrite(engine, actor, lambda known: [p for p in known if p.phrase_id != phrase_id])


def move_phrase(engine: Engine, actor: Actor, phrase_id: str, by: int) -> None:
    """`by` -1 moves it one place up, 1 down; at the ends nothing moves."""

    def moved(known: Sequence[Phrase]) -> Sequence[Phrase]:
        order = list(known)
        at = next((i for i, p in enumerate(order) if p.phrase_id == phrase_id), None)
        if at is not None and 0 <= at + by < len(order):
            order.insert(at + by, order.pop(at))
        return order

    _rewrite(engine, actor, moved)


def _rewrite(engine: Engine, actor: Actor, change: _Change) -> None:
    with engine.store.write() as work:
        known = work.desk.phrases(actor.person_id)
        changed = tuple(replace(phrase, position=n) for n, phrase in enumerate(change(known)))
        if changed != known:
            work.desk.save_phrases(actor.person_id, changed)


def _checked(text: str) -> str:
    text = text.strip()
    if not text or len(text) > LONGEST or not text.replace("\n", "").replace("\r", "").isprintable():
        raise InvalidState(
            Message(f"请填写 1 至 {LONGEST} 个字的常用语。", f"A phrase has 1 to {LONGEST} characters.")
        )
    return text
