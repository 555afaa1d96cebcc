"""Who looks at running procedures, and who may lay hands on them. Deny by default."""

from __future__ import annotations

from engine.audit.record import record_refusal
from engine.errors import Forbidden, Message, NotFound
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.case import CaseFile, Instance
from engine.records.org import Actor
from engine.tasks.rights import is_accused
from engine.values import Data

ONLOOKERS = ("process_admin", "auditor", "chief", "deputy", "duty_leader", "supervisor")
"""Roles whose holders see how every unit's work stands."""
HEADS = ("unit_leader",)
"""Roles whose holders see how the work of their own units stands."""


def may_look(actor: Actor) -> bool:
    return any(actor.holds(role) for role in (*ONLOOKERS, *HEADS))


def units_open_to(actor: Actor) -> frozenset[str] | None:
    """The units whose work the actor sees; None: all."""
    if any(actor.holds(role) for role in ONLOOKERS):
        return None
    return frozenset(g.unit for g in actor.grants if g.role in HEADS)


def require_onlooker(engine: Engine, actor: Actor, detail: Data) -> None:
    """Raises Forbidden (audited)."""
    if not may_look(actor):
        record_refusal(engine, actor, "look_at_procedure", detail)
        raise Forbidden(
            Message(
                "流程运行情况供流程管理员、领导、督查和审计查看。如有需要，请联系流程管理员。",
                "How procedures run is for process admins, leaders, supervisors and auditors. Ask a process admin.",
            )
        )


def require_operator(engine: Engine, actor: Actor, attempted: str, detail: Data) -> None:
    """Raises Forbidden (audited) for anybody but process admins."""
    if not actor.is_admin:
        record_refusal(engine, actor, attempted, detail)
        raise Forbidden(
            Message(
                "只有流程管理员可以干预运行中的流程。请联系流程管理员。",
                "Only a process admin may intervene in running procedures. Ask one.",
            )
        )


def known_instance(work: UnitOfWork, actor: Actor, instance_id: str) -> tuple[Instance, CaseFile]:
    """Raises NotFound, also where the actor may not know of the case."""
    instance = work.instances.get(instance_id)
    case = work.cases.get(instance.case_id) if instance is not None else None
    if instance is None or case is None or is_accused(actor, case):
        raise unknown_instance(instance_id)
    return instance, case


def unknown_instance(instance_id: str) -> NotFound:
    return NotFound(Message("流程实例", "instance"), instance_id)
