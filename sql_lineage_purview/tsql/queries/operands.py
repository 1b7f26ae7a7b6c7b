"""What names and functions of an expression mean, be its tokens read or the library's tree."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from ...model.diagnostics import Span
from ...model.facts import ColumnRef, VariableRef
from ..reading.templates import is_template

# https://learn.microsoft.com/sql/t-sql/functions/aggregate-functions-transact-sql
AGGREGATES = frozenset(
    """
    SUM AVG MIN MAX COUNT COUNT_BIG STDEV STDEVP VAR VARP STRING_AGG CHECKSUM_AGG
    APPROX_COUNT_DISTINCT GROUPING GROUPING_ID PERCENTILE_CONT PERCENTILE_DISC
    APPROX_PERCENTILE_CONT APPROX_PERCENTILE_DISC JSON_ARRAYAGG JSON_OBJECTAGG PRODUCT""".split()
)

OF_ALL_ARGUMENTS = frozenset({"GROUPING_ID", "JSON_OBJECTAGG"})
# Not all of their arguments take part alike.
FUNCTIONS_WITH_ROLES = AGGREGATES | OF_ALL_ARGUMENTS | {"UPDATE", "IIF", "CHOOSE", "NULLIF"}

# Columns that go by their property:
# https://learn.microsoft.com/sql/t-sql/queries/select-clause-transact-sql
_BY_PROPERTY = frozenset({"$IDENTITY", "$ROWGUID"})


def operand_of(parts: tuple[str, ...], span: Callable[[], Span]) -> ColumnRef | VariableRef | None:
    """What a name in an expression means; None where it takes a value from no table or variable.

    Args:
        parts: the parts of the name.
        span: answers where it stands.
    """
    if len(parts) == 1 and parts[0].startswith("@"):
        # @@ROWCOUNT and its kin are functions of the server, which no table supplies
        return None if parts[0].startswith("@@") else VariableRef(parts[0])
    if len(parts) == 1 and is_template(parts[0]):  # a value that is filled in
        return None
    if (
        parts[-1].startswith(("$", "⟦")) and parts[-1].upper() not in _BY_PROPERTY
    ):  # $action, $node_id: of the statement or the system, in no definition
        return None
    return ColumnRef(_shared(parts), span())


@lru_cache(maxsize=10_000)
def _shared(parts: tuple[str, ...]) -> tuple[str, ...]:
    """One object for the same name: facts have hundreds of thousands of names."""
    return parts
