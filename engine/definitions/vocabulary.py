"""What an editor may offer for a draft: everything that a step of it can name, as it stands at this moment.

The same sources as the linter's: what is offered here is what the linter finds no fault with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from engine.cases.actions.registry import SIGNATURES
from engine.casework.roles import STANDARD_ROLES
from engine.clock.calendar import ImpossibleTime
from engine.deadlines.moment_words import told_limit, told_moment
from engine.deadlines.office_tables import OfficeTables, load_tables
from engine.deadlines.rules import DECISION, DeadlineRule, DeadlineRules, rules_from
from engine.deadlines.rungs import Rung
from engine.definitions.builtin import shared_tables
from engine.definitions.content import executable_files, form_path
from engine.definitions.deploy import names_from
from engine.definitions.drafts import DraftView, open_draft
from engine.documents.kinds import Kind, declared_kinds, kind_of
from engine.documents.paper_calls import paper_calls
from engine.errors import EngineError, InvalidDiagram, Message
from engine.kernel.diagram import Diagram, read_leniently
from engine.kernel.forms import check_form, parse_form
from engine.kernel.forms_access import Named, named_of
from engine.kernel.lint import scope_in
from engine.kernel.lint.names import Scope
from engine.kernel.lint.tables import Table, read_tables
from engine.kernel.ports import ActionSignature
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.definition import DefinitionSummary
from engine.records.org import Actor, Unit

_FORMS: Final = "forms/"
_FORM_SUFFIX: Final = ".form.json"


@dataclass(frozen=True)
class RungAhead:
    """A row of the ladder of a rule. `when` None: it follows another row."""

    rung: Rung
    when: Message | None


@dataclass(frozen=True)
class RuleAhead:
    """A rule of the table of deadlines, how long it gives, and what happens around its day."""

    rule: DeadlineRule
    term: Message
    ladder: tuple[RungAhead, ...]


@dataclass(frozen=True)
class FormAhead:
    """A form of the draft by name, and the names of the steps that show it.

    `fields` is empty where the form cannot be read yet.
    """

    name: str
    used_by: tuple[str, ...]
    path: str
    fields: tuple[Named, ...]


@dataclass(frozen=True)
class TableAhead:
    """A decision table; `path` None: it is shared and not the draft's own."""

    table: Table
    path: str | None


@dataclass(frozen=True)
class Vocabulary:
    """What can be named in a draft. `setters` are the names of its elements by id; `states` those in use."""

    view: DraftView
    roles: tuple[str, ...]
    units: tuple[Unit, ...]
    rules: tuple[RuleAhead, ...]
    actions: Mapping[str, ActionSignature]
    decisions: tuple[TableAhead, ...]
    forms: tuple[FormAhead, ...]
    procedures: tuple[DefinitionSummary, ...]
    papers: tuple[Kind, ...]
    states: tuple[str, ...]
    scope: Scope
    setters: Mapping[str, str]


def read_vocabulary(engine: Engine, actor: Actor, draft_id: str) -> Vocabulary:
    """For those who may look at drafts. Raises Forbidden (audited), NotFound; a draft half drawn is no error."""
    view = open_draft(engine, actor, draft_id)
    files, feel, now = executable_files(view.files), engine.kernel.feel, engine.clock.now()
    diagram = _diagram(files, view.draft.key)
    with engine.store.read() as work:
        tables = load_tables(engine, work)
        called = names_from(engine, work, files, frozenset({view.draft.key}), now)
        return Vocabulary(
            view=view,
            roles=_roles(work),
            units=work.org.units(),
            rules=tuple(_rules(tables, _own_rules(files, tables), files, now)),
            actions=SIGNATURES,
            decisions=tuple(_decisions(files)),
            forms=tuple(_forms(files, diagram)),
            procedures=tuple(s for s in work.definitions.list(now) if s.is_current and s.key != view.draft.key),
            papers=tuple(_papers(diagram)),
            states=_states(diagram),
            scope=scope_in(files, shared_tables(), feel=feel, called_names=called),
            setters={} if diagram is None else {e.id: e.name or e.id for e in diagram.elements.values()},
        )


