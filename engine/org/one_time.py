"""One-time passwords: made here, read out or written down once, replaced at the first login."""

from __future__ import annotations

import secrets
from typing import Final

LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without what looks alike when it is written by hand (i l o 0 1)."""
GROUPS, IN_GROUP = 3, 4


def one_time_password() -> str:
    """Three groups of four: 59 bits, `k7mr-2hpw-q3tz`."""
    groups = ("".join(secrets.choice(LETTERS) for _ in range(IN_GROUP)) for _ in range(GROUPS))
    return "-".join(groups)
