"""Expressions: a tree of the library to the set of its uses - which operand takes part, and how.

Functions reach this room as plain calls under their own name (see `rewrite`), so what a function
does is decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from sys import intern
from typing import Any, TypeAlias

from sqlglot import exp

from ...model.diagnostics import Span
from ...model.facts import Call, ColumnRef, Expression, Query, Subquery, Use, VariableRef
from ...model.names import Name
from ...model.vocabulary import EdgeType, Subtype, compose
from ..reading.lexer import Token
from ..reading.splices import Splice
from .methods import OF_FILES, is_method, is_surely_method
from .operands import AGGREGATES, OF_ALL_ARGUMENTS, operand_of
from .rendered import Rendered, unmarked
from .statement_context import StatementContext
from .xquery import values_in_xquery

Node: TypeAlias = exp.Expr

# What stands in them is used as they are.
_PASSED_THROUGH = (exp.Paren, exp.Distinct, exp.Ordered, exp.Order)
_COMPARISONS = (
    exp.EQ,
    exp.NEQ,
    exp.LT,
    exp.LTE,
    exp.GT,
    exp.GTE,
    exp.Like,
    exp.In,
    exp.Between,
    exp.Is,
)


class Expressions:
    """Lowers expressions of one rendered text.

    `lower_query` lowers the queries that stand in them.
    """

    def __init__(
        self, context: StatementContext, rendered: Rendered, lower_query: Callable[[Node], Query]
    ) -> None:
        self.context = context
        self.rendered = rendered
        self.lower_query = lower_query

    def uses(self, node: Node | None, subtype: Subtype) -> Expression:
        """The uses of an expression that itself is used as `subtype` says, each once, in order."""
        if type(node) is exp.Column:  # as most of a select list are
            return tuple(self._column(node, subtype))
        uses: dict[Use, None] = {}
        for use in self._uses(node, subtype):
            uses[use] = None
        return tuple(uses)

    def span(self, *nodes: object) -> Span:
        """The place of the names in some nodes."""
        starts = [
            start
            for node in nodes
            if isinstance(node, exp.Expr)
            for name in _identifiers(node)
            if (start := name.meta.get("start")) is not None
        ]
        if not starts:
            return Span()
        first, last = self.rendered.token_at(min(starts)), self.rendered.token_at(max(starts))
        return self.context.source.span(first.start, last.end)

    def _each(self, nodes: Iterable[object], subtype: Subtype) -> Iterable[Use]:
        """The uses in some nodes, in order.

        A thousand terms of a sum are a tree of a thousand floors, so nothing recurses.
        """
        uses: list[Use] = []
        waiting = [(node, subtype) for node in nodes][::-1]
        while waiting:
            node, subtype = waiting.pop()
            if not isinstance(node, exp.Expr):
                continue
            self.context.deadline.check()
            special = _LOWER.get(type(node))
            if special is not None:
                uses.extend(special(self, node, subtype))
            elif isinstance(node, (exp.Query, exp.Table)):
                uses.append(Use(Subquery(self.lower_query(node)), subtype))
            else:
                inner = (
                    subtype
                    if isinstance(node, _PASSED_THROUGH)
                    else compose(subtype, Subtype.TRANSFORMATION)
                )
                waiting.extend((child, inner) for child in node.iter_expressions(reverse=True))
        return uses

    def _uses(self, node: Node | None, subtype: Subtype) -> Iterable[Use]:
        return self._each((node,), subtype)

    def _nothing(self, node: Node, subtype: Subtype) -> Iterable[Use]:
        return ()

    def _alias(self, node: Node, subtype: Subtype) -> Iterable[Use]:
        return self._uses(node.this, subtype)

    def _column(self, node: exp.Column, subtype: Subtype) -> Iterable[Use]:
        parts = tuple(
            intern(unmarked(part.name))  # each name stands in hundreds of places
            for part in node.parts
            if isinstance(part, exp.Identifier)
        )
        # COUNT(*) counts rows and takes no value of a column
        if not parts or isinstance(node.this, exp.Star):
            return ()
        spliced = (
            self._spliced(parts, node, subtype)
            if self.context.source.splices and not parts[0].startswith("@")
            else ()
        )
        return spliced or self._name(parts, node, subtype)

    def _spliced(self, parts: tuple[str, ...], node: exp.Column, subtype: Subtype) -> Iterable[Use]:
        """A mark in an executed string: as a value it is that of a variable.

        In a name it leaves open which column is meant.
        """
        token = self._token(node.this)
        spliced = self.context.source.spliced(token) if token else []
        if not token or not spliced:
            return ()
        value = self.context.source.is_value(token) if len(parts) == 1 else None
        if value and _is_condition(node):
            self.context.report("SLP301", "a condition that is not known", [token])
            return ()
        if value and (value.converted or not self.is_name(node)):
            return (Use(VariableRef(value.variable), subtype),)
        self.context.report("SLP301", "a column that the text does not name", [token])
        # of what decides which rows come, no column is likelier than another
        if value and subtype.type is EdgeType.INDIRECT:
            return ()
        return (Use(ColumnRef(parts, self.span(node)), subtype),)

    def value_at(self, node: Node) -> Splice | None:
        """The value that stands as a whole where a column could."""
        if not self.context.source.splices:
            return None
        token = self._token(node.this) if isinstance(node, exp.Column) and not node.table else None
        return self.context.source.is_value(token) if token else None

    def is_name(self, node: Node) -> bool:
        """Is a mark that could be a value a name all the same?

        It is as an item of a select list, a key, or the left side of a comparison.
        """
        value = self.value_at(node)
        if value is None or value.converted:
            return False
        above = node.parent
        if isinstance(above, (exp.Group, exp.Ordered)):
            return True
        if isinstance(above, _COMPARISONS):
            sides = (
                [above.expression]
                if above.args.get("expression")
                else above.args.get("expressions") or []
            )
            return node is above.this and not any(
                side.find(exp.Column) for side in sides if isinstance(side, exp.Expr)
            )
        select = above.parent if isinstance(above, exp.Alias) else above
        return (
            isinstance(select, exp.Select)
            and bool(select.args.get("from_"))
            and node.arg_key != "where"
        )

    def _token(self, node: object) -> Token | None:
        start = node.meta.get("start") if isinstance(node, exp.Identifier) else None
        return self.rendered.token_at(start) if start is not None else None

    def _name(self, parts: tuple[str, ...], node: Node, subtype: Subtype) -> Iterable[Use]:
        operand = operand_of(parts, lambda: self.span(node))
        return () if operand is None else (Use(operand, subtype),)

    def _case(self, node: Node, subtype: Subtype) -> Iterable[Use]:
        # CASE a WHEN b THEN c END: a and b choose, c alone flows
        condition = compose(subtype, Subtype.CONDITIONAL)
        yield from self._uses(node.this, condition)
        for arm in node.args.get("ifs") or ():
            yield from self._uses(arm.this, condition)
            yield from self._uses(arm.args.get("true"), subtype)
        yield from self._uses(node.args.get("default"), subtype)

    def _exists(self, node: Node, subtype: Subtype) -> Iterable[Use]:
        inner = node.this
        # EXISTS ((SELECT …)) is allowed, and asks for a row, whatever the select list holds
        while isinstance(inner, (exp.Paren, exp.Subquery)) and not isinstance(inner, exp.Select):
            inner = inner.this
        return (Use(Subquery(self.lower_query(inner), exists=True), subtype),)

    def _window(self, node: Node, subtype: Subtype) -> Iterable[Use]:
        # a function over a window is no aggregation: each row keeps its own value beside
        yield from self._uses(node.this, compose(subtype, Subtype.TRANSFORMATION))
        aside = compose(subtype, Subtype.WINDOW)
        for window in _windows(node):
            yield from self._each(window.args.get("partition_by") or (), aside)
            yield from self._uses(window.args.get("order"), aside)

    def _within_group(self, node: Node, subtype: Subtype) -> Iterable[Use]:
        yield from self._uses(node.this, subtype)
        # PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY a) returns a value of a; for STRING_AGG the
        # order only arranges
        ranked = self._function_name(node.this).startswith(("PERCENTILE", "APPROX_PERCENTILE"))
        yield from self._uses(
            node.args.get("expression"),
            compose(subtype, Subtype.AGGREGATION if ranked else Subtype.WINDOW),
        )

    @staticmethod
    def _function_name(node: Node) -> str:
        if not isinstance(node, exp.Anonymous):
            return ""
        return function_name(node).upper()

    def _function(self, node: Node, subtype: Subtype) -> Iterable[Use]:
        name, arguments = self._function_name(node), node.expressions
        if name == "UPDATE":  # UPDATE(column) in a trigger: was it named, not what it holds
            return
        if name in OF_ALL_ARGUMENTS:
            yield from self._each(arguments, compose(subtype, Subtype.AGGREGATION))
        elif name in AGGREGATES:
            # STRING_AGG(a, b): the values of a are put together, b stands between them
            yield from self._each(arguments[:1], compose(subtype, Subtype.AGGREGATION))
            yield from self._each(arguments[1:], compose(subtype, Subtype.TRANSFORMATION))
        elif name == "IIF" and len(arguments) == 3:
            yield from self._uses(arguments[0], compose(subtype, Subtype.CONDITIONAL))
            yield from self._each(arguments[1:], subtype)
        # CHOOSE(i, a, b) is a CASE over the number i
        elif name == "CHOOSE":
            yield from self._each(arguments[:1], compose(subtype, Subtype.CONDITIONAL))
            yield from self._each(arguments[1:], subtype)
        # NULLIF(a, b) is a or NULL: b only decides which
        elif name == "NULLIF" and len(arguments) == 2:
            yield from self._uses(arguments[0], compose(subtype, Subtype.TRANSFORMATION))
            yield from self._uses(arguments[1], compose(subtype, Subtype.CONDITIONAL))
        else:
            yield from self._each(arguments, compose(subtype, Subtype.TRANSFORMATION))

    def _dot(self, node: Node, subtype: Subtype) -> Iterable[Use]:
        """`schema.f(x)`, `column.method(x)`, `a.b.c.d.e`: names, then perhaps calls."""
        chain = _chain(node)
        names: list[str] = []
        for index, link in enumerate(chain):
            if isinstance(link, exp.Identifier):
                names.append(unmarked(link.name))
                continue
            if isinstance(link, exp.Anonymous) and names and index == len(names):
                yield from self._dotted_call(names, link, node, subtype)
            else:
                yield from self._uses(link, compose(subtype, Subtype.TRANSFORMATION))
        if len(names) == len(chain):
            yield from self._name(tuple(names), node, subtype)

    def _dotted_call(
        self, names: list[str], call: Node, node: Node, subtype: Subtype
    ) -> Iterable[Use]:
        function = function_name(call)
        inner = compose(subtype, Subtype.TRANSFORMATION)
        # `@x.value('(/a)[1]', 'int')`: a variable has methods, and is no schema
        if names[0].startswith("@"):
            yield from self._method(names, call, node, inner)
            return
        possible = is_method(names, function, call.expressions)
        if possible and is_surely_method(names, function):
            yield from self._method(names, call, node, inner)
            return
        if names[-1].lower() == "$partition":  # a partition function
            yield from self._each(call.expressions, inner)
            return
        name = self.context.on_linked_server(Name((*names, function)))
        method = (
            tuple(self._method(names, call, node, Subtype.TRANSFORMATION)) if possible else None
        )
        if not possible:
            self.context.accessed.call(name)
        # sys.fn_varbintohexstr(x) and its kin are the server's: their body is in no script
        if names[-1].lower() == "sys":
            yield from self._each(call.expressions, inner)
            return
        arguments = tuple(self.uses(argument, Subtype.IDENTITY) for argument in call.expressions)
        yield Use(Call(name, arguments, self.span(node), method), subtype)

    def _method(self, names: list[str], call: Node, node: Node, subtype: Subtype) -> Iterable[Use]:
        """A method of a column or variable.

        It depends on that, on its arguments, and on what its XQuery names.
        """
        if function_name(call).lower() in OF_FILES:
            return
        yield from self._name(tuple(names), node, subtype)
        yield from self._each(call.expressions, subtype)
        for text in call.expressions:
            if isinstance(text, exp.Literal):
                yield from values_in_xquery(text.name, self.span(node), subtype)


def _is_condition(node: Node) -> bool:
    """Does it stand where a search condition does, or a part of one?"""
    above = node.parent
    while isinstance(above, exp.Paren):
        node, above = above, above.parent
    return (
        isinstance(above, (exp.And, exp.Or, exp.Not, exp.Where, exp.Having)) or node.arg_key == "on"
    )


def _identifiers(node: Node) -> Iterable[Node]:
    # what stands in a column is asked for most, and the search of its tree takes six times as long
    parts = node.parts if type(node) is exp.Column else ()
    if parts and all(type(part) is exp.Identifier for part in parts):
        return parts
    return node.find_all(exp.Identifier)


def function_name(call: Node) -> str:
    """The name of a call, as written."""
    return unmarked(call.this if isinstance(call.this, str) else call.this.name)


def _windows(node: Node) -> list[Node]:
    """A window, and those of the WINDOW clause that it is made over: `OVER (w …)`, `w AS (v …)`."""
    select = node.find_ancestor(exp.Select)
    named = {w.name.casefold(): w for w in (select.args.get("windows") or () if select else ())}
    windows: list[Node] = [node]
    for window in windows:
        # In the clause `this` is a window's own name, and `alias` the name of the one it extends.
        over = window.args.get("alias")
        below = named.pop(over.name.casefold(), None) if isinstance(over, exp.Identifier) else None
        if below is not None:
            windows.append(below)
    return windows


def _chain(node: Node) -> list[Node]:
    links: list[Node] = []
    while isinstance(node, exp.Dot):
        links.append(node.expression)
        node = node.this
    if isinstance(node, exp.Column):
        links += reversed([part for part in node.parts if isinstance(part, exp.Expr)])
    else:
        links.append(node)
    return links[::-1]


_LOWER: dict[type, Callable[[Expressions, Any, Subtype], Iterable[Use]]] = {
    exp.Column: Expressions._column,
    # a column before a method
    exp.Identifier: lambda self, node, subtype: self._name((unmarked(node.name),), node, subtype),
    exp.Alias: Expressions._alias,
    exp.Case: Expressions._case,
    exp.Exists: Expressions._exists,
    exp.Window: Expressions._window,
    exp.WithinGroup: Expressions._within_group,
    exp.Anonymous: Expressions._function,
    exp.Dot: Expressions._dot,
    exp.Literal: Expressions._nothing,
    exp.Star: Expressions._nothing,
    exp.Null: Expressions._nothing,
    exp.DataType: Expressions._nothing,
    exp.Var: Expressions._nothing,
}
