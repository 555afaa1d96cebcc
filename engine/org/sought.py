"""What was typed to find people: each word a piece of a name, a user name or initials, or of a unit's name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.casework.initials import initials_of
from engine.records.directory import Sought
from engine.records.org import Unit

MOST_WORDS = 5


def sought_in(text: str, units: Sequence[Unit]) -> tuple[Sought, ...]:
    """The first words of the text; each may also name units, by a piece of the name, the initials or the code."""
    return tuple(Sought(word, tuple(_named(word.lower(), units))) for word in text.split()[:MOST_WORDS])


def _named(word: str, units: Sequence[Unit]) -> Iterable[str]:
    return (u.code for u in units if word in u.name.lower() or word in initials_of(u.name) or word == u.code)
