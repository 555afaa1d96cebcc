"""The tables of the first release.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op

from engine.store.types import Sequenced, UtcDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table('attachment_content',
        sa.Column('sha256', sa.Text(), nullable=False),
        sa.Column('content', sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint('sha256', name='pk_attachment_content')
    )
    op.create_table('audit_entry',
        sa.Column('seq', Sequenced, autoincrement=True, nullable=False),
        sa.Column('entry_id', sa.Text(), nullable=False),
        sa.Column('case_id', sa.Text(), nullable=False),
        sa.Column('at', UtcDateTime(), nullable=False),
        sa.Column('actor', sa.Text(), nullable=False),
        sa.Column('event', sa.Text(), nullable=False),
        sa.Column('detail', sa.Text(), nullable=False),
        sa.Column('previous', sa.Text(), nullable=False),
        sa.Column('hash', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('seq', name='pk_audit_entry'),
        sa.UniqueConstraint('entry_id', name='uq_audit_entry_entry_id')
    )
    op.create_index('ix_audit_entry_of_case', 'audit_entry', ['case_id', 'seq'], unique=False)
    op.create_index('uq_audit_entry_link', 'audit_entry', ['case_id', 'previous'], unique=True)
    op.create_table('calendar_day',
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('note', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('day', name='pk_calendar_day')
    )
    op.create_table('calendar_year',
        sa.Column('year', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('year', name='pk_calendar_year')
    )
    op.create_table('definition',
        sa.Column('definition_id', sa.Text(), nullable=False),
        sa.Column('key', sa.Text(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('sha256', sa.Text(), nullable=False),
        sa.Column('calls', sa.Text(), nullable=False),
        sa.Column('deployed_at', UtcDateTime(), nullable=False),
        sa.Column('deployed_by', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('definition_id', name='pk_definition'),
        sa.UniqueConstraint('key', 'version', name='uq_definition_key_version')
    )
    op.create_table('incident',
        sa.Column('incident_id', sa.Text(), nullable=False),
        sa.Column('instance_id', sa.Text(), nullable=False),
        sa.Column('case_id', sa.Text(), nullable=False),
        sa.Column('element_id', sa.Text(), nullable=False),
        sa.Column('element_name', sa.Text(), nullable=False),
        sa.Column('expression', sa.Text(), nullable=True),
        sa.Column('reason_zh', sa.Text(), nullable=False),
        sa.Column('reason_en', sa.Text(), nullable=False),
        sa.Column('operation', sa.Text(), nullable=False),
        sa.Column('at', UtcDateTime(), nullable=False),
        sa.Column('state', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('incident_id', name='pk_incident')
    )
    op.create_index('ix_incident_by_state', 'incident', ['state', 'at'], unique=False)
    op.create_index('ix_incident_newest', 'incident', ['at'], unique=False)
    op.create_index('ix_incident_of_case', 'incident', ['case_id'], unique=False)
    op.create_table('number_series',
        sa.Column('series', sa.Text(), nullable=False),
        sa.Column('year', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('last', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('series', 'year', name='pk_number_series')
    )
    op.create_table('system_mark',
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('value', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('name', name='pk_system_mark')
    )
    op.create_table('unit',
        sa.Column('code', sa.Text(), nullable=False),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('name_en', sa.Text(), nullable=False),
        sa.Column('parent', sa.Text(), nullable=True),
        sa.Column('kind', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['parent'], ['unit.code'], name='fk_unit_parent'),
        sa.PrimaryKeyConstraint('code', name='pk_unit')
    )
    op.create_table('case_file',
        sa.Column('case_id', sa.Text(), nullable=False),
        sa.Column('procedure', sa.Text(), nullable=False),
        sa.Column('title', sa.Text(), nullable=False),
        sa.Column('unit', sa.Text(), nullable=False),
        sa.Column('state', sa.Text(), nullable=False),
        sa.Column('created_at', UtcDateTime(), nullable=False),
        sa.Column('created_by', sa.Text(), nullable=False),
        sa.Column('number', sa.Text(), nullable=True),
        sa.Column('query_code', sa.Text(), nullable=True),
        sa.Column('channel', sa.Text(), nullable=True),
        sa.Column('purpose', sa.Text(), nullable=True),
        sa.Column('category', sa.Text(), nullable=True),
        sa.Column('persons_count', sa.Integer(), nullable=True),
        sa.Column('confidential', sa.Boolean(), nullable=False),
        sa.Column('occurred_place', sa.Text(), nullable=True),
        sa.Column('accused_units', sa.Text(), nullable=False),
        sa.Column('facts', sa.Text(), nullable=False),
        sa.Column('facts_text', sa.Text(), nullable=False),
        sa.Column('closed_at', UtcDateTime(), nullable=True),
        sa.Column('light', sa.Text(), nullable=True),
        sa.Column('submission_key', sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(['unit'], ['unit.code'], name='fk_case_file_unit'),
        sa.PrimaryKeyConstraint('case_id', name='pk_case_file'),
        sa.UniqueConstraint('number', name='uq_case_file_number'),
        sa.UniqueConstraint('query_code', name='uq_case_file_query_code'),
        sa.UniqueConstraint('submission_key', name='uq_case_file_submission_key')
    )
    op.create_index('ix_case_file_newest', 'case_file', ['created_at'], unique=False)
    op.create_index('ix_case_file_of_unit', 'case_file', ['unit', 'created_at'], unique=False)
    op.create_table('definition_file',
        sa.Column('definition_id', sa.Text(), nullable=False),
        sa.Column('path', sa.Text(), nullable=False),
        sa.Column('content', sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(['definition_id'], ['definition.definition_id'], name='fk_definition_file_definition_id'),
        sa.PrimaryKeyConstraint('definition_id', 'path', name='pk_definition_file')
    )
    op.create_table('person',
        sa.Column('person_id', sa.Text(), nullable=False),
        sa.Column('username', sa.Text(), nullable=False),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('unit', sa.Text(), nullable=False),
        sa.Column('password_hash', sa.Text(), nullable=False),
        sa.Column('active', sa.Boolean(), nullable=False),
        sa.Column('language', sa.Text(), nullable=False),
        sa.Column('failed_logins', sa.Integer(), nullable=False),
        sa.Column('locked_until', UtcDateTime(), nullable=True),
        sa.Column('must_change_password', sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(['unit'], ['unit.code'], name='fk_person_unit'),
        sa.PrimaryKeyConstraint('person_id', name='pk_person'),
        sa.UniqueConstraint('username', name='uq_person_username')
    )
    op.create_table('attachment',
        sa.Column('attachment_id', sa.Text(), nullable=False),
        sa.Column('case_id', sa.Text(), nullable=False),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('media_type', sa.Text(), nullable=False),
        sa.Column('size', sa.BigInteger(), nullable=False),
        sa.Column('sha256', sa.Text(), nullable=False),
        sa.Column('added_at', UtcDateTime(), nullable=False),
        sa.Column('added_by', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['case_file.case_id'], name='fk_attachment_case_id'),
        sa.ForeignKeyConstraint(['sha256'], ['attachment_content.sha256'], name='fk_attachment_sha256'),
        sa.PrimaryKeyConstraint('attachment_id', name='pk_attachment')
    )
    op.create_index('ix_attachment_of_case', 'attachment', ['case_id', 'added_at'], unique=False)
    op.create_table('instance',
        sa.Column('instance_id', sa.Text(), nullable=False),
        sa.Column('case_id', sa.Text(), nullable=False),
        sa.Column('definition_id', sa.Text(), nullable=False),
        sa.Column('state', sa.Text(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.Column('audit_head', sa.Text(), nullable=False),
        sa.Column('started_at', UtcDateTime(), nullable=False),
        sa.Column('ended_at', UtcDateTime(), nullable=True),
        sa.Column('outcome', sa.Text(), nullable=True),
        sa.Column('outcome_name', sa.Text(), nullable=True),
        sa.Column('snapshot', sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['case_file.case_id'], name='fk_instance_case_id'),
        sa.ForeignKeyConstraint(['definition_id'], ['definition.definition_id'], name='fk_instance_definition_id'),
        sa.PrimaryKeyConstraint('instance_id', name='pk_instance')
    )
    op.create_index('ix_instance_of_case', 'instance', ['case_id'], unique=False)
    op.create_index('ix_instance_of_definition', 'instance', ['definition_id', 'state'], unique=False)
    op.create_table('outbox',
        sa.Column('seq', Sequenced, autoincrement=True, nullable=False),
        sa.Column('entry_id', sa.Text(), nullable=False),
        sa.Column('idempotency_key', sa.Text(), nullable=False),
        sa.Column('recipient', sa.Text(), nullable=False),
        sa.Column('case_id', sa.Text(), nullable=True),
        sa.Column('task_id', sa.Text(), nullable=True),
        sa.Column('topic', sa.Text(), nullable=False),
        sa.Column('text_zh', sa.Text(), nullable=False),
        sa.Column('text_en', sa.Text(), nullable=False),
        sa.Column('created_at', UtcDateTime(), nullable=False),
        sa.Column('read_at', UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(['case_id'], ['case_file.case_id'], name='fk_outbox_case_id'),
        sa.PrimaryKeyConstraint('seq', name='pk_outbox'),
        sa.UniqueConstraint('entry_id', name='uq_outbox_entry_id'),
        sa.UniqueConstraint('idempotency_key', name='uq_outbox_idempotency_key')
    )
    op.create_index('ix_outbox_of_person', 'outbox', ['recipient', 'seq'], unique=False)
    op.create_index('ix_outbox_unread', 'outbox', ['recipient'], unique=False, sqlite_where=sa.text('read_at IS NULL'), postgresql_where=sa.text('read_at IS NULL'))
    op.create_table('party',
        sa.Column('party_id', sa.Text(), nullable=False),
        sa.Column('case_id', sa.Text(), nullable=False),
        sa.Column('is_primary', sa.Boolean(), nullable=False),
        sa.Column('sealed', sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['case_file.case_id'], name='fk_party_case_id'),
        sa.PrimaryKeyConstraint('party_id', name='pk_party')
    )
    op.create_index('ix_party_of_case', 'party', ['case_id'], unique=False)
    op.create_table('role_grant',
        sa.Column('person_id', sa.Text(), nullable=False),
        sa.Column('role', sa.Text(), nullable=False),
        sa.Column('unit', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['person_id'], ['person.person_id'], name='fk_role_grant_person_id'),
        sa.ForeignKeyConstraint(['unit'], ['unit.code'], name='fk_role_grant_unit'),
        sa.PrimaryKeyConstraint('person_id', 'role', 'unit', name='pk_role_grant')
    )
    op.create_index('ix_role_grant_holders', 'role_grant', ['role', 'unit'], unique=False)
    op.create_table('score_event',
        sa.Column('event_id', sa.Text(), nullable=False),
        sa.Column('case_id', sa.Text(), nullable=False),
        sa.Column('unit', sa.Text(), nullable=True),
        sa.Column('code', sa.Text(), nullable=False),
        sa.Column('points', sa.Double(), nullable=False),
        sa.Column('at', UtcDateTime(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['case_file.case_id'], name='fk_score_event_case_id'),
        sa.PrimaryKeyConstraint('event_id', name='pk_score_event')
    )
    op.create_index('ix_score_event_of_case', 'score_event', ['case_id'], unique=False)
    op.create_table('deadline',
        sa.Column('deadline_id', sa.Text(), nullable=False),
        sa.Column('instance_id', sa.Text(), nullable=False),
        sa.Column('case_id', sa.Text(), nullable=False),
        sa.Column('attached_to', sa.Text(), nullable=False),
        sa.Column('rule', sa.Text(), nullable=False),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('name_en', sa.Text(), nullable=False),
        sa.Column('source', sa.Text(), nullable=False),
        sa.Column('clock', sa.Text(), nullable=False),
        sa.Column('amount', sa.Integer(), nullable=True),
        sa.Column('started_at', UtcDateTime(), nullable=False),
        sa.Column('raw_due', UtcDateTime(), nullable=False),
        sa.Column('legal_due', UtcDateTime(), nullable=False),
        sa.Column('target_due', UtcDateTime(), nullable=False),
        sa.Column('blue_at', UtcDateTime(), nullable=False),
        sa.Column('yellow_at', UtcDateTime(), nullable=False),
        sa.Column('red_at', UtcDateTime(), nullable=False),
        sa.Column('calendar_version', sa.Integer(), nullable=False),
        sa.Column('provisional', sa.Boolean(), nullable=False),
        sa.Column('state', sa.Text(), nullable=False),
        sa.Column('ended_at', UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(['case_id'], ['case_file.case_id'], name='fk_deadline_case_id'),
        sa.ForeignKeyConstraint(['instance_id'], ['instance.instance_id'], name='fk_deadline_instance_id'),
        sa.PrimaryKeyConstraint('deadline_id', name='pk_deadline')
    )
    op.create_index('ix_deadline_of_case', 'deadline', ['case_id', 'state'], unique=False)
    op.create_index('ix_deadline_running', 'deadline', ['instance_id', 'legal_due'], unique=False, sqlite_where=sa.text("state = 'running'"), postgresql_where=sa.text("state = 'running'"))
    op.create_table('message_subscription',
        sa.Column('task_id', sa.Text(), nullable=False),
        sa.Column('instance_id', sa.Text(), nullable=False),
        sa.Column('case_id', sa.Text(), nullable=False),
        sa.Column('element_id', sa.Text(), nullable=False),
        sa.Column('message', sa.Text(), nullable=False),
        sa.Column('key', sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(['case_id'], ['case_file.case_id'], name='fk_message_subscription_case_id'),
        sa.ForeignKeyConstraint(['instance_id'], ['instance.instance_id'], name='fk_message_subscription_instance_id'),
        sa.PrimaryKeyConstraint('task_id', name='pk_message_subscription')
    )
    op.create_index('ix_message_subscription_awaited', 'message_subscription', ['message', 'key'], unique=False)
    op.create_table('outgoing_message',
        sa.Column('seq', Sequenced, autoincrement=True, nullable=False),
        sa.Column('message_id', sa.Text(), nullable=False),
        sa.Column('instance_id', sa.Text(), nullable=False),
        sa.Column('case_id', sa.Text(), nullable=False),
        sa.Column('element_id', sa.Text(), nullable=False),
        sa.Column('message', sa.Text(), nullable=False),
        sa.Column('key', sa.Text(), nullable=True),
        sa.Column('payload', sa.Text(), nullable=False),
        sa.Column('created_at', UtcDateTime(), nullable=False),
        sa.Column('state', sa.Text(), nullable=False),
        sa.Column('settled_at', UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(['case_id'], ['case_file.case_id'], name='fk_outgoing_message_case_id'),
        sa.ForeignKeyConstraint(['instance_id'], ['instance.instance_id'], name='fk_outgoing_message_instance_id'),
        sa.PrimaryKeyConstraint('seq', name='pk_outgoing_message'),
        sa.UniqueConstraint('message_id', name='uq_outgoing_message_message_id')
    )
    op.create_index('ix_outgoing_message_pending', 'outgoing_message', ['seq'], unique=False, sqlite_where=sa.text("state = 'pending'"), postgresql_where=sa.text("state = 'pending'"))
    op.create_table('paper',
        sa.Column('paper_id', sa.Text(), nullable=False),
        sa.Column('case_id', sa.Text(), nullable=False),
        sa.Column('instance_id', sa.Text(), nullable=False),
        sa.Column('kind', sa.Text(), nullable=False),
        sa.Column('title', sa.Text(), nullable=False),
        sa.Column('number', sa.Text(), nullable=True),
        sa.Column('fields', sa.Text(), nullable=False),
        sa.Column('state', sa.Text(), nullable=False),
        sa.Column('issued_at', UtcDateTime(), nullable=False),
        sa.Column('issued_by', sa.Text(), nullable=True),
        sa.Column('served_at', UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(['case_id'], ['case_file.case_id'], name='fk_paper_case_id'),
        sa.ForeignKeyConstraint(['instance_id'], ['instance.instance_id'], name='fk_paper_instance_id'),
        sa.PrimaryKeyConstraint('paper_id', name='pk_paper'),
        sa.UniqueConstraint('number', name='uq_paper_number')
    )
    op.create_index('ix_paper_of_case', 'paper', ['case_id', 'issued_at'], unique=False)
    op.create_table('path_entry',
        sa.Column('seq', Sequenced, autoincrement=True, nullable=False),
        sa.Column('instance_id', sa.Text(), nullable=False),
        sa.Column('task_id', sa.Text(), nullable=False),
        sa.Column('element_id', sa.Text(), nullable=False),
        sa.Column('process_id', sa.Text(), nullable=False),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('closure', sa.Text(), nullable=False),
        sa.Column('at', UtcDateTime(), nullable=False),
        sa.Column('by', sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(['instance_id'], ['instance.instance_id'], name='fk_path_entry_instance_id'),
        sa.PrimaryKeyConstraint('seq', name='pk_path_entry')
    )
    op.create_index('ix_path_entry_of_instance', 'path_entry', ['instance_id', 'seq'], unique=False)
    op.create_table('timer',
        sa.Column('timer_id', sa.Text(), nullable=False),
        sa.Column('instance_id', sa.Text(), nullable=False),
        sa.Column('case_id', sa.Text(), nullable=False),
        sa.Column('element_id', sa.Text(), nullable=False),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('attached_to', sa.Text(), nullable=True),
        sa.Column('interrupting', sa.Boolean(), nullable=False),
        sa.Column('due_at', UtcDateTime(), nullable=False),
        sa.Column('next_at', UtcDateTime(), nullable=False),
        sa.Column('state', sa.Text(), nullable=False),
        sa.Column('fired_at', UtcDateTime(), nullable=True),
        sa.Column('late_seconds', sa.Double(), nullable=True),
        sa.Column('by_outage', sa.Boolean(), nullable=False),
        sa.Column('worker', sa.Text(), nullable=True),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('retry_at', UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(['case_id'], ['case_file.case_id'], name='fk_timer_case_id'),
        sa.ForeignKeyConstraint(['instance_id'], ['instance.instance_id'], name='fk_timer_instance_id'),
        sa.PrimaryKeyConstraint('timer_id', name='pk_timer')
    )
    op.create_index('ix_timer_ledger', 'timer', ['due_at', 'state'], unique=False)
    op.create_index('ix_timer_next', 'timer', ['next_at', 'due_at'], unique=False, sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
    op.create_index('ix_timer_of_case', 'timer', ['case_id', 'due_at'], unique=False)
    op.create_index('ix_timer_of_instance', 'timer', ['instance_id', 'due_at'], unique=False, sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
    op.create_table('user_task',
        sa.Column('task_id', sa.Text(), nullable=False),
        sa.Column('instance_id', sa.Text(), nullable=False),
        sa.Column('case_id', sa.Text(), nullable=False),
        sa.Column('definition_id', sa.Text(), nullable=False),
        sa.Column('procedure', sa.Text(), nullable=False),
        sa.Column('element_id', sa.Text(), nullable=False),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('role', sa.Text(), nullable=True),
        sa.Column('unit', sa.Text(), nullable=True),
        sa.Column('assignee', sa.Text(), nullable=True),
        sa.Column('state', sa.Text(), nullable=False),
        sa.Column('form', sa.Text(), nullable=True),
        sa.Column('opened_at', UtcDateTime(), nullable=False),
        sa.Column('scopes', sa.Text(), nullable=False),
        sa.Column('properties', sa.Text(), nullable=False),
        sa.Column('data', sa.Text(), nullable=False),
        sa.Column('due_at', UtcDateTime(), nullable=True),
        sa.Column('blue_at', UtcDateTime(), nullable=True),
        sa.Column('yellow_at', UtcDateTime(), nullable=True),
        sa.Column('red_at', UtcDateTime(), nullable=True),
        sa.Column('closed_at', UtcDateTime(), nullable=True),
        sa.Column('closed_by', sa.Text(), nullable=True),
        sa.Column('result', sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(['case_id'], ['case_file.case_id'], name='fk_user_task_case_id'),
        sa.ForeignKeyConstraint(['definition_id'], ['definition.definition_id'], name='fk_user_task_definition_id'),
        sa.ForeignKeyConstraint(['instance_id'], ['instance.instance_id'], name='fk_user_task_instance_id'),
        sa.PrimaryKeyConstraint('task_id', name='pk_user_task')
    )
    op.create_index('ix_user_task_claimable', 'user_task', ['unit', 'role', 'state', 'due_at', 'case_id'], unique=False)
    op.create_index('ix_user_task_done', 'user_task', ['closed_by', 'closed_at', 'case_id'], unique=False)
    op.create_index('ix_user_task_mine', 'user_task', ['assignee', 'state', 'due_at', 'case_id'], unique=False, sqlite_where=sa.text("assignee IS NOT NULL"), postgresql_where=sa.text("assignee IS NOT NULL"))
    op.create_index('ix_user_task_of_case', 'user_task', ['case_id', 'state'], unique=False)
    op.create_table('draft',
        sa.Column('task_id', sa.Text(), nullable=False),
        sa.Column('person_id', sa.Text(), nullable=False),
        sa.Column('data', sa.Text(), nullable=False),
        sa.Column('saved_at', UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(['task_id'], ['user_task.task_id'], name='fk_draft_task_id'),
        sa.PrimaryKeyConstraint('task_id', 'person_id', name='pk_draft')
    )
