"""The names that scenarios give to the engine's deliberate errors."""

from __future__ import annotations

from collections.abc import Mapping

from engine import errors
from engine.errors import EngineError, InvalidForm, Message
from engine.scenarios.model import Refusal

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


def problem_of(refused: Refusal | None, error: EngineError | None) -> Message | None:
    """How the outcome of an act differs from what is written, None where it does not."""
    if refused is None:
        if error is None:
            return None
        return Message(
            f"未能做到（{kind_of(error)}）：{error.message.zh}", f"Refused ({kind_of(error)}): {error.message.en}"
        )
    if error is None:
        return Message(f"应被拒绝（{refused.error}），却成功了", f"Not refused ({refused.error}) as it must be")
    if kind_of(error) != refused.error:
        return Message(
            f"拒绝的种类是 {kind_of(error)}，应为 {refused.error}：{error.message.zh}",
            f"Refused as {kind_of(error)}, not {refused.error}: {error.message.en}",
        )
    return _unsaid(refused, error)


def _unsaid(refused: Refusal, error: EngineError) -> Message | None:
    if refused.says is not None and refused.says not in str(error.message):
        return Message(
            f"提示中没有“{refused.says}”：{error.message.zh}", f"“{refused.says}” is not said: {error.message.en}"
        )
    reported = [field.path for field in error.errors] if isinstance(error, InvalidForm) else []
    missing = [field for field in refused.fields if field not in reported]
    if missing:
        named, actual = "、".join(missing), "、".join(reported)
        return Message(f"没有指出 {named}，只指出 {actual}", f"{named} not reported, only {actual}")
    return None
