"""Reading cases: the file as its page shows it, the register, and the parties behind the seal."""

from __future__ import annotations

from engine.audit.record import record_event, record_refusal
from engine.cases.file_read import visible_case, visible_view, with_diagrams
from engine.cases.handling import handling_right
from engine.errors import Forbidden, InvalidState, Message
from engine.ports.engine import Engine
from engine.records.case import Party
from engine.records.org import Actor
from engine.records.views import CasePage, CaseView, RegisterQuery
from engine.tasks.rights import is_accused

_PURPOSE_LIMIT = 200


def open_case(engine: Engine, actor: Actor, case_id: str) -> CaseView:
    """Raises NotFound where the case does not exist, or the actor may not know that it does."""
    with engine.store.read() as work:
        return with_diagrams(work, visible_view(work, actor, case_id))


def register(engine: Engine, actor: Actor, query: RegisterQuery | None = None) -> CasePage:
    """A page of the cases that the actor may see, newest first; without a query the first page of all."""
    with engine.store.read() as work:
        now = engine.clock.now().astimezone(engine.settings.timezone)
        return work.cases.register(actor, query or RegisterQuery(), now)


def reveal_parties(engine: Engine, actor: Actor, case_id: str, purpose: str) -> tuple[Party, ...]:
    """The petitioner and the representatives, for those who handle the case; the audit trail keeps the purpose.

    Those of cases that this one has taken in come after its own, and their trails keep it too.
    Raises NotFound, Forbidden (audited), InvalidState without a purpose. Source: 信访工作条例 art. 30, 46(5).
    """
    purpose = checked_purpose(purpose)
    with engine.store.read() as work:
        case = visible_case(work, actor, case_id)
        right = handling_right(actor, case, work.dossier.tasks_of_case(case_id))
        taken_in = [c for c in work.dossier.taken_in(case_id) if not is_accused(actor, c)]
    if right is None:
        record_refusal(engine, actor, "reveal_parties", {"purpose": purpose}, case_id=case_id)
        raise Forbidden(
            Message(
                "只有本案的经办人员可以查看信访人信息。请向经办人员了解。",
                "Only those who handle this case may read the petitioner's details. Ask its handlers.",
            )
        )
    detail = {"purpose": purpose, **({"acted_for": right.acted_for} if right.acted_for else {})}
    found: list[Party] = []
    with engine.store.write() as work:
        for file in (case, *taken_in):
            through = {} if file is case else {"through": case.number or case.case_id}
            record_event(
                work,
                "PartiesRevealed",
                {**detail, **through},
                actor=actor.person_id,
                at=engine.clock.now(),
                case_id=file.case_id,
            )
            found += work.cases.parties(file.case_id)
    return tuple(found)


def checked_purpose(purpose: str) -> str:
    """What somebody says it needs the petitioner's details for. Raises InvalidState where it says nothing."""
    purpose = purpose.strip()
    if not purpose or len(purpose) > _PURPOSE_LIMIT:
        raise InvalidState(
            Message(
                f"请写明查看信访人信息的用途（1 至 {_PURPOSE_LIMIT} 字）。",
                f"Say what you need the petitioner's details for (1 to {_PURPOSE_LIMIT} characters).",
            )
        )
    return purpose
