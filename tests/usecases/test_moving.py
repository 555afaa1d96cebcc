"""Running cases under a new version: tried first, then moved, and moved back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from engine.audit.verify import verify_chain
from engine.cases.moving import carry
from engine.cases.moving.progress import advance_runs
from engine.cases.moving.runs import (
    Choice,
    begin_draft_run,
    begin_migration,
    begin_version_run,
    pause_run,
    resume_run,
    stop_run,
    undo_case,
    undo_run,
)
from engine.cases.returning import return_targets
from engine.cases.start import start_case
from engine.deadlines.fire import fire_due_timers
from engine.definitions.drafts import create_draft, save_draft
from engine.errors import Forbidden, InvalidState
from engine.notifications.messages import list_messages
from engine.records.case import CaseFile
from engine.records.definition import Definition
from engine.records.moving import MoveItem, MoveRun, Outcome, RunState
from engine.records.time import Deadline, DeadlineState
from engine.tasks.claim import claim_task
from engine.tasks.complete import complete_task
from engine.tasks.drafts import save_draft as keep_draft
from tests.unit.kernel.bpmn_builder import Bpmn, Scope
from tests.worlds import World, a_field, a_form, files_of

NOTE = a_form(a_field("note", "textarea", label="意见", required=True))


def drawn(*steps: str, due: str = 'deadline("T5")', watched: str = "b", role: str = "registrar") -> Bpmn:
    """A line of steps; a deadline on one of them."""
    diagram = Bpmn("line", name="直线办理").lane("registry", role=role).start("start", lane="registry", name="来件")
    for step in steps:
        diagram.user(step, name=f"环节{step}", form="note", lane="registry")
    diagram.end("end", lane="registry")
    if due:
        diagram.timer_boundary("due", on=watched, expression=due, interrupting=False, lane="registry")
        diagram.end("late", after="due", lane="registry")
    return diagram


@dataclass
class Line:
    """Cases that stand at the step b, whose five days run."""

    world: World
    cases: list[CaseFile]

    def publish(self, diagram: Bpmn) -> Definition:
        return self.world.deploy(diagram, note=NOTE)

    def migrate(self, target: Definition, **choice: object) -> MoveRun:
        begun = begin_migration(
            self.world.engine, self.world.actor("admin"), target.definition_id, Choice(**choice), "流程改版"
        )
        self.work_off()
        return self.run(begun)

    def dry_run(self, target: Definition, **choice: object) -> MoveRun:
        begun = begin_version_run(
            self.world.engine, self.world.actor("admin"), target.definition_id, Choice(**choice)
        )
        self.work_off()
        return self.run(begun)

    def work_off(self) -> None:
        while advance_runs(self.world.engine):
            pass

    def run(self, run: MoveRun) -> MoveRun:
        with self.world.engine.store.read() as work:
            found = work.moving.get(run.run_id)
        assert found is not None
        return found

    def items(self, run: MoveRun) -> list[MoveItem]:
        with self.world.engine.store.read() as work:
            return list(work.moving.items(run.run_id, None, limit=100))

    def outcomes(self, run: MoveRun) -> list[str]:
        return [item.outcome.value for item in self.items(run)]

    def deadlines(self, case: CaseFile) -> list[Deadline]:
        return sorted(self.world.view(case).deadlines, key=lambda d: d.started_at)

    def complete(self, case: CaseFile, element: str) -> None:
        task = self.world.task(case, element)
        complete_task(self.world.engine, self.world.actor("dengji"), task.task_id, {"note": "已办"})


def a_line(world: World, cases: int = 2) -> Line:
    world.deploy(drawn("a", "b"), note=NOTE)
    line = Line(world, [])
    for _ in range(cases):
        line.cases.append(start_case(world.engine, world.actor("dengji"), "line", {}))
        world.clock.advance(timedelta(seconds=1))
    for case in line.cases:
        line.complete(case, "a")
    world.clock.advance(timedelta(hours=1))
    return line


def test_a_dry_run_says_what_would_be_and_touches_nothing(world: World) -> None:
    line = a_line(world)
    before = [line.world.view(case) for case in line.cases]
    added = line.publish(drawn("a", "b", "new"))
    gone = line.publish(drawn("a", "c", watched="c"))

    run = line.dry_run(added)
    assert (run.state, line.outcomes(run)) == (RunState.DONE, ["unchanged"] * 2)
    (deadline,) = line.items(run)[0].detail["deadlines"]
    assert (deadline["effect"], deadline["before"]) == ("kept", deadline["after"])

    run = line.dry_run(gone)
    assert line.outcomes(run) == ["choice"] * 2
    assert line.items(run)[0].gist == "b\t环节b\tuserTask"
    run = line.dry_run(gone, mapping={"b": "c"})
    assert line.outcomes(run) == ["moves"] * 2
    with world.engine.store.read() as work:
        ((outcome, gist, many),) = work.moving.groups(run.run_id, 10)
    assert (outcome, gist, many) == (Outcome.MOVES, "环节b\t环节c", 2)
    assert [line.world.view(case) for case in line.cases] == before


def test_a_dry_run_tells_what_each_deadline_does(world: World) -> None:
    line = a_line(world, 1)

    def effects(diagram: Bpmn, **choice: object) -> list[tuple[str, str]]:
        run = line.dry_run(line.publish(diagram), **choice)
        return [(d["rule"], d["effect"]) for d in line.items(run)[0].detail["deadlines"]]

    assert effects(drawn("a", "b", due='deadline("T3")')) == [("T5", "kept")]
    assert effects(drawn("a", "b", due='deadline("T3")'), rearm=True) == [("T5", "closed"), ("T3", "new")]
    assert effects(drawn("a", "b", due='deadline("T5", date and time("2025-09-30T09:00:00"))'), rearm=True) == [
        ("T5", "rearmed")
    ]
    assert effects(drawn("a", "b", due=""), rearm=True) == [("T5", "closed")]
    assert effects(drawn("a", "b", due="")) == [("T5", "kept")]


def test_a_draft_is_tried_as_it_is_and_not_once_it_has_changed(world: World) -> None:
    line = a_line(world, 1)
    admin = world.actor("admin")
    draft = create_draft(world.engine, admin, "line", files=files_of(drawn("a", "b", "c"), note=NOTE))
    run = begin_draft_run(world.engine, admin, draft.draft_id, Choice())
    line.work_off()
    assert line.outcomes(run) == ["unchanged"]
    run = begin_draft_run(world.engine, admin, draft.draft_id, Choice())
    save_draft(world.engine, admin, draft.draft_id, seen=draft.revision, put=files_of(drawn("a", "c"), note=NOTE))
    line.work_off()
    assert line.run(run).state is RunState.STOPPED
    assert line.outcomes(run) == ["waiting"]


def test_moved_cases_keep_their_tasks_drafts_and_deadlines(either: World) -> None:
    world = either
    line = a_line(world)
    case = line.cases[0]
    clerk, task = world.actor("dengji"), world.task(case, "b")
    claim_task(world.engine, clerk, task.task_id)
    keep_draft(world.engine, clerk, task.task_id, {"note": "写了一半"})
    (due,) = line.deadlines(case)
    target = line.publish(drawn("a", "c", "d", watched="c"))
    run = line.migrate(target, mapping={"b": "c"})

    assert (run.total, line.outcomes(run)) == (2, ["moved"] * 2)
    now = world.task(case, "c")
    assert (now.task_id, now.assignee, now.name) == (task.task_id, "p-dengji", "环节c")
    assert (now.definition_id, now.due_at) == (target.definition_id, task.due_at)
    assert line.deadlines(case) == [due]
    with world.engine.store.read() as work:
        kept = work.drafts.of_task(task.task_id, clerk.person_id)
    assert kept is not None
    assert kept.data == {"note": "写了一半"}
    assert "InstanceMoved" in world.events(case)
    assert verify_chain(world.engine, case.case_id) == []
    line.complete(case, "c")
    line.complete(case, "d")
    assert world.view(case).case.closed_at is not None
    assert line.deadlines(case)[0].state is DeadlineState.MET


def test_the_oldest_first_and_what_does_not_fit_stays_with_its_reason(world: World) -> None:
    line = a_line(world, 3)
    line.complete(line.cases[0], "b")
    target = line.publish(drawn("a", "c", watched="c"))
    run = line.migrate(target)
    assert line.outcomes(run) == ["refused"] * 2
    assert "没有这个环节" in line.items(run)[0].detail["reasons"][0]["zh"]
    run = line.migrate(target, mapping={"b": "c"}, at_most=1)
    assert (run.total, line.outcomes(run)) == (1, ["moved"])
    assert world.task(line.cases[1], "c").task_id
    assert world.task(line.cases[2], "b").state.value == "open"
    with world.engine.store.read() as work:
        assert sorted(work.moving.running("line").values()) == [1, 1]


def test_a_role_that_changed_is_asked_anew(world: World) -> None:
    line = a_line(world, 1)
    case = line.cases[0]
    claim_task(world.engine, world.actor("dengji"), world.task(case, "b").task_id)
    line.migrate(line.publish(drawn("a", "b", role="duty_leader")))
    task = world.task(case, "b")
    assert (task.role, task.assignee) == ("duty_leader", None)


def test_it_is_taken_back_while_the_case_stands_still(either: World) -> None:
    world = either
    line = a_line(world)
    still, moving = line.cases
    before = world.task(still, "b")
    (due,) = line.deadlines(still)
    run = line.migrate(
        line.publish(drawn("a", "c", due='deadline("T3")', watched="c")), mapping={"b": "c"}, rearm=True
    )
    assert [d.state for d in line.deadlines(still)] == [DeadlineState.VOIDED, DeadlineState.RUNNING]
    line.complete(moving, "c")
    undo_run(world.engine, world.actor("admin"), run.run_id)
    line.work_off()

    assert line.outcomes(run) == ["moved", "undone"]
    assert world.task(still, "b") == before
    again, voided = line.deadlines(still)
    assert (again.state, again.legal_due, again.deadline_id) == (
        DeadlineState.RUNNING,
        due.legal_due,
        due.deadline_id,
    )
    assert voided.state is DeadlineState.VOIDED
    assert verify_chain(world.engine, still.case_id) == []
    (kept,) = [item for item in line.items(run) if item.outcome is Outcome.MOVED]
    assert "又有办理" in kept.detail["reasons"][0]["zh"]
    with pytest.raises(InvalidState, match="又有办理"):
        undo_case(world.engine, world.actor("admin"), run.run_id, kept.instance_id)
    line.complete(still, "b")
    assert world.view(still).case.closed_at is not None


def test_paused_resumed_and_stopped(world: World) -> None:
    line = a_line(world, 3)
    target = line.publish(drawn("a", "b", "c"))
    admin = world.actor("admin")
    run = begin_migration(world.engine, admin, target.definition_id, Choice(), "流程改版")
    pause_run(world.engine, admin, run.run_id)
    line.work_off()
    assert line.outcomes(run) == ["waiting"] * 3
    with pytest.raises(InvalidState):
        pause_run(world.engine, admin, run.run_id)
    resume_run(world.engine, admin, run.run_id)
    line.work_off()
    assert line.outcomes(run) == ["moved"] * 3
    with pytest.raises(InvalidState):
        stop_run(world.engine, admin, run.run_id)
    with world.engine.store.read() as work:
        events = [entry.event for entry in work.registers.audit_of(None)]
    assert events[-4:] == ["MigrationStarted", "MigrationPaused", "MigrationResumed", "MigrationFinished"]


def test_what_goes_wrong_in_the_middle_leaves_the_case_as_it_was(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = a_line(world, 2)
    before = [world.view(case) for case in line.cases]
    target = line.publish(drawn("a", "c", watched="c"))

    def crash(*_: object) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr(carry, "check_whole", crash)
        run = line.migrate(target, mapping={"b": "c"})
    assert line.outcomes(run) == ["refused"] * 2
    assert [world.view(case) for case in line.cases] == before
    assert line.outcomes(line.migrate(target, mapping={"b": "c"})) == ["moved"] * 2


def test_only_a_process_admin_moves_cases_and_only_to_a_version_in_force(world: World) -> None:
    line = a_line(world, 1)
    target = line.publish(drawn("a", "b", "c"))
    with pytest.raises(Forbidden):
        begin_migration(world.engine, world.actor("dengji"), target.definition_id, Choice(), "理由")
    with pytest.raises(InvalidState, match="理由"):
        begin_migration(world.engine, world.actor("admin"), target.definition_id, Choice(), " ")
    with world.engine.store.write() as work:
        work.definitions.retire(target.definition_id, "p-admin", world.clock.now())
    with pytest.raises(InvalidState, match="停用"):
        begin_migration(world.engine, world.actor("admin"), target.definition_id, Choice(), "理由")
    with world.engine.store.read() as work:
        assert "AccessRefused" in [entry.event for entry in work.registers.audit_of(None)]


def test_a_moved_case_does_not_go_back_to_a_step_that_is_gone(world: World) -> None:
    world.deploy(drawn("a", "b", "c"), note=NOTE)
    line = Line(world, [start_case(world.engine, world.actor("dengji"), "line", {})])
    (case,) = line.cases
    for step in ("a", "b"):
        line.complete(case, step)
    line.migrate(line.publish(drawn("a", "c", watched="c")))
    targets = return_targets(world.engine, world.actor("dengji"), world.task(case, "c").task_id)
    assert [target.element_id for target in targets] == ["a"]


def layered(*inside: str, watched: str, due: str = 'deadline("T5")') -> Bpmn:
    """As `drawn`, with the steps in a subprocess; the deadline on it, or on one of the steps."""
    diagram = Bpmn("line", name="直线办理").lane("registry", role="registrar").start("start", lane="registry")

    def watch(scope: Scope) -> None:
        scope.timer_boundary("due", on=watched, expression=due, interrupting=False, lane="registry")
        scope.end("late", after="due", lane="registry")

    def fill(scope: Scope) -> None:
        scope.start("s2", lane="registry")
        for step in inside:
            scope.user(step, name=f"环节{step}", form="note", lane="registry")
        scope.end("e2", lane="registry")
        if watched in inside:
            watch(scope)

    diagram.subprocess("sub", fill, name="核实", lane="registry").user("z", form="note", lane="registry")
    diagram.end("end", lane="registry")
    if watched == "sub":
        watch(diagram)
    return diagram


@pytest.mark.parametrize("watched", ["sub", "b"])
def test_into_a_subprocess_and_out_again_the_deadline_and_all_work_go_along(either: World, watched: str) -> None:
    world = either
    line = a_line(world, 1)
    (case,) = line.cases
    clerk, before = world.actor("dengji"), world.task(case, "b")
    claim_task(world.engine, clerk, before.task_id)
    keep_draft(world.engine, clerk, before.task_id, {"note": "写了一半"})
    (due,) = line.deadlines(case)
    target = line.publish(layered("a", "b", "more", watched=watched))

    run = line.dry_run(target)
    assert (line.outcomes(run), line.items(run)[0].gist) == (["moves"], "环节b\t核实 › 环节b")
    assert [d["effect"] for d in line.items(run)[0].detail["deadlines"]] == ["kept"]
    run = line.migrate(target)
    assert line.outcomes(run) == ["moved"]
    (inside,) = [task for task in world.view(case).tasks if task.state.value == "open"]
    assert (inside.task_id, inside.due_at, len(inside.scopes)) == (before.task_id, before.due_at, 1)
    (now,) = line.deadlines(case)
    assert now.attached_to == (inside.scopes[0] if watched == "sub" else inside.task_id)
    assert (now.deadline_id, now.legal_due, now.state) == (due.deadline_id, due.legal_due, due.state)

    undo_run(world.engine, world.actor("admin"), run.run_id)
    line.work_off()
    assert line.outcomes(run) == ["undone"]
    assert (world.task(case, "b").scopes, line.deadlines(case)) == ((), [due])
    line.migrate(target)
    back = line.migrate(line.publish(drawn("a", "b", "c")))
    assert line.outcomes(back) == ["moved"]
    assert (world.task(case, "b").task_id, world.task(case, "b").scopes) == (before.task_id, ())
    assert [d.attached_to for d in line.deadlines(case)] == [before.task_id]
    line.complete(case, "b")
    assert line.deadlines(case)[0].state is DeadlineState.MET
    line.complete(case, "c")
    assert verify_chain(world.engine, case.case_id) == []


def test_a_deadline_of_a_subprocess_ends_with_the_subprocess_and_not_with_its_first_step(world: World) -> None:
    line = a_line(world, 1)
    (case,) = line.cases
    line.migrate(line.publish(layered("a", "b", "more", watched="sub")))
    line.complete(case, "b")
    assert [d.state for d in line.deadlines(case)] == [DeadlineState.RUNNING]
    assert world.task(case, "more").due_at is not None
    line.complete(case, "more")
    assert [d.state for d in line.deadlines(case)] == [DeadlineState.MET]


@pytest.mark.parametrize("due", ['deadline("T5")', "working days(5)"])
def test_an_overdue_deadline_goes_over_to_the_subprocess_as_well(world: World, due: str) -> None:
    world.deploy(drawn("b", due=due), note=NOTE)
    line = Line(world, [start_case(world.engine, world.actor("dengji"), "line", {})])
    (case,) = line.cases
    world.clock.advance(timedelta(days=30))
    fire_due_timers(world.engine, worker="w")
    line.migrate(line.publish(layered("b", "more", watched="sub", due=due)))
    line.complete(case, "b")
    (late,) = line.deadlines(case)
    assert (late.state, late.attached_to) == (DeadlineState.RUNNING, world.task(case, "more").scopes[0])
    assert late.rule == ("T5" if "T5" in due else "@sub")
    line.complete(case, "more")
    assert [d.state for d in line.deadlines(case)] == [DeadlineState.MET_LATE]


def test_a_deadline_without_a_timer_in_the_new_version_stays_with_what_came_out(world: World) -> None:
    world.deploy(layered("b", "c", watched="sub"), note=NOTE)
    line = Line(world, [start_case(world.engine, world.actor("dengji"), "line", {})])
    (case,) = line.cases
    line.migrate(line.publish(drawn("b", "c", due="")))
    (due,) = line.deadlines(case)
    assert (due.state, due.attached_to) == (DeadlineState.RUNNING, world.task(case, "b").task_id)
    line.complete(case, "b")
    assert [d.state for d in line.deadlines(case)] == [DeadlineState.MET]


def test_whoever_has_a_step_hears_once_that_it_is_called_otherwise_or_goes_to_others(world: World) -> None:
    line = a_line(world)
    mine, free = line.cases
    claim_task(world.engine, world.actor("dengji"), world.task(mine, "b").task_id)
    run = line.migrate(line.publish(drawn("a", "c", watched="c")), mapping={"b": "c"})
    line.migrate(line.publish(drawn("a", "c", "d", watched="c")))

    def heard() -> list[tuple[str | None, str]]:
        found = list_messages(world.engine, world.actor("dengji"))
        return [(entry.case_id, entry.text_zh) for entry in found if entry.topic == "migrated"]

    assert heard() == [(mine.case_id, "【提醒】流程改版，您办理的“环节b”现为“环节c”。已填的内容都在，请登录查看。")]
    last = line.migrate(line.publish(drawn("a", "c", role="duty_leader", watched="c")))
    assert len(heard()) == 2
    assert "您不用再办" in heard()[0][1]
    undo_run(world.engine, world.actor("admin"), last.run_id)
    line.work_off()
    assert "已撤回，“环节c”交给您办理" in heard()[0][1]
    assert len(heard()) == 3
    assert free.case_id not in {case_id for case_id, _ in heard()}
    assert run.state is RunState.DONE


def test_days_on_a_step_stay_the_steps_days_whatever_it_is_called(world: World) -> None:
    line = a_line(world, 1)
    (case,) = line.cases
    line.migrate(line.publish(drawn("a", "b", due="working days(5)")), rearm=True)
    assert [(d.rule, d.state.value) for d in line.deadlines(case)] == [("T5", "voided"), ("@b", "running")]
    due = line.deadlines(case)[-1]
    before = world.task(case, "b")
    assert (before.rule, before.due_at) == ("@b", due.legal_due)

    shorter = line.publish(drawn("a", "c", due="calendar days(3)", watched="c"))
    moved = line.items(line.dry_run(shorter, mapping={"b": "c"}))[0].detail["deadlines"]
    assert [(d["effect"], d["before"] == d["after"]) for d in moved] == [("kept", True)]
    followed = line.items(line.dry_run(shorter, mapping={"b": "c"}, rearm=True))[0].detail["deadlines"]
    assert [(d["effect"], d["after"] < d["before"]) for d in followed] == [("rearmed", True)]

    run = line.migrate(shorter, mapping={"b": "c"})
    kept = line.deadlines(case)[-1]
    assert kept == replace(due, rule="@c")
    assert (world.task(case, "c").rule, world.task(case, "c").due_at) == ("@c", due.legal_due)
    undo_run(world.engine, world.actor("admin"), run.run_id)
    line.work_off()
    assert line.deadlines(case)[-1] == due
    assert world.task(case, "b") == before
