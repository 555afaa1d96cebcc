"""Checks a tree against the BPMN 2.0 schema that SpiffWorkflow ships; every violation becomes a finding.

SpiffWorkflow's own validator reports only the last error, in libxml2's words; here all of them are reported,
the usual ones in words that an admin understands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from threading import Lock
from typing import Any

from SpiffWorkflow.spiff.parser.process import VALIDATOR

from engine.errors import Message
from engine.kernel.diagram_values import Node
from engine.kernel.findings import Finding, Severity

# One XMLSchema object keeps one error log: validate and read the log under a lock.
_LOCK = Lock()
_MOST = 50
_NAMESPACE = re.compile(r"\{[^}]*\}")
# A well-formed id refused as an ID is a repeated one, which `diagram.py` reports with the first line.
_REPEATED_ID = re.compile(r": '[^\W\d][\w.-]*' is not a valid value of the atomic type 'xs:ID'")
_SUBJECT = re.compile(r"^Element '([^']+)'(?:, attribute '([^']+)')?: (.*)$", re.DOTALL)


def schema_findings(root: Node, file: str) -> list[Finding]:
    """One finding for each violation, at most fifty, in the order of the lines."""
    with _LOCK:
        VALIDATOR.preprocess(root)
        VALIDATOR.validator.validate(root)
        entries = [(entry.line, entry.message, entry.path) for entry in VALIDATOR.validator.error_log]
    findings: list[Finding] = []
    seen: set[tuple[int, str]] = set()
    for line, text, path in sorted(entries, key=lambda entry: entry[0]):
        plain = _NAMESPACE.sub("", text)
        # A bad type is reported twice: once by its facet, once as "not a valid value"; the second explains more.
        if "[facet" in plain or _REPEATED_ID.search(plain) or (line, plain) in seen or len(findings) >= _MOST:
            continue
        seen.add((line, plain))
        owner = _owner(root, path)
        findings.append(
            Finding(
                Severity.ERROR,
                "schema",
                _explained(plain),
                file,
                line,
                owner.get("id") if owner is not None else None,
                (owner.get("name") or None) if owner is not None else None,
            )
        )
    return findings


def _owner(root: Node, path: str | None) -> Node | None:
    """The nearest element with an id at or above the place of the error."""
    try:
        found = root.xpath(path, namespaces={k: v for k, v in root.nsmap.items() if k}) if path else []
    except (ValueError, TypeError):
        return None
    node: Any = found[0] if found else None
    while node is not None and node.get("id") is None:
        node = node.getparent()
    return node


def _explained(text: str) -> Message:
    subject = _SUBJECT.match(text)
    if subject is None:
        return Message(f"不符合 BPMN 2.0 规范：{text}", f"This breaks the BPMN 2.0 schema: {text}")
    element, attribute, problem = subject.groups()
    for pattern, explain in _TYPICAL:
        found = re.search(pattern, problem)
        if found is not None:
            return explain(element, attribute or "", found.groups())
    where = f"“{element}”" + (f"的属性“{attribute}”" if attribute else "")
    where_en = f"“{element}”" + (f", attribute “{attribute}”" if attribute else "")
    return Message(
        f"{where}不符合 BPMN 2.0 规范：{problem} 请在编辑器里修正后重新导出。",
        f"{where_en} breaks the BPMN 2.0 schema: {problem} Mend it in the editor and export again.",
    )


def _unexpected(element: str, _: str, groups: Iterable[str]) -> Message:
    (expected,) = groups
    allowed = ", ".join(dict.fromkeys(re.findall(r"[\w:]+", expected or ""))) or "—"
    return Message(
        f"元素“{element}”不能放在这里。这里允许：{allowed}。请移到正确的位置或删除。",
        f"The element “{element}” must not stand here. Allowed here: {allowed}. Move or delete it.",
    )


def _missing_child(element: str, _: str, groups: Iterable[str]) -> Message:
    (expected,) = groups
    return Message(
        f"元素“{element}”内容不完整，缺少：{expected}。请补上。",
        f"The element “{element}” is incomplete; it lacks: {expected}. Add it.",
    )


def _missing_attribute(element: str, _: str, groups: Iterable[str]) -> Message:
    (attribute,) = groups
    return Message(
        f"元素“{element}”缺少必填属性“{attribute}”。请补上。",
        f"The element “{element}” lacks the attribute “{attribute}”. Add it.",
    )


def _extra_attribute(element: str, attribute: str, _: Iterable[str]) -> Message:
    return Message(
        f"元素“{element}”不允许有属性“{attribute}”。请检查拼写或删除。",
        f"The element “{element}” must not have the attribute “{attribute}”. Check its spelling or delete it.",
    )


def _bad_value(element: str, attribute: str, groups: Iterable[str]) -> Message:
    value, kind = groups
    kind = kind.rpartition(":")[2]
    what_zh = f"属性“{attribute}”的值" if attribute else "内容"
    what_en = f"value “{value}” of the attribute “{attribute}”" if attribute else f"content “{value}”"
    return Message(
        f"元素“{element}”的{what_zh}“{value}”不是合法的 {kind}。请改正。",
        f"The {what_en} of the element “{element}” is not a valid {kind}. Correct it.",
    )


_TYPICAL: tuple[tuple[str, Callable[[str, str, Iterable[str]], Message]], ...] = (
    (r"^This element is not expected\.(?: Expected is (?:one of )?\(?(.*?)\)?\.)?\s*$", _unexpected),
    (r"^Missing child element\(s\)\. Expected is (?:one of )?\(?\s*(.*?)\s*\)?\.\s*$", _missing_child),
    (r"^The attribute '([^']+)' is required but missing\.", _missing_attribute),
    (r"^The attribute '[^']+' is not allowed\.", _extra_attribute),
    (r"^'(.*)' is not a valid value of the (?:atomic|union|list|local atomic) type '?([^'.]+)", _bad_value),
)
