"""What belongs to a case file beside its steps: comments, links, versions of attachments, tokens of its parties."""

from __future__ import annotations

from typing import Protocol


class DossierRepository(Protocol): ...
