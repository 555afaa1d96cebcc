"""Papers and their templates."""

from __future__ import annotations

from typing import Protocol


class PapersRepository(Protocol): ...
