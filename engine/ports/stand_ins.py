"""Who stands in for whom, who stands aside, and what is handed over."""

from __future__ import annotations

from typing import Protocol


class StandInsRepository(Protocol): ...
