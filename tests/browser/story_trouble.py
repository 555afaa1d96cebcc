"""What goes wrong in the story's office: a step that failed, and a procedure that is suspended."""

from __future__ import annotations

from typing import Any

import pytest

from engine.cases.start import start_case
from engine.errors import StepFailed
from engine.operating.halts import read_halts, suspend
from engine.operating.incident_acts import read_incidents
from engine.records.operating import HaltScope
from engine.records.views import InboxQuery
from engine.tasks.complete import complete_task
from engine.tasks.inbox import inbox
from tests.browser.office import Office

TITLE = "反映征地补偿款未足额发放（再次来访）"
HALTED = "supervision_urging"
"""The tour does nothing in this procedure."""
_VISIT = {
    "title": TITLE,
    "channel": "visit",
    "purpose": "3",
    "category": "1402",
    "name": "陈某",
    "contact": "13800000000",
    "persons_count": 1,
    "occurred_place": "青山乡东河村",
    "claim": "补足征地补偿款",
}
_DUPLICATE = {
    "entered": "yes",
    "legal_path": "accepted_elsewhere",
    "contactable": True,
    "screen_reason": "同一事项已受理",
    "earlier_case": "XF2025-00999",
}
"""Names an earlier case that there is none of."""


def open_incident(office: Office) -> str:
    """The id of the incident: a duplicate cannot be linked to its earlier case."""
    admin = office.actor("admin")
    if not read_incidents(office.engine, admin):
        start_case(office.engine, office.actor("jiedai"), "petition_main", _VISIT)
        _complete(office, "jiedai", _DUPLICATE)
        with pytest.raises(StepFailed):
            _complete(office, "dengji", {"purpose": "3", "category": "1402"})
    return read_incidents(office.engine, admin)[0].incident.incident_id


def suspended(office: Office) -> str:
    """The key of a procedure that is suspended."""
    admin = office.actor("admin")
    if not read_halts(office.engine, admin).now:
        suspend(office.engine, admin, HaltScope.PROCEDURE, HALTED, "报告模板有误，正在更正")
    return HALTED


def _complete(office: Office, username: str, data: dict[str, Any]) -> None:
    actor = office.actor(username)
    boxes = (inbox(office.engine, actor, InboxQuery(box=box)) for box in ("mine", "claimable"))
    key = next(row.key for box in boxes for row in box.rows if row.case_title == TITLE)
    complete_task(office.engine, actor, key, data)
