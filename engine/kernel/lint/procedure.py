"""Lints a whole procedure: the diagram, its forms and its tables, against what it may refer to."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import lru_cache

from engine.errors import InvalidDiagram, Message
from engine.kernel.decisions import parse_decisions
from engine.kernel.diagram import Diagram, read_leniently
from engine.kernel.feel import Feel
from engine.kernel.findings import Finding, Severity
from engine.kernel.forms import check_form, parse_form
from engine.kernel.forms_access import Named, named_of
from engine.kernel.lint import (
    access,
    connections,
    events,
    expressions,
    gateways,
    lanes,
    loops,
    names,
    papers,
    processes,
    properties,
    references,
    timers,
    unsupported,
)
from engine.kernel.lint.execution import engine_findings
from engine.kernel.lint.fields import form_variables
from engine.kernel.lint.subject import Subject
from engine.kernel.lint.table_ids import repeated_ids
from engine.kernel.lint.tables import Table, read_tables
from engine.kernel.ports import ActionSignature

Rule = Callable[[Subject], Iterator[Finding]]

RULES: tuple[Rule, ...] = (
    processes.one_executable_process,
    processes.process_named_like_its_file,
    processes.nothing_outside_the_process,
    processes.starts,
    processes.ends,
    connections.flows_have_both_ends,
    connections.flows_stay_in_their_scope,
    connections.flows_fit_their_ends,
    connections.flows_are_not_doubled,
    connections.nothing_dead_ends,
    connections.everything_is_reachable,
    connections.boundary_events_sit_on_activities,
    gateways.split_has_default,
    gateways.split_has_conditions,
    gateways.conditions_only_where_evaluated,
    gateways.default_only_on_gateways,
    gateways.event_gateway_waits_for_events,
    gateways.parallel_join_gets_its_tokens,
    events.events_have_a_trigger,
    events.messages_exist,
    events.references_exist,
    events.links_have_partners,
    loops.loops_are_complete,
    unsupported.constructs_that_run_right,
    unsupported.data_stores_are_absent,
    lanes.user_tasks_have_a_role,
    lanes.roles_are_known,
    lanes.lanes_are_unambiguous,
    lanes.elements_stand_in_one_lane,
    references.forms_exist,
    access.fields_exist,
    access.shown_forms_exist,
    references.actions_exist,
    references.decisions_exist,
    references.called_processes_exist,
    expressions.expressions_can_be_read,
    expressions.scripts_are_feel,
    expressions.scripts_stand_where_they_run,
    timers.timers_are_readable,
    timers.deadlines_are_known,
    names.names_are_set,
    names.names_can_be_read,
    papers.awaited_papers_are_issued,
    properties.properties_are_known,
    properties.priorities_are_known,
    properties.properties_have_values,
    properties.extensions_are_known,
    properties.diagram_is_drawn,
)

_FORM = re.compile(r"^(?:.*/)?forms/([^/]+)\.form\.json$")


def lint_procedure(
    files: Mapping[str, bytes],
    shared: Mapping[str, bytes],
    *,
    known_processes: Collection[str],
    actions: Mapping[str, ActionSignature],
    feel: Feel,
    roles: Collection[str] | None = None,
    called_names: Mapping[str, Collection[str]] | None = None,
    more_rules: Collection[str] = (),
) -> tuple[Finding, ...]:
    """All findings of a procedure, by file and line; it may be deployed where none is an error.

    `files` are the procedure's own by path, `shared` the tables that every procedure sees. `roles`, where given,
    are the roles that exist. `called_names` are the variables that called procedures set (`variables_set_by`).
    `more_rules` are deadline rules that exist beside those of the files.
    """
    tables, findings = _tables({**shared, **files})
    for path, content in files.items():
        if path.endswith(".form.json"):
            findings += check_form(content, path)
    diagram, wrong = _diagram(files)
    findings += wrong
    if diagram is not None:
        subject = Subject(
            diagram=diagram,
            feel=feel,
            forms=_forms(files),
            tables=tables,
            known_processes=known_processes,
            actions=actions,
            roles=roles,
            called_names=called_names or {},
            more_rules=more_rules,
            fields=_fields(files),
        )
        findings += [finding for rule in RULES for finding in rule(subject)]
        if not any(finding.is_error for finding in findings):
            findings += engine_findings({**shared, **files})
    return tuple(sorted(findings, key=lambda finding: (finding.file, finding.line or 0)))


def called_by(files: Mapping[str, bytes]) -> tuple[str, ...]:
    """The ids of the procedures that a procedure calls; none where its diagram cannot be read."""
    diagram, _ = _diagram(files)
    return diagram.called_elements if diagram is not None else ()


def variables_set_by(
    files: Mapping[str, bytes],
    shared: Mapping[str, bytes],
    *,
    feel: Feel,
    called_names: Mapping[str, Collection[str]] | None = None,
) -> frozenset[str]:
    """The variables that a procedure, and what it calls, gives back to its caller. Raises InvalidDiagram."""
    diagram, findings = _diagram(files)
    if diagram is None:
        raise InvalidDiagram(findings)
    tables, _ = _tables({**shared, **files})
    subject = Subject(
        diagram=diagram,
        feel=feel,
        forms=_forms(files),
        tables=tables,
        known_processes=(),
        actions={},
        called_names=called_names or {},
    )
    return names.names_given_back(subject)


def scope_in(
    files: Mapping[str, bytes],
    shared: Mapping[str, bytes],
    *,
    feel: Feel,
    called_names: Mapping[str, Collection[str]] | None = None,
) -> names.Scope:
    """The variables of a procedure as its expressions may read them; nothing where its diagram cannot be read."""
    diagram, _ = _diagram(files)
    if diagram is None:
        return names.Scope({}, {}, is_closed=False)
    tables, _ = _tables({**shared, **files})
    called = called_names or {}
    subject = Subject(
        diagram=diagram,
        feel=feel,
        forms=_forms(files),
        tables=tables,
        known_processes=(),
        actions={},
        called_names=called,
    )
    return names.scope_of(subject)


def _diagram(files: Mapping[str, bytes]) -> tuple[Diagram | None, list[Finding]]:
    paths = sorted(path for path in files if path.endswith(".bpmn"))
    if len(paths) != 1:
        listed = "、".join(paths)
        message = (
            Message(
                f"有几个 .bpmn 文件（{listed}），一个流程只能有一个。请只留一个。",
                f"There are several .bpmn files ({', '.join(paths)}). A procedure has one.",
            )
            if paths
            else Message(
                "没有 .bpmn 文件。请上传与流程标识同名的 .bpmn 文件。",
                "There is no .bpmn file. Upload one named like the process id.",
            )
        )
        return None, [Finding(Severity.ERROR, "one-diagram", message)]
    try:
        return read_leniently(files[paths[0]], paths[0])
    except InvalidDiagram as refused:
        return None, list(refused.findings)


def _forms(files: Mapping[str, bytes]) -> dict[str, frozenset[str]]:
    found = ((_FORM.match(path), content) for path, content in files.items())
    return {match.group(1): form_variables(content) for match, content in found if match is not None}


def _fields(files: Mapping[str, bytes]) -> dict[str, tuple[Named, ...]]:
    """What a task may say of each form's parts; nothing of a form that cannot be read."""
    found: dict[str, tuple[Named, ...]] = {}
    for path, content in files.items():
        match = _FORM.match(path)
        if match is not None and not check_form(content, path):
            found[match.group(1)] = named_of(parse_form(content))
    return found


