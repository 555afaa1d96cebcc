"""Deploying procedures: linted, pinned to what they call, stored once for each content."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from engine.audit.record import record_refusal
from engine.cases.actions.registry import SIGNATURES
from engine.cases.standing import SYSTEM
from engine.casework.roles import STANDARD_ROLES
from engine.deadlines.known_rules import office_rules
from engine.definitions.builtin import shared_tables
from engine.definitions.content import executable_files
from engine.definitions.hints import with_hints
from engine.definitions.legal import legal_findings
from engine.definitions.publishing import Upload, store_version
from engine.definitions.statutory import statutory_findings
from engine.documents.paper_findings import paper_findings
from engine.errors import Forbidden, InvalidDiagram, Message
from engine.kernel.diagram import read_diagram
from engine.kernel.findings import Finding, Severity
from engine.kernel.lint import called_by, lint_procedure, variables_set_by
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.definition import Definition
from engine.records.org import Actor

_SHOWN = 80
"""Characters of a key that nobody has checked."""


def check_procedure(
    engine: Engine, key: str, files: Mapping[str, bytes], *, actor: Actor | None = None
) -> tuple[Finding, ...]:
    """All findings of a procedure as it would be deployed now; stores nothing.

    `actor` None is the installation itself. Raises Forbidden (audited) for anybody but a process admin.
    """
    if actor is not None and not actor.is_admin:
        _refuse(engine, actor, "check_procedure", key)
    with engine.store.read() as work:
        return findings_in(engine, work, key, files)


def findings_in(
    engine: Engine, work: UnitOfWork, key: str, files: Mapping[str, bytes], at: datetime | None = None
) -> tuple[Finding, ...]:
    """All findings of a procedure that is to begin at the moment (None: now), within a transaction."""
    own, at = executable_files(files), at or engine.clock.now()
    known = {summary.key for summary in work.definitions.list(at) if summary.is_current}
    held = {grant.role for grants in work.org.grants().values() for grant in grants}
    findings = lint_procedure(
        own,
        shared_tables(),
        known_processes=known | {key},
        actions=SIGNATURES,
        feel=engine.kernel.feel,
        roles=STANDARD_ROLES | held,
        called_names=names_from(engine, work, own, frozenset({key}), at),
        more_rules=office_rules(work),
    )
    findings = (*findings, *statutory_findings(own, engine.kernel.feel, engine.clock.now()), *paper_findings(own))
    findings = (*findings, *legal_findings(engine, work, key, own, at))
    if not any(finding.is_error for finding in findings):
        findings = (*findings, *misnamed(key, own))
    return with_hints(findings)


def deploy_procedure(engine: Engine, actor: Actor | None, key: str, files: Mapping[str, bytes]) -> Definition:
    """Deploys the next version, or returns the current one where its content is the same.

    `actor` None is the system itself. Raises Forbidden for anybody but a process admin, InvalidDiagram with all
    findings: then nothing is stored.
    """
    if actor is not None and not actor.is_admin:
        _refuse(engine, actor, "deploy_procedure", key)
    findings = check_procedure(engine, key, files)
    if any(finding.is_error for finding in findings):
        raise InvalidDiagram(findings)
    with engine.store.write() as work:
        upload = Upload(key, executable_files(files), actor.person_id if actor else SYSTEM, engine.clock.now())
        return store_version(work, upload)


def misnamed(key: str, own: Mapping[str, bytes]) -> Iterator[Finding]:
    """A procedure is found by one name: that of its process, of its file and of its folder."""
    (path,) = (path for path in own if path.endswith(".bpmn"))
    process_id = read_diagram(own[path], path).process_id
    if process_id != key or path != f"{key}.bpmn":
        message = Message(
            f"文件夹、.bpmn 文件与流程 id 必须同名：流程 id 是“{process_id}”，"
            f"请把文件夹命名为“{process_id}”，文件命名为“{process_id}.bpmn”。",
            f"Folder, .bpmn file and process id must have one name: the id is “{process_id}”, "
            f"so name the folder “{process_id}” and the file “{process_id}.bpmn”.",
        )
        yield Finding(Severity.ERROR, "file-name", message, path)


def names_from(
    engine: Engine, work: UnitOfWork, files: Mapping[str, bytes], above: frozenset[str], at: datetime
) -> dict[str, frozenset[str]]:
    """The variables that each called procedure gives back, as far as the called ones are deployed."""
    names: dict[str, frozenset[str]] = {}
    for process in called_by(files):
        definition = work.definitions.current(process, at)
        if definition is None or process in above:
            continue
        called = {file.path: file.content for file in definition.files}
        deeper = names_from(engine, work, called, above | {process}, at)
        names[process] = variables_set_by(called, {}, feel=engine.kernel.feel, called_names=deeper)
    return names


def _refuse(engine: Engine, actor: Actor, attempted: str, key: str) -> None:
    record_refusal(engine, actor, attempted, {"procedure": key[:_SHOWN]})
    raise Forbidden(
        Message(
            "只有流程管理员可以检查和部署流程。请联系流程管理员。",
            "Only a process admin may check and deploy procedures. Ask one.",
        )
    )
