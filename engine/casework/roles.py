"""The roles of a petition office that the procedures count on. An office may grant others of its own."""

from __future__ import annotations

from typing import Final

IN_ORDER: Final = (
    "receptionist", "registrar", "duty_leader", "case_officer", "supervisor", "deputy", "chief", "resp_dept",
    "unit_leader", "duty_desk", "joint_office", "auditor", "process_admin", "office_admin",
)  # fmt: skip
"""From the counter to the back room, as lists for people have them."""
STANDARD_ROLES: Final = frozenset(IN_ORDER)
