"""The language of templates: names of fields, conditions on them, and nothing else.

Jinja in a sandbox, escaped always. A template that says more than `{{ 字段 }}` and `{% if 字段 %}` … is not parsed:
no attributes, no calls, no loops, no assignments, nothing included or imported. What is left runs in one pass.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.exceptions import TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

_ALLOWED: Final = frozenset(
    {"Template", "Output", "TemplateData", "Name", "If", "Const", "And", "Or", "Not", "Compare", "Operand"}
)
LONGEST: Final = 2_000_000
"""Characters of one part of the file."""

__all__ = ["PaperLanguage", "TemplateError", "TemplateSyntaxError", "names_in"]


class PaperLanguage(ImmutableSandboxedEnvironment):
    """Parses what it allows, whoever asks."""

    def __init__(self) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined, cache_size=0)
        self.globals.clear()
        self.filters.clear()
        self.tests.clear()

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        if len(source) > LONGEST:
            raise TemplateSyntaxError("too long", 1)
        tree = super()._parse(source, name, filename)
        for node in _every(tree):
            if type(node).__name__ not in _ALLOWED:
                raise TemplateSyntaxError(f"{type(node).__name__}", node.lineno)
        return tree


def _every(node: nodes.Node) -> Collection[nodes.Node]:
    found, waiting = [], [node]
    while waiting:
        node = waiting.pop()
        found.append(node)
        waiting.extend(node.iter_child_nodes())
    return found


def names_in(tree: nodes.Template) -> frozenset[str]:
    return frozenset(node.name for node in tree.find_all(nodes.Name))
