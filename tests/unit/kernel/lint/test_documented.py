"""The reference lists every rule, and no rule that does not exist."""

from __future__ import annotations

import re
from pathlib import Path

import engine.kernel.lint
from engine.kernel.lint.unsupported import TABLE

KERNEL = Path(engine.kernel.lint.__file__).parents[1]
REFERENCE = Path(__file__).parents[4] / "docs" / "reference" / "findings.md"
_RULE = re.compile(r"""(?:error|warning|report|_refused|Severity\.\w+,)\(?\s*"([a-z]+(?:-[a-z]+)*)",""")
_NOT_WRITTEN_OUT = {f"{kind}-{event}" for kind in ("no", "unknown") for event in ("signal", "error", "escalation")}


def rules() -> set[str]:
    sources = [*KERNEL.glob("diagram*.py"), *(KERNEL / "bpmn").glob("*.py"), *(KERNEL / "lint").glob("*.py")]
    written = {rule for source in sources for rule in _RULE.findall(source.read_text())}
    return written | {row.rule for row in TABLE} | _NOT_WRITTEN_OUT | {"feel", "script"}


def test_every_rule_is_documented() -> None:
    documented = set(re.findall(r"`([a-z]+(?:-[a-z]+)*)`", REFERENCE.read_text()))
    assert rules() - documented == set()
    assert {name for name in documented if "-" in name} - rules() == set()
