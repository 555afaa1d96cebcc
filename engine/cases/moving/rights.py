"""Who may try and do migrations, and who may look at them."""

from __future__ import annotations

from typing import Final

from engine.audit.record import record_refusal
from engine.definitions.draft_rights import may_read_drafts
from engine.errors import Forbidden, Message, NotFound
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.moving import MoveRun
from engine.records.org import Actor

_SHOWN: Final = 80


def demand_mover(engine: Engine, actor: Actor, attempted: str, about: str) -> None:
    """Raises Forbidden (audited) for anybody but a process admin."""
    if not actor.is_admin:
        record_refusal(engine, actor, attempted, {"about": about[:_SHOWN]})
        raise Forbidden(
            Message(
                "只有流程管理员可以试算和迁移在办案件。请联系流程管理员。",
                "Only a process admin may try out and do the migration of running cases. Ask one.",
            )
        )


def demand_onlooker(engine: Engine, actor: Actor, attempted: str, about: str) -> None:
    """Raises Forbidden (audited) for those who may not look at runs."""
    if not may_read_drafts(actor):
        record_refusal(engine, actor, attempted, {"about": about[:_SHOWN]})
        raise Forbidden(
            Message(
                "试算和迁移的结果只对流程管理员、领导和审计人员开放。",
                "Dry runs and migrations are open to process admins, leaders and auditors.",
            )
        )


def known_run(work: UnitOfWork, run_id: str) -> MoveRun:
    """Raises NotFound."""
    run = work.moving.get(run_id)
    if run is None:
        raise NotFound(Message("试算或迁移", "dry run or migration"), run_id[:_SHOWN])
    return run
