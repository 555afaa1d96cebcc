"""What a timer, a message or an activity of one version can go on as in another."""

from __future__ import annotations

import re
from typing import Any, Final

from engine.kernel.bpmn.activities import _ForPeople
from engine.kernel.bpmn.definitions import RunTimer
from engine.kernel.bpmn.events import Catching, RunBoundary
from engine.kernel.migrate_values import SPAN
from engine.kernel.spans import gives_span

_OF_RULE: Final = re.compile(r'deadline\(\s*"([^"]+)"')
"""The rule of a timer that stands for a deadline."""


def is_alike(before: Any, after: Any) -> bool:
    """Whether what the one waits for, the other can go on waiting for."""
    if isinstance(before, _ForPeople) and isinstance(after, _ForPeople):
        return True
    if type(before) is not type(after):
        return False
    definitions = (getattr(before, "event_definition", None), getattr(after, "event_definition", None))
    return not isinstance(before, Catching) or type(definitions[0]) is type(definitions[1])


def reads(spec: RunBoundary | Any) -> str | None:
    """What an event beside an activity waits for, as text; None where there is nothing to compare."""
    definition = spec.event_definition
    if isinstance(definition, RunTimer):
        return " ".join(definition.expression.split())
    return getattr(definition, "name", None)


def known_by(spec: Any) -> str | None:
    """What a timer's deadline is known by on its activity: the rule; one and the same for all spans."""
    text = reads(spec) or ""
    found = _OF_RULE.match(text)
    if found is not None:
        return found.group(1)
    duty = getattr(spec.event_definition, "duty", None)
    return SPAN if duty is not None and gives_span(text) else None
