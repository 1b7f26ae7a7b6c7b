"""The library's tree of a query to the facts of that query: sources, outputs, conditions.

Source: https://learn.microsoft.com/sql/t-sql/queries/select-transact-sql
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from sys import intern
from typing import TypeAlias

from msgspec.structs import replace
from sqlglot import exp

from ...model.diagnostics import Span
from ...model.facts import (
    ColumnRef,
    CommonTable,
    Condition,
    DocumentSource,
    Expression,
    FileSource,
    FunctionSource,
    OpaqueSource,
    Output,
    PivotSource,
    Query,
    Rows,
    Select,
    SetOperation,
    Source,
    Star,
    TableExpression,
    TableSource,
    UnpivotSource,
    Use,
)
from ...model.names import Name
from ...model.vocabulary import Subtype, compose
from ..reading.templates import is_template
from ..reading.words import unqualified
from .expression_lowering import Expressions, function_name
from .methods import is_method
from .not_understood import NotUnderstoodError
from .operands import AGGREGATES
from .rendered import PART_MARK, Rendered, unmarked
from .statement_context import StatementContext
from .tree_truth import is_zero, truth
from .truth import is_filled_in

Node: TypeAlias = exp.Expr

_OPERATORS = {exp.Union: "UNION", exp.Except: "EXCEPT", exp.Intersect: "INTERSECT"}


class Queries:
    """Lowers the trees of one rendered text."""

    def __init__(self, context: StatementContext, rendered: Rendered) -> None:
        self.context = context
        self.rendered = rendered
        self.expressions = Expressions(context, rendered, self.query)

    def query(self, node: Node) -> Query:
        """A SELECT, set operation, VALUES, or any of them in parentheses."""
        # a common table expression of a subquery is not seen outside of it
        with self.context.local_sources.scope():
            ctes = self._ctes(node)
            body = self._body(node)
        if isinstance(body, Query):
            return body if not ctes else Query(body.body, ctes + body.ctes)
        return Query(body, ctes)

    def _ctes(self, node: Node) -> tuple[CommonTable, ...]:
        ctes = []
        with_ = node.args.get("with_")
        for cte in with_.expressions if with_ else ():
            name = unmarked(cte.alias)
            # before its own query is read, which may be recursive: WITH t AS (… UNION ALL SELECT …
            # FROM t)
            self.context.local_sources.add_cte(name)
            ctes.append(CommonTable(name, _alias_columns(cte), self.query(cte.this)))
        return tuple(ctes)

    def _body(self, node: Node) -> Select | Rows | SetOperation | Query:
        if isinstance(node, exp.Select):
            return self.select(node)
        if isinstance(node, exp.SetOperation):
            return self._set_operation(node)
        if isinstance(node, exp.Subquery):
            inner = node.this
            if isinstance(inner, exp.Table):
                return self._joined(inner)
            return self.query(inner)
        if isinstance(node, exp.Values):
            return Rows(
                tuple(
                    tuple(self.expressions.uses(cell, Subtype.IDENTITY) for cell in _cells(row))
                    for row in node.expressions
                )
            )
        if isinstance(node, exp.Table):
            return self._joined(node)
        raise NotUnderstoodError(f"a query of kind {type(node).__name__}")

    def _joined(self, table: Node) -> Select:
        sources, conditions = self._from(table)
        return Select((Star((), Span()),), tuple(sources), tuple(conditions))

    def _set_operation(self, node: Node) -> SetOperation:
        left, right = self.query(node.this), self.query(node.expression)
        operator = next(word for kind, word in _OPERATORS.items() if isinstance(node, kind))
        operation = SetOperation(
            # only UNION has an ALL in T-SQL; EXCEPT and INTERSECT always remove duplicates
            operator,
            left,
            right,
            all=operator == "UNION" and not node.args.get("distinct"),
        )
        order = node.args.get("order")
        return (
            self._ordered(operation, [_sort_key(item) for item in order.expressions])
            if order
            else operation
        )

    def _ordered(self, operation: SetOperation, keys: list[Node]) -> SetOperation:
        """A set operation in the order of some of its columns.

        Behind a `*` a name is a column of the first branch's tables.
        """
        outputs = _first_outputs(operation)
        positions = [_position(key, outputs) for key in keys]
        others = [key for key, position in zip(keys, positions, strict=True) if position is None]
        uses = [use for key in others for use in self.expressions.uses(key, Subtype.SORT)]
        first = operation.left.body
        # a key that no output is called after is a column of FROM: only the first branch names the
        # result
        if uses and isinstance(first, Select):
            sort = Condition(Subtype.SORT, tuple(uses))
            operation = replace(
                operation,
                left=dataclasses.replace(
                    operation.left, body=replace(first, conditions=(*first.conditions, sort))
                ),
            )
        return _sorted(operation, [position for position in positions if position is not None])

    def select(self, node: Node) -> Select:
        """One SELECT."""
        sources, conditions = self._all_sources(node)
        outputs = tuple(self._output(item) for item in node.expressions)
        uses = self.expressions.uses
        where, having, group = (
            node.args.get("where"),
            node.args.get("having"),
            node.args.get("group"),
        )
        if where:
            # SELECT COUNT(*) FROM t WHERE 1 = 0 has a row all the same
            never = self.truth(where.this) is False and not (group is None and _aggregates(node))
            conditions.append(Condition(Subtype.FILTER, uses(where.this, Subtype.FILTER), never))
        if group:
            conditions.append(Condition(Subtype.GROUP_BY, uses(group, Subtype.GROUP_BY)))
        if having:
            conditions.append(
                Condition(
                    Subtype.FILTER,
                    uses(having.this, Subtype.FILTER),
                    self.truth(having.this) is False,
                )
            )
        # TOP (SELECT n FROM dbo.limits): what is asked for the number decides which rows come
        for part in filter(None, (node.args.get("limit"), node.args.get("offset"))):
            conditions.append(
                Condition(Subtype.FILTER, uses(part, Subtype.FILTER), self._takes_none(part))
            )
        if node.args.get("order"):
            conditions.append(Condition(Subtype.SORT, self._sort_uses(node.args["order"], outputs)))
        effective = tuple(
            condition for condition in conditions if condition.expression or condition.contradiction
        )
        document = bool(node.args.get("for_"))
        grouped = bool(group or node.args.get("distinct"))
        partial = any(map(_is_left_open, outputs))
        return Select(
            outputs, tuple(sources), effective, document=document, partial=partial, grouped=grouped
        )

    def truth(self, node: Node) -> bool | None:
        """Is a condition true whatever the data is?

        None where it depends on more than constants that stand in the text.
        """
        verdict = truth(node)
        start, end = self.rendered.extent
        return (
            None
            if verdict is None or is_filled_in(self.context.source.text[start:end])
            else verdict
        )

    def _takes_none(self, node: Node) -> bool:
        """TOP (0): the shape of the rows, and no rows."""
        start, end = self.rendered.extent
        none = isinstance(node, exp.Limit) and is_zero(node.expression)
        return none and not is_filled_in(self.context.source.text[start:end])

    def _sort_uses(self, order: Node, outputs: tuple[Output | Star, ...]) -> Expression:
        """ORDER BY sees the names and numbers of the select list before the columns of FROM."""
        sort_uses: dict[Use, None] = {}
        for key in map(_sort_key, order.expressions):
            output = _named_output(key, outputs)
            uses = output.expression if output else self.expressions.uses(key, Subtype.SORT)
            for use in uses:
                sort_uses[Use(use.operand, compose(Subtype.SORT, use.subtype))] = None
        return tuple(sort_uses)

    def _output(self, item: Node) -> Output | Star:
        span = self.expressions.span(item)
        if isinstance(item, exp.Star):
            return Star((), span)
        if isinstance(item, exp.Column) and isinstance(item.this, exp.Star):
            return Star(
                tuple(
                    unmarked(part.name) for part in item.parts if isinstance(part, exp.Identifier)
                ),
                span,
            )
        if isinstance(item, exp.Dot) and isinstance(item.expression, exp.Star):
            return Star(tuple(unmarked(part.name) for part in item.find_all(exp.Identifier)), span)
        name, value = _output_name(item)
        spliced = self.expressions.value_at(value)
        if value is item and spliced:  # SELECT ${@columns} FROM t: any columns; a value has no name
            return Output(
                name if self.expressions.is_name(value) else None, self._spliced(value), span
            )
        # SELECT IDENTITY(int, 1, 1) AS id INTO t: the server numbers the rows, and an INSERT
        # without columns leaves it out
        generated = isinstance(value, exp.Anonymous) and unmarked(value.name).upper() == "IDENTITY"
        uses = self.expressions.uses(value, Subtype.IDENTITY)
        # a plain column has its own place, and there are hundreds of thousands of them
        if type(item) is exp.Column and uses and isinstance(uses[0].operand, ColumnRef):
            span = uses[0].operand.span
        return Output(name, uses, span, generated)

    def _spliced(self, value: Node) -> Expression:
        return (
            ()
            if self.expressions.is_name(value)
            else self.expressions.uses(value, Subtype.IDENTITY)
        )

    def _all_sources(self, node: Node) -> tuple[list[Source], list[Condition]]:
        sources: list[Source] = []
        conditions: list[Condition] = []
        from_ = node.args.get("from_")
        if from_:
            self._add(from_.this, sources, conditions)
        for lateral in node.args.get("laterals") or ():
            self._add(lateral, sources, conditions)
        self._add_joins(node, sources, conditions)
        return sources, conditions

    def _add(self, node: Node, sources: list[Source], conditions: list[Condition]) -> None:
        table_sources, decided = self._from(node)
        sources += table_sources
        conditions += decided

    def _add_joins(self, node: Node, sources: list[Source], conditions: list[Condition]) -> None:
        first = (0, 0)  # where the item of FROM begins that a join extends
        for join in node.args.get("joins") or ():
            joined, on = join.this, join.args.get("on")
            crossed = isinstance(joined, exp.Lateral) or join.args.get("kind") == "CROSS"
            # `FROM a, b JOIN c ON … PIVOT (…) AS p` pivots b and c, not a
            if not (crossed or on or join.args.get("kind") or join.args.get("side")):
                first = (len(sources), len(conditions))  # a comma
            # behind CROSS JOIN b the library hangs a PIVOT on b, behind ON on the join: either way
            # the join as a whole is pivoted
            pivots = joined.args.get("pivots") or []
            table_sources, decided = self._item(joined, [] if crossed else pivots)
            sources += table_sources
            conditions += decided
            if on is not None:
                conditions.append(Condition(Subtype.JOIN, self.expressions.uses(on, Subtype.JOIN)))
            self._pivot_join(
                sources,
                conditions,
                first,
                [*(pivots if crossed else ()), *(join.args.get("pivots") or ())],
            )

    def _pivot_join(
        self,
        sources: list[Source],
        conditions: list[Condition],
        first: tuple[int, int],
        pivots: list[Node],
    ) -> None:
        """`a JOIN b ON … PIVOT (…) AS p`, where all that is joined is pivoted.

        It stands under one name from here on.
        """
        if not pivots:
            return
        joined = Query(
            Select((Star((), Span()),), tuple(sources[first[0] :]), tuple(conditions[first[1] :]))
        )
        pivoted = self._pivoted(Source(joined), pivots)
        sources[first[0] :], conditions[first[1] :] = [pivoted], []

    def _from(self, node: Node) -> tuple[list[Source], list[Condition]]:
        """The sources of one item of FROM: a table, or all that a join in parentheses joins."""
        return self._item(node, node.args.get("pivots") or [])

    def _item(self, node: Node, pivots: list[Node]) -> tuple[list[Source], list[Condition]]:
        sources: list[Source] = []
        conditions: list[Condition] = []
        inner = node.this if isinstance(node, exp.Subquery) else None
        nested = isinstance(inner, exp.Subquery) and not (
            node.alias or pivots or inner.args.get("with_")
        )
        if isinstance(inner, exp.Expr) and (nested or isinstance(inner, (exp.Table, exp.Lateral))):
            self._add(inner, sources, conditions)
            self._pivot_join(sources, conditions, (0, 0), pivots)
        else:
            sources.append(self._pivoted(self._source(node), pivots))
        self._add_joins(node, sources, conditions)
        return sources, conditions

    def _source(self, node: Node) -> Source:
        alias = unmarked(node.alias) or None
        columns = _alias_columns(node)
        relation = self._relation(node)
        # the table of a trigger goes by the name it has here
        if alias is None and isinstance(relation, TableSource) and relation.name is self.context.on:
            alias = unmarked(node.name)  # inserted, deleted
        # `x.nodes('/a') AS t(c)`: the alias alone names the column
        if isinstance(relation, DocumentSource) and columns and relation.columns is None:
            relation = replace(relation, columns=columns)
        rowset = self.context.local_sources.is_rowset(relation)
        return Source(
            relation, alias, columns, lateral=isinstance(node, exp.Lateral), rowset=rowset
        )

    def _relation(self, node: Node) -> TableExpression:
        if isinstance(node, (exp.Table, exp.Lateral)):
            inner = node.this
            names = _dotted(node)
            if names:
                return self._table(names, node)
            if isinstance(inner, (exp.Subquery, exp.Table)):
                return self._relation(inner)
            return self._function(
                inner,
                tuple(unmarked(part.name) for part in node.parts[:-1])
                if isinstance(node, exp.Table)
                else (),
            )
        if isinstance(node, exp.Subquery) and isinstance(node.this, exp.Values):
            return self.query(node.this)
        if isinstance(node, (exp.Query, exp.Values)):
            return self.query(node)
        if isinstance(node, (exp.Anonymous, exp.Dot)):
            return self._function(node)
        raise NotUnderstoodError(f"a table source of kind {type(node).__name__}")

    def _table(self, parts: tuple[str, ...], node: Node) -> TableExpression:
        if len(parts) == 1 and parts[0].startswith("⟦"):
            relation = self.context.local_sources.rowset(parts[0])
            if isinstance(relation, FileSource):
                self.context.accessed.read(
                    Name((relation.address, relation.data_source or ""), address=True)
                )
            return relation
        name = unqualified(Name(parts))
        # a common table expression hides a table of the same name
        if not self.context.local_sources.is_cte(name):
            name = self.context.table(name)
            self.context.accessed.read(name)
        return TableSource(
            name, self.expressions.span(node.args.get("catalog"), node.args.get("db"), node.this)
        )

    def _function(self, node: Node | None, schema: tuple[str, ...] = ()) -> TableExpression:
        names = list(schema)
        link = node
        chain = []
        while isinstance(link, exp.Dot):
            chain.append(link.expression)
            link = link.this
        if link is not None:
            chain.append(link)
        call = chain[0] if chain else None
        if not isinstance(call, exp.Anonymous):
            raise NotUnderstoodError("a table source that is no table and no function")
        for part in reversed(chain[1:]):
            names += [p.name for p in part.parts] if isinstance(part, exp.Column) else [part.name]
        function = function_name(call)
        # APPLY s.Doc.nodes('/a') is no function of a schema Doc
        if names and is_method(names, function, call.expressions):
            return OpaqueSource(function)
        name = self.context.on_linked_server(Name((*names, function)))
        self.context.accessed.call(name)
        arguments = tuple(
            self.expressions.uses(argument, Subtype.IDENTITY) for argument in call.expressions
        )
        return FunctionSource(name, arguments, self.expressions.span(node) if node else Span())

    def _pivoted(self, source: Source, pivots: list[Node]) -> Source:
        for pivot in pivots:
            if not (pivot.args.get("fields") and pivot.expressions):
                raise NotUnderstoodError("a PIVOT that breaks off")
            relation = (
                self._unpivot(source, pivot)
                if pivot.args.get("unpivot")
                else self._pivot(source, pivot)
            )
            source = Source(
                relation, unmarked(pivot.alias) or None, _alias_columns(pivot), source.lateral
            )
        return source

    def _pivot(self, source: Source, pivot: Node) -> PivotSource:
        field = pivot.args["fields"][0]
        names = tuple(_plain_name(item) for item in field.expressions)
        for item in pivot.expressions:
            parts = function_name(item).split(PART_MARK) if isinstance(item, exp.Anonymous) else []
            # an aggregate in CLR, `dbo.Concat(x)`, is an object that is called
            if len(parts) > 1:
                self.context.accessed.call(self.context.on_linked_server(Name(tuple(parts))))
        aggregate = tuple(
            use
            for item in pivot.expressions
            for use in self.expressions.uses(item, Subtype.AGGREGATION)
        )
        # SUM(s.x) over a join that is pivoted: s is not seen outside of it, x is
        if isinstance(source.relation, Query):
            aggregate = tuple(_without_table(use) for use in aggregate)
        return PivotSource(source, aggregate, self._column_ref(source, field.this), names)

    def _unpivot(self, source: Source, pivot: Node) -> UnpivotSource:
        field = pivot.args["fields"][0]
        columns = tuple(self._column_ref(source, item) for item in field.expressions)
        return UnpivotSource(
            source, _plain_name(pivot.expressions[0]), _plain_name(field.this), columns
        )

    def _column_ref(self, source: Source, node: Node) -> ColumnRef:
        """A column of what is pivoted; the tables of a join are no longer seen there."""
        parts = (
            tuple(unmarked(p.name) for p in node.parts)
            if isinstance(node, exp.Column)
            else (_plain_name(node),)
        )
        return ColumnRef(
            parts[-1:] if isinstance(source.relation, Query) else parts, self.expressions.span(node)
        )


def _aggregates(select: Node) -> bool:
    """Is there a row of aggregates even where no row is left to aggregate?"""
    calls = (call for item in select.expressions for call in item.find_all(exp.Anonymous))
    return any(
        function_name(call).upper() in AGGREGATES and not isinstance(call.parent, exp.Window)
        for call in calls
    )


def _is_left_open(output: Output | Star) -> bool:
    """`SELECT ${@columns} FROM t`: any columns, told when the string is put together."""
    return (
        isinstance(output, Output)
        and not output.expression
        and (output.name or "").startswith("${")
    )


def _without_table(use: Use) -> Use:
    operand = use.operand
    return (
        Use(ColumnRef(operand.parts[-1:], operand.span), use.subtype)
        if isinstance(operand, ColumnRef)
        else use
    )


def _dotted(node: Node) -> tuple[str, ...] | None:
    """The parts of a table's name; None where something else than a name stands there."""
    parts: list[str] = []
    for part in (node.args.get("catalog"), node.args.get("db"), node.this):
        if isinstance(part, exp.Expr):
            links = _links(part)
            if not all(isinstance(link, exp.Identifier) for link in links):
                return None
            parts += [unmarked(link.name) for link in links]
        elif part == "":
            parts.append("")  # left out: a..t
    return tuple(parts) or None


