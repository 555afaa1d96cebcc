"""The end of an instance at once, without a token being moved."""

from __future__ import annotations

from collections.abc import Sequence

from engine.kernel.changes import Changes, Closure, Ended, MessageUnawaited, TaskClosed, TimerDisarmed
from engine.kernel.run import Run


def all_over(run: Run, attached: Sequence[str], end: Ended) -> Changes:
    """Everything of the instance ends. `attached` are what its open deadlines hang on."""
    closed = dict.fromkeys((*run.open_tasks(), *attached))
    return Changes(
        closed=tuple(TaskClosed(task_id, Closure.CANCELLED) for task_id in closed),
        disarmed=tuple(TimerDisarmed(timer_id, fired=False) for timer_id in run.armed_timers()),
        unawaited=tuple(MessageUnawaited(task_id) for task_id in run.awaited_messages()),
        ended=end,
    )
