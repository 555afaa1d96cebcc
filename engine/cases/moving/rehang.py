"""Which activity each deadline hangs on once steps went into subprocesses, or came out of them. Pure.

A deadline ends with its activity. Where the new version draws the same timer around the subprocess instead of the
step, or the other way round, the deadline goes over with it; where a subprocess is gone and no timer takes over,
what came out of it takes the deadline along.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from engine.cases.moving.clocks import deadline_of
from engine.deadlines.own import is_own
from engine.errors import InvalidState, Message
from engine.kernel.migrate_values import SPAN, Move
from engine.records.task import TaskKind, UserTask
from engine.records.time import Deadline, Timer


def rehung(move: Move, deadlines: Sequence[Deadline]) -> tuple[Deadline, ...]:
    """The deadlines on their activities of now. Raises InvalidState where one would be that of several steps."""
    if not move.has_regrouped:
        return tuple(deadlines)
    by_timer = {deadline_of(w.timer_id): w.on for w in move.watches if w.timer_id and w.target and w.on != w.was_on}
    return tuple(_rehung(move, d, by_timer.get(d.deadline_id) or _passed_on(move, d)) for d in deadlines)


def _passed_on(move: Move, deadline: Deadline) -> str | None:
    """Of a deadline whose timer has fired already: where its timer would be waiting now."""
    key = SPAN if is_own(deadline.rule) else deadline.rule
    return next((on for was_on, rule, on in move.passed_on if (was_on, rule) == (deadline.attached_to, key)), None)


def _rehung(move: Move, deadline: Deadline, on: str | None) -> Deadline:
    if on is None and deadline.attached_to not in move.left:
        return deadline
    out = (on,) if on is not None else move.left[deadline.attached_to]
    if len(out) != 1:
        raise InvalidState(_whose(deadline))
    return replace(deadline, attached_to=out[0])


def changed_hooks(before: Sequence[Deadline], after: Sequence[Deadline]) -> dict[str, str]:
    """What deadlines hang on, by their ids, where that is not what it was."""
    was = {deadline.deadline_id: deadline.attached_to for deadline in before}
    return {d.deadline_id: d.attached_to for d in after if was.get(d.deadline_id, d.attached_to) != d.attached_to}


def timer_hooks(move: Move, timers: Mapping[str, Timer]) -> dict[str, str]:
    """What timers beside activities hang on, by their firing keys, where that is not what it was."""
    found = {w.timer_id: w.on for w in move.watches if w.timer_id in timers and w.target and w.on != w.was_on}
    return {timer_id: on for timer_id, on in found.items() if timer_id is not None}


def rescoped(task: UserTask, scopes: Mapping[str, tuple[str, ...]]) -> UserTask:
    """An open task with what is around it now. `scopes` are those of steps."""
    if task.kind is TaskKind.STEP:
        return replace(task, scopes=scopes.get(task.task_id, task.scopes))
    step = task.parent_id or ""
    return replace(task, scopes=(*scopes[step], step)) if step in scopes else task


def _whose(deadline: Deadline) -> Message:
    return Message(
        f"“{deadline.name}”的时限是整个子流程的，而子流程里的几个环节在新版本中各自独立，无法确定由哪一个继续计算。"
        "请让这些案件在原版本办结。",
        f"“{deadline.name_en}” is a deadline of the whole subprocess, whose steps stand apart in the new version; "
        "it is not clear which of them it goes on with. Let these cases finish on the old version.",
    )
