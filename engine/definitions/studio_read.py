"""What the studio's pages show: drafts that are worked on, the procedures, a draft with all that is open in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from engine.definitions.draft_rights import demand_reader, missing_draft
from engine.definitions.drafts import checked
from engine.definitions.people_names import names_in
from engine.definitions.reviewing import is_waived, may_review, waiver_key
from engine.definitions.versions import LOOKED_AT, MOST_EVENTS, ProcedureEvent, Standing, standing_of
from engine.kernel.findings import Finding
from engine.ports.engine import Engine
from engine.records.definition import Definition, DefinitionSummary
from engine.records.org import Actor
from engine.records.studio import DraftState, ProcedureDraft

MOST_LIVE = 100


@dataclass(frozen=True)
class ProcedureLine:
    """A procedure: the version in force (None: it is retired as a whole), the next one, its drafts at work."""

    key: str
    name: str
    in_force: DefinitionSummary | None
    scheduled: DefinitionSummary | None
    newest: DefinitionSummary
    drafts: int


@dataclass(frozen=True)
class Studio:
    """`names` are by person id."""

    drafts: tuple[ProcedureDraft, ...]
    procedures: tuple[ProcedureLine, ...]
    names: Mapping[str, str]
    versions: Mapping[str, int]
    may_edit: bool


@dataclass(frozen=True)
class DraftPage:
    """A draft with what is wrong with it now. `base` is the version that it began from, `in_force` the one now.

    `others` are further drafts of the procedure that are worked on.
    """

    draft: ProcedureDraft
    files: Mapping[str, bytes]
    findings: tuple[Finding, ...]
    base: Definition | None
    in_force: Definition | None
    others: tuple[ProcedureDraft, ...]
    events: tuple[ProcedureEvent, ...]
    names: Mapping[str, str]
    may_edit: bool
    may_review: bool
    reviewers: tuple[str, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.is_error)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if not finding.is_error)

    @property
    def bare(self) -> tuple[Finding, ...]:
        """Warnings without a reason."""
        return tuple(finding for finding in self.warnings if not is_waived(self.draft, finding))

    @property
    def ordered(self) -> tuple[Finding, ...]:
        """Errors, then what needs a reason, then what has one."""
        bare = self.bare
        return (*self.errors, *bare, *(finding for finding in self.warnings if finding not in bare))

    @property
    def is_editing(self) -> bool:
        return self.draft.state is DraftState.EDITING

    @property
    def is_behind(self) -> bool:
        """Whether a newer version came into force since the draft began."""
        if self.base is None or self.in_force is None:
            return False
        return self.in_force.version > self.base.version

    def reason(self, finding: Finding) -> Mapping[str, str] | None:
        return self.draft.waivers.get(waiver_key(finding))


def read_studio(engine: Engine, actor: Actor) -> Studio:
    """Raises Forbidden (audited)."""
    demand_reader(engine, actor, "read_studio", "")
    now = engine.clock.now()
    with engine.store.read() as work:
        drafts = work.studio.live(MOST_LIVE)
        summaries = work.definitions.list(now, counted=True)
        names = names_in(work)
    lines = []
    for key, group in groupby(summaries, key=lambda summary: summary.key):
        among = tuple(group)
        standings = {s: standing_of(s, among, now) for s in among}
        in_force = next((s for s in among if standings[s] is Standing.IN_FORCE), None)
        lines.append(
            ProcedureLine(
                key=key,
                name=(in_force or among[0]).name,
                in_force=in_force,
                scheduled=next((s for s in among if standings[s] is Standing.SCHEDULED), None),
                newest=among[0],
                drafts=sum(draft.key == key for draft in drafts),
            )
        )
    versions = {summary.definition_id: summary.version for summary in summaries}
    return Studio(drafts, tuple(lines), names, versions, actor.is_admin)


def read_draft(engine: Engine, actor: Actor, draft_id: str, *, checking: bool = True) -> DraftPage:
    """A draft for its pages. `checking`: with its findings. Raises Forbidden (audited), NotFound."""
    demand_reader(engine, actor, "read_draft", draft_id)
    now = engine.clock.now()
    with engine.store.read() as work:
        draft = work.studio.get(draft_id)
        if draft is None:
            raise missing_draft(draft_id)
        files = work.studio.files(draft_id)
        names = names_in(work)
        is_live = draft.state in {DraftState.EDITING, DraftState.REVIEW}
        findings = checked(engine, work, draft, files) if checking and is_live else ()
        told = [e for e in work.registers.procedure_events(LOOKED_AT) if e.detail.get("draft") == draft_id]
        admins = work.org.holders("process_admin", None)
        return DraftPage(
            draft=draft,
            files=files,
            findings=findings,
            base=work.definitions.get(draft.base_id) if draft.base_id else None,
            in_force=work.definitions.current(draft.key, now),
            others=tuple(d for d in work.studio.live(MOST_LIVE) if d.key == draft.key and d.draft_id != draft_id),
            events=tuple(ProcedureEvent(e, names.get(e.actor, e.actor)) for e in told[:MOST_EVENTS]),
            names=names,
            may_edit=actor.is_admin,
            may_review=may_review(actor, draft),
            reviewers=tuple(
                p.name for p in admins if p.person_id not in {draft.submitted_by, draft.changed_by, actor.person_id}
            ),
        )


def person_name(engine: Engine, person_id: str) -> str:
    """The name of a member of staff, the id where there is none."""
    with engine.store.read() as work:
        person = work.org.person(person_id)
    return person.name if person else person_id
