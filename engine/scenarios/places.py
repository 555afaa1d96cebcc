"""Where on a drawing a scenario's line belongs."""

from __future__ import annotations

from engine.scenarios.model import Scenario, Step, Verb

_OF_A_TASK = frozenset({Verb.COMPLETE, Verb.CLAIM, Verb.RELEASE, Verb.RETURN, Verb.WITHDRAW, Verb.SAVE, Verb.READ})


def element_at(scenario: Scenario, line: int) -> str | None:
    """The task that was last acted on where a line of the file stands; None before the first one."""
    before = (step for step in reversed(scenario.steps) if step.line <= line)
    return next(filter(None, map(_acted_on, before)), None)


def _acted_on(step: Step) -> str | None:
    return step.target if step.verb in _OF_A_TASK else None