def _diagram(files: Mapping[str, bytes], key: str) -> Diagram | None:
    content = files.get(f"{key}.bpmn")
    if content is None:
        return None
    try:
        return read_leniently(content, f"{key}.bpmn")[0]
    except InvalidDiagram:
        return None


def _roles(work: UnitOfWork) -> tuple[str, ...]:
    """The standard ones, and what the office has granted beside them."""
    held = {grant.role for grants in work.org.grants().values() for grant in grants}
    return tuple(sorted(STANDARD_ROLES | held))


def _own_rules(files: Mapping[str, bytes], tables: OfficeTables) -> DeadlineRules | None:
    try:
        return rules_from({**shared_tables(), **files}, tables.feel)
    except InvalidDiagram:
        return None


def _rules(
    tables: OfficeTables, own: DeadlineRules | None, files: Mapping[str, bytes], now: datetime
) -> Iterator[RuleAhead]:
    """The office's own table goes before the procedure's, as it does when a deadline starts."""
    sources = [source for source in (tables.rules, own) if source is not None]
    office = tables.content(DECISION) if tables.version(DECISION) else None
    for key in sorted(_keys({**shared_tables(), **files, **({"office.dmn": office} if office else {})})):
        rule = next(filter(None, (_found(source, key, now) for source in sources)), None)
        if rule is None:
            continue
        first = next(filter(None, (_found(source, rule.after_rule or "", now) for source in sources)), None)
        term = told_limit(
            rule.clock.value,
            rule.amount,
            rule.period.value if rule.period else None,
            first.amount if first else None,
        )
        ladder = tuple(
            RungAhead(rung, None if rung.when is None else told_moment(rung.when.text))
            for rung in tables.ladders.of(key)
        )
        yield RuleAhead(rule, term, ladder)


def _found(source: DeadlineRules, key: str, now: datetime) -> DeadlineRule | None:
    if not key:
        return None
    try:
        return source.find(key, now)
    except ImpossibleTime:
        return None


def _keys(files: Mapping[str, bytes]) -> frozenset[str]:
    return frozenset(key for _, table in _tables(files) if table.id == DECISION for key in table.keys)


def _tables(files: Mapping[str, bytes]) -> Iterator[tuple[str, Table]]:
    """By path; what cannot be read is the linter's to name."""
    for path, content in sorted(files.items()):
        if path.endswith(".dmn"):
            yield from ((path, table) for table in _read(content, path))


@lru_cache(maxsize=128)
def _read(content: bytes, path: str) -> tuple[Table, ...]:
    try:
        return tuple(read_tables(content, path))
    except InvalidDiagram:
        return ()


def _decisions(files: Mapping[str, bytes]) -> Iterator[TableAhead]:
    yield from (TableAhead(table, path) for path, table in _tables(files))
    yield from (TableAhead(table, None) for _, table in _tables(shared_tables()) if table.id != DECISION)


def _forms(files: Mapping[str, bytes], diagram: Diagram | None) -> Iterator[FormAhead]:
    elements = () if diagram is None else tuple(diagram.elements.values())
    for path, content in sorted(files.items()):
        name = path.removeprefix(_FORMS).removesuffix(_FORM_SUFFIX)
        if path != form_path(name) or not path.endswith(_FORM_SUFFIX):
            continue
        try:
            readable = not any(finding.is_error for finding in check_form(content, path))
            fields = named_of(parse_form(content)) if readable else ()
        except EngineError:
            fields = ()
        used_by = dict.fromkeys(e.name or e.id for e in elements if e.properties.get("form") == name)
        yield FormAhead(name, tuple(used_by), path, fields)


def _papers(diagram: Diagram | None) -> Iterator[Kind]:
    """The declared kinds, then those that only this diagram issues."""
    yield from declared_kinds().values()
    calls = {} if diagram is None else {call.kind: call for call in paper_calls(diagram) if call.kind}
    for code, call in calls.items():
        if code not in declared_kinds():
            yield kind_of(code, title=call.title, keys=call.keys or ())


def _states(diagram: Diagram | None) -> tuple[str, ...]:
    elements = () if diagram is None else diagram.elements.values()
    return tuple(dict.fromkeys(e.properties["case_state"] for e in elements if e.properties.get("case_state")))
