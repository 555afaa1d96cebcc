"""The one tree of deliberate errors.

Every error carries typed attributes and a message that a clerk can act on, in Chinese and English.
Nothing here knows HTTP: `web/errors.py` alone maps these to pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.kernel.findings import Finding


@dataclass(frozen=True)
class Message:
    """A text for people, in both languages of the interface."""

    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.zh} ({self.en})"

    def in_language(self, language: str) -> str:
        """The text for a language code; anything but `en…` reads Chinese."""
        return self.en if language.startswith("en") else self.zh


class EngineError(Exception):
    """Root of all deliberate errors. `message` says what is wrong and what to do."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


class NotFound(EngineError):
    """The thing does not exist, or the actor may not know that it does."""

    def __init__(self, kind: Message, key: str) -> None:
        super().__init__(
            Message(
                f"找不到{kind.zh}“{key}”。请检查编号，或返回列表重新打开。",
                f"There is no {kind.en} “{key}”. Check the number, or open it again from the list.",
            )
        )
        self.kind = kind
        self.key = key


class InvalidState(EngineError):
    """The thing exists but is past, or not yet at, the point where this can be done."""


class Forbidden(EngineError):
    """The actor may not do this. The attempt is audited by the use case that raises it."""


class Conflict(EngineError):
    """Somebody else was first; `by` and `at` (ISO 8601) say who and when where known."""

    def __init__(self, message: Message, *, by: str | None = None, at: str | None = None) -> None:
        super().__init__(message)
        self.by = by
        self.at = at


class StoreAway(EngineError):
    """The database cannot be reached, or went away in the middle: what was being done may have happened or not.

    Nothing is wrong with the thing itself: whoever sweeps tries again, no incident is recorded.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(
            Message(
                "数据库暂时不可用。系统会自动恢复，请稍后重试；若长时间如此，请联系管理员。",
                "The database cannot be reached for now. The system recovers by itself: try again in a moment; "
                "if it stays so, tell an administrator.",
            )
        )
        self.reason = reason


class InvalidDiagram(EngineError):
    """A diagram, table or form that must not be deployed. `findings` lists everything found."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        errors = [f for f in self.findings if f.is_error]
        first = errors[0] if errors else None
        where = f"：{first.message.zh}" if first else ""
        where_en = f": {first.message.en}" if first else ""
        super().__init__(
            Message(
                f"流程图有 {len(errors)} 处错误，未部署{where}",
                f"The diagram has {len(errors)} error(s) and was not deployed{where_en}",
            )
        )


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field. `path` is the form-js path: `key`, or `group[0].key`."""

    path: str
    message: Message


class InvalidForm(EngineError):
    """Submitted data that the form's schema refuses. `errors` is in the order of the fields."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        self.errors = tuple(errors)
        listed = "；".join(e.message.zh for e in self.errors[:3])
        listed_en = "; ".join(e.message.en for e in self.errors[:3])
        super().__init__(
            Message(
                f"有 {len(self.errors)} 项需要更正：{listed}",
                f"{len(self.errors)} field(s) need correction: {listed_en}",
            )
        )


class InvalidFile(EngineError):
    """An uploaded file that is too large, of a type that is not accepted, or unreadable."""


class StepFailed(EngineError):
    """A diagram's own element failed: the step left no trace, and an incident was recorded.

    `element_id` and `element_name` name the element, `expression` the FEEL text where one failed.
    """

    def __init__(
        self, message: Message, *, element_id: str, element_name: str = "", expression: str | None = None
    ) -> None:
        super().__init__(message)
        self.element_id = element_id
        self.element_name = element_name
        self.expression = expression


class DeliveryFailed(EngineError):
    """A channel did not take a notification. `retryable` says whether trying again can help.

    `only_here`: the failure is this address's own, and says nothing of other people's.
    """

    def __init__(self, message: Message, *, retryable: bool, only_here: bool = False) -> None:
        super().__init__(message)
        self.retryable = retryable
        self.only_here = only_here
