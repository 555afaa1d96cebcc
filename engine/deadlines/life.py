"""The life of a deadline: each change adds a line to its history, and nothing is overwritten. Pure.

A line is `{"at", "by", "event", …, "legal_due"}`: `by` is a person id or `system`, `event` a key of `AUDITED`,
`legal_due` the date that holds from then on. The same line goes to the case's audit trail.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from engine.errors import InvalidState, Message
from engine.records.time import Deadline, DeadlineState
from engine.values import Data, Value

AUDITED: Mapping[str, str] = MappingProxyType(
    {
        "started": "DeadlineStarted",
        "paused": "DeadlinePaused",
        "resumed": "DeadlineResumed",
        "extended": "DeadlineExtended",
        "moved": "DeadlineMoved",
        "advanced": "DeadlineAdvanced",
        "reopened": "DeadlineReopened",
        "met": "DeadlineMet",
        "met_late": "DeadlineMetLate",
        "voided": "DeadlineVoided",
        "superseded": "DeadlineSuperseded",
        "undone": "DeadlineUndone",
    }
)
"""The audit event of each line of a history."""

RETURNED, WITHDRAWN = "returned", "withdrawn"
GOINGS_BACK = frozenset({RETURNED, WITHDRAWN})
"""Why a clock was voided, or its end undone, where a case went back."""

PAUSE_REASONS: Mapping[str, Message] = MappingProxyType(
    {
        "supplement": Message("要求信访人补充材料", "the petitioner was asked for more material"),
        "hearing": Message("举行听证", "a hearing is held"),
    }
)
"""For what a rule may let its clock stand (column `pause_reasons`). Source: 信访工作条例 art. 36 (hearing)."""


def told(deadline: Deadline, event: str, *, at: datetime, by: str, **details: Value) -> Deadline:
    """With one more line of history; details that are None are left out."""
    given = {name: value for name, value in details.items() if value is not None}
    line = {"at": at, "by": by, "event": event, **given, "legal_due": deadline.legal_due}
    return replace(deadline, history=(*deadline.history, line))


def news_of(deadline: Deadline, before: Deadline | None) -> tuple[tuple[str, Data], ...]:
    """Audit event and detail of each line that `before` did not have yet (None: all)."""
    known = len(before.history) if before is not None else 0
    return tuple((AUDITED[line["event"]], _detail(deadline, line)) for line in deadline.history[known:])


def paused(deadline: Deadline, reason: str, note: str, *, at: datetime, by: str) -> Deadline:
    """The clock stands. Raises InvalidState where the rule, the state or the date forbids it."""
    _check_pause(deadline, reason, at)
    span = {"from": at, "until": None, "reason": reason, "note": note, "by": by}
    standing = replace(deadline, state=DeadlineState.PAUSED, pauses=(*deadline.pauses, span))
    return told(standing, "paused", at=at, by=by, reason=reason, note=note or None)


def pause_reasons(deadline: Deadline, at: datetime) -> tuple[str, ...]:
    """For what its clock could be stopped at `at`."""
    if deadline.state is not DeadlineState.RUNNING or deadline.clock == "H" or at > deadline.legal_due:
        return ()
    return tuple(deadline.term.get("pause_reasons") or ())


def unpaused(deadline: Deadline, *, at: datetime, by: str) -> Deadline:
    """The open pause ends. The dates are still to be computed again. Raises InvalidState where none is open."""
    if deadline.state is not DeadlineState.PAUSED:
        raise InvalidState(
            Message(
                f"“{deadline.name}”没有暂停计时，无需恢复。请刷新页面。",
                f"The clock of “{deadline.name}” does not stand. Reload the page.",
            )
        )
    *earlier, last = deadline.pauses
    span = {**last, "until": at, "resumed_by": by}
    return replace(deadline, state=DeadlineState.RUNNING, pauses=(*earlier, span))


def ended(deadline: Deadline, state: DeadlineState, *, at: datetime, by: str, **details: Value) -> Deadline:
    """The deadline is over. `state` is one of the ends."""
    return told(replace(deadline, state=state, ended_at=at), state.value, at=at, by=by, **details)


def undone(deadline: Deadline, reason: str, *, at: datetime, by: str) -> Deadline:
    """One that had ended, and whose duty stands again because the case went back. It stays ended.

    The next one by its rule goes on from its start (`is_undone`).
    """
    return told(deadline, "undone", at=at, by=by, reason=reason)


def is_undone(deadline: Deadline) -> bool:
    """Whether the case went back over it: then a limit that nobody may lengthen goes on from where it began."""
    last = deadline.history[-1] if deadline.history else {}
    return last.get("event") in {"voided", "undone"} and last.get("reason") in GOINGS_BACK


def moved(before: Deadline, after: Deadline, *, at: datetime, by: str, **details: Value) -> Deadline:
    """`after` with the line that says from where; as it is, where the dates are the same."""
    if (before.raw_due, before.legal_due, before.target_due) == (after.raw_due, after.legal_due, after.target_due):
        return after
    return told(
        after,
        "moved",
        at=at,
        by=by,
        from_due=before.legal_due,
        calendar_version=after.calendar_version,
        **details,
    )


def _detail(deadline: Deadline, line: Data) -> Data:
    told_there = {name: value for name, value in line.items() if name not in {"at", "by", "event"}}
    return {"deadline_id": deadline.deadline_id, "rule": deadline.rule, **told_there}


def _check_pause(deadline: Deadline, reason: str, at: datetime) -> None:
    allowed = tuple(deadline.term.get("pause_reasons") or ())
    if deadline.state is DeadlineState.PAUSED:
        raise InvalidState(
            Message(
                f"“{deadline.name}”已经暂停计时。请先恢复计时。",
                f"The clock of “{deadline.name}” stands already. Resume it first.",
            )
        )
    if deadline.clock == "H":
        raise InvalidState(
            Message(
                f"“{deadline.name}”按小时连续计算，昼夜、节假日不停，不能暂停。请继续办理。",
                f"“{deadline.name}” counts hours around the clock and cannot be paused. Go on with it.",
            )
        )
    if reason not in allowed:
        raise _not_for(deadline, reason, allowed)
    if at > deadline.legal_due:
        raise InvalidState(
            Message(
                f"“{deadline.name}”已经届满，不能再暂停计时。请尽快办理。",
                f"“{deadline.name}” is past its due date; its clock cannot be stopped any more. Act on it.",
            )
        )


def _not_for(deadline: Deadline, reason: str, allowed: tuple[str, ...]) -> InvalidState:
    words = PAUSE_REASONS.get(reason, Message(reason, reason))
    if not allowed:
        return InvalidState(
            Message(
                f"“{deadline.name}”不能暂停计时（{deadline.source}）。请继续办理。",
                f"The clock of “{deadline.name}” cannot be stopped ({deadline.source}). Go on with it.",
            )
        )
    known = [PAUSE_REASONS.get(code, Message(code, code)) for code in allowed]
    return InvalidState(
        Message(
            f"“{deadline.name}”不能因“{words.zh}”暂停计时。可用的事由：{'、'.join(each.zh for each in known)}。",
            f"The clock of “{deadline.name}” cannot be stopped because {words.en}. "
            f"It can where {', or '.join(each.en for each in known)}.",
        )
    )