def _links(node: Node) -> list[Node]:
    if isinstance(node, exp.Dot):
        return [*_links(node.this), *_links(node.expression)]
    if isinstance(node, exp.Column):
        return [part for part in node.parts if isinstance(part, exp.Expr)]
    return [node]


def _cells(row: Node) -> Iterator[Node]:
    yield from (
        row.expressions
        if isinstance(row, exp.Tuple)
        else [row.this if isinstance(row, exp.Paren) else row]
    )


def _alias_columns(node: Node) -> tuple[str, ...] | None:
    alias = node.args.get("alias")
    columns = alias.args.get("columns") if isinstance(alias, exp.TableAlias) else None
    return tuple(unmarked(column.name) for column in columns) if columns else None


def _plain_name(node: Node) -> str:
    return unmarked(node.alias or node.name)


def _output_name(item: Node) -> tuple[str | None, Node]:
    if isinstance(item, exp.Alias):
        return intern(unmarked(item.alias)), item.this
    # T-SQL's old ways of naming a column, which the library takes for comparisons
    if isinstance(item, exp.EQ) and isinstance(item.this, exp.Literal) and item.this.is_string:
        return item.this.name, item.expression  # 'name' = expression
    if isinstance(item, exp.Subquery) and item.alias:  # name = (query)
        return unmarked(item.alias), item
    inner = item
    while isinstance(inner, exp.Paren):
        inner = inner.this
    if isinstance(inner, exp.Column) and not inner.table and is_template(inner.name):
        return None, item  # a value that is filled in
    # of a query that a method is called on the library makes identifiers
    if isinstance(inner, (exp.Column, exp.Identifier)):
        name = intern(unmarked(inner.name))  # each name stands in hundreds of places
        return None if name.startswith("@") else name, item  # a variable gives its column no name
    if isinstance(inner, exp.Dot) and isinstance(inner.expression, exp.Identifier):
        return inner.expression.name, item
    return None, item


