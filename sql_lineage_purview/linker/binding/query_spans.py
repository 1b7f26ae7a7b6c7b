"""Where a query stands, as far as its facts tell: for what is reported of it as a whole."""

from __future__ import annotations

from ...model.diagnostics import Span
from ...model.facts import Call, ColumnRef, Query, Rows, Select, SetOperation, Subquery


def span_of_query(query: Query) -> Span:
    """Where the select list of a query begins; of UNION, that of its first query."""
    body = query.body
    while isinstance(body, SetOperation):
        body = body.left.body
    if isinstance(body, Select):
        return next((output.span for output in body.outputs), Span())
    return span_of_cells(body)


def span_of_cells(rows: Rows) -> Span:
    """Where rows of VALUES first use a column, a function or a subquery.

    What is constant has no place.
    """
    for use in (use for row in rows.rows for cell in row for use in cell):
        match use.operand:
            case ColumnRef(span=span) | Call(span=span):
                return span
            case Subquery(query=query):
                return span_of_query(query)
    return Span()
