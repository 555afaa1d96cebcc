"""Recomputes chains and says where they are broken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from engine.audit.chain import hash_of
from engine.errors import Message
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.step import AuditEntry


class Break(Enum):
    """What is wrong with a link."""

    CHANGED = "changed"
    NOT_CONTINUED = "not continued"
    CUT_OFF = "cut off"


_SAYS = {
    Break.CHANGED: Message("内容被改动", "its content was changed"),
    Break.NOT_CONTINUED: Message(
        "与上一条不衔接，其间有记录缺失或被插入", "it does not continue the entry before it"
    ),
    Break.CUT_OFF: Message("其后的记录缺失", "entries after it are missing"),
}


@dataclass(frozen=True)
class BrokenLink:
    """A broken place. `case_id` None is the system's own chain; `entry_id` is "" where no entry is left."""

    case_id: str | None
    entry_id: str
    kind: Break

    @property
    def message(self) -> Message:
        says = _SAYS[self.kind]
        return Message(
            f"{self.case_id or '系统'}：审计记录 {self.entry_id}：{says.zh}",
            f"{self.case_id or 'system'}: audit entry {self.entry_id}: {says.en}",
        )

    def __str__(self) -> str:
        return str(self.message)


def verify_chain(engine: Engine, case_id: str | None) -> list[BrokenLink]:
    """The broken links of a case's chain (None: the system's own), oldest first; empty where all is well."""
    with engine.store.read() as work:
        return _verify(work, case_id)[1]


def verify_all(engine: Engine) -> tuple[int, list[BrokenLink]]:
    """How many entries there are, and the broken links of all chains."""
    total, broken = 0, list[BrokenLink]()
    with engine.store.read() as work:
        for case_id in work.registers.audit_chains():
            count, found = _verify(work, case_id)
            total += count
            broken += found
    return total, broken


def _verify(work: UnitOfWork, case_id: str | None) -> tuple[int, list[BrokenLink]]:
    chain = work.registers.audit_of(case_id)
    broken = broken_links(chain)
    heads = work.registers.audit_heads(case_id) if case_id is not None else frozenset()
    if heads and (not chain or chain[-1].hash not in heads):
        broken.append(BrokenLink(case_id, chain[-1].entry_id if chain else "", Break.CUT_OFF))
    return len(chain), broken


def broken_links(chain: Sequence[AuditEntry]) -> list[BrokenLink]:
    """Checks a whole chain, oldest first, by itself. Cannot see that its end is missing."""
    broken = []
    previous = ""
    for entry in chain:
        if entry.previous != previous:
            broken.append(BrokenLink(entry.case_id, entry.entry_id, Break.NOT_CONTINUED))
        if hash_of(entry) != entry.hash:
            broken.append(BrokenLink(entry.case_id, entry.entry_id, Break.CHANGED))
        previous = entry.hash
    return broken
