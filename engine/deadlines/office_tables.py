"""The tables of the office that hold now: its own versions, and what comes with Duban where it has none.

They are kept in memory by the revision of all tables, so that a step that knows the revision asks for nothing more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final
from weakref import WeakKeyDictionary

from engine.deadlines.duty_rows import Duties, duties_from
from engine.deadlines.ladders import Ladders, ladders_from
from engine.deadlines.light_rules import LightRules, lights_from
from engine.deadlines.rules import DeadlineRules, rules_in
from engine.definitions.builtin import shipped_table
from engine.kernel.feel import Feel
from engine.ports.engine import Engine
from engine.ports.store import Store, UnitOfWork
from engine.records.tables import TableVersion

RULES: Final = "deadline_rules"
LIGHTS: Final = "lights"
ESCALATIONS: Final = "escalations"
DUTIES: Final = "duties"
TABLES: Final = (RULES, LIGHTS, ESCALATIONS, DUTIES)


@dataclass(frozen=True)
class OfficeTables:
    """`own` are the office's newest versions by table. Each table is read when it is first needed.

    Raises InvalidDiagram for a table that this release cannot read.
    """

    revision: int
    own: Mapping[str, TableVersion]
    feel: Feel = field(repr=False)

    def version(self, table_id: str) -> int:
        """0: as it comes with Duban."""
        own = self.own.get(table_id)
        return 0 if own is None else own.version

    def content(self, table_id: str) -> bytes | None:
        """The DMN file, None where neither the office nor Duban has one."""
        own = self.own.get(table_id)
        return shipped_table(table_id) if own is None else own.content

    @cached_property
    def rules(self) -> DeadlineRules | None:
        """The office's own; None: each procedure's files hold, as they do for rules that this table lacks."""
        own = self.own.get(RULES)
        return None if own is None else _rules(own.content, own.version, self.feel)

    @cached_property
    def lights(self) -> LightRules:
        content = self.content(LIGHTS)
        return LightRules() if content is None else _lights(content, self.feel)

    @cached_property
    def ladders(self) -> Ladders:
        content = self.content(ESCALATIONS)
        return Ladders() if content is None else _ladders(content, self.feel)

    @cached_property
    def duties(self) -> Duties:
        content = self.content(DUTIES)
        return Duties() if content is None else _duties(content, self.feel)


_loaded: WeakKeyDictionary[Store, OfficeTables] = WeakKeyDictionary()


def load_tables(engine: Engine, work: UnitOfWork) -> OfficeTables:
    """The tables in force: no statement where the revision is known and unchanged, two at most.

    Not for a transaction that has added a version itself: it might be rolled back.
    """
    revision = work.tables.revision()
    known = _loaded.get(engine.store)
    if known is None or known.revision != revision:
        own = {table.table_id: table for table in work.tables.newest()} if revision else {}
        known = OfficeTables(revision, own, engine.kernel.feel)
        _loaded[engine.store] = known
    return known


def lights_in_force(engine: Engine) -> LightRules:
    """How the office words its lights now. One statement where nothing changed."""
    with engine.store.read() as work:
        return load_tables(engine, work).lights


@lru_cache(maxsize=64)
def _rules(content: bytes, version: int, feel: Feel) -> DeadlineRules | None:
    return rules_in(content, f"{RULES}.dmn", feel, version)


@lru_cache(maxsize=64)
def _lights(content: bytes, feel: Feel) -> LightRules:
    return lights_from(content, feel)


@lru_cache(maxsize=64)
def _ladders(content: bytes, feel: Feel) -> Ladders:
    return ladders_from(content, feel)


@lru_cache(maxsize=64)
def _duties(content: bytes, feel: Feel) -> Duties:
    return duties_from(content, feel)
