"""The same act on several lines of a list: each succeeds or fails by itself, in a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from engine.errors import EngineError, FieldError, InvalidForm, InvalidState, Message
from engine.ports.engine import Engine
from engine.records.org import Actor
from engine.tasks.claim import claim_task
from engine.tasks.transfer import transfer_task

MOST_ITEMS = 100
"""Of one call: a page of a list. Whoever wants more comes again, and sees how far it got."""

_Act: TypeAlias = Callable[[str], object]


@dataclass(frozen=True)
class Outcome:
    """What became of one item: done, or refused for a reason."""

    item: str
    refused: Message | None = None

    @property
    def is_done(self) -> bool:
        return self.refused is None


def claim_each(engine: Engine, actor: Actor, task_ids: Sequence[str]) -> tuple[Outcome, ...]:
    """Raises InvalidState for no items or too many; what is wrong with one of them is its outcome."""
    return _each(task_ids, lambda task_id: claim_task(engine, actor, task_id))


def transfer_each(
    engine: Engine, actor: Actor, task_ids: Sequence[str], person_id: str, reason: str
) -> tuple[Outcome, ...]:
    """To one colleague. Raises InvalidForm where nobody is named, InvalidState for no items or too many."""
    if not person_id:
        message = Message("请选择转办给哪位同事。", "Choose the colleague who is to take over.")
        raise InvalidForm([FieldError("person", message)])
    return _each(task_ids, lambda task_id: transfer_task(engine, actor, task_id, person_id, reason))


def read_each(engine: Engine, actor: Actor, copy_ids: Sequence[str]) -> tuple[Outcome, ...]:
    """Marks the actor's own copies as read; others' ids do nothing. Raises InvalidState as `claim_each`."""

    def read(copy_id: str) -> None:
        with engine.store.write() as work:
            work.desk.mark_copies(actor.person_id, [copy_id], engine.clock.now())

    return _each(copy_ids, read)


def _each(items: Sequence[str], act: _Act) -> tuple[Outcome, ...]:
    wanted = list(dict.fromkeys(item for item in items if item))
    if not wanted:
        raise InvalidState(Message("没有选中任何事项。请先勾选。", "Nothing is selected. Tick some lines first."))
    if len(wanted) > MOST_ITEMS:
        raise InvalidState(
            Message(
                f"一次最多处理 {MOST_ITEMS} 项。请分批进行。",
                f"At most {MOST_ITEMS} at a time. Do it in several goes.",
            )
        )
    return tuple(_one(item, act) for item in wanted)


def _one(item: str, act: _Act) -> Outcome:
    try:
        act(item)
    except EngineError as error:
        return Outcome(item, error.message)
    return Outcome(item)
