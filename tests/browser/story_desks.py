"""What lies on the desks half done: forms begun and put aside, one of them overtaken, and a colleague's tasks."""

from __future__ import annotations

from datetime import timedelta

from engine.org.absences import set_absence
from engine.records.views import InboxQuery
from engine.tasks.claim import claim_task
from engine.tasks.drafts import save_draft, save_start_draft
from engine.tasks.inbox import inbox
from tests.browser.office import Office

_NOTICE = {
    "title": "业主反映交房延期（8 人）",
    "resp_unit": "zjj",
    "place_level": "district",
    "venue": "县信访接待大厅",
    "persons_count": 8,
    "issue": "预售合同约定二〇二五年六月交房，至今未通水电",
}
_REGISTRATION = {"purpose": "1", "category": "1101", "register_note": "随件照片 3 张、录音 1 段"}
_BEGUN_FROM = {"purpose": "5", "category": "1102", "register_note": None}
"""What the register held when the registration was begun; both have been changed since."""


def tell_of_desks(office: Office) -> None:
    """Adds to an office in the middle of its work; its clock stands still."""
    save_start_draft(office.engine, office.actor("zjj.zhiban"), "onsite_response", _NOTICE)
    registrar = office.actor("dengji")
    letter = next(
        row.key
        for row in inbox(office.engine, registrar, InboxQuery(box="claimable")).rows
        if row.case_title == "道路施工夜间噪声扰民"
    )
    claim_task(office.engine, registrar, letter)
    save_draft(office.engine, registrar, letter, _REGISTRATION, seen=_BEGUN_FROM)
    today = office.clock.now().astimezone(office.engine.settings.timezone).date()
    set_absence(
        office.engine,
        office.actor("jtj.banli"),
        starts_on=today,
        ends_on=today + timedelta(days=3),
        deputy_id=office.actor("jtj.lingdao").person_id,
        note="下乡核查",
    )
