"""A draft beside a draft: where two changed the same one, the second's work becomes a draft of its own."""

from __future__ import annotations

from collections.abc import Mapping

from engine.definitions.draft_rights import demand_admin, demand_reader, missing_draft
from engine.definitions.drafts import create_draft, open_draft
from engine.ports.engine import Engine
from engine.records.org import Actor
from engine.records.studio import ProcedureDraft


def copy_draft(engine: Engine, actor: Actor, draft_id: str, files: Mapping[str, bytes]) -> ProcedureDraft:
    """A new draft with all files of this one, and these in the place of its own; the first stays as it is.

    Raises Forbidden (audited), NotFound, InvalidFile.
    """
    demand_admin(engine, actor, "copy_draft", draft_id)
    first = open_draft(engine, actor, draft_id)
    together = {**first.files, **files}
    return create_draft(engine, actor, first.draft.key, base_id=first.draft.base_id, files=together)


def draft_standing(engine: Engine, actor: Actor, draft_id: str) -> tuple[ProcedureDraft, str]:
    """The draft without its files, and the name of who changed it last. Two statements: editors ask twice a minute.

    Raises Forbidden (audited), NotFound.
    """
    demand_reader(engine, actor, "open_draft", draft_id)
    with engine.store.read() as work:
        draft = work.studio.get(draft_id)
        if draft is None:
            raise missing_draft(draft_id)
        person = work.org.person(draft.changed_by)
        return draft, person.name if person else draft.changed_by
