"""All tellings, of every part."""

from __future__ import annotations

from collections.abc import Mapping

from web import telling_acts, telling_case, telling_operate, telling_papers, telling_standing
from web.telling import Telling

TELLINGS: Mapping[str, Telling] = {
    **telling_case.TELLINGS,
    **telling_acts.TELLINGS,
    **telling_papers.TELLINGS,
    **telling_standing.TELLINGS,
    **telling_operate.TELLINGS,
}
OTHER = Telling("act")
"""An event that nobody has worded: by the catalogue's `event.` label, or its name."""
