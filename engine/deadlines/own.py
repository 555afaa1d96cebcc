"""Deadlines that a procedure gives in its own drawing: days or hours on a step, instead of a rule of the table.

Their rule is `@` and the element that they stand on. That is an identity, not a name: people read the name of the
step, and that the procedure says so. No table has such a rule, so no row of it can give them a ladder or lights.
"""

from __future__ import annotations

from typing import Final

from engine.errors import Message
from engine.records.time import Deadline

MARK: Final = "@"
SOURCE: Final = Message("本流程规定", "this procedure")
"""What is said of where such a limit comes from; the Chinese text is what the record keeps."""


def own_rule(key: str) -> str:
    """The rule of what stands on an element (`engine.kernel.ports.Duty.key`)."""
    return f"{MARK}{key}"


def is_own(rule: str | None) -> bool:
    return rule is not None and rule.startswith(MARK)


def shown_rule(rule: str | None) -> str:
    """The rule's id as pages show it: nothing for a procedure's own."""
    return "" if rule is None or is_own(rule) else rule


def source_of(deadline: Deadline) -> Message:
    """What a deadline rests on, in both languages as far as there are two."""
    return SOURCE if is_own(deadline.rule) else Message(deadline.source, deadline.source)


def called(deadline: Deadline) -> Message:
    """A deadline as lists of changes call it: its rule and name, of a procedure's own the name alone."""
    rule = shown_rule(deadline.rule)
    return Message(f"{rule} {deadline.name}".strip(), rule or deadline.name_en)
