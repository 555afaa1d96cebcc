"""Who a case accuses, to be looked up without the case: the boxes of copies and of cases followed ask it of each.

Revision ID: 0006
"""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_index("ix_case_file_accused", "case_file", ["case_id", "accused_units"])

