"""Applications are built by the hundred in tests: their templates and routes are compiled once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import Environment, FileSystemBytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

from web.templating import Templates


@contextmanager
def pages_compiled_once(folder: Path) -> Iterator[None]:
    """`folder` keeps the compiled templates, also for the processes beside this one."""
    folder.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "jinja_options", {"bytecode_cache": _OfEachLanguage(str(folder))})
        patch.setattr(Rule, "_compile_builder", _remembered(Rule._compile_builder))
        yield


class _OfEachLanguage(FileSystemBytecodeCache):
    def get_bucket(self, environment: Environment, name: str, filename: str | None, source: str) -> Bucket:
        lang = environment.lang if isinstance(environment, Templates) else ""
        return super().get_bucket(environment, f"{lang}/{name}", filename, source)


def _remembered(compile_builder: Callable[..., Any]) -> Callable[..., Any]:
    """What builds a rule's addresses follows from its text and its defaults alone: it is given the rule anew."""
    known: dict[Hashable, Any] = {}

    def compiled(rule: Rule, append_unknown: bool = True) -> Any:
        key = (rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown)
        if key not in known:
            known[key] = compile_builder(rule, append_unknown)
        return known[key]

    return compiled
