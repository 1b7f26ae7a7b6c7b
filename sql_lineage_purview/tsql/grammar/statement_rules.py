"""Which rule each statement has, and the first token of one where its rule cannot go on."""

from __future__ import annotations

from collections.abc import Mapping, Set

from ..reading.cursor import VARIABLE
from ..reading.lexer import Token
from . import change_rules as changes
from . import variable_rules as variables
from .expression_rules import condition
from .head_rules import head
from .object_rules import definition
from .query_rules import common_tables, option, query, select_statement
from .rule_cursor import Rule, RuleCursor, Unexpected
from .simple_rules import SIMPLE, rest


def unexpected(tokens: list[Token], leading: Set[int]) -> int | None:
    """The index of the token at which a statement goes wrong.

    The number of tokens where it breaks off. None: it is sound.
    """
    rule = _RULES.get(tokens[0].upper) if tokens else None
    # without a rule nothing is said: a word that begins no statement is reported elsewhere
    return None if rule is None else _violation(rule, tokens, leading)


def unexpected_in_query(tokens: list[Token], leading: Set[int]) -> int | None:
    """The same of the query of a view or an inline function."""
    return _violation(_body, tokens, leading)


def unexpected_in_condition(tokens: list[Token], leading: Set[int]) -> int | None:
    """The same of the condition of IF or WHILE."""
    return _violation(condition, tokens, leading)


def unexpected_in_head(tokens: list[Token], leading: Set[int]) -> int | None:
    """The same of what stands before a module's body."""
    return _violation(head, tokens, leading)


def unexpected_in_call(tokens: list[Token], leading: Set[int]) -> int | None:
    """The same of a procedure's name and arguments without EXEC."""
    return _violation(_bare_call, tokens, leading)


def _violation(rule: Rule, tokens: list[Token], leading: Set[int]) -> int | None:
    cursor = RuleCursor(tokens, _nested, leading)
    try:
        rule(cursor)
    except Unexpected as found:
        return found.index
    except RecursionError:  # deeper than the stack goes: nothing is said of it
        return None
    return cursor.index if cursor.word else None


def _nested(c: RuleCursor) -> None:
    """What is in parentheses in FROM or an expression: a query, or a change with OUTPUT clause.

    Source:
    https://learn.microsoft.com/sql/t-sql/queries/nested-common-table-expression-transact-sql
    """
    if c.word == "WITH":
        common_tables(c)
    _CHANGES.get(c.word, query)(c)


def _body(c: RuleCursor) -> None:
    if c.word == "(" and c.peek() == "WITH":
        c.inside(_body)
        return
    _nested(c)
    option(c)


def _bare_call(c: RuleCursor) -> None:
    if not c.accept(VARIABLE):
        c.expect_dotted_name()
    variables.arguments(c)


def _with(c: RuleCursor) -> None:
    common_tables(c)
    rule = _VERBS.get(c.word)
    if rule is None:
        c.fail()
    rule(c)


def _update(c: RuleCursor) -> None:
    if c.peek() == "STATISTICS":
        rest(c)
    else:
        changes.update(c)


_CHANGES: Mapping[str, Rule] = {
    "INSERT": changes.insert,
    "UPDATE": _update,
    "DELETE": changes.delete,
    "MERGE": changes.merge,
}
_VERBS: Mapping[str, Rule] = {"SELECT": select_statement, "(": select_statement, **_CHANGES}
_RULES: Mapping[str, Rule] = {
    **_VERBS,
    "WITH": _with,
    "DECLARE": variables.declare,
    "SET": variables.assign,
    "EXEC": variables.execute,
    "EXECUTE": variables.execute,
    "PRINT": variables.look,
    "RETURN": variables.look,
    "THROW": variables.throw,
    "RAISERROR": variables.raise_error,
    **dict.fromkeys(("CREATE", "ALTER", "DROP"), definition),
    **SIMPLE,
}
