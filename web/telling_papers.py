"""Papers on the timeline: drafted, signed, issued, served, received, void."""

from __future__ import annotations

from collections.abc import Mapping

from web.telling import Telling, first_of

_NAMED = first_of("number", "title", "kind")

TELLINGS: Mapping[str, Telling] = {
    "PaperIssued": Telling("paper", detail=_NAMED),
    "PaperServed": Telling("paper", detail=_NAMED),
}
