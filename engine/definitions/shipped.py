"""The procedures that come with Duban, brought in at the start; what the office drew itself is never undone.

A shipped procedure is deployed where the newest version is the installation's own, or where there never was one.
Where the office published a version of its own, or retired the procedure, a newer shipped one becomes a draft
once, and the office decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.cases.standing import SYSTEM
from engine.definitions.builtin import builtin_procedures
from engine.definitions.content import content_hash, executable_files
from engine.definitions.deploy import deploy_procedure
from engine.definitions.draft_files import draft_files
from engine.definitions.drafts import add_draft
from engine.definitions.outline import Outline, outline_of
from engine.definitions.publishing import Upload
from engine.kernel.diagram import read_diagram
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.definition import Definition, DefinitionSummary

MOST_DRAFTS = 100


def deploy_builtin(engine: Engine) -> tuple[Definition, ...]:
    """Brings in every folder of `workflows/` whose content changed, called ones first; what is in force of each.

    What is deployed with this very content already is not checked again: a start costs little.
    Raises InvalidDiagram.
    """
    procedures = builtin_procedures()
    outlines = {
        key: outline_of(read_diagram(files[f"{key}.bpmn"], f"{key}.bpmn")) for key, files in procedures.items()
    }
    found = (_brought_in(engine, key, procedures[key]) for key in _called_first(outlines))
    return tuple(definition for definition in found if definition is not None)


def _brought_in(engine: Engine, key: str, files: Mapping[str, bytes]) -> Definition | None:
    upload = Upload(key, executable_files(files), SYSTEM, engine.clock.now())
    with engine.store.read() as work:
        if (unchanged := upload.unchanged(work)) is not None:
            return unchanged
        current = work.definitions.current(key, upload.at)
        versions = work.definitions.list(upload.at, key=key)
        newest = next((version for version in versions if version.retired_at is None), None)
        is_the_offices = bool(versions) and (newest is None or newest.deployed_by != SYSTEM)
        is_known = is_the_offices and _was_seen(work, upload, versions)
    if not is_the_offices:
        return deploy_procedure(engine, None, key, files)
    if not is_known:
        with engine.store.write() as work:
            base = current.definition_id if current else versions[0].definition_id
            add_draft(engine, work, SYSTEM, key, base_id=base, files=files, changelog="随软件升级提供的新版。")
    return current


def _was_seen(work: UnitOfWork, upload: Upload, versions: tuple[DefinitionSummary, ...]) -> bool:
    """Whether these files were a version or a draft of the procedure at some time."""
    shipped = content_hash(upload.own, {})
    for summary in versions:
        definition = work.definitions.get(summary.definition_id)
        files = {f.path: f.content for f in definition.files} if definition else {}
        if content_hash(executable_files(draft_files(files)), {}) == shipped:
            return True
    drafts = work.studio.of_key(upload.key, MOST_DRAFTS)
    return any(
        content_hash(executable_files(work.studio.files(draft.draft_id)), {}) == shipped
        for draft in drafts
        if draft.created_by == SYSTEM
    )


def _called_first(outlines: Mapping[str, Outline]) -> Iterator[str]:
    """Keys in an order in which everything that is called comes before its caller."""
    done: set[str] = set()

    def visit(key: str, above: tuple[str, ...]) -> Iterator[str]:
        if key in done or key in above or key not in outlines:
            return
        for called in outlines[key].calls:
            yield from visit(called, (*above, key))
        done.add(key)
        yield key

    for key in outlines:
        yield from visit(key, ())
