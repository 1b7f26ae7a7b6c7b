"""What another program fills in before a script is run.

That is `{{ x }}`, `${x}`, `#{x}`, `<%= x %>`, and `$(x)` that has no value.

Where a name is due such a template stands for a name, else for a value or a clause, of which
nothing is known. Blocks that only steer (`{% if x %}`, `<% if x %>`) are passed over like white
space, so all their branches are read.

Source: https://jinja.palletsprojects.com/en/stable/templates/,
https://octopus.com/docs/projects/variables/variable-substitutions
"""

from __future__ import annotations

import re

from ...model.names import RESERVED
from ...model.regex import regex
from .lexer import Kind, Token

# `${@x}` and `${…}` are no templates: they mark what is not known of a string that is executed.
_TEMPLATE = regex(r"\{\{.*\}\}|\$\{(?![@…]).*\}|#\{.*\}|<%=.*%>|\$\([\w-]+\)", re.DOTALL)
# Words that are not reserved, and that something has to follow.
_BEFORE_OPERAND = frozenset(
    {"USING", "APPLY", "OUTPUT", "OFFSET", "NEXT", "FIRST", "RANGE", "ROWS", "PARTITION", "OVER"}
)
_QUERIES = frozenset({"SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE", "(", "IF", "WHILE"})


def is_template(name: str) -> bool:
    """Is a name nothing but a template?"""
    return _TEMPLATE.fullmatch(name) is not None


def without_templates(tokens: list[Token]) -> list[Token]:
    """A query or change without the templates that stand where no name or value can.

    An example is `WHERE a = 1 {{ more }}`.
    """
    if not tokens or tokens[0].upper not in _QUERIES:
        return tokens
    return [
        token for at, token in enumerate(tokens) if not (at and _is_clause(tokens[at - 1], token))
    ]


def are_templates(tokens: list[Token]) -> bool:
    """Does a statement consist of templates, `{{ config(…) }}`?"""
    return all(token.kind is Kind.QUOTED and is_template(token.value) for token in tokens)


def _is_clause(before: Token, token: Token) -> bool:
    if token.kind is not Kind.QUOTED or not is_template(token.value):
        return False
    # `a = {{ x }}` is a value, `(…) {{ x }}` a clause
    if before.kind is Kind.OPERATOR:
        return before.upper == ")"
    return before.upper not in _BEFORE_OPERAND and (
        before.kind is not Kind.WORD or before.value.lower() not in RESERVED
    )