def _tables(files: Mapping[str, bytes]) -> tuple[dict[str, Table], list[Finding]]:
    """Tables by decision id, and what is wrong with the files that hold them."""
    tables: dict[str, Table] = {}
    home: dict[str, str] = {}
    findings: list[Finding] = []
    for path, content in files.items():
        if not path.endswith(".dmn"):
            continue
        try:
            outlines, repeated = _outlines(content, path)
        except InvalidDiagram as refused:
            findings += refused.findings
            continue
        findings += repeated
        for table in outlines:
            if table.id in tables:
                findings.append(_twice(table.id, path, home[table.id]))
            tables[table.id] = table
            home[table.id] = path
    return tables, findings


@lru_cache(maxsize=64)
def _outlines(content: bytes, path: str) -> tuple[tuple[Table, ...], tuple[Finding, ...]]:
    """The tables of a file, and what is repeated in it. Raises InvalidDiagram where it cannot be read."""
    parse_decisions(content, path)
    return tuple(read_tables(content, path)), tuple(repeated_ids(content, path))


def _twice(decision: str, path: str, other: str) -> Finding:
    message = Message(
        f"决策表“{decision}”在 {other} 和 {path} 里各有一个。请改名或删除一个。",
        f"The decision “{decision}” is in {other} and in {path}. Rename or delete one.",
    )
    return Finding(Severity.ERROR, "decision-twice", message, path, element_id=decision)
