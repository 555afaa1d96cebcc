"""The office's tables of rules: read, changed row by row, previewed, saved, compared and restored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from engine.deadlines.effective import ON
from engine.deadlines.moment_words import told_moment
from engine.deadlines.table_cells import BETWEEN, RAW, Kind, choices_of
from engine.deadlines.table_draft import RowDraft, TableDraft
from engine.deadlines.table_editing import (
    Preview,
    preview_draft,
    preview_upload,
    restore_version,
    save_draft,
    save_upload,
)
from engine.deadlines.table_fault import InvalidTable, TableFault
from engine.deadlines.table_read import (
    RowView,
    TableView,
    compare_versions,
    list_tables,
    read_table,
    table_file,
    table_versions,
)
from engine.errors import InvalidFile, Message
from engine.kernel.decisions_parse import MAX_BYTES
from engine.kernel.decisions_sheet import SheetColumn
from web.current import actor, engine, language
from web.i18n import catalogue, text
from web.table_form import FRESH, read_draft, reread_draft, write_draft

tables = Blueprint("tables", __name__, url_prefix="/tables")

FACTS: Mapping[str, tuple[str, ...]] = {
    "deadline_rules": ("on", "source"),
    "lights": ("blue", "yellow"),
    "escalations": ("when", "what", "to"),
    "duties": ("every", "at", "role"),
}
"""What a closed row tells beside its name."""


@dataclass(frozen=True)
class Field:
    """An input of a row. `first` and `last` are the days of DATES; `is_raw`: an expression, typed as text."""

    column: SheetColumn
    kind: Kind
    label: str
    entry: str
    choices: tuple[str, ...]
    faults: tuple[Message, ...]

    @property
    def is_raw(self) -> bool:
        return self.entry.startswith(RAW)

    @property
    def first(self) -> str:
        return self.entry.partition(BETWEEN)[0]

    @property
    def last(self) -> str:
        return self.entry.partition(BETWEEN)[2]


@dataclass(frozen=True)
class Line:
    """A row as the page shows it. `view` None: the row that is being added. `facts` are columns and entries."""

    row_id: str
    view: RowView | None
    fields: tuple[Field, ...]
    facts: tuple[tuple[str, str], ...]
    faults: tuple[Message, ...]
    draft: RowDraft | None

    @property
    def is_open(self) -> bool:
        return self.draft is not None or bool(self.faults) or any(field.faults for field in self.fields)

    def entry(self, column: str) -> str:
        return next((field.entry for field in self.fields if field.column.name == column), "")


@tables.get("")
def index() -> str:
    return render_template("tables/index.html", tables=list_tables(engine(), actor()))


@tables.get("/<table_id>")
def show(table_id: str) -> str:
    version = request.args.get("version", type=int)
    return _page(read_table(engine(), actor(), table_id, version))


@tables.post("/<table_id>/preview")
def preview(table_id: str) -> AnyResponse:
    """What the entries would change; where they cannot be saved the table again, faults at their cells."""
    view = read_table(engine(), actor(), table_id)
    base = request.form.get("base", type=int) or 0
    goes_back = "draft" in request.form
    draft = reread_draft(request.form["draft"]) if goes_back else read_draft(request.form, view)
    found = preview_draft(engine(), actor(), table_id, draft, base=base)
    if goes_back:
        return make_response(_page(view, draft, found.faults))
    if found.faults:
        return make_response(_page(view, draft, found.faults), 422)
    if not found.changes:
        flash(text("table.nothing", language()))
        return redirect(url_for("tables.show", table_id=table_id))
    return make_response(_confirmation(view, found, draft))


@tables.post("/<table_id>")
def save(table_id: str) -> AnyResponse:
    draft = reread_draft(request.form.get("draft", ""))
    base, note = request.form.get("base", type=int) or 0, request.form.get("note", "")
    try:
        version = save_draft(engine(), actor(), table_id, draft, base=base, note=note)
    except InvalidTable as refused:
        view = read_table(engine(), actor(), table_id)
        return make_response(_page(view, draft, refused.faults), 422)
    return _saved(table_id, version)


@tables.get("/<table_id>/versions")
def versions(table_id: str) -> str:
    view = read_table(engine(), actor(), table_id)
    return render_template(
        "tables/versions.html",
        view=view,
        versions=table_versions(engine(), actor(), table_id),
        label=label_of,
        told=told,
    )


@tables.get("/<table_id>/compare")
def compare(table_id: str) -> str:
    view = read_table(engine(), actor(), table_id)
    new = request.args.get("new", default=view.newest, type=int)
    old = request.args.get("old", default=max(new - 1, 0), type=int)
    changes = compare_versions(engine(), actor(), table_id, old, new)
    return render_template(
        "tables/compare.html", view=view, changes=changes, old=old, new=new, label=label_of, told=told
    )


@tables.get("/<table_id>/file.dmn")
def file(table_id: str) -> Response:
    """The DMN file, for download: never opened as a document of this site."""
    content = table_file(engine(), actor(), table_id, request.args.get("version", type=int))
    response = Response(content, mimetype="application/xml")
    response.headers["Content-Disposition"] = f'attachment; filename="{table_id}.dmn"'
    return response


@tables.post("/<table_id>/upload")
def upload(table_id: str) -> AnyResponse:
    """Checks a file and says what it would change; saves it where that was asked."""
    view = read_table(engine(), actor(), table_id)
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise InvalidFile(Message("没有选择文件。请选择 .dmn 文件。", "No file was chosen. Choose a .dmn file."))
    content = sent.stream.read(MAX_BYTES + 1)
    if request.form.get("intent") == "save":
        base, note = request.form.get("base", type=int) or 0, request.form.get("note", "")
        try:
            return _saved(table_id, save_upload(engine(), actor(), table_id, content, base=base, note=note))
        except InvalidTable as refused:
            return make_response(_upload_report(view, None, refused.faults), 422)
    found = preview_upload(engine(), actor(), table_id, content)
    return make_response(_upload_report(view, found, found.faults), 422 if found.faults else 200)


@tables.post("/<table_id>/restore")
def restore(table_id: str) -> AnyResponse:
    version, base = request.form.get("version", type=int) or 0, request.form.get("base", type=int) or 0
    note = request.form.get("note", "") or text("table.restored_note", language(), version=version)
    return _saved(table_id, restore_version(engine(), actor(), table_id, version, base=base, note=note))


def told(entry: str) -> str:
    """A moment in words."""
    return told_moment(entry).in_language(language()) if entry and not entry.startswith(RAW) else entry


def label_of(table_id: str, column: SheetColumn) -> str:
    """A column's name in the reader's language; the file's own where the interface has none."""
    return catalogue(language()).get(f"table_column.{table_id}.{column.name}", column.label)


