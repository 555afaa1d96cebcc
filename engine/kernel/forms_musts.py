"""What must be true between the fields of a form, and of them with the case's variables.

A component's property `must` is FEEL over the submitted values and the variables that the task sees; anything but
true refuses the form at that component, with `must_text` and `must_text_en` as the reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from engine.errors import FieldError, InvalidForm, Message
from engine.kernel.feel import Feel, FeelError
from engine.kernel.forms_schema import Schema
from engine.values import Data


def require_musts(schema: Schema, submitted: Data, variables: Data, feel: Feel, now: datetime) -> None:
    """`submitted` are the form's values as converted. Raises InvalidForm with each `must` that is not true."""
    known = {**variables, **submitted}
    errors = [
        FieldError(str(component.get("path") or component.get("key") or ""), _told(component))
        for component, must in _musts(schema.get("components") or ())
        if not _holds(must, known, feel, now)
    ]
    if errors:
        raise InvalidForm(errors)


def must_of(component: Mapping[str, Any]) -> str | None:
    """The component's `must`, None where it has none."""
    text = (component.get("properties") or {}).get("must")
    return str(text) if text else None


def _musts(components: Any) -> Iterator[tuple[Mapping[str, Any], str]]:
    for component in components:
        must = must_of(component)
        if must is not None:
            yield component, must
        if component.get("type") == "group" and not component.get("path"):
            yield from _musts(component.get("components") or ())


def _holds(must: str, known: Data, feel: Feel, now: datetime) -> bool:
    """As elsewhere in forms, a name without a value is null, and a type that does not fit is not true."""
    try:
        return feel.evaluate(must, {name: known.get(name) for name in feel.names(must)}, now) is True
    except FeelError:
        return False


def _told(component: Mapping[str, Any]) -> Message:
    properties = component.get("properties") or {}
    label = str(component.get("label") or component.get("key") or "")
    label_en = str(properties.get("label_en") or label)
    zh = str(properties.get("must_text") or "不符合要求，请检查。")
    en = str(properties.get("must_text_en") or "is not as required. Check it.")
    return Message(f"“{label}”{zh}", f"“{label_en}” {en}")
