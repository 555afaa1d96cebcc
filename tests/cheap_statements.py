"""Stores are opened by the thousand in tests: a statement is compiled once for a kind of database, not for each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

_STATEMENTS = 4000


@contextmanager
def statements_compiled_once() -> Iterator[None]:
    """All engines share one cache. Its keys hold the dialect: those of one kind are alike in these tests."""
    known: Any = LRUCache(_STATEMENTS)
    shared = property(lambda engine: known, lambda engine, own: None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "_compiled_cache", shared, raising=False)
        patch.setattr(DefaultDialect, "__hash__", lambda dialect: hash(type(dialect)))
        patch.setattr(DefaultDialect, "__eq__", lambda dialect, other: type(dialect) is type(other))
        yield
