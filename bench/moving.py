"""Dry run and migration of many running cases, each with a deadline, its ladder and a task somebody has to do.

The new version has one more step, and another deadline for the step at which the cases stand. In the second dry run
and in the migration deadlines follow it, so that each case closes one clock and begins another.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from time import perf_counter

from bench.backlog import FAR_OFF, RUNG, Office, office_on
from bench.drain import DATABASES
from bench.report import Row, at_least, none_of, say
from engine.cases.moving.progress import advance_runs
from engine.cases.moving.runs import Choice, begin_migration, begin_version_run
from engine.definitions.deploy import deploy_procedure
from engine.records.moving import MoveRun, Outcome
from engine.records.org import Actor
from tests.unit.kernel.bpmn_builder import Bpmn

SCALE = 5_000
DRY, REAL = 100.0, 20.0
"""Cases a second: a province's fifty thousand in minutes, and in three quarters of an hour."""


def rows(scale: int = SCALE) -> Iterator[Row]:
    for database in DATABASES:
        with office_on(database) as office:
            name = f"moving, {database}"
            office.backlog(scale, first_due=FAR_OFF, apart=timedelta(0), name=name, rungs_every=1)
            yield from _moved(office, name, scale)


def _moved(office: Office, name: str, scale: int) -> Iterator[Row]:
    engine = office.engine
    with engine.store.read() as work:
        person = work.org.person_by_username("admin")
        admin = work.org.actor(person.person_id) if person is not None else None
    assert admin is not None
    diagram = _redrawn()
    target = deploy_procedure(engine, None, RUNG, {f"{RUNG}.bpmn": diagram.xml()}).definition_id
    for words, choice in (("kept", Choice()), ("following", Choice(rearm=True))):
        run = begin_version_run(engine, admin, target, choice)
        seconds = _work_off(office, run, f"{name}, dry run")
        yield at_least(f"{name}: dry run of {scale} cases, deadlines {words}", "/s", scale / seconds, DRY)
        yield none_of("  not said to fit", run.total - _counted(office, run, Outcome.UNCHANGED))
    yield from _migrated(office, admin, target, name, scale)


def _migrated(office: Office, admin: Actor, target: str, name: str, scale: int) -> Iterator[Row]:
    run = begin_migration(office.engine, admin, target, Choice(rearm=True), "bench")
    seconds = _work_off(office, run, f"{name}, migration")
    yield at_least(f"{name}: migration of {scale} cases", "/s", scale / seconds, REAL)
    yield none_of("  not moved", run.total - _counted(office, run, Outcome.MOVED))


def _work_off(office: Office, run: MoveRun, name: str) -> float:
    """Seconds until nothing of the run is left."""
    began, said = perf_counter(), 0
    done = 0
    while portion := advance_runs(office.engine):
        done += portion
        if done - said >= 1000:
            said = done
            say(f"{name}: {done} of {run.total}")
    return perf_counter() - began


def _counted(office: Office, run: MoveRun, outcome: Outcome) -> int:
    with office.engine.store.read() as work:
        return work.moving.counts(run.run_id).get(outcome, 0)


def _redrawn() -> Bpmn:
    diagram = Bpmn(RUNG).lane("l", role="registrar").start("s", lane="l").manual("handle", lane="l")
    diagram.manual("check", lane="l").end("e", lane="l")
    diagram.timer_boundary(
        "due", on="handle", expression='deadline("T3")', kind="timeDate", interrupting=False, lane="l"
    )
    return diagram.end("late", lane="l")
