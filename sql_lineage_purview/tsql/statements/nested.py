"""A change as a table source: `FROM (MERGE … OUTPUT …) AS x`, the rows of its OUTPUT clause.

Source: https://learn.microsoft.com/sql/t-sql/queries/from-transact-sql, `<nested_dml>` of
https://learn.microsoft.com/sql/t-sql/statements/insert-transact-sql
"""

from __future__ import annotations

from itertools import pairwise

from ...model.facts import CommonTable, Effect, OpaqueSource, Result, TableExpression
from ..queries.statement_context import StatementContext
from ..reading.cursor import Cursor
from ..reading.lexer import Kind, new_token
from .base import Lowering, Tokens


def lift_changes(
    context: StatementContext,
    tokens: Tokens,
    ctes: tuple[CommonTable, ...],
    lowerings: dict[str, Lowering],
) -> tuple[Tokens, tuple[Effect, ...]]:
    """Lower the changes that stand in parentheses.

    Answer the tokens with a name in the place of each, and their effects.

    Args:
        context: of the statement; takes the rows of each change, by its new name.
        tokens: those of the statement.
        ctes: what stands in WITH before it.
        lowerings: by verb, what lowers such a change.
    """
    if not any(token.upper == "(" and verb.upper in lowerings for token, verb in pairwise(tokens)):
        return tokens, ()
    outer_tokens: Tokens = []
    effects: list[Effect] = []
    cursor = Cursor(tokens)
    while token := cursor.token():
        verb = cursor.peek()
        lowering = lowerings.get(verb) if cursor.word == "(" else None
        # `(UPDATE (a))` asks a trigger which column was named, and changes nothing
        if lowering is None or cursor.peek(2) == "(":
            outer_tokens.append(token)
            cursor.advance()
            continue
        lowered = lowering(context, cursor.group(), ctes)
        rows: TableExpression = OpaqueSource(verb)
        for effect in lowered.effects if lowered else ():
            if isinstance(effect, Result):
                rows = effect.query
            else:
                effects.append(effect)
        name = context.local_sources.stand_in(rows)
        outer_tokens.append(new_token(Kind.QUOTED, name, token.start, tokens[cursor.index - 1].end))
    return outer_tokens, tuple(effects)
