"""What pages say of dry runs and migrations: where cases run, what came of each, in groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from engine.cases.moving.rights import demand_onlooker, known_run
from engine.definitions.draft_source import draft_procedure
from engine.definitions.sources import Procedure, load_procedure
from engine.errors import EngineError
from engine.kernel.diagram import read_diagram
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.definition import Definition, DefinitionSummary
from engine.records.moving import MoveLine, MoveRun, Outcome, RunState
from engine.records.org import Actor

PAGE: Final = 50
MOST_GROUPS: Final = 40
MOST_TALLIED: Final = 20_000
"""Instances whose deadlines are added up for the page; the workbook lists all."""
_RUNS: Final = 10
_PORTION: Final = 2_000
_BY_PEOPLE: Final = frozenset({"userTask", "manualTask"})


@dataclass(frozen=True)
class Overview:
    """`running` are the versions that cases run on, but for the target, with how many; `runs` the newest first."""

    key: str
    running: tuple[tuple[DefinitionSummary, int], ...]
    runs: tuple[MoveRun, ...]
    names: Mapping[str, str]
    target: Definition | None = None
    is_in_force: bool = False

    @property
    def total(self) -> int:
        return sum(many for _, many in self.running)


@dataclass(frozen=True)
class Missing:
    """An element that is gone, how many cases stand there, and what could take its place (id and name)."""

    element: str
    name: str
    cases: int
    candidates: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Tally:
    """How many deadlines of one rule have one effect (`engine.cases.moving.clocks.EFFECTS`)."""

    name: str
    name_en: str
    effect: str
    many: int


@dataclass(frozen=True)
class RunView:
    """A run with everything that its page shows. `source` and `target` are versions, None: any, or a draft."""

    run: MoveRun
    source: Definition | None
    target: Definition | None
    counts: Mapping[Outcome, int]
    groups: tuple[tuple[Outcome, str, int], ...]
    names: Mapping[str, str]
    missing: tuple[Missing, ...]
    tallies: tuple[Tally, ...]
    draft_revision: int | None

    @property
    def done(self) -> int:
        return self.run.total - self.counts.get(Outcome.WAITING, 0)

    @property
    def is_outdated(self) -> bool:
        """Whether the draft was changed since."""
        return self.run.draft_id is not None and self.draft_revision != self.run.revision


def draft_overview(engine: Engine, actor: Actor, draft_id: str, key: str) -> Overview:
    """Raises Forbidden (audited)."""
    demand_onlooker(engine, actor, "look_at_dry_runs", draft_id)
    with engine.store.read() as work:
        runs = work.moving.runs_of_draft(draft_id, _RUNS)
        return Overview(key, _running(engine, work, key, None), runs, _names(work, runs))


def version_overview(engine: Engine, actor: Actor, target_id: str) -> Overview:
    """Raises Forbidden (audited), NotFound."""
    demand_onlooker(engine, actor, "look_at_migrations", target_id)
    now = engine.clock.now()
    with engine.store.read() as work:
        target = work.definitions.get(target_id) or load_procedure(work, target_id).definition
        runs = work.moving.runs_of(target.key, _RUNS)
        running = _running(engine, work, target.key, target_id)
        is_in_force = target.retired_at is None and target.effective_at <= now
        return Overview(target.key, running, runs, _names(work, runs), target, is_in_force)


def read_progress(engine: Engine, actor: Actor, run_id: str) -> tuple[MoveRun, Mapping[Outcome, int]]:
    """The run and how many instances have which outcome. Raises Forbidden (audited), NotFound."""
    demand_onlooker(engine, actor, "look_at_migrations", run_id)
    with engine.store.read() as work:
        return known_run(work, run_id), work.moving.counts(run_id)


def read_run(engine: Engine, actor: Actor, run_id: str) -> RunView:
    """Raises Forbidden (audited), NotFound."""
    demand_onlooker(engine, actor, "look_at_migrations", run_id)
    with engine.store.read() as work:
        run = known_run(work, run_id)
        groups = work.moving.groups(run_id, MOST_GROUPS)
        draft = work.studio.get(run.draft_id) if run.draft_id is not None else None
        is_still = run.state is not RunState.RUNNING
        return RunView(
            run=run,
            source=load_procedure(work, run.source_id).definition if run.source_id is not None else None,
            target=load_procedure(work, run.target_id).definition if run.target_id is not None else None,
            counts=work.moving.counts(run_id),
            groups=groups,
            names=_names(work, (run,)),
            missing=_missing(engine, work, run, groups),
            tallies=_tallies(work, run_id) if is_still else (),
            draft_revision=None if draft is None else draft.revision,
        )


def read_lines(
    engine: Engine, actor: Actor, run_id: str, outcome: Outcome | None, *, gist: str | None, page: int
) -> tuple[tuple[MoveLine, ...], bool]:
    """A page of the run's cases, and whether there are more. Raises Forbidden (audited), NotFound."""
    demand_onlooker(engine, actor, "look_at_migrations", run_id)
    with engine.store.read() as work:
        known_run(work, run_id)
        offset = (max(page, 1) - 1) * PAGE
        found = work.moving.lines(run_id, outcome, actor, gist=gist, limit=PAGE + 1, offset=offset)
    return found[:PAGE], len(found) > PAGE


