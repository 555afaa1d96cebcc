"""Messages between procedures: written with the step that sends them, delivered after it, exactly once.

A message is delivered in one transaction, to all that wait for it and all that start by it, or to none. Failing
delivery is an incident that can be retried.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from engine.audit.record import record_event
from engine.cases.advance import Beginning, Operation, advance, begin, hold_instance
from engine.cases.halted import Halted, refuse_halted, refuse_halted_start
from engine.cases.incident_log import log_incident
from engine.cases.standing import SYSTEM, Event
from engine.definitions.outline import SAME_CASE, StartPoint
from engine.definitions.sources import Procedure, load_procedure
from engine.errors import Conflict, EngineError, StepFailed, StoreAway
from engine.kernel.mend import passing_over
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.case import CaseFile, InstanceState
from engine.records.step import MessageSubscription, OutgoingMessage, StepBatch
from engine.values import Data

_BATCH = 100


def drain_messages(engine: Engine, *, limit: int = 1000) -> int:
    """Delivers what is pending, oldest first, also what a delivery itself sends. Says how many were delivered."""
    delivered = 0
    while delivered < limit:
        with engine.store.read() as work:
            pending = work.messages.pending(_BATCH)
        settled = sum(deliver_message(engine, message.message_id) for message in pending)
        if not settled:
            return delivered
        delivered += settled
    return delivered


def deliver_sent(engine: Engine, batch: StepBatch) -> None:
    """After the commit: delivers what the step sent. What a crash leaves over the heartbeat delivers."""
    if batch.messages:
        drain_messages(engine)


def deliver_message(engine: Engine, message_id: str, *, over: frozenset[str] = frozenset()) -> bool:
    """Delivers one message.

    False where it is delivered already, being delivered, failed (an incident tells), or where a receiver is halted:
    it is delivered to all of them once the halt has ended. The effects of the elements `over` are left out.
    """
    now = engine.clock.now()
    message: OutgoingMessage | None = None
    try:
        with engine.store.write() as work:
            message = work.messages.claim(message_id)
            if message is None:
                return False
            reached = _Delivery(engine, work, message, now, over).reach()
            work.messages.settle(message_id, "delivered" if reached else "unawaited", now)
    except Conflict:
        # a receiver was in the middle of a step: the heartbeat tries again
        return False
    except StoreAway:
        # not the message's fault: it stays pending
        raise
    except Halted as halt:
        _hold_back(engine, message_id, halt, now)
        return False
    except EngineError as failure:
        if message is None:
            raise
        _record_failure(engine, message, failure, now)
        return False
    return True


def _hold_back(engine: Engine, message_id: str, halted: Halted, now: datetime) -> None:
    """Unless the halt was lifted meanwhile: then it stays pending."""
    with engine.store.write() as work:
        halt = work.operating.locked_halt(halted.halt_id)
        if halt is not None and halt.lifted_at is None and work.messages.claim(message_id) is not None:
            work.messages.settle(message_id, "held", now)


def _record_failure(engine: Engine, message: OutgoingMessage, error: EngineError, now: datetime) -> None:
    failure = error if isinstance(error, StepFailed) else StepFailed(error.message, element_id=message.element_id)
    with engine.store.write() as work:
        work.messages.settle(message.message_id, "failed", now)
        log_incident(
            work,
            failure,
            instance_id=message.instance_id,
            case_id=message.case_id,
            operation={"kind": "message", "message_id": message.message_id},
            now=now,
        )


@dataclass(frozen=True)
class _Delivery:
    """One message on its way, inside one transaction."""

    engine: Engine
    work: UnitOfWork
    message: OutgoingMessage
    now: datetime
    over: frozenset[str] = frozenset()

    def reach(self) -> int:
        """How many instances it reached. One that nobody awaits is kept in the sender's audit trail."""
        message = self.message
        subscriptions = self.work.instances.subscriptions(message.message, message.key)
        reached = sum(self._hand_over(subscription) for subscription in subscriptions)
        for procedure, start in _starting(self.work, message.message, self.now):
            self._start(procedure, start)
            reached += 1
        if not reached:
            self._note_unawaited()
        return reached

    def _hand_over(self, subscription: MessageSubscription) -> bool:
        held = hold_instance(self.work, subscription.instance_id)
        if held is None or held.instance.state is not InstanceState.RUNNING:
            return False
        refuse_halted(self.work, held.halt_id)
        operation = Operation(
            event=Event("MessageReceived", {"message": self.message.message, "element": subscription.element_id}),
            act=lambda run, at: passing_over(run, self.over).deliver(
                subscription.task_id, _variables(self.message.payload), at
            ),
            retry={"kind": "message", "message_id": self.message.message_id},
        )
        advance(self.engine, self.work, held, operation, actor=SYSTEM, now=self.now)
        return True

    def _start(self, procedure: Procedure, start: StartPoint) -> None:
        sender = self.work.cases.get(self.message.case_id)
        if sender is None:
            raise LookupError(self.message.case_id)
        refuse_halted_start(self.work, procedure.definition.key)
        case, head = sender, ""
        if start.case == SAME_CASE:
            head = self.work.registers.audit_head(sender.case_id)
        else:
            case = _new_case(procedure, start, self.message.payload, sender, self.now)
            self.work.cases.add(case, ())
        beginning = Beginning(
            procedure=procedure,
            case=case,
            data=_variables(self.message.payload),
            event=Event("CaseStarted", {"procedure": procedure.definition.key, "message": self.message.message}),
            message=self.message.message,
            audit_head=head,
        )
        begin(self.engine, self.work, beginning, actor=SYSTEM, now=self.now)

    def _note_unawaited(self) -> None:
        detail = {"message": self.message.message, "element": self.message.element_id}
        record_event(self.work, "MessageUnawaited", detail, actor=SYSTEM, at=self.now, case_id=self.message.case_id)


def _starting(work: UnitOfWork, message: str, now: datetime) -> list[tuple[Procedure, StartPoint]]:
    current = [summary for summary in work.definitions.list(now) if summary.is_current]
    procedures = [load_procedure(work, summary.definition_id) for summary in current]
    starts = [(procedure, procedure.outline.message_start(message)) for procedure in procedures]
    return [(procedure, start) for procedure, start in starts if start is not None]


def _new_case(procedure: Procedure, start: StartPoint, payload: Data, sender: CaseFile, now: datetime) -> CaseFile:
    """A case of its own, linked to the sender's, and as closed to the accused as that one."""
    return CaseFile(
        case_id=str(uuid4()),
        procedure=procedure.definition.key,
        title=str(payload.get("title") or sender.title),
        unit=str(payload.get("unit") or sender.unit),
        state=start.state or procedure.outline.name,
        created_at=now,
        created_by=SYSTEM,
        channel=payload.get("channel") or sender.channel,
        purpose=payload.get("purpose"),
        category=payload.get("category") or sender.category,
        persons_count=payload.get("persons_count") or sender.persons_count,
        confidential=bool(payload.get("confidential")) or sender.confidential,
        occurred_place=payload.get("occurred_place") or sender.occurred_place,
        accused_units=tuple(dict.fromkeys((*sender.accused_units, *(payload.get("accused_units") or ())))),
        facts={"关联案件": [sender.number or sender.case_id]},
    )


def _variables(payload: Data) -> Data:
    return {name: value for name, value in payload.items() if name != "key"}
