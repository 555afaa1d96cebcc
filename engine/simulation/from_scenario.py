"""A scenario's answers for a simulation: what was entered where, at the pace that the simulation is played at."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any, Final

from engine.scenarios.load import SHANGHAI
from engine.scenarios.model import Scenario, Step, Verb
from engine.simulation.model import Answer, Answers, Delay

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INSTANT: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*", re.ASCII)
"""In a scenario what is entered with an hour is when it happens: at the pace of the play that is then."""


def answers_of(scenario: Scenario, start: date, pace: Delay, usernames: Collection[str]) -> Answers:
    """Dates are moved along to the day of `start`; who does not exist in this office is left to whoever may do it.

    Only starting and completing are answers: what else people do in a scenario is not played. Texts that name
    another case of the scenario are left out, and filled in as a form needs them.
    """
    moved = start - scenario.start.astimezone(SHANGHAI).date()
    began: Answer | None = None
    tasks = defaultdict[str, list[Answer]](list)
    for step in scenario.steps:
        if step.refused is not None:
            continue
        if step.verb is Verb.START and began is None and step.target in {"", scenario.procedure}:
            began = _answer(step, Delay(), usernames, moved)
        elif step.verb is Verb.COMPLETE:
            tasks[step.target].append(_answer(step, pace, usernames, moved))
    return Answers(
        path=scenario.path,
        start=began or Answer(),
        tasks={element: tuple(answers) for element, answers in tasks.items()},
        otherwise=pace,
        tolerant=True,
    )


def done_in(scenario: Scenario) -> int:
    """How many tasks are completed in it; 0 where it is about several cases."""
    if sum(step.verb in {Verb.START, Verb.FOLLOW} for step in scenario.steps) != 1:
        return 0
    return sum(1 for step in scenario.steps if step.verb is Verb.COMPLETE and step.refused is None)


def _answer(step: Step, after: Delay, usernames: Collection[str], moved: timedelta) -> Answer:
    username = step.actor if step.actor in usernames else None
    data = {key: _moved(value, moved) for key, value in step.data.items() if not _names_a_case(value)}
    return Answer(line=step.line, username=username, after=after, data=data)


def _names_a_case(value: Any) -> bool:
    return isinstance(value, str) and ("${case_id" in value or "${number:" in value)


def _moved(value: Any, by: timedelta) -> Any:
    if isinstance(value, Mapping):
        return {key: _moved(item, by) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_moved(item, by) for item in value]
    if not isinstance(value, str):
        return value
    if _INSTANT.fullmatch(value):
        return "${now}"
    if not _DATE.fullmatch(value):
        return value
    try:
        return (date.fromisoformat(value) + by).isoformat()
    except (ValueError, OverflowError):
        return value
