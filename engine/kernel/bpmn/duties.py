"""Which timers say how long an activity of people has: each is told what it stands on.

What a timer stands on is what its deadline is known by, whatever the timer itself is called or says: the same step
has the same duty after a return, and in a newer version.
"""

from __future__ import annotations

from typing import Any

from engine.kernel.bpmn.definitions import RunTimer
from engine.kernel.bpmn.events import RunBoundarySplit
from engine.kernel.ports import Duty
from engine.kernel.spans import OF_PEOPLE, ONLY_REMINDS, gives_span, is_part


def give_duties(spec: Any) -> None:
    """Sets `duty` of the timers on activities of people; the first span on an activity is the activity's."""
    for split in spec.task_specs.values():
        if isinstance(split, RunBoundarySplit) and split.followers:
            activity, *guards = split.followers
            if activity.element is not None and activity.element.kind in OF_PEOPLE:
                _give(activity.element, [g for g in guards if isinstance(g.event_definition, RunTimer)])


def _give(activity: Any, guards: list[Any]) -> None:
    is_taken = False
    for guard in sorted(guards, key=lambda each: not gives_span(each.event_definition.expression)):
        element, text = guard.element, guard.event_definition.expression
        if element.properties.get(ONLY_REMINDS, "").strip():
            continue
        key: str = activity.id
        if not is_part(text):
            key = f"{activity.id}/{element.id}" if is_taken else key
            is_taken = True
        name = " ".join((element.name or activity.name).split())
        guard.event_definition.duty = Duty(key, name)
