"""Which function checks which key of an `expect` block."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.errors import Message
from engine.scenarios import check_case, check_tasks, check_time
from engine.scenarios.check_searches import check_searches
from engine.scenarios.model import Expectation
from engine.scenarios.scene import Scene

Check = Callable[[Scene, Expectation], list[Message]]

CHECKS: Mapping[str, Check] = {
    "open": check_tasks.check_open,
    "not open": check_tasks.check_not_open,
    "lights": check_tasks.check_lights,
    "deadlines": check_time.check_deadlines,
    "fired": check_time.check_fired,
    "climbed": check_time.check_climbed,
    "has fired": check_time.check_has_fired,
    "waiting": check_time.check_waiting,
    "notified": check_case.check_notified,
    "not notified": check_case.check_not_notified,
    "papers": check_case.check_papers,
    "no papers": check_case.check_no_papers,
    "case": check_case.check_case,
    "facts": check_case.check_facts,
    "ended": check_case.check_ended,
    "passed": check_case.check_passed,
    "not passed": check_case.check_not_passed,
    "searches": check_searches,
    "scores": check_case.check_scores,
    "audited": check_case.check_audited,
}
"""`incidents` is the runner's own: it holds for every step, also where nothing is written."""
