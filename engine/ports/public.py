"""What the public page reads and writes: its few dates, evaluations, attempts."""

from __future__ import annotations

from typing import Protocol


class PublicRepository(Protocol): ...
