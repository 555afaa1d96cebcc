"""How each finding is mended in the editor: a sentence for each rule, joined to the findings of a check."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from engine.errors import Message
from engine.kernel.findings import Finding

HINTS: Final[Mapping[str, Message]] = {}


def with_hints(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings, each with the hint of its rule. A hint that a finding brought along stays."""
    return tuple(f if f.hint is not None else replace(f, hint=HINTS.get(f.rule)) for f in findings)
