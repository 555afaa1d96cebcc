"""Reading the office's tables: rows with their entries, versions, differences, the file itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from engine.casework.statutory_limits import LIMITS, Limit
from engine.deadlines.effective import ON, Span, span_of
from engine.deadlines.ledger import READERS
from engine.deadlines.office_tables import RULES, TABLES
from engine.deadlines.table_cells import Kind, keys_in, kind_of
from engine.deadlines.table_diff import RowChange, diff_of, entry_in
from engine.definitions.builtin import shipped_table
from engine.errors import Forbidden, Message, NotFound
from engine.kernel.decisions_sheet import Sheet, SheetRow, read_sheet
from engine.ports.engine import Engine
from engine.ports.store import UnitOfWork
from engine.records.org import Actor
from engine.records.tables import TableSummary


@dataclass(frozen=True)
class VersionLine:
    """A version and who made it. Version 0 is what comes with Duban: no summary, nobody's."""

    version: int
    summary: TableSummary | None
    by: str


@dataclass(frozen=True)
class RowView:
    """`entries` by column, as a person types them. `limit` is the law's, where the row has one.

    `is_in_force`: today lies within the row's days.
    """

    row: SheetRow
    entries: Mapping[str, str]
    limit: Limit | None
    span: Span | None
    is_in_force: bool


@dataclass(frozen=True)
class TableView:
    """A version of a table. `newest` is the version that holds; `may_edit`: the reader is a process admin."""

    table_id: str
    line: VersionLine
    newest: int
    sheet: Sheet
    kinds: Mapping[str, Kind]
    rows: tuple[RowView, ...]
    may_edit: bool

    @property
    def version(self) -> int:
        return self.line.version


def list_tables(engine: Engine, actor: Actor) -> tuple[tuple[Sheet, VersionLine], ...]:
    """Every table of the office as it holds now. Raises Forbidden for who is no admin, supervisor or auditor."""
    demand_reader(actor)
    with engine.store.read() as work:
        names = names_in(work)
        found = []
        for table_id in TABLES:
            line = line_of(work, table_id, None, names)
            content = content_of(work, table_id, line.version)
            if content is not None:
                found.append((read_sheet(content, f"{table_id}.dmn", table_id), line))
    return tuple(found)


def read_table(engine: Engine, actor: Actor, table_id: str, version: int | None = None) -> TableView:
    """A version, None: the one that holds; 0: as it comes with Duban. Raises Forbidden, NotFound."""
    demand_reader(actor)
    with engine.store.read() as work:
        names = names_in(work)
        newest = line_of(work, table_id, None, names)
        line = newest if version is None else line_of(work, table_id, version, names)
        content = content_of(work, table_id, line.version)
    if content is None:
        raise not_found(table_id)
    sheet = read_sheet(content, f"{table_id}.dmn", table_id)
    today = engine.clock.now().astimezone(engine.settings.timezone).date()
    return TableView(
        table_id=table_id,
        line=line,
        newest=newest.version,
        sheet=sheet,
        kinds={column.name: kind_of(table_id, column) for column in sheet.columns},
        rows=tuple(_row_view(sheet, row, today) for row in sheet.rows),
        may_edit=actor.is_admin,
    )


def table_versions(engine: Engine, actor: Actor, table_id: str) -> tuple[VersionLine, ...]:
    """The newest first, version 0 last. Raises Forbidden, NotFound."""
    demand_reader(actor)
    with engine.store.read() as work:
        if content_of(work, table_id, 0) is None:
            raise not_found(table_id)
        names = names_in(work)
        own = [
            VersionLine(each.version, each, names.get(each.created_by, each.created_by))
            for each in work.tables.versions(table_id)
        ]
    return (*own, VersionLine(0, None, ""))


def compare_versions(engine: Engine, actor: Actor, table_id: str, old: int, new: int) -> tuple[RowChange, ...]:
    """What changed from one version to another. Raises Forbidden, NotFound."""
    demand_reader(actor)
    with engine.store.read() as work:
        contents = [content_of(work, table_id, version) for version in (old, new)]
    sheets = [read_sheet(content, f"{table_id}.dmn", table_id) for content in contents if content is not None]
    if len(sheets) != len(contents):
        raise not_found(table_id)
    return diff_of(*sheets)


def table_file(engine: Engine, actor: Actor, table_id: str, version: int | None = None) -> bytes:
    """The DMN file of a version. Raises Forbidden, NotFound."""
    demand_reader(actor)
    with engine.store.read() as work:
        content = content_of(work, table_id, line_of(work, table_id, version, {}).version)
    if content is None:
        raise not_found(table_id)
    return content


def demand_reader(actor: Actor) -> None:
    """Raises Forbidden for who is no admin, supervisor or auditor."""
    if not any(actor.holds(role) for role in READERS):
        raise Forbidden(
            Message(
                "只有流程管理员、督查人员和审计人员可以查看规则表。请联系流程管理员。",
                "Only process admins, supervisors and auditors read the tables of rules. Ask a process admin.",
            )
        )


def content_of(work: UnitOfWork, table_id: str, version: int) -> bytes | None:
    """The DMN file of a version, None where there is none."""
    if table_id not in TABLES:
        return None
    if version == 0:
        return shipped_table(table_id)
    found = work.tables.get(table_id, version)
    return None if found is None else found.content


def line_of(work: UnitOfWork, table_id: str, version: int | None, names: Mapping[str, str]) -> VersionLine:
    """The version asked for, None: the newest. Raises NotFound."""
    if table_id not in TABLES:
        raise not_found(table_id)
    found = None if version == 0 else work.tables.get(table_id, version)
    if found is None and version:
        raise NotFound(Message("规则表的版本", "version of the table"), str(version))
    return (
        VersionLine(0, None, "")
        if found is None
        else VersionLine(found.version, found, names.get(found.created_by, found.created_by))
    )


def names_in(work: UnitOfWork) -> Mapping[str, str]:
    """Names by person id."""
    return {person.person_id: person.name for person in work.org.people()}


def not_found(table_id: str) -> NotFound:
    return NotFound(Message("规则表", "table of rules"), table_id)


def _row_view(sheet: Sheet, row: SheetRow, today: date) -> RowView:
    keys = keys_in(row.cells.get(sheet.columns[0].name, "-")) or ()
    try:
        span = span_of(row.cells.get(ON, "-"))
    except ValueError:
        span = None
    return RowView(
        row=row,
        entries={column.name: entry_in(sheet, column, row) for column in sheet.columns},
        limit=LIMITS.get(keys[0]) if sheet.decision_id == RULES and len(keys) == 1 else None,
        span=span,
        is_in_force=span is None or span.holds(today),
    )
