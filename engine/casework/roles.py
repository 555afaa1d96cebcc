"""The roles of a petition office that the procedures count on. An office may grant others of its own."""

from __future__ import annotations

from typing import Final

STANDARD_ROLES: Final = frozenset(
    {
        "receptionist", "registrar", "duty_leader", "chief", "deputy", "case_officer", "resp_dept", "unit_leader",
        "duty_desk", "joint_office", "supervisor", "process_admin", "office_admin", "auditor",
    }
)  # fmt: skip