def every_line(engine: Engine, actor: Actor, run_id: str) -> Iterator[MoveLine]:
    """All cases of the run that the actor may know of, in order. Raises Forbidden (audited), NotFound."""
    demand_onlooker(engine, actor, "export_migration", run_id)
    with engine.store.read() as work:
        known_run(work, run_id)
        offset = 0
        while found := work.moving.lines(run_id, None, actor, limit=_PORTION, offset=offset):
            yield from found
            offset += len(found)


def _running(
    engine: Engine, work: UnitOfWork, key: str, target_id: str | None
) -> tuple[tuple[DefinitionSummary, int], ...]:
    counts = work.moving.running(key)
    versions = [v for v in work.definitions.list(engine.clock.now()) if v.key == key]
    return tuple(
        (version, counts[version.definition_id])
        for version in versions
        if version.definition_id in counts and version.definition_id != target_id
    )


def _names(work: UnitOfWork, runs: Sequence[MoveRun]) -> dict[str, str]:
    people = {run.created_by: work.org.person(run.created_by) for run in runs}
    return {person_id: person.name for person_id, person in people.items() if person is not None}


def _missing(
    engine: Engine, work: UnitOfWork, run: MoveRun, groups: Sequence[tuple[Outcome, str, int]]
) -> tuple[Missing, ...]:
    many: Counter[tuple[str, str, str]] = Counter()
    for outcome, gist, cases in groups:
        if outcome is Outcome.CHOICE:
            for line in gist.split("\n"):
                element, name, kind = [*line.split("\t"), "", ""][:3]
                many[element, name, kind] += cases
    if not many:
        return ()
    try:
        target = _target(engine, work, run)
    except EngineError:
        # the draft cannot run any more: there is nothing to choose from
        return ()
    elements = [e for diagram in _diagrams(target) for e in read_diagram(diagram).elements.values()]
    return tuple(
        Missing(
            element,
            name,
            cases,
            tuple((e.id, e.name or e.id) for e in elements if _is_alike(e.kind, kind) and e.id != element),
        )
        for (element, name, kind), cases in many.most_common()
    )


def _target(engine: Engine, work: UnitOfWork, run: MoveRun) -> Procedure:
    if run.target_id is not None:
        return load_procedure(work, run.target_id)
    return draft_procedure(engine, work, run.draft_id or "")


def _diagrams(procedure: Procedure) -> Iterator[bytes]:
    own = procedure.file(f"{procedure.definition.key}.bpmn")
    if own is not None:
        yield own
    for called in procedure.called.values():
        yield from _diagrams(called)


def _is_alike(kind: str, other: str) -> bool:
    return kind == other or (kind in _BY_PEOPLE and other in _BY_PEOPLE)


def _tallies(work: UnitOfWork, run_id: str) -> tuple[Tally, ...]:
    many: Counter[tuple[str, str, str]] = Counter()
    for offset in range(0, MOST_TALLIED, _PORTION):
        items = work.moving.items(run_id, None, limit=_PORTION, offset=offset)
        for item in items:
            for deadline in item.detail.get("deadlines") or ():
                many[deadline["name"], deadline["name_en"], deadline["effect"]] += 1
        if len(items) < _PORTION:
            break
    return tuple(Tally(*key, count) for key, count in sorted(many.items(), key=lambda each: (-each[1], each[0])))
