"""Binding of queries: from the facts of a query to a bound relation.

The columns of the relation flow from columns of persistent tables.
"""

from __future__ import annotations

import dataclasses

from msgspec.structs import replace

from ...model.diagnostics import Span
from ...model.facts import (
    AssignedSource,
    Call,
    ColumnRef,
    DocumentSource,
    Expression,
    FileSource,
    FunctionSource,
    OpaqueSource,
    Output,
    PivotSource,
    Query,
    Rows,
    ScriptSource,
    Select,
    SetOperation,
    Source,
    Star,
    Subquery,
    TableExpression,
    TableSource,
    UnpivotSource,
    VariableRef,
)
from ...model.graph import Column
from ...model.limits import FOLLOWED_FLOWS, QUERY_COLUMNS
from ...model.names import is_left_open
from ...model.vocabulary import Subtype
from ..relations.join_visibility import places, sight
from ..relations.provenance import (
    EXPANDED,
    INDIRECT,
    PARTIAL,
    Flows,
    TooManyFlowsError,
    add_flows,
    add_tables,
    add_used,
    flow,
    in_part,
    used_as,
)
from ..relations.relation import Relation, Value, union
from ..relations.relation_columns import STAR, RelationColumn
from ..relations.scope import (
    AmbiguousColumn,
    FromItem,
    ResolvedColumn,
    Scope,
    UnresolvedColumn,
    is_property,
    matching,
    resolve,
)
from .common_tables import CommonScope, CommonTableBinding
from .environment import Environment
from .query_spans import span_of_cells, span_of_query

# of a recursive expression; more would be needed only where a value wanders through as many columns
MAX_ROUNDS = 6


