"""Result sets: those that a procedure returns go into the table of an INSERT … EXEC.

The server compares each with the table as it comes: one of another number of columns ends the
statement, so such a one that stands in an arm of IF is no fault where the procedure returns one
that fits.

Source: https://learn.microsoft.com/sql/t-sql/statements/insert-transact-sql#derived_table
(execute_statement)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from ...model.facts import Execute, Query, Select, Write
from ...model.names import Name
from ..frames.frame import Frame
from ..relations.provenance import INFERRED
from ..relations.relation import Relation, ResultSet, union
from .target_columns import TargetWrite
from .updatable_views import NotUpdatableError, changed_view, reach
from .view_writes import write_through


class _ResultSetShape(Struct):
    """The result sets of one number of columns, put together.

    `conditional`: a call may come without any of them.
    """

    query: Relation
    conditional: bool

    def add(self, result: ResultSet) -> None:
        """Put another one to them."""
        self.query = union(self.query, result.query)
        self.conditional = self.conditional and result.conditional


def insert_results(
    frame: Frame, executed: Execute, into: Name, procedure: Name, results: Iterable[ResultSet]
) -> None:
    """INSERT … EXEC of a procedure that returns these result sets.

    Args:
        frame: the frame that runs the statement.
        executed: the call.
        into: the target of the INSERT.
        procedure: what is called.
        results: what it returns.
    """
    # The query of it is empty: what is written comes as a relation already.
    write = Write(into, executed.columns, Query(Select(())), executed.span, match=executed.match)
    shapes = _shapes(results)
    for query in (
        _fitted(frame, write, procedure, shapes)
        if len(shapes) > 1
        else [shape.query for shape in shapes]
    ):
        write_through(frame, write, query.doubted(INFERRED) if frame.dynamic else query)


def _shapes(results: Iterable[ResultSet]) -> list[_ResultSetShape]:
    """The result sets by their number of columns.

    Those of which it is not known are put together too.
    """
    shapes: dict[int | None, _ResultSetShape] = {}
    for result in results:
        count = len(result.query.columns) if result.query.counted else None
        if count in shapes:
            shapes[count].add(result)
        else:
            shapes[count] = _ResultSetShape(result.query, result.conditional)
    return list(shapes.values())


def _fitted(
    frame: Frame, write: Write, procedure: Name, shapes: list[_ResultSetShape]
) -> list[Relation]:
    """What goes into the target.

    One finding tells of all shapes that do not fit, unless a call may come without them.

    Where none fits, and of one that comes always, the tables are told, and no column.
    """
    names = {id(shape): _target_columns(frame, write, shape.query) for shape in shapes}
    counted = [shape for shape in shapes if shape.query.counted]
    if not all(names.values()) or write.target.left_open:
        return _undecided(frame, write, procedure, shapes, counted)
    misfits = [shape for shape in counted if not shape.query.fits(names[id(shape)])]
    fitting = [shape.query for shape in shapes if shape not in misfits]
    # `IF @debug = 1 SELECT 1; SELECT a, b FROM dbo.t;`: the caller that fills a table of two
    # columns does not debug.
    if not misfits or (fitting and all(shape.conditional for shape in misfits)):
        return fitting
    also = "also " if fitting else ""
    room = len(names[id(misfits[0])])
    message = (
        f"{procedure} {also}returns {_counts(misfits)} columns, for the {room} of {write.target}"
    )
    frame.report("SLP205", message, write.span)
    return [*fitting, *(shape.query.uncertain(names[id(shape)]) for shape in misfits)]


def _undecided(
    frame: Frame,
    write: Write,
    procedure: Name,
    shapes: list[_ResultSetShape],
    counted: list[_ResultSetShape],
) -> list[Relation]:
    """What may go into a target whose columns are not known.

    A temporary table takes those of the first.
    """
    if len(counted) > 1:
        message = (
            f"{procedure} returns {_counts(counted)} columns, and which of these "
            f"{write.target} takes is not known"
        )
        frame.report("SLP205", message, write.span)
    first, *others = [shape.query for shape in shapes]
    # Of a table whose columns nobody has told each shape may be the one.
    if not write.target.temporary:
        return [first, *others]
    return [first, *(query.uncertain(column.name for column in first.columns) for query in others)]


def _target_columns(frame: Frame, write: Write, query: Relation) -> Sequence[str]:
    """The columns of the target that a query goes into; none where they are not known."""
    if write.columns is not None:
        return write.columns
    if write.target.temporary:
        table = frame.state.find_temporary(Name((write.target.object,)))
        return table.insertable(query) if table and (table.facts or table.bound.columns) else ()
    view = changed_view(frame, write)
    if view is None:
        target = frame.canonical(write.target)
        return TargetWrite(
            frame.context, write, target, frame.place.path, place=frame.position
        ).filled(query)
    try:
        return reach(frame, write, view).columns
    except NotUpdatableError:
        return ()


def _counts(shapes: Iterable[_ResultSetShape]) -> str:
    """How many columns they have: `1, 2 or 5`."""
    *most, last = map(str, sorted(len(shape.query.columns) for shape in shapes))
    return f"{', '.join(most)} or {last}" if most else last
