"""sqlglot: its lineage of queries, asked for each statement that writes.

`sqlglot.lineage` is about one query. So this adapter finds the statements that write in what
sqlglot parses (also within procedures), makes a query of each (an UPDATE's and a MERGE's
expressions over its FROM), asks for the lineage of each position, and follows temporary tables and
table variables from statement to statement itself. Tables are those of the query's scopes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import sqlglot
from exchange import Answer, Feature, serve
from flow import End, Flow
from sqlglot import exp
from sqlglot.lineage import to_node
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope, traverse_scope
from sqlglot.schema import MappingSchema

DIALECT = "tsql"
NO_DATABASE = "_"  # sqlglot wants all names of a schema to have equally many parts
WRITERS = (
    exp.Insert,
    exp.Update,
    exp.Merge,
    exp.Create,
    exp.Select,
    exp.SetOperation,
    exp.Declare,
    exp.Drop,
)
USE = re.compile(r"^\s*USE\s+(\w+)\s*;?\s*$", re.IGNORECASE)


def answered(feature: Feature) -> Answer:
    """What the statements of all batches pass on."""
    session = Session(feature)
    for batch in feature.batches:
        if used := USE.match(batch):
            session.database = used[1]
            continue
        try:
            trees = sqlglot.parse(batch, dialect=DIALECT)
        except sqlglot.errors.SqlglotError as error:
            session.flow.answer.errors.append(str(error))
            trees = sqlglot.parse(batch, dialect=DIALECT, error_level=sqlglot.ErrorLevel.IGNORE)
        for tree in trees:
            for statement in writers(tree):
                session.attempt(statement)
    return session.flow.answer


def writers(tree: exp.Expr | None) -> Iterator[exp.Expr]:
    """The statements of a tree that may write, in order, those in procedure bodies included."""
    if tree is None:
        return
    if isinstance(tree, exp.Create) and tree.kind in ("PROCEDURE", "FUNCTION", "TRIGGER"):
        yield from writers(tree.expression)
    elif isinstance(tree, WRITERS):
        yield tree
    else:
        for child in tree.iter_expressions():
            yield from writers(child)


class Session:
    """What is known while the statements of a script are read in order."""

    def __init__(self, feature: Feature) -> None:
        self.flow = Flow(feature)
        self.database = NO_DATABASE
        self.schema = MappingSchema(dialect=DIALECT)
        self.columns: dict[str, tuple[str, ...]] = {}
        for table, columns in feature.columns.items():
            self.define(table, columns)

    def attempt(self, statement: exp.Expr) -> None:
        """Read a statement; one that sqlglot cannot answer for leaves the others alone."""
        try:
            self.read(statement)
        except Exception as error:  # the other statements count all the same
            self.flow.answer.errors.append(f"{type(error).__name__}: {error}")

    def read(self, statement: exp.Expr) -> None:
        """One statement by its kind."""
        statement = _marked(statement)
        match statement:
            case exp.Drop():
                for table in statement.args.get("tables") or [statement.this]:
                    self.flow.renew(self.name(table))
            case exp.Declare():
                self.declare(statement)
            case exp.Create():
                self.create(statement)
            case exp.Insert():
                self.insert(statement)
            case exp.Update():
                self.update(statement)
            case exp.Merge():
                self.merge(statement)
            case exp.Select() if statement.args.get("into"):
                target = self.name(statement.args["into"].this)
                statement.set("into", None)
                self.make(target, statement)

    def declare(self, statement: exp.Declare) -> None:
        """Table variables."""
        for item in statement.expressions:
            kind = item.args.get("kind")
            if isinstance(kind, exp.Schema):
                for variable in item.this if isinstance(item.this, list) else [item.this]:
                    self.define(
                        variable.sql(dialect=DIALECT), [column.name for column in kind.expressions]
                    )

    def create(self, statement: exp.Create) -> None:
        """A table by its columns; a table or view by its query."""
        holder = statement.this
        table = holder.this if isinstance(holder, exp.Schema) else holder
        listed = (
            [column.name for column in holder.expressions if column.name]
            if isinstance(holder, exp.Schema)
            else []
        )
        query = statement.expression
        if isinstance(query, exp.Query):
            self.make(self.name(table), query, listed)
        elif statement.kind == "TABLE":
            self.define(self.name(table), listed)

    def make(self, target: str, query: exp.Expr, listed: Sequence[str] = ()) -> None:
        """A new table or view with the columns of a query."""
        self.flow.renew(target)
        scope = self.scope_of(query)
        names = tuple(listed) or tuple(scope.expression.named_selects)
        self.define(target, names)
        self.pass_on(scope, [(target, name) for name in names])

    def insert(self, statement: exp.Insert) -> None:
        """The columns of the list, or else of the table, by position."""
        holder, query = statement.this, statement.expression
        table = holder.this if isinstance(holder, exp.Schema) else holder
        target = self.name(table)
        names = (
            [column.name for column in holder.expressions]
            if isinstance(holder, exp.Schema)
            else self.columns[_key(target)]
        )
        if not isinstance(query, exp.Query):
            return
        if statement.args.get("with_"):
            query.set("with_", statement.args["with_"])
        self.pass_on(self.scope_of(query), [(target, name) for name in names])

    def update(self, statement: exp.Update) -> None:
        """The values of SET over FROM.

        The columns that are set, over the same FROM, tell which table they belong to.
        """
        origin = statement.args.get("from_") or exp.From(this=statement.this)
        pairs = [
            (one.this, one.expression) for one in statement.expressions if isinstance(one, exp.EQ)
        ]
        columns = [self.qualified(statement, column) for column, _ in pairs]
        both = [*(value for _, value in pairs), *columns]
        query = exp.select(*(exp.alias_(one.copy(), f"c{n}") for n, one in enumerate(both)))
        query.set("from_", origin.copy())
        for part in ("joins", "with_"):
            query.set(part, statement.args.get(part))
        scope = self.scope_of(query)
        but = None if statement.args.get("from_") else self.name(statement.this)
        ends = [next(iter(self.ends(scope, len(pairs) + n))) for n in range(len(pairs))]
        self.pass_on(scope, ends, but)

    def qualified(self, statement: exp.Update, column: exp.Expr) -> exp.Expr:
        """A column of SET belongs to the target, whichever tables the FROM has."""
        if isinstance(column, exp.Column) and not column.table and statement.args.get("from_"):
            return exp.column(column.name, table=statement.this.alias_or_name)
        return column

    def merge(self, statement: exp.Merge) -> None:
        """The values of all branches, over the source and the target."""
        target = self.name(statement.this)
        pairs: list[tuple[str, exp.Expr]] = []
        for branch in statement.args["whens"].expressions:
            then = branch.args["then"]
            if isinstance(then, exp.Update):
                pairs += [(one.this.name, one.expression) for one in then.expressions]
            elif isinstance(then, exp.Insert):
                pairs += [
                    (column.name, value)
                    for column, value in zip(
                        then.this.expressions, then.expression.expressions, strict=True
                    )
                ]
        query = exp.select(
            *(exp.alias_(value.copy(), f"c{n}") for n, (_, value) in enumerate(pairs))
        )
        query = query.from_(statement.args["using"].copy()).join(
            statement.this.copy(), join_type="cross"
        )
        query.set("with_", statement.args.get("with_"))
        scope = self.scope_of(query)
        self.pass_on(scope, [(target, name) for name, _ in pairs], but=target)

    def scope_of(self, query: exp.Expr) -> Scope:
        """A query with all names resolved."""
        tree = qualify(
            query.copy(),
            dialect=DIALECT,
            schema=self.schema,
            db="dbo",
            catalog=self.database,
            validate_qualify_columns=False,
            identify=False,
        )
        scope = build_scope(tree)
        if scope is None:
            raise ValueError("no query")
        return scope

    def pass_on(self, scope: Scope, targets: Sequence[End], but: str | None = None) -> None:
        """Each position of a query to a column.

        `but`: a table that is only joined to be compared.
        """
        tables = {
            name for one in traverse_scope(scope.expression) for name in self.sources(one)
        } - {but}
        for n, (target, column) in enumerate(targets):
            self.flow.write(target, [(end, column) for end in self.ends(scope, n)], tables)

    def sources(self, scope: Scope) -> Iterator[str]:
        """The tables of a scope."""
        for source in scope.sources.values():
            if isinstance(source, exp.Table):
                yield self.name(source)

    def ends(self, scope: Scope, position: int) -> set[End]:
        """The columns of tables at the end of the lineage of a position."""
        node = to_node(position, scope, DIALECT, self.schema)
        return {
            (self.name(leaf.expression), sqlglot.parse_one(leaf.name, dialect=DIALECT).name)
            for leaf in node.walk()
            if isinstance(leaf.expression, exp.Table) and not leaf.downstream and leaf.name != "*"
        }

    def define(self, table: str, columns: Sequence[str]) -> None:
        """A table that later statements can refer to."""
        self.columns[_key(table)] = tuple(columns)
        parts = table.split(".")
        parts = [NO_DATABASE, "dbo"][: 3 - len(parts)] + parts
        name = exp.table_(parts[2], db=parts[1], catalog=parts[0], quoted=True)
        self.schema.add_table(name, dict.fromkeys(columns, "int"), dialect=DIALECT)

    def name(self, table: exp.Expr) -> str:
        """The name of a table with its schema, and its database where there is one."""
        parts = [table.catalog, table.db or "dbo", table.name]
        if not parts[0] and self.database != NO_DATABASE:
            parts[0] = self.database
        return ".".join(part for part in parts if part not in ("", NO_DATABASE))


def _marked(statement: exp.Expr) -> exp.Expr:
    """Temporary tables and table variables with their marks as part of their names."""

    def marked(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Table):
            name = node.this
            if isinstance(name, exp.Parameter):
                node.set("this", exp.to_identifier(f"@{name.name}", quoted=True))
            elif isinstance(name, exp.Identifier) and (
                name.args.get("temporary") or name.args.get("global_")
            ):
                mark = "#" if name.args.get("temporary") else "##"
                node.set("this", exp.to_identifier(f"{mark}{name.name}", quoted=True))
        return node

    return statement.copy().transform(marked)


def _key(table: str) -> str:
    return re.sub(rf"^{NO_DATABASE}\.", "", table if "." in table else f"dbo.{table}").lower()


if __name__ == "__main__":
    serve(f"sqlglot {sqlglot.__version__}", answered)
