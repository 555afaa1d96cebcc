"""Undoing a merger while neither case has moved: the merged one stands again where it stood, with its clocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from engine.audit.chain import seal_entries
from engine.audit.record import record_event, record_refusal
from engine.cases.file_read import visible_case
from engine.cases.handling import keeping_right
from engine.cases.links import MERGED_FROM, MERGED_INTO, both_ways
from engine.cases.merging import OUTCOME, hold_running, versions_of
from engine.cases.retime import reckoning, retime
from engine.cases.standing import Event
from engine.deadlines.life import moved, news_of, told
from engine.errors import Forbidden, InvalidState, Message, NotFound
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.case import CaseFile, Instance, InstanceState
from engine.records.org import Actor
from engine.records.step import AuditEntry, MessageSubscription, StepBatch
from engine.records.time import Deadline, DeadlineState
from engine.records.work import CaseLink


def undo_merger(engine: Engine, actor: Actor, case_id: str) -> None:
    """For those who keep both cases. What somebody had typed into an open step's draft is gone all the same.

    Raises NotFound, Forbidden (audited), InvalidState where the main case has moved since.
    """
    try:
        with engine.store.write() as work:
            case = visible_case(work, actor, case_id)
            main = visible_case(work, actor, case.merged_into or "")
            link = work.dossier.link(case_id, main.case_id, MERGED_INTO)
            if link is None:
                raise NotFound(Message("并案", "merger"), case_id)
            if keeping_right(actor, case) is None or keeping_right(actor, main) is None:
                raise Forbidden(
                    Message(
                        "撤销并案由两件事项的主管单位登记、经办或督查人员办理。请联系他们。",
                        "Undoing a merger is for those who keep both cases. Ask them.",
                    )
                )
            _Undoing(engine, work, actor, case, main, link, engine.clock.now()).undo()
    except Forbidden:
        record_refusal(engine, actor, "merge_case", {}, case_id=case_id)
        raise


@dataclass(frozen=True)
class _Undoing:
    engine: Engine
    work: UnitOfWork
    actor: Actor
    case: CaseFile
    main: CaseFile
    link: CaseLink
    now: datetime

    def undo(self) -> None:
        instances = self.work.dossier.instances(self.case.case_id)
        ended = [i for i in instances if i.outcome == OUTCOME and i.ended_at == self.link.at]
        running = [i for i in self.work.dossier.instances(self.main.case_id) if i.state is InstanceState.RUNNING]
        for instance in sorted((*ended, *running), key=lambda i: i.instance_id):
            self.work.instances.lock(instance.instance_id)
        self._check_still()
        trail = self.work.registers.audit_of(self.case.case_id)
        deadlines = [d for d in self.work.dossier.deadlines(self.case.case_id) if self._ended_with(d)]
        for instance in ended:
            self._reopen(instance, [d for d in deadlines if d.instance_id == instance.instance_id], trail)
        state = next(e.detail["state_before"] for e in reversed(trail) if e.event == "CaseMerged")
        self.work.dossier.reopen_case(self.case.case_id, str(state))
        for instance in running:
            self._put_back(instance)
        self.work.dossier.drop_links(both_ways(self.link, MERGED_INTO, MERGED_FROM))
        for one, other in ((self.case, self.main), (self.main, self.case)):
            self._record(one, other)

    def _check_still(self) -> None:
        trail = self.work.registers.audit_of(self.main.case_id)
        taken = next(
            e for e in reversed(trail) if e.event == "CaseTakenIn" and e.detail.get("case_id") == self.case.case_id
        )
        if taken.detail.get("versions") != versions_of(self.work, self.main):
            raise InvalidState(
                Message(
                    "并案之后，主件已有新的办理进展，不能撤销。请在主件继续办理，或另行登记。",
                    "The main case has moved since the merger, which can no longer be undone. Go on there.",
                )
            )

    def _ended_with(self, deadline: Deadline) -> bool:
        return deadline.state is DeadlineState.VOIDED and deadline.ended_at == self.link.at

    def _reopen(self, instance: Instance, deadlines: Sequence[Deadline], trail: Sequence[AuditEntry]) -> None:
        kept = next(
            e.detail
            for e in reversed(trail)
            if e.event == "CaseMergeKept" and e.detail.get("instance_id") == instance.instance_id
        )
        open_again = [self._running(d) for d in deadlines]
        before = {d.deadline_id: d for d in deadlines}
        news = [line for d in open_again for line in news_of(d, before[d.deadline_id])]
        audit = seal_entries(
            [("InstanceReopened", {"instance_id": instance.instance_id}), *news],
            case_id=self.case.case_id,
            at=self.now,
            actor=self.actor.person_id,
            previous=self.work.registers.audit_head(self.case.case_id),
        )
        again = replace(
            instance,
            state=InstanceState.RUNNING,
            version=instance.version + 1,
            ended_at=None,
            outcome=None,
            outcome_name=None,
            audit_head=audit[-1].hash,
        )
        awaited = tuple(MessageSubscription(**row) for row in kept["awaited"])
        self.work.instances.save_step(StepBatch(again, deadlines=tuple(open_again), awaited=awaited, audit=audit))
        self.work.dossier.reopen_steps(
            kept["tasks"], kept["timers"], [d.deadline_id for d in open_again], self.link.at
        )

    def _running(self, deadline: Deadline) -> Deadline:
        running = replace(deadline, state=DeadlineState.RUNNING, ended_at=None)
        return told(running, "reopened", at=self.now, by=self.actor.person_id)

    def _put_back(self, instance: Instance) -> None:
        """The main case's own dates, where the merger had taken earlier ones."""
        held = hold_running(self.work, instance)
        reckoner = reckoning(self.engine, self.work)
        changed = []
        for deadline in held.deadlines:
            last = deadline.history[-1] if deadline.history else {}
            if last.get("event") != "advanced" or last.get("case_id") != self.case.case_id:
                continue
            own = reckoner.deadline(replace(deadline, term=last["term_before"]))
            changed.append(moved(deadline, own, at=self.now, by=self.actor.person_id))
        if changed:
            event = Event("CaseMergeGoverns", {"case_id": self.case.case_id})
            by = self.actor.person_id
            batch = retime(self.engine, self.work, held, changed, event=event, actor=by, now=self.now)
            self.work.instances.save_step(batch)

    def _record(self, one: CaseFile, other: CaseFile) -> None:
        record_event(
            self.work,
            "CaseMergeUndone",
            {"case_id": other.case_id},
            actor=self.actor.person_id,
            at=self.now,
            case_id=one.case_id,
        )
