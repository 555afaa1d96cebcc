"""What was typed on the form that starts a case."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from engine.values import Data


@dataclass(frozen=True)
class StartDraft:
    """One for each person and procedure. `party` are the fields about the parties."""

    person_id: str
    procedure: str
    data: Data
    saved_at: datetime
    # never in a log by way of a repr
    party: Data = field(default_factory=dict, repr=False)
