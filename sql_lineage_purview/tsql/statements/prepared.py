"""Procedures that run a string in the session of their caller, at once or prepared under a handle.

Source:
https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-executesql-transact-sql,
https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-prepare-transact-sql,
https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-prepexec-transact-sql,
https://learn.microsoft.com/sql/relational-databases/system-stored-procedures/sp-cursoropen-transact-sql
"""

from __future__ import annotations

from msgspec import Struct

from ..queries.statement_context import StatementContext
from ..reading.words import split
from ..strings.folding import fold
from ..strings.patterns import Patterns, fixed
from .base import Tokens


class Shape(Struct, frozen=True):
    """The places of a procedure's arguments in its call.

    They are those of the statement, the declaration of its parameters, their values, and the
    handle.

    None: it has no such one; without a statement it runs what the handle stands for. `runs`: it
    does not only prepare.
    """

    statement: int | None
    parameters: int | None = None
    values: int | None = None
    handle: int | None = None
    runs: bool = True


SP_EXECUTESQL = Shape(0, 1, 2)

RUNS_A_STRING = {
    "sp_executesql": SP_EXECUTESQL,
    "sp_sqlexec": Shape(0),
    "sp_prepare": Shape(2, 1, handle=0, runs=False),
    "sp_prepexec": Shape(2, 1, 3, handle=0),
    "sp_prepexecrpc": Shape(1, handle=0),
    "sp_execute": Shape(None, values=1, handle=0),
    "sp_cursoropen": Shape(1, 5, 6, handle=0),
    "sp_cursorprepare": Shape(2, 1, handle=0, runs=False),
    "sp_cursorprepexec": Shape(3, 2, 7, handle=0),
    "sp_cursorexecute": Shape(None, values=5, handle=0),
}
_NAMES = {
    "@stmt": "statement",
    "@statement": "statement",
    "@params": "parameters",
    "@handle": "handle",
}


class Prepared(Struct, frozen=True):
    """A statement to run and its parameters' declaration, as the strings that each may be."""

    statement: Patterns
    parameters: Patterns


def _is_named(argument: Tokens) -> bool:
    """`@stmt = x`."""
    return len(argument) > 1 and argument[1].upper == "="


def read_prepared(context: StatementContext, tokens: Tokens, shape: Shape) -> Prepared | None:
    """What a call runs or prepares; the handle stands for it from here on.

    None: what it prepared is not known.
    """
    pieces = split(tokens)
    named = {
        _NAMES.get(piece[0].value.casefold(), ""): piece[2:] for piece in pieces if _is_named(piece)
    }
    constants = context.constants.values

    def argument(what: str, place: int | None) -> Tokens:
        if place is None:
            return []
        piece = named.get(what) or (pieces[place] if place < len(pieces) else [])
        return piece[2:] if _is_named(piece) else piece

    handle = argument("handle", shape.handle)
    keys = (
        # No variable has a blank in its name, so these can stand among the constants.
        [f"{handle[0].value.casefold()} {part}" for part in ("statement", "parameters")]
        if handle
        else []
    )
    if shape.statement is None:
        patterns = [constants.get(key) for key in keys]
        return (
            Prepared(patterns[0], patterns[1] or fixed(""))
            if len(patterns) > 1 and patterns[0]
            else None
        )
    parameters = argument("parameters", shape.parameters)
    prepared = Prepared(
        fold(argument("statement", shape.statement), constants),
        fold(parameters, constants) if parameters else fixed(""),
    )
    if keys:
        # `EXEC sp_prepare @h OUTPUT, N'@i int', N'INSERT dbo.t SELECT @i'; EXEC sp_execute @h,
        # 1`: the second call has the handle alone.
        constants.update({keys[0]: prepared.statement, keys[1]: prepared.parameters})
    return prepared
