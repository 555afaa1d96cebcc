"""Merging a repeated petition into the earlier case: one of them goes on, with the earliest deadline of both.

The merged case ends in law by being carried on there; its parties and attachments are reached from the case that
took it in. Where both have an open deadline of the same rule, the earlier date governs.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from engine.audit.record import record_event, record_refusal
from engine.cases.advance import Held, Operation, advance, hold_instance
from engine.cases.all_over import all_over
from engine.cases.file_read import visible_case
from engine.cases.handling import keeping_right
from engine.cases.links import MERGED_FROM, MERGED_INTO, both_ways, checked_note, named_case
from engine.cases.merger_clocks import MergerClocks, merger_clocks
from engine.cases.retime import reckoning, retime
from engine.cases.standing import Event
from engine.cases.step import run_step
from engine.deadlines.life import told
from engine.errors import Conflict, Forbidden, InvalidState, Message, NotFound
from engine.kernel.changes import Changes, Ended
from engine.kernel.run import Run
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.case import CaseFile, Instance, InstanceState
from engine.records.org import Actor
from engine.records.work import CaseLink
from engine.values import Value

OUTCOME = "merged"


def merge_case(
    engine: Engine, actor: Actor, case_id: str, into: str, note: str = "", *, seen: str | None = None
) -> CaseLink:
    """Merges an open case into an earlier open one of the same procedure, `into` by its id or its number.

    For those who keep both. Timers of both that are due fire first. `seen` is the fingerprint of the clocks that
    the preview showed. Raises NotFound, Forbidden (audited), InvalidState saying what stands against it, Conflict
    where the clocks would become something else than was shown.
    """
    note = checked_note(note)
    try:
        with engine.store.read() as work:
            case, main = _cases(work, actor, case_id, into)
            running = running_of(work, case), running_of(work, main)
        _fire_due(engine, actor, (*running[0], *running[1]))
        with engine.store.write() as work:
            case, main = _cases(work, actor, case_id, into)
            for instance in sorted((*running_of(work, case), *running_of(work, main)), key=lambda i: i.instance_id):
                work.instances.lock(instance.instance_id)
            clocks = clocks_of_both(engine, work, case, main)
            if seen is not None and seen != clocks.fingerprint:
                raise Conflict(
                    Message(
                        "您查看之后，两件事项的时限有了变化，尚未并案。请核对下面的最新情况，再确认。",
                        "The clocks have changed since you looked; nothing was merged. Look again, then confirm.",
                    )
                )
            return _Merger(engine, work, actor, case, main, clocks, engine.clock.now()).merge(note)
    except Forbidden:
        record_refusal(engine, actor, "merge_case", {}, case_id=case_id)
        raise


@dataclass(frozen=True)
class _Merger:
    engine: Engine
    work: UnitOfWork
    actor: Actor
    case: CaseFile
    main: CaseFile
    clocks: MergerClocks
    now: datetime

    def merge(self, note: str) -> CaseLink:
        for instance in running_of(self.work, self.case):
            held = hold_running(self.work, instance)
            advance(self.engine, self.work, held, self._ending(held), actor=self.actor.person_id, now=self.now)
        for instance in running_of(self.work, self.main):
            self._hasten(hold_running(self.work, instance))
        link = CaseLink(self.case.case_id, self.main.case_id, MERGED_INTO, note, self.now, self.actor.person_id)
        self.work.dossier.add_links(both_ways(link, MERGED_INTO, MERGED_FROM))
        record_event(
            self.work,
            "CaseTakenIn",
            {"case_id": self.case.case_id, "versions": versions_of(self.work, self.main)},
            actor=self.actor.person_id,
            at=self.now,
            case_id=self.main.case_id,
        )
        return link

    def _ending(self, held: Held) -> Operation:
        name = f"并入 {self.main.number or self.main.title}"
        attached = [deadline.attached_to for deadline in held.deadlines]
        kept: dict[str, Value] = {"instance_id": held.instance.instance_id}

        def end(run: Run, _now: datetime) -> Changes:
            awaited = self.work.dossier.subscriptions(tuple(run.awaited_messages()))
            kept["awaited"] = [asdict(row) for row in awaited]
            kept["tasks"], kept["timers"] = list(run.open_tasks()), list(run.armed_timers())
            return all_over(run, attached, Ended(outcome=OUTCOME, name=name))

        return Operation(
            event=Event("CaseMerged", {"case_id": self.main.case_id, "state_before": self.case.state}),
            act=end,
            retry={},
            columns={"merged_into": self.main.case_id, "state": name},
            # what an undoing needs: ids only
            beside=lambda collector: collector.event("CaseMergeKept", kept),
        )

    def _hasten(self, held: Held) -> None:
        """The main case's deadlines take the earlier dates, and their histories say so."""
        own = {deadline.deadline_id for deadline in held.deadlines}
        changed = [
            told(
                sooner,
                "advanced",
                at=self.now,
                by=self.actor.person_id,
                from_due=mine.legal_due,
                case_id=self.case.case_id,
                term_before=mine.term,
            )
            for mine, sooner in self.clocks.sooner
            if mine.deadline_id in own
        ]
        if not changed:
            return
        event = Event("CaseMergeGoverns", {"case_id": self.case.case_id})
        batch = retime(self.engine, self.work, held, changed, event=event, actor=self.actor.person_id, now=self.now)
        self.work.instances.save_step(batch)


