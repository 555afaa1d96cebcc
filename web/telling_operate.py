"""What operators do to a case's procedure, on the timeline."""

from __future__ import annotations

from collections.abc import Mapping

from engine.values import Data
from web.telling import Names, Telling, first_of


def _name(detail: Data, _names: Names) -> Mapping[str, str]:
    return {"name": str(detail.get("name") or detail.get("element") or "")}


_WHY = first_of("reason")

TELLINGS: Mapping[str, Telling] = {
    "WorkSuspended": Telling("act", "told_operate.suspended", None, _WHY),
    "WorkResumed": Telling("act", "told_operate.resumed"),
    "ElementSkipped": Telling("act", "told_operate.skipped", _name, _WHY),
    "TokenMoved": Telling("act", "told_operate.moved", _name, _WHY),
    "VariableCorrected": Telling("act", "told_operate.corrected", _name, _WHY),
    "SubmittedValueCorrected": Telling("act", "told_operate.submitted_corrected", _name, _WHY),
    "InstanceCancelled": Telling("act", "told_operate.cancelled", None, _WHY),
    "IncidentElementSkipped": Telling("trouble", "told_operate.left_out", None, _WHY),
    "VariablesRevealed": Telling("look", "told_operate.revealed", None, first_of("purpose")),
}