class Binder:
    """Binds the queries of one statement. `origins`: find those of the columns, too."""

    def __init__(self, environment: Environment, *, origins: bool = False) -> None:
        self.environment = environment
        self.naming = environment.naming
        self._origins = origins
        self._muted = False
        self._followed = 0

    def query(
        self,
        query: Query,
        outer: Scope | None = None,
        ctes: CommonScope | None = None,
        *,
        exists: bool = False,
    ) -> Relation:
        """Bind a query inside the scope `outer`.

        `exists`: its select list says nothing, so nothing is wrong in it.

        Args:
            query: what is bound.
            outer: the scope of the query around it, if any.
            ctes: the common table expressions in sight.
            exists: does the select list say nothing, as behind EXISTS? Then nothing is wrong in it.
        """
        ctes = ctes or CommonScope()
        if query.ctes:
            ctes = CommonScope(outer=ctes)
            for fact in query.ctes:
                # those written before it: WITH a AS (…), b AS (SELECT * FROM a); and itself, for a
                # recursion
                scope = CommonScope(dict(ctes.tables), ctes.outer)
                entry = CommonTableBinding(fact, scope)
                scope.tables[self.naming.fold(fact.name)] = entry
                ctes.tables[self.naming.fold(fact.name)] = entry
        body = query.body
        if isinstance(body, Select):
            return self._select(body, outer, ctes, exists=exists)
        if isinstance(body, Rows):
            return self._rows(body, outer, ctes)
        return self._set_operation(body, outer, ctes)

    # --- queries ----------------------------------------------------------------------------------

    def _select(
        self, select: Select, outer: Scope | None, ctes: CommonScope, *, exists: bool
    ) -> Relation:
        scope = Scope(self.naming, outer=outer)
        result = Relation(partial=select.partial)
        for source in select.sources:
            item = self._source(source, scope, ctes)
            # one after the other, since what is applied sees the items before it: FROM s CROSS
            # APPLY f(s.a)
            scope.items.append(item)
            add_flows(result.rows, item.bound.rows)
            add_tables(result.tables, item.bound.tables)
        if select.partial:
            result.open = [table for item in scope.items for table in item.bound.tables]
        if select.partial and not any(map(_any_columns, select.outputs)):
            result.star(result.unknown())
        muted, self._muted = self._muted, self._muted or exists
        for output in select.outputs:
            if isinstance(output, Star):
                self._star(output, scope, result)
            elif _any_columns(output):
                result.star(_pivoted(scope) or result.unknown())
            else:
                result.columns.append(self._output(output, scope, ctes, result))
        self._muted = muted
        # a row of DISTINCT or GROUP BY stands for several, so a change of it changes no row of a
        # table
        if select.grouped:
            _without_origins(result.columns)
        standing = places(select) if select.conditions else []
        for condition in select.conditions:
            visible_scope = sight(standing, condition, scope)
            value = self.value(condition.expression, visible_scope, ctes)
            add_used(result.rows, value.flows, condition.subtype)
            add_flows(result.rows, value.rows)
            # WHERE EXISTS (SELECT … FROM u): u decides about rows and supplies none
            add_tables(result.tables, value.tables, INDIRECT)
        relation = _document(result) if select.document else result
        return (
            relation.emptied()
            if any(condition.contradiction for condition in select.conditions)
            else relation
        )

    def _output(
        self, output: Output, scope: Scope, ctes: CommonScope, result: Relation
    ) -> RelationColumn:
        value = self.value(output.expression, scope, ctes)
        add_flows(result.rows, value.rows)
        add_tables(result.tables, value.tables)
        origin = self._origin(output, scope)
        return RelationColumn(
            self._name(output, scope), value.flows, generated=output.generated, origin=origin
        )

    def _origin(self, output: Output, scope: Scope) -> Column | None:
        """The column of a table that a column of a select list is, where it is taken as it is."""
        uses = output.expression
        if not self._origins or len(uses) != 1 or uses[0].subtype is not Subtype.IDENTITY:
            return None
        resolution = (
            resolve(scope, uses[0].operand.parts)
            if isinstance(uses[0].operand, ColumnRef)
            else None
        )
        return resolution.origin if isinstance(resolution, ResolvedColumn) else None

    def _name(self, output: Output, scope: Scope) -> str | None:
        """The name of a column of a select list.

        `$IDENTITY` has that of the column that it finds.
        """
        uses = output.expression
        if (
            not is_property(output.name)
            or len(uses) != 1
            or not isinstance(uses[0].operand, ColumnRef)
        ):
            return output.name
        resolution = resolve(scope, uses[0].operand.parts)
        return (
            resolution.base.column
            if isinstance(resolution, ResolvedColumn) and resolution.base
            else output.name
        )

    def _star(self, star: Star, scope: Scope, result: Relation) -> None:
        items = matching(scope, star.qualifier)
        if not items and star.qualifier:
            self.environment.report(
                "SLP201", f"{'.'.join(star.qualifier)}.*: no table of this name in scope", star.span
            )
        for item in items:
            for column in item.bound.columns:
                # the period of a temporal table, a column that was dropped: no `*` stands for it
                if column.hidden:
                    continue
                if item.bound.base and column.name:
                    self.environment.refer(Column(item.bound.base, column.name))
                flows = {key: provenance & EXPANDED for key, provenance in column.flows.items()}
                self._follow(flows)
                result.columns.append(RelationColumn(column.name, flows, origin=column.origin))
            if len(result.columns) > QUERY_COLUMNS:
                raise TooManyFlowsError
            if (
                item.bound.extension
                and any(column.name == STAR for column in item.bound.columns)
                and not self._muted
            ):
                self.environment.report_once("SLP214", item.bound.extension, star.span)
            if not item.bound.closed and not any(
                column.name == STAR for column in item.bound.columns
            ):
                result.star(item.bound.unknown())
            result.open += item.bound.open
            result.opaque = result.opaque or item.bound.opaque

    def _rows(self, rows: Rows, outer: Scope | None, ctes: CommonScope) -> Relation:
        result = Relation()
        scope = Scope(self.naming, outer=outer)
        counts = sorted({len(row) for row in rows.rows})
        if len(counts) > 1:
            message = f"VALUES: one row has {counts[0]} columns, another {counts[-1]}"
            self.environment.report("SLP205", message, span_of_cells(rows))
        result.columns += [RelationColumn(None, {}) for _ in range(counts[-1] if counts else 0)]
        for row in rows.rows:
            constants = row.count(())  # most cells are, in scripts that fill tables
            if constants:
                self._count(constants)
            if constants == len(row):
                continue
            for position, cell in enumerate(row):
                if not cell:
                    continue
                value = self.value(cell, scope, ctes)
                add_flows(result.columns[position].flows, value.flows)
                add_flows(result.rows, value.rows)
                add_tables(result.tables, value.tables)
        return result if len(counts) < 2 else result.uncertain([STAR])

    def _set_operation(
        self, operation: SetOperation, outer: Scope | None, ctes: CommonScope
    ) -> Relation:
        left = self.query(operation.left, outer, ctes)
        # before the right side, which may be the recursion that reads the left one
        self._anchor(operation, ctes, left)
        right = self.query(operation.right, outer, ctes)
        misfits = left.counted and right.counted and len(left.columns) != len(right.columns)
        if misfits:
            span = span_of_query(operation.right)
            message = (
                f"{operation.operator}: one side has {len(left.columns)} columns, the other "
                f"{len(right.columns)}"
            )
            self.environment.report("SLP205", message, span)
        if operation.operator != "EXCEPT":
            both = union(left, right)
            return both.uncertain(column.name for column in left.columns) if misfits else both
        _without_origins(left.columns)
        for column in right.columns:  # what EXCEPT takes away supplies nothing, it decides
            add_used(left.rows, column.flows, Subtype.FILTER)
        add_flows(left.rows, right.rows)
        add_tables(left.tables, right.tables, INDIRECT)
        return left.uncertain(column.name for column in left.columns) if misfits else left

    def _anchor(self, operation: SetOperation, ctes: CommonScope, bound: Relation) -> None:
        """The branches of a recursive expression that stand before one are what this sees."""
        scope: CommonScope | None = ctes
        while scope:
            for entry in scope.tables.values():
                if entry.busy and _has_branch(entry.fact.query, operation):
                    entry.anchor = bound.renamed(entry.fact.columns)
            scope = scope.outer

    # --- sources ----------------------------------------------------------------------------------

    def _source(self, source: Source, scope: Scope, ctes: CommonScope) -> FromItem:
        # a derived table sees the query around, but not its neighbours in FROM; behind APPLY it
        # does
        bound = self._relation(source.relation, scope if source.lateral else scope.outer, ctes)
        name = (
            source.relation.name
            if isinstance(source.relation, (TableSource, FunctionSource))
            else None
        )
        if isinstance(source.relation, Query) and not source.rowset:
            bound = self._listed(
                bound, source.alias or "a derived table", source.columns, source.relation
            )
        else:
            bound = bound.renamed(source.columns)
        return FromItem(
            bound,
            source.alias,
            name,
            None if source.alias is None else self.naming.fold(source.alias),
        )

    def _relation(
        self, relation: TableExpression, scope: Scope | None, ctes: CommonScope
    ) -> Relation:
        match relation:
            case TableSource():
                return self._table(relation, ctes)
            case Query():
                return self.query(relation, scope, ctes)
            case FunctionSource():
                arguments = [self.value(argument, scope, ctes) for argument in relation.arguments]
                return self.environment.function(relation.name, arguments, relation.span)
            case DocumentSource():
                return self._document_rows(relation, scope, ctes)
            case FileSource():
                return self.environment.file(relation)
            case PivotSource():
                return self._pivot(relation, scope, ctes)
            case UnpivotSource():
                return self._unpivot(relation, scope, ctes)
            case AssignedSource():
                return self._assigned(relation, ctes)
            case ScriptSource():
                return self._script_rows(relation, ctes)
            case OpaqueSource():
                return Relation(opaque=True)

    def _table(self, source: TableSource, ctes: CommonScope) -> Relation:
        name = source.name
        entry = (
            ctes.find(self.naming.fold(name.object))
            # dbo.q is never a common table expression, even where one is called q
            if len(name.parts) == 1 and not name.temporary
            else None
        )
        if entry is None:
            return self.environment.table(name, source.span)
        if entry.busy:
            entry.recursive = True
            if entry.bound is None and entry.anchor is None:
                message = (
                    f"{name}: an expression that reads itself needs a branch before that which "
                    "does not, and UNION ALL"
                )
                self.environment.report("SLP103", message, source.span)
            return entry.bound or entry.anchor or Relation(opaque=True)
        if entry.bound is None:
            self._expression(entry)
        return entry.bound or Relation(opaque=True)

    def _expression(self, entry: CommonTableBinding) -> None:
        """Bind a common table expression.

        A recursive one again and again, since a round sees the rows of the one before it.
        """
        entry.busy = True
        previous_size = -1
        for _ in range(MAX_ROUNDS):
            # no outer scope: a common table expression sees no columns of the query that uses it
            bound = self.query(entry.fact.query, None, entry.scope)
            entry.bound = self._listed(bound, entry.fact.name, entry.fact.columns, entry.fact.query)
            size = len(entry.bound.rows) + sum(len(column.flows) for column in entry.bound.columns)
            if not entry.recursive or size == previous_size:
                break
            previous_size = size
        entry.busy = False

    def _listed(
        self, bound: Relation, name: str, columns: tuple[str, ...] | None, query: Query
    ) -> Relation:
        """A query under the column list of its alias or of the common table expression it is."""
        if columns is not None and not bound.fits(columns):
            self.environment.report(
                "SLP205",
                f"{len(bound.columns)} columns for the {len(columns)} of {name}",
                span_of_query(query),
            )
        return bound.listed(columns)

    def _document_rows(
        self, source: DocumentSource, scope: Scope | None, ctes: CommonScope
    ) -> Relation:
        value = self.value(source.expression, scope, ctes)
        flows = used_as(value.flows, Subtype.TRANSFORMATION)
        columns = [RelationColumn(name, dict(flows)) for name in source.columns or (STAR,)]
        return Relation(
            columns, opaque=source.columns is None, rows=value.rows, tables=value.tables
        )

    def _script_rows(self, source: ScriptSource, ctes: CommonScope) -> Relation:
        """Each column may be made of all that the script is given."""
        made_of = self.query(source.query, None, ctes) if source.query else Relation()
        value = self.value(source.parameters, None, ctes)
        flows: Flows = {}
        for column in (
            *made_of.columns,
            RelationColumn(None, value.flows),
            RelationColumn(None, made_of.unknown()),
        ):
            add_flows(flows, in_part(used_as(column.flows, Subtype.TRANSFORMATION)))
        add_flows(value.rows, made_of.rows)
        add_tables(value.tables, made_of.tables)
        columns = [RelationColumn(name, dict(flows)) for name in source.columns or (STAR,)]
        return Relation(columns, rows=value.rows, tables=value.tables)

    def _pivot(self, pivot: PivotSource, scope: Scope | None, ctes: CommonScope) -> Relation:
        item = self._source(pivot.input, Scope(self.naming, outer=scope), ctes)
        inner = Scope(self.naming, [item], scope)
        aggregate = self.value(pivot.aggregate, inner, ctes)
        column = self._column(pivot.column, inner)
        used = {
            self.naming.fold(ref.parts[-1])
            for ref in (*_column_refs(pivot.aggregate), pivot.column)
        }
        grouping_columns = [
            c for c in item.bound.columns if not c.name or self.naming.fold(c.name) not in used
        ]
        self._refer_all(item, grouping_columns)
        pivoted_columns = []
        for name in pivot.names:
            flows = used_as(aggregate.flows, Subtype.AGGREGATION)
            add_used(flows, column.flows, Subtype.CONDITIONAL)
            pivoted_columns.append(
                RelationColumn(STAR, in_part(flows))
                if is_left_open(name)
                else RelationColumn(name, flows)
            )
        return self._reshaped(item, [*grouping_columns, *pivoted_columns])

    def _reshaped(self, item: FromItem, columns: list[RelationColumn]) -> Relation:
        """The rows of PIVOT and UNPIVOT, of which none is a row of a table."""
        columns = [replace(column, origin=None) for column in columns]
        return Relation(
            columns,
            item.bound.open,
            item.bound.opaque,
            rows=item.bound.rows,
            tables=item.bound.tables,
        )

    def _unpivot(self, unpivot: UnpivotSource, scope: Scope | None, ctes: CommonScope) -> Relation:
        item = self._source(unpivot.input, Scope(self.naming, outer=scope), ctes)
        inner = Scope(self.naming, [item], scope)
        flows: Flows = {}
        used = {self.naming.fold(ref.parts[-1]) for ref in unpivot.columns}
        for ref in unpivot.columns:
            add_flows(flows, self._column(ref, inner).flows)
        remaining_columns = [
            c for c in item.bound.columns if not c.name or self.naming.fold(c.name) not in used
        ]
        unpivoted_columns = [RelationColumn(unpivot.value, flows), RelationColumn(unpivot.name, {})]
        return self._reshaped(item, [*remaining_columns, *unpivoted_columns])

    def _refer_all(self, item: FromItem, columns: list[RelationColumn]) -> None:
        if item.bound.base:
            for column in columns:
                if column.name:
                    self.environment.refer(Column(item.bound.base, column.name))

    def _assigned(self, source: AssignedSource, ctes: CommonScope) -> Relation:
        """`inserted`: the target's columns, with what the statement has just put into them."""
        bound = self._assigned_by(source, source.columns, self.query(source.query, None, ctes))
        if source.by_position is None:
            return bound
        # each row comes of one action
        other = self._assigned_by(source, None, self.query(source.by_position, None, ctes))
        return dataclasses.replace(union(bound, other), base=bound.base, transient=bound.transient)

    def _assigned_by(
        self, source: AssignedSource, names: tuple[str, ...] | None, query: Relation
    ) -> Relation:
        target = self.environment.table(source.target, source.span)
        if names is None:
            names = tuple(column.name or "" for column in target.columns if not column.generated)
        if not query.fits(names):  # which value goes where is not known
            query = query.uncertain(names)
        assigned = {
            self.naming.fold(name): column
            for name, column in zip(names, query.columns, strict=False)
        }
        columns = [assigned.pop(self.naming.fold(c.name or ""), c) for c in target.columns]
        columns = [
            RelationColumn(target_column.name, column.flows)
            for target_column, column in zip(target.columns, columns, strict=True)
        ]
        columns += [
            RelationColumn(name, assigned[key].flows)
            for name in names
            if (key := self.naming.fold(name)) in assigned
        ]
        return Relation(
            columns,
            list(target.open),
            target.opaque,
            target.base,
            rows=query.rows,
            tables=query.tables,
            transient=target.transient,
        )

    # --- expressions ------------------------------------------------------------------------------

    def value(
        self, expression: Expression, scope: Scope | None, ctes: CommonScope | None = None
    ) -> Value:
        """Bind an expression."""
        result = Value()
        for use in expression:
            match use.operand:
                case ColumnRef():
                    column = self._column(use.operand, scope)
                    self._follow(column.flows)
                    add_used(result.flows, column.flows, use.subtype)
                case VariableRef():
                    result.absorb(self.environment.variable(use.operand.name), use.subtype)
                case Subquery():
                    result.absorb(self._subquery(use.operand, scope, ctes), use.subtype)
                case Call(method=method) if (
                    method is not None and not self.environment.has_function(use.operand.name)
                ):
                    result.absorb(self.value(method, scope, ctes), use.subtype)
                case Call():
                    arguments = [
                        self.value(argument, scope, ctes) for argument in use.operand.arguments
                    ]
                    result.absorb(
                        self.environment.call(use.operand.name, arguments, use.operand.span),
                        use.subtype,
                    )
        self._follow(result.flows)
        return result

    def _follow(self, flows: Flows) -> None:
        """Count what the statement is made of.

        A few lines can lead thousands of columns to thousands.

        Raises:
            TooManyFlowsError: it is too much.
        """
        self._count(len(flows) or 1)  # constants fill the memory too

    def _count(self, count: int) -> None:
        self._followed += count
        if self._followed > FOLLOWED_FLOWS or not self.environment.may_carry(count, self._followed):
            raise TooManyFlowsError

    def _subquery(self, subquery: Subquery, scope: Scope | None, ctes: CommonScope | None) -> Value:
        query = _without_stars(subquery.query) if subquery.exists else subquery.query
        bound = self.query(query, None if subquery.apart else scope, ctes, exists=subquery.exists)
        flows: Flows = {}
        if not subquery.exists:
            # a subquery in an expression has one column
            for column in bound.columns[:1]:
                add_flows(flows, column.flows)
        elif (
            isinstance(query.body, SetOperation) and query.body.operator != "UNION"
        ):  # its columns decide whether it has rows
            for column in bound.columns:
                add_used(bound.rows, column.flows, Subtype.FILTER)
        return Value(flows, bound.rows, bound.tables)

    def _column(self, ref: ColumnRef, scope: Scope | None) -> ResolvedColumn:
        if is_left_open(ref.parts[-1]):
            return ResolvedColumn(_any_column(ref, scope))
        resolution = resolve(scope, ref.parts)
        if isinstance(resolution, ResolvedColumn):
            if resolution.extension and not self._muted:
                self.environment.report_once("SLP214", resolution.extension, ref.span)
            if resolution.missing:
                self._report_missing(ref, resolution)
            if resolution.base:
                self.environment.refer(resolution.base)
            return resolution
        shown = ".".join(ref.parts)
        match resolution:
            case AmbiguousColumn() if not is_left_open(shown):
                candidates = ", ".join(resolution.candidates)
                self._report("SLP202", f"could be a column of {candidates}", ref.span, shown)
            case UnresolvedColumn():
                if not (shown.startswith("$") or is_left_open(shown)):
                    self._report("SLP201", "no table in scope has this column", ref.span, shown)
        return ResolvedColumn({})

    def _report_missing(self, ref: ColumnRef, resolution: ResolvedColumn) -> None:
        shown = ".".join(ref.parts)
        if not is_left_open(shown):  # a pattern is reported as a whole
            self._report("SLP201", f"{_where(resolution)} has no such column", ref.span, shown)

    def _report(self, code: str, message: str, span: Span, subject: str) -> None:
        if not self._muted:
            self.environment.report(code, message, span, subject)