def clocks_of_both(engine: Engine, work: UnitOfWork, case: CaseFile, main: CaseFile) -> MergerClocks:
    """What becomes of the open deadlines of two cases where the first is merged into the second."""
    mine, theirs = (
        [d for instance in running_of(work, each) for d in work.instances.open_deadlines(instance.instance_id)]
        for each in (main, case)
    )
    return merger_clocks(mine, theirs, reckoning(engine, work), engine.settings.timezone)


def kept_cases(work: UnitOfWork, actor: Actor, case_id: str, into: str) -> tuple[CaseFile, CaseFile]:
    """The two cases. Raises NotFound, Forbidden where the actor does not keep both."""
    case, main = visible_case(work, actor, case_id), named_case(work, actor, into)
    if keeping_right(actor, case) is None or keeping_right(actor, main) is None:
        raise Forbidden(
            Message(
                "并案由两件事项的主管单位登记、经办或督查人员办理。请联系他们。",
                "Merging is for those who keep both cases. Ask them.",
            )
        )
    return case, main


def obstacle(case: CaseFile, main: CaseFile) -> Message | None:
    """What stands against merging the first into the second."""
    return next((Message(zh, en) for stands, zh, en in _obstacles(case, main) if stands), None)


def _cases(work: UnitOfWork, actor: Actor, case_id: str, into: str) -> tuple[CaseFile, CaseFile]:
    """Raises NotFound, Forbidden, InvalidState."""
    case, main = kept_cases(work, actor, case_id, into)
    stands = obstacle(case, main)
    if stands is not None:
        raise InvalidState(stands)
    return case, main


def _obstacles(case: CaseFile, main: CaseFile) -> tuple[tuple[bool, str, str], ...]:
    return (
        (case.case_id == main.case_id, "不能并入本件自身。", "A case cannot be merged into itself."),
        (
            bool(case.closed_at or main.closed_at),
            "已办结的事项不能并案。请改为关联。",
            "A closed case cannot be merged. Link them instead.",
        ),
        (
            case.procedure != main.procedure,
            "两件事项的办理程序不同，不能并案。请改为关联。",
            "The cases follow different procedures. Link them instead.",
        ),
        (
            (main.created_at, main.case_id) > (case.created_at, case.case_id),
            "只能并入登记在先的事项。请在后一件上办理并案。",
            "Merge into the case that was registered first.",
        ),
        (
            case.confidential and not main.confidential,
            "保密事项只能并入保密事项。请先把主件设为保密，或改为关联。",
            "A confidential case is merged into a confidential one only. Link them instead.",
        ),
        (
            not set(case.accused_units) <= set(main.accused_units),
            "本件反映的单位，主件没有列明；并案会让其看到本件。请先在主件补列，或改为关联。",
            "This case complains of a unit that the main case does not name. Name it there first, or link them.",
        ),
    )


def running_of(work: UnitOfWork, case: CaseFile) -> tuple[Instance, ...]:
    """Its instances that run."""
    found = work.dossier.instances(case.case_id)
    return tuple(instance for instance in found if instance.state is InstanceState.RUNNING)


def versions_of(work: UnitOfWork, case: CaseFile) -> dict[str, Value]:
    """Of its running instances: whether the case has moved."""
    return {instance.instance_id: instance.version for instance in running_of(work, case)}


def hold_running(work: UnitOfWork, instance: Instance) -> Held:
    """Raises NotFound."""
    held = hold_instance(work, instance.instance_id)
    if held is None:
        raise NotFound(Message("案件", "case"), instance.case_id)
    return held


class _Fired(Exception):
    """What was due has fired; nothing else is written."""


def _fire_due(engine: Engine, actor: Actor, instances: Sequence[Instance]) -> None:
    """What fell due before the merger happened before it."""

    def enough(_work: UnitOfWork, _held: Held, _now: datetime) -> Operation:
        raise _Fired

    for instance in instances:

        def hold(work: UnitOfWork, instance: Instance = instance) -> Held:
            return replace(hold_running(work, instance), next_timer_at=engine.clock.now())

        with suppress(_Fired):
            run_step(engine, hold, enough, actor=actor.person_id)
