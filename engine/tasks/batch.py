"""The same act on several lines of a list: each succeeds or fails by itself, in a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from engine.errors import EngineError, FieldError, InvalidForm, InvalidState, Message, NotFound
from engine.ports.engine import Engine
from engine.records.org import Actor
from engine.tasks.claim import claim_task
from engine.tasks.copies import mark_copies_read
from engine.tasks.transfer import transfer_task
from engine.tasks.urging import urge_task

MOST_ITEMS = 100
"""Of one call: a page of a list. Whoever wants more comes again, and sees how far it got."""

_NOTHING_OPEN = Message(
    "没有正在办理的步骤，不需要催办。打开案件可以查看进展。",
    "No step is open, so there is nothing to urge. Open the case to see where it stands.",
)
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
    """To one colleague. Raises InvalidForm without a person or a reason, InvalidState for no items or too many."""
    if not person_id:
        message = Message("请选择转办给哪位同事。", "Choose the colleague who is to take over.")
        raise InvalidForm([FieldError("person", message)])
    if not reason.strip():
        raise InvalidForm([FieldError("reason", Message("请填写转办理由。", "Say why it is handed over."))])
    return _each(task_ids, lambda task_id: transfer_task(engine, actor, task_id, person_id, reason))


def urge_each(engine: Engine, actor: Actor, task_ids: Sequence[str], note: str) -> tuple[Outcome, ...]:
    """Raises InvalidState as `claim_each`. A case in which nothing is open cannot be urged: its outcome says so."""

    def urge(task_id: str) -> None:
        try:
            urge_task(engine, actor, task_id, note)
        except NotFound as error:
            raise InvalidState(_NOTHING_OPEN) from error

    return _each(task_ids, urge)


def read_each(engine: Engine, actor: Actor, copy_ids: Sequence[str]) -> tuple[Outcome, ...]:
    """Marks the actor's own copies as read; others' ids do nothing. Raises InvalidState as `claim_each`."""
    return _each(copy_ids, lambda copy_id: mark_copies_read(engine, actor, [copy_id]))


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
