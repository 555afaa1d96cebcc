"""What a procedure would do: played on the real org, rules, ladders and calendar, in a scratch database.

The installation is only read. What a case would become due, who would be told, and when, is seen before anybody
has a case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import uuid4

from engine.audit.record import record_refusal
from engine.deadlines.calendar import load_calendar
from engine.deadlines.why_around import notes_in
from engine.definitions.builtin import builtin_procedures
from engine.definitions.sources import current_procedure
from engine.errors import Forbidden, Message
from engine.kernel.diagram import read_diagram
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.case import InstanceState
from engine.records.definition import Definition
from engine.records.org import Actor
from engine.records.reach import Absence
from engine.records.step import OutboxEntry
from engine.records.views import CaseView
from engine.sample.setup import set_up_sample
from engine.scenarios.cast import UnknownUser
from engine.scenarios.stage import EngineFactory, Stage
from engine.simulation.model import Answers, Away, DayNote, Entry, Simulation
from engine.simulation.office import OfficeCopy, put_in_force, read_office, write_office
from engine.simulation.player import Player, Watch
from engine.simulation.presence import Presence
from engine.simulation.timeline import Staff, in_order, timeline_of

LONGEST = timedelta(days=366)
"""How far a simulation goes where nobody says until when."""
PLAYERS = ("process_admin", "supervisor")
MOST_NOTICES = 10_000


def simulate(
    engine: Engine,
    actor: Actor | None,
    procedure: str,
    start: datetime,
    answers: Answers | None = None,
    *,
    scratch: EngineFactory,
    until: datetime | None = None,
    watch: Watch | None = None,
    given: Definition | None = None,
    away: Sequence[Away] = (),
) -> Simulation:
    """Plays `procedure` from the aware `start` until nothing waits any more, or `until` (a year, where None).

    `scratch` opens an empty database at every call, on the clock that it is given; the caller removes it. `actor`
    None is the installation itself. `given` plays in the place of the version of its key that is in force: an older
    one, or a draft made ready (`draft_procedure`). `away` are absences beside those that the office has entered.

    Raises Forbidden (audited) for who is no admin or supervisor, NotFound for the procedure, InvalidAnswers for an
    answer that a form or the procedure refuses, and what `watch` raises.
    """
    demand_player(engine, actor, "simulate", procedure)
    with engine.store.read() as work:
        office = read_office(work, start, max(start, engine.clock.now()), given)
    stage = Stage(scratch, start, lambda fresh: _furnish(fresh, office, given, start))
    try:
        presence = _presence(stage.engine, office, away)
        play = answers or Answers()
        player = Player(stage, procedure, play, until=until or start + LONGEST, watch=watch, presence=presence)
        return _play(stage, player, procedure, is_sample=office.is_empty)
    finally:
        stage.close()


def demand_player(engine: Engine, actor: Actor | None, attempted: str, procedure: str) -> None:
    """Process admins and supervisors may try a procedure. Raises Forbidden (audited) for anybody else."""
    if actor is not None and not any(actor.holds(role) for role in PLAYERS):
        record_refusal(engine, actor, attempted, {"procedure": procedure})
        raise Forbidden(
            Message(
                "只有流程管理员和督查人员可以推演流程。请向他们提出。",
                "Only process admins and supervisors may simulate a procedure. Ask one of them.",
            )
        )


def answerable(engine: Engine) -> tuple[str, ...]:
    """Element ids of the tasks for people in every procedure that would be played."""
    with engine.store.read() as work:
        office = read_office(work, engine.clock.now(), engine.clock.now())
    diagrams = [(d.key, {file.path: file.content for file in d.files}) for d in office.definitions]
    if office.is_empty:
        diagrams = [(key, dict(files)) for key, files in builtin_procedures().items()]
    found = {
        element.id
        for key, files in diagrams
        for element in read_diagram(files[f"{key}.bpmn"]).elements.values()
        if element.kind in {"userTask", "manualTask"}
    }
    return tuple(sorted(found))


def _furnish(fresh: Engine, office: OfficeCopy, given: Definition | None, start: datetime) -> None:
    if office.is_empty:
        set_up_sample(fresh, password=None)
    else:
        write_office(fresh, office)
    if given is not None:
        put_in_force(fresh, given, start)


def _presence(fresh: Engine, office: OfficeCopy, away: Sequence[Away]) -> Presence:
    """Absences with a deputy also stand in the scratch database: there the deputy may act."""
    with fresh.store.read() as work:
        ids = {person.username: person.person_id for person in work.org.people()}
    asked = []
    for each in away:
        for username in (each.username, each.deputy):
            if username and username not in ids:
                raise UnknownUser(Message(f"单位里没有用户 {username}。", f"The office has no user {username}."))
        deputy = ids.get(each.deputy, "")
        asked.append(Absence(str(uuid4()), ids[each.username], deputy, each.starts_at, each.ends_at))
    with fresh.store.write() as work:
        for absence in asked:
            if absence.deputy_id:
                work.reach.add_absence(absence)
    return Presence([*asked, *office.absences])


def _play(stage: Stage, player: Player, procedure: str, *, is_sample: bool) -> Simulation:
    start = stage.now
    player.play()
    engine, views = stage.engine, player.views()
    with engine.store.read() as work:
        staff = Staff({person.person_id: person for person in work.org.people()}, work.org.grants())
        outbox = _outbox(work, staff)
        last = stage.now
        name = current_procedure(work, procedure, last).outline.name
        entries = in_order([*timeline_of(views, outbox, staff, last, engine.settings.timezone), *player.notes])
        told = _days_of(engine, entries)
        every = _days_between(engine, start, last)
        days, calendar = (_notes(engine, work, each) for each in (told, every))
    blocked = tuple(
        dict.fromkeys(task.element_id for view in views for task in view.tasks if task.state.value == "open")
    )
    return Simulation(
        procedure=procedure,
        name=name,
        start=start,
        until=last,
        entries=tuple(entries),
        days=days,
        blocked=blocked,
        filled=player.filled,
        is_sample=is_sample,
        reached_limit=player.reached_limit,
        acts=tuple(player.acts),
        outcome=_outcome(views),
        calendar=calendar,
    )


def _outcome(views: Sequence[CaseView]) -> str:
    """Of the case that was started, once nothing of it runs any more: its oldest instance's."""
    instances = sorted(views[0].instances, key=lambda i: i.started_at) if views else []
    if not instances or any(i.state is InstanceState.RUNNING for i in instances):
        return ""
    return instances[0].outcome or ""


