"""The hash chain of the audit trail: each entry seals the one before it with SM3. Pure.

Source: GB/T 32905 (SM3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from hashlib import new

from engine.records.step import AuditEntry
from engine.values import dumps


def seal_entries(entries: Sequence[AuditEntry], previous: str) -> tuple[AuditEntry, ...]:
    """The entries, in order, as the next links after the hash `previous` ("" starts a chain)."""
    sealed = []
    for entry in entries:
        link = replace(entry, previous=previous)
        previous = digest_of(link)
        sealed.append(replace(link, hash=previous))
    return tuple(sealed)


def digest_of(entry: AuditEntry) -> str:
    """SM3 in hexadecimal over `previous` and the canonical content; the entry's own `hash` does not count."""
    content = [
        entry.previous,
        entry.entry_id,
        entry.case_id,
        entry.at,
        entry.actor,
        entry.event,
        {name: entry.detail[name] for name in sorted(entry.detail)},
    ]
    return new("sm3", dumps(content).encode()).hexdigest()
