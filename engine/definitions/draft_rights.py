"""Who may look at drafts, and who may change them."""

from __future__ import annotations

from typing import Final

from engine.audit.record import record_refusal
from engine.errors import Forbidden, Message, NotFound
from engine.ports.engine import Engine
from engine.records.org import Actor

READERS: Final = ("process_admin", "supervisor", "auditor", "chief", "deputy")
"""Process admins edit; leaders and auditors look."""
_SHOWN: Final = 80
"""Characters of a key that nobody has checked."""


def may_read_drafts(actor: Actor) -> bool:
    return any(actor.holds(role) for role in READERS)


def demand_admin(engine: Engine, actor: Actor, attempted: str, about: str) -> None:
    """Raises Forbidden (audited) for anybody but a process admin."""
    if not actor.is_admin:
        record_refusal(engine, actor, attempted, {"about": about[:_SHOWN]})
        raise Forbidden(
            Message(
                "只有流程管理员可以修改、送审和发布流程。请联系流程管理员。",
                "Only a process admin may change, submit and publish procedures. Ask one.",
            )
        )


def demand_reader(engine: Engine, actor: Actor, attempted: str, about: str) -> None:
    """Raises Forbidden (audited) for those who may not look at drafts."""
    if not may_read_drafts(actor):
        record_refusal(engine, actor, attempted, {"about": about[:_SHOWN]})
        raise Forbidden(
            Message(
                "流程草稿只对流程管理员、领导和审计人员开放。已发布的流程可在“流程图”里查看。",
                "Drafts of procedures are open to process admins, leaders and auditors. Published ones are under "
                "“Procedures”.",
            )
        )


def missing_draft(draft_id: str) -> NotFound:
    return NotFound(Message("流程草稿", "draft of a procedure"), draft_id[:_SHOWN])
