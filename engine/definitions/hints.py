"""How each finding is mended in the editor: a sentence for each rule (`hints.yaml`), joined to the findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import yaml

from engine.errors import Message
from engine.kernel.findings import Finding

_FILE = Path(__file__).with_name("hints.yaml")


@cache
def hints() -> Mapping[str, Message]:
    """By rule."""
    said: Mapping[str, tuple[str, str]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {rule: Message(*texts) for rule, texts in said.items()}


def with_hints(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings, each with the hint of its rule. A hint that a finding brought along stays."""
    return tuple(f if f.hint is not None else replace(f, hint=hints().get(f.rule)) for f in findings)
