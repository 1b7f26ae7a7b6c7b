"""A change as a table source: `FROM (MERGE … OUTPUT …) AS x`, whose rows are those of its OUTPUT clause.

Source: https://learn.microsoft.com/sql/t-sql/queries/from-transact-sql, `<nested_dml>` of
https://learn.microsoft.com/sql/t-sql/statements/insert-transact-sql
"""

from __future__ import annotations

from ...model.facts import CommonTable, Effect, OpaqueSource, Result
from ..lexer import Kind, Token
from ..reader import Reader
from ..words import skip_group
from .base import Lower, Tokens, word


def lift_changes(
    reader: Reader, tokens: Tokens, common: tuple[CommonTable, ...], forms: dict[str, Lower]
) -> tuple[Tokens, tuple[Effect, ...]]:
    """Lower the changes that stand in parentheses; answer the tokens with a name in the place of each, and their effects."""
    outer_tokens: Tokens = []
    effects: list[Effect] = []
    at = 0
    while at < len(tokens):
        form = forms.get(word(tokens, at + 1)) if word(tokens, at) == "(" else None
        if form is None or word(tokens, at + 2) == "(":
            outer_tokens.append(tokens[at])
            at += 1
            continue
        end = skip_group(tokens, at)
        lowered = form(reader, tokens[at + 1 : end - 1], common)
        name = f"⟦{len(reader.rowsets)}⟧"
        reader.rowsets[name] = OpaqueSource(word(tokens, at + 1))
        for effect in lowered.effects if lowered else ():
            if isinstance(effect, Result):
                reader.rowsets[name] = effect.query
            else:
                effects.append(effect)
        outer_tokens.append(Token(Kind.QUOTED, name, tokens[at].start, tokens[end - 1].end))
        at = end
    return outer_tokens, tuple(effects)
