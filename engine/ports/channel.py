"""A way out of the system for notifications: mail, people's own robots, and whatever an office adds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from engine.records.org import Person
from engine.records.reach import Preference


@dataclass(frozen=True)
class Notice:
    """One notification for one person, in that person's language.

    `subject` is a single line. `text` is neutral: no petitioner's name, no content of the matter. `link` is an
    absolute address of the pages, None where there is nothing to open or the office has not said where its pages
    are; `at` is when the thing happened. `level` is that of `OutboxEntry`. `address` may be a secret.
    `idempotency_key` is the same at every attempt: a channel that can, uses it to drop what it has sent already.
    """

    idempotency_key: str
    address: str = field(repr=False)
    subject: str
    text: str
    link: str | None
    at: datetime
    level: str = "info"


class Channel(Protocol):
    """Sends notices, one at a time, outside any transaction. It keeps nothing and retries nothing itself."""

    @property
    def name(self) -> str:
        """Short ASCII; stored with each delivery and in people's preferences, so it never changes."""
        ...

    def address_of(self, person: Person, preference: Preference) -> str | None:
        """Where the person is reached, None where not through this channel. Asks nobody."""
        ...

    def send(self, notice: Notice) -> None:
        """Returns once somebody else has taken charge of the notice, within a few minutes at most.

        Raises DeliveryFailed: `retryable` where the same notice may go through later.
        """
        ...
