"""Templates as they are compiled here: once a language, with the texts that they name outright already in place.

What is left for a page to do is what differs from page to page.
"""

from __future__ import annotations

from typing import Any

from flask.sansio.app import App
from flask.templating import Environment
from jinja2 import Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.visitor import NodeTransformer

from web.current import language
from web.i18n import text


class _TextsInPlace(NodeTransformer):
    """`t('section.name')` becomes the text itself. A key that is put together, or filled in, stays a call."""

    def __init__(self, lang: str) -> None:
        self._lang = lang

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - Jinja's name
        self.generic_visit(node)
        match node:
            case nodes.Call(
                node=nodes.Name(name="t"),
                args=[nodes.Const(value=str(key))],
                kwargs=[],
                dyn_args=None,
                dyn_kwargs=None,
            ):
                return nodes.Const(text(key, self._lang), lineno=node.lineno)
        return node


class _Generator(CodeGenerator):
    environment: Templates

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802 - Jinja's name
        super().visit_Template(_TextsInPlace(self.environment.lang).visit(node), frame)


class Templates(Environment):
    """The environment of the application: an overlay for each language, chosen by the request that asks."""

    code_generator_class = _Generator
    lang: str = ""
    """Empty of the one that is set up: it compiles nothing itself."""

    def __init__(self, app: App, **options: Any) -> None:
        super().__init__(app, **options)
        self._of_language: dict[str, Templates] = {}

    def get_template(self, name: Any, parent: str | None = None, *given: Any, **named: Any) -> Template:
        chosen = self if self.lang else self.of_language(language())
        return super(Templates, chosen).get_template(name, parent, *given, **named)

    def of_language(self, lang: str) -> Templates:
        """The overlay that reads templates in `zh` or `en`."""
        if lang not in self._of_language:
            overlay = self.overlay()
            overlay.lang = lang
            self._of_language[lang] = overlay
        return self._of_language[lang]
