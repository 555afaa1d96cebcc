"""The procedure that is measured: `petition_main` with `supervision_order`, and one petition's way through it.

The petition is the scenario `national_day`: from intake over forwarding, acceptance, the order, its extension, the
reply and the closure to the archive. What people fill in went through the forms, as in the office.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from engine.definitions.builtin import builtin_procedures, shared_tables
from engine.definitions.content import form_path
from engine.kernel.diagram import read_diagram
from engine.kernel.feel import OFFICE_ZONE, Feel
from engine.kernel.forms import parse_form, validate_form
from engine.kernel.run import ProcedureSource

MAIN, ORDER = "petition_main", "supervision_order"
END = "end_archived"
MIDDLE = 11
"""The act in the middle of the way: the unit reports what it did, in a subprocess of a called procedure."""

_A_MOMENT = timedelta(seconds=1)
"""SpiffWorkflow's timers fire after their instant, not at it."""
_SCENARIO = Path(__file__).parents[1] / "workflows" / MAIN / "scenarios" / "national_day.yaml"


@dataclass(frozen=True)
class Act:
    """Somebody completes the task of this element; `data` are the variables that it sets."""

    at: datetime
    element: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Petition:
    """`facts` are there at `begun_at`; after the last act the window for a review ends at `window_ends`."""

    source: ProcedureSource
    begun_at: datetime
    facts: Mapping[str, Any]
    acts: tuple[Act, ...]
    window_ends: datetime

    def sources(self) -> tuple[ProcedureSource, ...]:
        return self.source, *self.source.calls.values()


def petition_for(feel: Feel) -> Petition:
    scenario = yaml.safe_load(_SCENARIO.read_text(encoding="utf-8"))
    shipped, shared = builtin_procedures(), shared_tables()
    order = ProcedureSource(ORDER, ORDER, {**shipped[ORDER], **shared})
    source = ProcedureSource(MAIN, MAIN, {**shipped[MAIN], **shared}, {ORDER: order})
    filled = _Forms((source, order), feel)
    begun_at = _instant(scenario["start"])
    begin, *steps = scenario["steps"]
    acts = [
        Act(at, step["complete"], filled.completed(step, at))
        for step in steps
        if "complete" in step
        for at in [_instant(step["at"])]
    ]
    ends = _instant(steps[-1]["at"]) + _A_MOMENT
    return Petition(source, begun_at, filled.begun(begin, begun_at), tuple(acts), ends)


class _Forms:
    def __init__(self, sources: tuple[ProcedureSource, ...], feel: Feel) -> None:
        self._feel = feel
        self._forms: dict[str, Any] = {"": parse_form(sources[0].files[form_path("intake")])}
        for source in sources:
            for element in read_diagram(source.files[f"{source.key}.bpmn"], source.key).elements.values():
                if "form" in element.properties and element.kind == "userTask":
                    self._forms[element.id] = parse_form(source.files[form_path(element.properties["form"])])
        self._known: dict[str, Any] = {}

    def begun(self, step: Mapping[str, Any], at: datetime) -> dict[str, Any]:
        always = {"case_id": "0192f7a1-5a44-7d1e-9d5c-2f1f3a6f0b11", "case_number": None, "case_unit": "xfj"}
        return {**self._filled("", step, at), **always, "started_at": at, "started_by": step["as"]}

    def completed(self, step: Mapping[str, Any], at: datetime) -> dict[str, Any]:
        by = {"completed_by": step["as"], "completed_at": at, "completed_unit": "xfj"}
        return {**self._filled(step["complete"], step, at), **by}

    def _filled(self, element: str, step: Mapping[str, Any], at: datetime) -> dict[str, Any]:
        if element not in self._forms:
            return {}
        answers = {key: str(v) if hasattr(v, "isoformat") else v for key, v in step.get("data", {}).items()}
        form = validate_form(self._forms[element], answers, self._feel, at, context=self._known)
        self._known.update(form.variables)
        return dict(form.variables)


def _instant(text: Any) -> datetime:
    """A scenario's local time; YAML has read those with seconds already, not those without."""
    return datetime.fromisoformat(str(text)).replace(tzinfo=OFFICE_ZONE)
