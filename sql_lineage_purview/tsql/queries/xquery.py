"""What the XQuery text of an xml method takes from the query around it.

Source: https://learn.microsoft.com/sql/xquery/xquery-extension-functions-sql-column
"""

from __future__ import annotations

from ...model.diagnostics import Span
from ...model.facts import ColumnRef, Expression, Use, VariableRef
from ...model.names import parse_name
from ...model.regex import regex
from ...model.vocabulary import Subtype

# quotation marks of either kind, and doubled where the XQuery stands in a string
_VALUE = regex(r"""\bsql:(?:column|variable)\(\s*["']+([^"']+)["']+\s*\)""")


def values_in_xquery(text: str, span: Span, subtype: Subtype) -> Expression:
    """The uses of `sql:column("t.c")` and `sql:variable("@v")` in a text that stands at `span`.

    `subtype` says how it is used.
    """
    uses: dict[Use, None] = {}
    for match in _VALUE.finditer(text):
        try:
            parts = parse_name(match[1]).parts
        except ValueError:
            continue
        operand = VariableRef(parts[0]) if parts[0].startswith("@") else ColumnRef(parts, span)
        uses[Use(operand, subtype)] = None
    return tuple(uses)
