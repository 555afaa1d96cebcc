"""The names that scenarios give to the engine's deliberate errors."""

from __future__ import annotations

from collections.abc import Mapping

from engine import errors
from engine.errors import EngineError

KINDS: Mapping[str, type[EngineError]] = {
    "forbidden": errors.Forbidden,
    "not_found": errors.NotFound,
    "conflict": errors.Conflict,
    "invalid_state": errors.InvalidState,
    "invalid_form": errors.InvalidForm,
    "invalid_file": errors.InvalidFile,
    "step_failed": errors.StepFailed,
}


def kind_of(error: EngineError) -> str:
    """The name of an error's kind, its class name where scenarios have none for it."""
    return next((kind for kind, cls in KINDS.items() if isinstance(error, cls)), type(error).__name__)