def _saved(table_id: str, version: int) -> AnyResponse:
    flash(text("table.saved", language(), version=version))
    return redirect(url_for("tables.show", table_id=table_id))


def _page(view: TableView, draft: TableDraft | None = None, faults: tuple[TableFault, ...] = ()) -> str:
    drafts = {row.row_id: row for row in draft.rows} if draft is not None else {}
    lines = [_line(view, row, drafts.get(row.row.row_id), faults) for row in view.rows]
    is_editable = view.may_edit and view.version == view.newest
    return render_template(
        "tables/show.html",
        view=view,
        lines=lines,
        fresh=_line(view, None, drafts.get(FRESH), faults) if is_editable else None,
        faults=[fault for fault in faults if not fault.row_id],
        fault_count=len(faults),
        is_editable=is_editable,
        dated=view.sheet.column(ON) is not None,
        told=told,
    )


def _line(view: TableView, row: RowView | None, draft: RowDraft | None, faults: tuple[TableFault, ...]) -> Line:
    row_id = FRESH if row is None else row.row.row_id
    own = [fault for fault in faults if fault.row_id == row_id]
    entries = {**(row.entries if row is not None else {}), **(draft.entries if draft is not None else {})}
    names = {column.name for column in view.sheet.columns}
    return Line(
        row_id=row_id,
        view=row,
        fields=tuple(
            Field(
                column=column,
                kind=view.kinds[column.name],
                label=label_of(view.table_id, column),
                entry=entries.get(column.name, ""),
                choices=choices_of(view.table_id, column),
                faults=tuple(fault.message for fault in own if fault.column == column.name),
            )
            for column in view.sheet.columns
        ),
        facts=tuple((name, entries[name]) for name in FACTS.get(view.table_id, ()) if entries.get(name)),
        faults=tuple(fault.message for fault in own if fault.column not in names),
        draft=draft,
    )


def _confirmation(view: TableView, found: Preview, draft: TableDraft) -> str:
    return render_template(
        "tables/confirm.html",
        view=view,
        changes=found.changes,
        base=found.base,
        draft=write_draft(draft),
        label=label_of,
        told=told,
    )


def _upload_report(view: TableView, found: Preview | None, faults: tuple[TableFault, ...]) -> str:
    context: dict[str, Any] = {"view": view, "faults": faults, "label": label_of, "told": told}
    return render_template("tables/upload.html", changes=found.changes if found is not None else (), **context)