def _any_column(ref: ColumnRef, scope: Scope | None) -> Flows:
    """Some column of the tables in sight, as `val_${@name}` may be any.

    Such a name comes from a string that is known only as a pattern.
    """
    flows: Flows = {}
    for item in matching(scope, ref.parts[:-1]) if scope else ():
        if item.bound.base:
            add_flows(flows, flow(Column(item.bound.base, STAR), PARTIAL))
        else:
            add_flows(flows, item.bound.unknown())
            for column in item.bound.columns:
                add_flows(flows, in_part(column.flows))
    return flows


def _any_columns(output: Output | Star) -> bool:
    """`SELECT ${@columns} FROM t`: any columns, of a string that is known only as a pattern."""
    return isinstance(output, Output) and not output.expression and is_left_open(output.name or "")


def _without_origins(columns: list[RelationColumn]) -> None:
    """From here on a row may stand for several."""
    for column in columns:
        column.origin = None


def _pivoted(scope: Scope) -> Flows:
    """What flows into the columns of a PIVOT whose names are not known.

    These columns are the ones that a string known only as a pattern means.
    """
    flows: Flows = {}
    for item in scope.items:
        if item.bound.closed:
            for column in item.bound.columns:
                add_flows(flows, column.flows if column.name == STAR else {})
    return flows


