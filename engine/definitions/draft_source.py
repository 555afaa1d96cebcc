"""A draft made ready to run, as a version would be: what simulations and dry runs execute."""

from __future__ import annotations

from collections.abc import Mapping

from engine.definitions.content import executable_files
from engine.definitions.deploy import findings_in
from engine.definitions.draft_rights import missing_draft
from engine.definitions.publishing import Upload
from engine.definitions.sources import Procedure, known_procedure, load_procedure, remember
from engine.errors import InvalidDiagram
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.definition import Definition, DefinitionFile
from engine.records.studio import ProcedureDraft


def draft_procedure(engine: Engine, work: UnitOfWork, draft_id: str) -> Procedure:
    """A draft with all that it calls, executable. Its definition id names its content and is in no table.

    Legal findings do not keep it from running. Raises NotFound, InvalidDiagram with all findings.
    """
    draft = work.studio.get(draft_id)
    if draft is None:
        raise missing_draft(draft_id)
    return procedure_of_files(engine, work, draft, work.studio.files(draft_id))


def procedure_of_files(
    engine: Engine, work: UnitOfWork, draft: ProcedureDraft, files: Mapping[str, bytes]
) -> Procedure:
    """`draft_procedure` with these files in the place of the draft's own."""
    now = engine.clock.now()
    upload = Upload(draft.key, executable_files(files), draft.changed_by, now, draft.effective_at)
    if f"{draft.key}.bpmn" not in upload.own:
        raise InvalidDiagram(findings_in(engine, work, draft.key, files))
    pinned = upload.pinned(work)
    sha256 = upload.sha256(pinned)
    definition_id = f"draft-{draft.draft_id}-{sha256[:24]}"
    known = known_procedure(definition_id)
    if known is not None:
        return known
    findings = findings_in(engine, work, draft.key, files, upload.begins)
    if any(finding.is_error and finding.article is None for finding in findings):
        raise InvalidDiagram(findings)
    definition = Definition(
        definition_id=definition_id,
        key=draft.key,
        version=work.definitions.next_version(draft.key),
        name=upload.name,
        sha256=sha256,
        files=tuple(DefinitionFile(path, content) for path, content in sorted(upload.files.items())),
        calls={key: called.definition_id for key, called in pinned.items()},
        deployed_at=now,
        deployed_by=draft.changed_by,
        effective_at=upload.begins,
    )
    return remember(definition, {key: load_procedure(work, d.definition_id) for key, d in pinned.items()})
