"""What counts as an e-mail address of a member of staff."""

from __future__ import annotations

import re

LONGEST = 254
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
"""A plain ASCII address, as mail servers everywhere take it. Source: RFC 5321 4.5.3.1, the HTML standard's form."""


def is_mail_address(text: str) -> bool:
    """One address without a display name; no line break can hide in it."""
    return len(text) <= LONGEST and _ADDRESS.fullmatch(text) is not None
