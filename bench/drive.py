"""One petition driven from intake to archive, by our kernel and by SpiffWorkflow."""

from __future__ import annotations

from functools import cache

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from bench.petition import END, Petition, petition_for
from bench.ports import ports_for
from bench.stock import Stock
from engine.kernel.changes import Changes
from engine.kernel.feel import Feel
from engine.kernel.run import Kernel, Ports, Run
from engine.values import Data

Finished = tuple[str, Data]
"""The id of the end event, and the variables at the end."""


class Ours:
    """A client of the kernel: it knows from the changes which task is open."""

    def __init__(self, petition: Petition, feel: Feel, ports: Ports) -> None:
        self.petition = petition
        self.kernel = Kernel(feel)
        self.ports = ports

    def up_to(self, acts: int) -> tuple[Run, Changes]:
        """An instance after this many acts, and what the last of them did."""
        petition = self.petition
        run, changes = self.kernel.start(petition.source, self.ports, petition.facts, petition.begun_at)
        for act in petition.acts[:acts]:
            (task,) = [task for task in changes.opened if task.element_id == act.element]
            changes = run.complete(task.task_id, act.data, act.at)
        return run, changes

    def to_end(self) -> Finished:
        run, _ = self.up_to(len(self.petition.acts))
        (window,) = run.armed_timers()
        changes = run.fire(window, self.petition.window_ends)
        assert run.is_ended
        assert changes.ended is not None
        return changes.ended.outcome, run.data


class Theirs:
    """A client of SpiffWorkflow: it asks the workflow which task is open. Within `step_clock`."""

    def __init__(self, petition: Petition, feel: Feel, ports: Ports) -> None:
        self.petition = petition
        self.stock = Stock(feel, ports, petition.sources())

    def up_to(self, acts: int) -> BpmnWorkflow:
        workflow = self.stock.start(self.petition.facts, self.petition.begun_at)
        for act in self.petition.acts[:acts]:
            task = self.stock.open_task(workflow, act.element)
            self.stock.complete(workflow, task, act.data, act.at)
        return workflow

    def to_end(self) -> Finished:
        workflow = self.up_to(len(self.petition.acts))
        self.stock.refresh(workflow, self.petition.window_ends)
        assert workflow.is_completed()
        (end,) = workflow.get_tasks(spec_name=END, state=TaskState.COMPLETED)
        return end.task_spec.name, workflow.last_task.data


@cache
def both() -> tuple[Ours, Theirs]:
    """Clients with the same petition, the same FEEL and the same ports, and so the same warm memory of answers."""
    feel = Feel()
    petition = petition_for(feel)
    ports = ports_for(petition.source.files, feel)
    return Ours(petition, feel, ports), Theirs(petition, feel, ports)


def agreed(ours: Ours, theirs: Theirs) -> Finished:
    """How both ended. Raises ValueError unless both ended alike, with the same variables."""
    (outcome, variables), (other, others) = ours.to_end(), theirs.to_end()
    differing = {
        name
        for name in {*variables, *others}
        if not name.startswith(_KNOWN_TO_DIFFER) and variables.get(name) != others.get(name)
    }
    if outcome != other or differing:
        raise ValueError(f"ours ended at {outcome}, theirs at {other}; these variables differ: {differing}")
    return outcome, variables


_KNOWN_TO_DIFFER = ("spiff__", "completed_")
"""SpiffWorkflow keeps a service task's result also where the diagram names no variable for it; and at a join of
branches it keeps what the last branch to arrive has, we what was written last."""