def _outbox(work: UnitOfWork, staff: Staff) -> list[OutboxEntry]:
    """What everybody was told; only who holds a role is ever told anything."""
    told = (
        work.registers.inbox_messages(person_id, unread_only=False, limit=MOST_NOTICES)
        for person_id in staff.people
    )
    return sorted((entry for entries in told for entry in entries), key=lambda entry: entry.created_at)


def _days_of(engine: Engine, entries: list[Entry]) -> list[date]:
    """Each day on which something happens, and the day before a midnight."""
    zone = engine.settings.timezone
    instants = [entry.at for entry in entries] + [entry.at - timedelta(seconds=1) for entry in entries]
    return sorted({at.astimezone(zone).date() for at in instants})


def _days_between(engine: Engine, start: datetime, until: datetime) -> list[date]:
    zone = engine.settings.timezone
    first, last = start.astimezone(zone).date(), until.astimezone(zone).date()
    return [first + timedelta(days=n) for n in range(min((last - first).days, LONGEST.days) + 1)]


def _notes(engine: Engine, work: UnitOfWork, days: list[date]) -> Mapping[str, DayNote]:
    """What the calendar says of days."""
    calendar, notes = load_calendar(engine, work), notes_in(engine, work)
    return {day.isoformat(): DayNote(calendar.is_workday(day), notes.get(day, "")) for day in days}
