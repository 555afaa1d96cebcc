"""A page that only reads does so in one transaction: it shows one moment, and begins but once."""

from __future__ import annotations

from contextlib import ExitStack

from flask import Flask, g, request

from web.current import engine

READING = frozenset({"GET", "HEAD"})
"""Methods. Monitors are asked whether the database is there, and say so themselves."""


def install(app: Flask) -> None:
    """Before every other hook that reads."""
    app.before_request(_begin)
    app.teardown_request(_end)


def _begin() -> None:
    if request.method in READING and request.blueprint not in {None, "monitor"}:
        stack = ExitStack()
        stack.enter_context(engine().store.shared_reading())
        g.one_reading = stack


def _end(_error: BaseException | None) -> None:
    stack: ExitStack | None = g.pop("one_reading", None)
    if stack is not None:
        stack.close()
