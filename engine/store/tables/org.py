"""Units, persons, and the roles they hold."""

from __future__ import annotations

import sqlalchemy as sa

from engine.store.tables.base import metadata
from engine.store.types import Codes, UtcDateTime

unit = sa.Table(
    "unit",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("name_en", sa.Text, nullable=False),
    sa.Column("parent", sa.ForeignKey("unit.code")),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("closed_at", UtcDateTime),
    sa.Column("revision", sa.Integer, nullable=False, server_default="0"),
    sa.Column("changed_by", sa.Text, nullable=False, server_default=""),
    sa.Column("changed_at", UtcDateTime),
)

person = sa.Table(
    "person",
    metadata,
    sa.Column("person_id", sa.Text, primary_key=True),
    sa.Column("username", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("unit", sa.ForeignKey("unit.code"), nullable=False),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("failed_logins", sa.Integer, nullable=False),
    sa.Column("locked_until", UtcDateTime),
    sa.Column("must_change_password", sa.Boolean, nullable=False),
    sa.Column("email", sa.Text, nullable=False, server_default=""),
    sa.Column("revision", sa.Integer, nullable=False, server_default="0"),
    sa.Column("changed_by", sa.Text, nullable=False, server_default=""),
    sa.Column("changed_at", UtcDateTime),
    # the people of the office by unit and user name, of a unit; those whose login pauses
    sa.Index("ix_person_listed", "active", "unit", "username"),
    sa.Index("ix_person_of_unit", "unit", "active", "username"),
    sa.Index("ix_person_locked", "locked_until"),
)

person_word = sa.Table(
    "person_word",
    metadata,
    # beginnings of what a person is looked for by: `engine.store.person_words`
    sa.Column("word", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), primary_key=True),
    sa.Column("person_id", sa.ForeignKey("person.person_id"), primary_key=True),
    # the words of a person that is called otherwise
    sa.Index("ix_person_word_of_person", "person_id"),
)

role_grant = sa.Table(
    "role_grant",
    metadata,
    sa.Column("person_id", sa.ForeignKey("person.person_id"), primary_key=True),
    sa.Column("role", sa.Text, primary_key=True),
    sa.Column("unit", sa.ForeignKey("unit.code"), primary_key=True),
    # holders of a role (in a unit)
    sa.Index("ix_role_grant_holders", "role", "unit"),
)

preference = sa.Table(
    "preference",
    metadata,
    sa.Column("person_id", sa.ForeignKey("person.person_id"), primary_key=True),
    # names of the channels that the person does not want
    sa.Column("muted", Codes, nullable=False),
    # local times "HH:MM", both or neither
    sa.Column("quiet_from", sa.Text),
    sa.Column("quiet_until", sa.Text),
    # an address of the robot that the person wants to be told by, sealed: it holds a secret
    sa.Column("robot", sa.LargeBinary),
)

feed = sa.Table(
    "feed",
    metadata,
    # one iCalendar feed a person; only the hash of its secret is kept
    sa.Column("person_id", sa.ForeignKey("person.person_id"), primary_key=True),
    sa.Column("secret_hash", sa.Text, nullable=False, unique=True),
    sa.Column("created_at", UtcDateTime, nullable=False),
)

absence = sa.Table(
    "absence",
    metadata,
    # while a person is away, the deputy is told and asked as well
    sa.Column("absence_id", sa.Text, primary_key=True),
    sa.Column("person_id", sa.ForeignKey("person.person_id"), nullable=False),
    sa.Column("deputy_id", sa.ForeignKey("person.person_id"), nullable=False),
    sa.Column("starts_at", UtcDateTime, nullable=False),
    sa.Column("ends_at", UtcDateTime, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    # process ids, none: all
    sa.Column("procedures", Codes, nullable=False, server_default=""),
    sa.Index("ix_absence_of_person", "person_id", "ends_at"),
    # whom a person stands in for
    sa.Index("ix_absence_of_deputy", "deputy_id", "ends_at"),
    # all that are not over, the first to end first
    sa.Index("ix_absence_lasting", "ends_at", "absence_id"),
)