def _sort_key(item: Node) -> Node:
    return item.this if isinstance(item, exp.Ordered) else item


def _named_output(key: Node, outputs: tuple[Output | Star, ...]) -> Output | None:
    position = _position(key, outputs)
    output = outputs[position] if position is not None else None
    return output if isinstance(output, Output) else None


def _position(key: Node, outputs: tuple[Output | Star, ...]) -> int | None:
    """Which column of the select list a key of ORDER BY is: by its number, or by its name."""
    if isinstance(key, exp.Literal) and not key.is_string and re.fullmatch(r"\d+", key.name):
        position = int(key.name) - 1
        return (
            position
            # which column the third is, only the table behind the `*` tells
            if position < len(outputs) and not any(isinstance(o, Star) for o in outputs)
            else None
        )
    # `ORDER BY t.a` is the column of the table even where an output is called a
    if isinstance(key, exp.Identifier) or (isinstance(key, exp.Column) and not key.table):
        for position, output in enumerate(outputs):
            if (
                isinstance(output, Output)
                and output.name
                and output.name.casefold() == key.name.casefold()
            ):
                return position
    return None


def _first_outputs(body: Select | Rows | SetOperation) -> tuple[Output | Star, ...]:
    """The select list that names the columns of a set operation."""
    while isinstance(body, SetOperation):
        body = body.left.body
    return body.outputs if isinstance(body, Select) else ()


def _sorted(operation: SetOperation, positions: list[int]) -> SetOperation:
    """A set operation ordered by some of its columns.

    All branches supply these but those that EXCEPT takes away.
    """
    right = (
        operation.right
        if operation.operator == "EXCEPT"
        else _sorted_branch(operation.right, positions)
    )
    return replace(operation, left=_sorted_branch(operation.left, positions), right=right)


def _sorted_branch(query: Query, positions: list[int]) -> Query:
    body = query.body
    if isinstance(body, SetOperation):
        return dataclasses.replace(query, body=_sorted(body, positions))
    if not isinstance(body, Select):
        return query
    keys = [
        output
        for p in positions
        if p < len(body.outputs) and isinstance(output := body.outputs[p], Output)
    ]
    uses = {
        Use(use.operand, compose(Subtype.SORT, use.subtype)): None
        for key in keys
        for use in key.expression
    }
    if not uses:
        return query
    return dataclasses.replace(
        query,
        body=replace(body, conditions=(*body.conditions, Condition(Subtype.SORT, tuple(uses)))),
    )
