"""A change as a table source: `FROM (MERGE … OUTPUT …) AS x`, whose rows are those of its OUTPUT clause.

Source: https://learn.microsoft.com/sql/t-sql/queries/from-transact-sql, `<nested_dml>` of
https://learn.microsoft.com/sql/t-sql/statements/insert-transact-sql
"""

from __future__ import annotations

from ...model.facts import CommonTable, Effect, OpaqueSource, Result
from ..queries.statement_context import StatementContext
from ..reading.lexer import Kind, Token
from ..reading.words import skip_group, word_at
from .base import Lowering, Tokens


def lift_changes(
    context: StatementContext, tokens: Tokens, common: tuple[CommonTable, ...], lowerings: dict[str, Lowering]
) -> tuple[Tokens, tuple[Effect, ...]]:
    """Lower the changes that stand in parentheses; answer the tokens with a name in the place of each, and their effects."""
    outer_tokens: Tokens = []
    effects: list[Effect] = []
    at = 0
    while at < len(tokens):
        lowering = lowerings.get(word_at(tokens, at + 1)) if word_at(tokens, at) == "(" else None
        if lowering is None or word_at(tokens, at + 2) == "(":
            outer_tokens.append(tokens[at])
            at += 1
            continue
        end = skip_group(tokens, at)
        lowered = lowering(context, tokens[at + 1 : end - 1], common)
        name = f"⟦{len(context.rowsets)}⟧"
        context.rowsets[name] = OpaqueSource(word_at(tokens, at + 1))
        for effect in lowered.effects if lowered else ():
            if isinstance(effect, Result):
                context.rowsets[name] = effect.query
            else:
                effects.append(effect)
        outer_tokens.append(Token(Kind.QUOTED, name, tokens[at].start, tokens[end - 1].end))
        at = end
    return outer_tokens, tuple(effects)
