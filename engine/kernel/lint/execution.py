"""The last question: can the engine itself read the procedure? What it refuses is a finding, too."""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import InvalidDiagram, Message
from engine.kernel.findings import Finding, Severity
from engine.kernel.specs import ProcedureSource, build


def engine_findings(files: Mapping[str, bytes]) -> list[Finding]:
    """What stands in the way of executable specs. `files` include the shared tables; nothing is cached."""
    try:
        build(ProcedureSource(key="", sha256="", files=files))
    except InvalidDiagram as refused:
        return [_plain(finding) for finding in refused.findings]
    return []


def _plain(finding: Finding) -> Finding:
    if "RecursionError" not in finding.message.en:
        return finding
    message = Message(
        "流程的一条路径太长，引擎读不了。请把其中一段放进子流程或单独的流程。",
        "A path of the process is too long for the engine. Move a part into a subprocess or a procedure of"
        " its own.",
    )
    return Finding(Severity.ERROR, "too-long", message, finding.file)