def _has_branch(query: Query, operation: SetOperation) -> bool:
    """Is a set operation one of those that make up a query, not one that stands deeper in it?"""
    body = query.body
    while isinstance(body, SetOperation):
        if body is operation:
            return True
        body = body.left.body
    return False


def _where(resolution: ResolvedColumn) -> str:
    return str(resolution.base.table) if resolution.base else "the query it is taken from"


def _without_stars(query: Query) -> Query:
    """EXISTS (SELECT * …): the star stands for nothing."""
    body = query.body
    if isinstance(body, Select) and any(isinstance(output, Star) for output in body.outputs):
        outputs = tuple(output for output in body.outputs if not isinstance(output, Star))
        return Query(
            Select(outputs, body.sources, body.conditions, body.document, body.partial),
            query.ctes,
        )
    return query


def _document(bound: Relation) -> Relation:
    """FOR XML, FOR JSON: all columns of all rows in one value."""
    flows: Flows = {}
    for column in bound.columns:
        add_used(flows, column.flows, Subtype.AGGREGATION)
    return Relation([RelationColumn(None, flows)], rows=bound.rows, tables=bound.tables)


def _column_refs(expression: Expression) -> list[ColumnRef]:
    return [use.operand for use in expression if isinstance(use.operand, ColumnRef)]
