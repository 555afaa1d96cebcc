"""axe-core on the page that is open, with the rules of WCAG 2.2 AA and the best practices."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "web" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RUN = """
async (rules) => {
  const only = rules.length ? { runOnly: { type: 'rule', values: rules } } : {};
  const found = await axe.run(document, { resultTypes: ['violations'], ...only });
  const where = (node) => `${node.html.slice(0, 160)} → ${node.failureSummary}`;
  return found.violations.map((v) => `${v.id}: ${v.nodes.map(where).join(' | ')}`);
}
"""


COLOURS = ("color-contrast", "link-in-text-block")
"""Rules whose verdict follows the colours alone: what is to be asked again of a page in another scheme."""
PLACES = ("target-size", "scrollable-region-focusable")
"""Rules whose verdict follows where things stand: what is to be asked again of a page of another width."""


def violations(page: Page, *, only: Sequence[str] = ()) -> list[str]:
    """What is wrong, one line a rule. The script runs outside the page's policy, which stays in force."""
    assert AXE.is_file(), "axe-core is missing: npm ci in web/frontend"
    if not page.evaluate("'axe' in globalThis"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(RUN, list(only))
    return found
