"""Copies, followed cases and phrases: what people keep beside their tasks."""

from __future__ import annotations

from typing import Protocol


class DeskRepository(Protocol): ...
