"""Every code that a check can give has a hint, in both languages, and no hint is for a code that does not exist."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from engine.definitions.hints import hints, with_hints
from engine.definitions.legal_rules import the_law
from engine.errors import Message
from engine.kernel.findings import Finding, Severity
from engine.kernel.lint.events import _ROOTS

ROOT = Path(__file__).parents[3] / "engine"
CHECKS = ("kernel", "definitions", "documents", "deadlines")
WRITERS = {
    "Finding": 1, "error": 0, "warning": 0, "Unsupported": 0, "refuse": 0, "_refused": 0, "_find": 1, "_finding": 1,
    "report": 0,
    "_Fault": 1, "_warning": 0,
}  # fmt: skip
"""Where the code stands among the arguments of what writes a finding."""
SLUG = re.compile(r"[a-z]+(-[a-z]+)*")


def codes() -> Iterator[str]:
    """As they stand in the sources."""
    for room in CHECKS:
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and (at := WRITERS.get(_name(node.func))) is not None:
                    yield from _slugs(node.args[at : at + 1])
                elif isinstance(node, ast.Tuple) and len(node.elts) == 3 and _is_told(node):
                    yield from _slugs(node.elts[:1])
    for event in _ROOTS:
        yield from (f"no-{event}", f"unknown-{event}")
    for rule in the_law().paths:
        yield from (f"{rule.code}-missing", f"{rule.code}-skipped")


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _is_told(node: ast.Tuple) -> bool:
    """A code with its message in both languages."""
    chinese = node.elts[1].values[0] if isinstance(node.elts[1], ast.JoinedStr) else node.elts[1]
    text = chinese.value if isinstance(chinese, ast.Constant) else None
    return isinstance(text, str) and any("\u4e00" <= character <= "\u9fff" for character in text)


def _slugs(nodes: list[ast.expr]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.IfExp):
            yield from _slugs([node.body, node.orelse])
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and SLUG.fullmatch(node.value):
            yield node.value


@cache
def all_codes() -> frozenset[str]:
    return frozenset(codes())


def test_no_code_lacks_a_hint() -> None:
    found = all_codes()
    assert len(found) > 140
    assert sorted(found - set(hints())) == []


def test_no_hint_is_for_a_code_that_does_not_exist() -> None:
    gone = set(hints()) - all_codes() - {"statutory-limit"}
    assert sorted(gone) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_hints_are_sentences_of_their_language(language: str) -> None:
    for code, hint in hints().items():
        text = getattr(hint, language)
        assert text.endswith("。" if language == "zh" else "."), code
        assert bool(re.search(r"[\u4e00-\u9fff]", text.replace("办结", ""))) is (language == "zh"), code


def test_a_hint_that_a_finding_brings_stays() -> None:
    own = Message("自己的。", "Its own.")
    plain = Finding(Severity.ERROR, "dead-end", Message("a", "a"))
    found = with_hints([plain, Finding(Severity.ERROR, "dead-end", Message("b", "b"), hint=own)])
    assert [finding.hint for finding in found] == [hints()["dead-end"], own]
