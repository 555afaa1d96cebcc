"""Tokens for parties that were sealed before there were any: a catch-up that needs the key, so no migration."""

from __future__ import annotations

from engine.ports.store import Store

MARK = "party_tokens"


def fill_tokens(store: Store, *, again: bool = False) -> None:
    """Once for an installation, in short transactions; a process that dies in between leaves it to the next.

    `again` looks once more: a process of the version before may have written parties meanwhile.
    """
    if not again:
        with store.read() as reading:
            if reading.registers.mark(MARK) is not None:
                return
    last: str | None = ""
    while last is not None:
        with store.write() as work:
            last = work.dossier.fill_party_tokens(last)
            if last is None:
                work.registers.set_mark(MARK, {"version": 1})
