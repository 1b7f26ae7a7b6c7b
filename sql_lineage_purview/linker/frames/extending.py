"""Extending: temporary tables that may have got columns which are not known.

They get them from a procedure outside of the scan, or from a string.

Any procedure may alter its caller's temporary tables. What is known of their columns stays known; a
name that nothing in scope has may be one of the others, and is settled to no other table.

Source: https://learn.microsoft.com/sql/t-sql/statements/alter-table-transact-sql
"""

from __future__ import annotations

from ...model.facts import Execute
from ...model.names import Name
from ..relations.relation_columns import STAR, RelationColumn
from ..state.temporary import Temporary
from .frame import Frame


def extended_by_call(frame: Frame, executed: Execute, name: Name) -> None:
    """EXEC of a procedure that is not in the scan.

    One that is handed the name of a table has most likely altered it.
    """
    # what a system procedure does to a table, such as sp_rename, is an effect of its own
    if name.system:
        return
    texts = [
        piece.text
        for argument in executed.arguments
        for pattern in argument.strings
        for piece in pattern
    ]
    handed = {frame.naming.fold(_last_part(text)) for text in texts}
    for key, table in frame.state.every_table():
        # a table variable is not seen by what is called
        if key.startswith("#"):
            _extend(
                table,
                f"{_shown(table, key)}: {name} may have added columns that are not known",
                certain=key in handed,
            )


def extended_by_string(frame: Frame) -> None:
    """EXEC of a string of which nothing is known."""
    for key, table in frame.state.every_table():
        if key.startswith("#"):
            _extend(
                table,
                f"{_shown(table, key)}: a string may have added columns that are not known",
                certain=False,
            )


def extended_by_pattern(table: Temporary, name: Name) -> None:
    """ALTER TABLE #t ADD of a column whose name is known only as a pattern."""
    _extend(table, f"{name}: a string has added columns that are not known", certain=True)


def _extend(table: Temporary, message: str, *, certain: bool) -> None:
    table.bound.extension = table.bound.extension or message
    if certain and not any(column.name == STAR for column in table.bound.columns):
        table.bound.columns.append(RelationColumn(STAR, {}))


def _shown(table: Temporary, key: str) -> str:
    return table.node.object if table.node else key


def _last_part(text: str) -> str:
    """`tempdb..[#t]` is `#t`."""
    return text.rpartition(".")[2].strip(" []'")
