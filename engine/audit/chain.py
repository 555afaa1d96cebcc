"""Hash chains: each entry's SM3 covers its content and the hash before it.

Source: GM/T 0004-2012 (SM3); 信访工作条例 46(5) and the duty not to withhold or tamper with petition files.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from cryptography.hazmat.primitives.hashes import SM3, Hash

from engine.records.step import AuditEntry
from engine.values import Data, to_json


def seal_entries(
    events: Iterable[tuple[str, Data]], *, case_id: str | None, at: datetime, actor: str, previous: str
) -> tuple[AuditEntry, ...]:
    """New links after `previous` ("" starts a chain), in the order of the events (past-tense name, detail)."""
    sealed: list[AuditEntry] = []
    for event, detail in events:
        entry = AuditEntry(str(uuid.uuid4()), case_id, at, actor, event, detail, previous, "")
        entry = replace(entry, hash=hash_of(entry))
        previous = entry.hash
        sealed.append(entry)
    return tuple(sealed)


def hash_of(entry: AuditEntry) -> str:
    """SM3, in hex, over the canonical JSON of everything but the hash itself."""
    digest = Hash(SM3())
    digest.update(_canonical(entry))
    return digest.finalize().hex()


def _canonical(entry: AuditEntry) -> bytes:
    content = {
        "entry_id": entry.entry_id,
        "case_id": entry.case_id,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor,
        "event": entry.event,
        "detail": to_json(entry.detail),
        "previous": entry.previous,
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
