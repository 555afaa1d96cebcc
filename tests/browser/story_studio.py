"""What the admins of the story are at: a change that waits for its reviewer."""

from __future__ import annotations

from engine.definitions.drafts import create_draft, list_drafts, open_draft, save_draft
from engine.definitions.read import list_definitions
from engine.definitions.reviewing import submit_draft
from engine.records.studio import DraftState
from tests.browser.office import Office

KEY = "joint_signing"


def submitted_draft(office: Office) -> str:
    """The id of a draft of 会签 under review, drawn by `admin`; `shenhe` may review it."""
    admin = office.actor("admin")
    for draft in list_drafts(office.engine, admin):
        if draft.key == KEY and draft.state is DraftState.REVIEW:
            return draft.draft_id
    base = next(d for d in list_definitions(office.engine, admin) if d.key == KEY)
    draft = create_draft(office.engine, admin, KEY, base_id=base.definition_id)
    drawing = open_draft(office.engine, admin, draft.draft_id).files[f"{KEY}.bpmn"].decode()
    put = {f"{KEY}.bpmn": drawing.replace('name="送会签"', 'name="送出会签"').encode()}
    save_draft(office.engine, admin, draft.draft_id, seen=1, put=put)
    changelog = "起点改名为“送出会签”，与办文习惯一致。"
    submit_draft(office.engine, admin, draft.draft_id, changelog=changelog)
    return draft.draft_id
