"""The dry run of one instance: the move as it would be done, projected, and thrown away. Writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from engine.cases.moving.clocks import effects, over, starts_of
from engine.cases.moving.receivers import as_received
from engine.cases.moving.rehang import rehung
from engine.cases.moving.target import Target, fit
from engine.cases.moving.told import detail_of, gist_of, gist_of_reasons, outcome_of
from engine.cases.project import project
from engine.cases.project_deadlines import needs_earlier
from engine.cases.retime import reckoning
from engine.cases.standing import SILENT, SYSTEM, Collected, Stamp, Standing
from engine.deadlines.time_port import time_port
from engine.errors import EngineError
from engine.kernel.changes import TaskOpened
from engine.kernel.migrate_values import Move
from engine.kernel.ports import ActionCall, ActionResult
from engine.kernel.run import Ports
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.case import CaseFile, Instance
from engine.records.moving import MoveItem, Outcome
from engine.records.time import Deadline
from engine.values import Data


@dataclass
class _NoActions:
    """Lets a trial go on where a server action would be called; `called` says that one would."""

    called: list[str] = field(default_factory=list)

    def run(self, call: ActionCall) -> ActionResult:
        self.called.append(call.name)
        return ActionResult()


@dataclass(frozen=True)
class Seen:
    """An instance as it stands, with its case and its open deadlines."""

    instance: Instance
    case: CaseFile
    deadlines: tuple[Deadline, ...]


def tried(
    engine: Engine, work: UnitOfWork, item: MoveItem, target: Target, seen: Seen, *, now: datetime
) -> MoveItem:
    """The item with what would become of its instance."""
    try:
        move = fit(engine, work, seen.instance, target)
    except EngineError as error:
        return _cannot(item, error, now)
    outcome = outcome_of(move)
    item = replace(item, outcome=outcome, gist=gist_of(outcome, move), at=now)
    if not move.fits:
        return replace(item, detail=detail_of(move, None, ()))
    trial = _Trial(engine, work, target, move, seen, now)
    try:
        return replace(item, detail=trial.detail())
    except EngineError as error:
        if not trial.actions.called:
            return _cannot(item, error, now)
        # it goes on at once, through actions that a trial does not do: how far, nobody can say
        detail = detail_of(move, None, effects(seen.deadlines, ()))
        return replace(item, detail={**detail, "goes_on": True})


@dataclass
class _Trial:
    engine: Engine
    work: UnitOfWork
    target: Target
    move: Move
    seen: Seen
    now: datetime
    actions: _NoActions = field(default_factory=_NoActions)

    def detail(self) -> Data:
        """What the step would write, told. Raises EngineError where it could not be done."""
        source, now = self.target.procedure.source, self.now
        before = rehung(self.move, self.seen.deadlines)
        time = time_port(self.engine, self.work, source.files, source.sha256, earlier=self._earlier)
        run = self.engine.kernel.load(source, Ports(time, self.actions), self.move.snapshot)
        settled = run.settle(self.move, starts_of(self.move, before), now)
        changes = settled.changes
        self._check_receivers(settled.described)
        rules = needs_earlier(changes, now)
        definition_id = self.target.definition_id
        standing = Standing(
            instance=replace(self.seen.instance, definition_id=definition_id, snapshot=self.move.snapshot),
            case=self.seen.case,
            homes=self.target.procedure.homes,
            deadlines=before,
            earlier=tuple(self._earlier(rules)) if rules else (),
        )
        reckoner = reckoning(self.engine, self.work)
        batch = project(changes, standing, Stamp(now, SYSTEM, SILENT), Collected(), reckoner=reckoner).batch
        ending = over(self.move, before, batch.deadlines, rearm=self.target.rearm, at=now, by=SYSTEM)
        return detail_of(self.move, changes, effects(before, (*batch.deadlines, *ending)))

    def _check_receivers(self, described: Mapping[str, TaskOpened]) -> None:
        if described:
            instance = self.seen.instance
            for task in self.work.tasks.open_of(instance.case_id, instance.instance_id):
                if task.task_id in described:
                    as_received(task, described[task.task_id], self.seen.case)

    def _earlier(self, rules: Sequence[str]) -> Sequence[Deadline]:
        instance = self.seen.instance
        return self.work.deadlines.of_rules(instance.case_id, instance.instance_id, rules)


def _cannot(item: MoveItem, error: EngineError, now: datetime) -> MoveItem:
    message = error.message
    detail = {"places": [], "deadlines": [], "reasons": [{"zh": message.zh, "en": message.en}]}
    return replace(item, outcome=Outcome.CANNOT, detail=detail, gist=gist_of_reasons((message,)), at=now)
