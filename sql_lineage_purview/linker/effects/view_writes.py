"""Writes through views and inline functions: what goes into them goes into the tables beneath.

Source: https://learn.microsoft.com/sql/t-sql/statements/create-view-transact-sql#updatable-views
"""

from __future__ import annotations

from ...model.facts import Query, Write
from ...model.names import Name
from ...model.vocabulary import Action, ModuleKind, Subtype, TableKind
from ..context.findings import ReachedTable
from ..frames.frame import Frame
from ..relations.provenance import Flows, used_as
from ..relations.relation import Relation
from ..relations.relation_columns import STAR
from .computed_columns import carried_on
from .frame_environment import bind
from .sinks import emit, write
from .target_columns import TargetWrite
from .updatable_views import Member, NotUpdatableError, changed_view, reach

_REFUSED = "; unless a trigger stands INSTEAD OF it, the server refuses this"


def write_through(frame: Frame, written: Write, rows: Query | Relation) -> None:
    """Rows go into the target of a statement, or into what is beneath it.

    A query is bound for each table that it reaches.
    """
    view = changed_view(frame, written)
    if view is not None:
        _write_view(frame, written, view, rows)
    elif _is_function(frame, written):
        _bound(frame, rows)
        _report_function(frame, written)
    else:
        _report_view_without_text(frame, written)
        write(frame, written, _bound(frame, rows))


def _bound(frame: Frame, rows: Query | Relation) -> Relation:
    return bind(frame, rows) if isinstance(rows, Query) else rows


def _write_view(frame: Frame, written: Write, view: Name, rows: Query | Relation) -> None:
    """Where a change reaches no table that is known, the view itself is the best known target."""
    try:
        reached = reach(frame, written, view)
    except NotUpdatableError as error:
        _report_refused(frame, written, view, error)
        if not _is_function(frame, written):
            write(frame, written, _bound(frame, rows))
        return
    if any(len(member.tables) > 1 for member in reached.members):
        tables = " and ".join(
            sorted({str(table) for member in reached.members for table in member.tables})
        )
        _report_refused(
            frame,
            written,
            view,
            NotUpdatableError("SLP210", f"it writes columns of {tables} at once"),
        )
    names = reached.columns if written.columns is None else None
    through = frame.through
    for member in reached.members:
        frame.through = through | member.through
        writing = TargetWrite(frame.context, written, view, frame.place.path, names=names)
        _write_member(frame, writing, member, _bound(frame, rows))
    frame.through = through


def _write_member(frame: Frame, writing: TargetWrite, member: Member, query: Relation) -> None:
    """Write a query's rows into base tables seen through one branch of each UNION ALL."""
    written = writing.columns(query)
    if written is None:
        for table in member.tables:
            _emit(frame, table, None, query)
        return
    if frame.context.definitions.view(writing.target):
        frame.assign(writing.target, [name for name, _ in written])
    bases = [(member.columns.get(frame.naming.fold(name)), flows) for name, flows in written]
    for table in member.tables:
        table_columns = [
            (base.column.column or STAR, used_as(flows, Subtype.IDENTITY, base.provenance))
            for base, flows in bases
            if base is not None and base.column.table == table
        ]
        frame.note_assigned(table, [name for name, _ in table_columns])
        table_columns += carried_on(frame, table, table_columns)
        _emit(frame, table, table_columns, query)


def _emit(
    frame: Frame, table: Name, written: list[tuple[str, Flows]] | None, query: Relation
) -> None:
    """What goes into a base table becomes edges, and the statement has reached it."""
    emit(frame, table, written, query)
    if frame.id is not None:
        frame.context.recorder.note(ReachedTable(frame.id, table))


# --- findings -------------------------------------------------------------------------------------


def _report(frame: Frame, code: str, message: str, written: Write) -> None:
    span = frame.statement.span if frame.dynamic and frame.statement else written.span
    frame.context.diagnostics.report_once(code, message, frame.place.path, span)


def _report_refused(frame: Frame, written: Write, view: Name, refused: NotUpdatableError) -> None:
    if refused.code:
        message = f"{written.action.value} through {view}: {refused}"
        _report(
            frame,
            refused.code,
            message + _REFUSED if refused.code == "SLP210" else message,
            written,
        )


def _is_function(frame: Frame, written: Write) -> bool:
    """Is it the call of a function whose rows are changed?"""
    statement = frame.statement
    return (
        statement is not None
        and written.target in statement.calls
        and written.target not in statement.writes
    )


def _report_function(frame: Frame, written: Write) -> None:
    """Of a function that the scan does not hold, a statement that reads it has told as much."""
    full = frame.canonical(written.target)
    entry = frame.context.definitions.module(full)
    if entry is not None and entry.fact.kind is ModuleKind.FUNCTION:
        _report(
            frame,
            "SLP210",
            f"{written.action.value} through {full}: it is no inline function, so the server "
            "refuses this",
            written,
        )
    elif written.action is Action.INSERT:
        message = (
            f"{full}: its text is not part of the scan, so which table is changed through it "
            "is not known"
        )
        _report(frame, "SLP211", message, written)


def _report_view_without_text(frame: Frame, written: Write) -> None:
    if written.creates or written.target.temporary or written.target.address:
        return
    full = frame.canonical(written.target)
    definitions = frame.context.definitions
    entry = definitions.table(full)
    if entry is None or entry.kind is not TableKind.VIEW or definitions.view(full) is not None:
        return
    message = (
        f"{full} is a view whose text is not part of the scan, so which table is changed "
        "through it is not known"
    )
    _report(frame, "SLP211", message, written)
