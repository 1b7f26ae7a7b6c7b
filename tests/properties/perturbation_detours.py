"""Statements of generated programs whose data goes a long way round.

They are views that are written, tables that are swapped, and strings.

In SQLite each of them is the plain statement that it comes to.
"""

# SQL put together from names is what these programs are

from __future__ import annotations

from dataclasses import dataclass

from .perturbation_changes import Changes
from .perturbation_expressions import INT, TEXT, Item, Sight
from .perturbation_queries import KINDS
from .perturbation_text import Relation, Statement, both

_VIEW_COLUMNS = ("p", "q", "r", "s", "t", "u", "v", "w")


@dataclass(frozen=True)
class UpdatableView:
    """A view on columns of one table as they are: `columns` maps its names to the table's.

    `condition` is that of its WHERE, over the table's columns; empty where it shows all rows.
    """

    relation: Relation
    base: Relation
    columns: dict[str, str]
    condition: str = ""


class Detours(Changes):
    """`modules`: the texts of the procedures and views that these statements need."""

    def prepare(self, modules: list[str]) -> None:
        self.modules = modules
        self.updatable: list[UpdatableView] = []
        self.swapping = False

    # --- views that are written -------------------------------------------------------------------

    def updatable_view(self) -> Relation:
        """A view over columns of one table under other names, or over such a view."""
        self.made += 1
        name = f"dbo.W{self.made}"
        if self.updatable and self.choices.chance(30):
            view = self._over_view(name, self.choices.one(self.updatable))
        else:
            view = self._over_table(name, self.choices.one(self.targets))
        self.updatable.append(view)
        return view.relation

    def _over_table(self, name: str, base: Relation) -> UpdatableView:
        columns = dict(zip(_VIEW_COLUMNS, self.choices.some(base.writable), strict=False))
        condition = (
            f"{self.choices.one(base.writable)} IS NOT NULL" if self.choices.chance(30) else ""
        )
        outputs = ", ".join(f"{column} AS {shown}" for shown, column in columns.items())
        where = f" WHERE {condition}" if condition else ""
        self.modules.append(f"CREATE VIEW {name} AS SELECT {outputs} FROM {base.name}{where}")
        kinds = {shown: base.kinds[column] for shown, column in columns.items()}
        return UpdatableView(
            Relation(name, kinds, None, frozenset({base.name}), updatable=True),
            base,
            columns,
            condition,
        )

    def _over_view(self, name: str, inner: UpdatableView) -> UpdatableView:
        """The columns of a view in the opposite order."""
        names = dict(zip(_VIEW_COLUMNS, reversed(inner.columns), strict=False))
        outputs = ", ".join(f"x.{column} AS {shown}" for shown, column in names.items())
        self.modules.append(
            f"CREATE VIEW {name} AS SELECT {outputs} FROM {inner.relation.name} AS x"
        )
        kinds = {shown: inner.relation.kinds[column] for shown, column in names.items()}
        columns = {shown: inner.columns[column] for shown, column in names.items()}
        return UpdatableView(
            Relation(name, kinds, None, inner.relation.origins, updatable=True),
            inner.base,
            columns,
            inner.condition,
        )

    def write_view(self) -> None:
        """INSERT, UPDATE or DELETE of a view."""
        if self.updatable:
            view = self.choices.one(self.updatable)
            self.choices.one((self._insert_view, self._update_view, self._delete_view))(view)

    def _insert_view(self, view: UpdatableView) -> None:
        columns = self.choices.some(list(view.columns))
        ctes, query = self.queries.with_ctes([view.relation.kinds[column] for column in columns])
        into = both(
            f"{view.relation.name} ({', '.join(columns)})",
            f"{view.base.name} ({', '.join(view.columns[column] for column in columns)})",
        )
        self.add(f"{ctes}INSERT INTO {into} {query.text}", view.base)

    def _update_view(self, view: UpdatableView) -> None:
        sight = self._of_view(view)
        columns = self.choices.some(list(view.columns))[:3]
        changes = ", ".join(
            f"{both(column, view.columns[column])} = "
            f"{self.expressions.value(view.relation.kinds[column], sight)}"
            for column in columns
        )
        self.add(
            f"UPDATE {self._name(view)} SET {changes}{self._rows_of(view, sight)}",
            view.base,
            decides=True,
        )

    def _delete_view(self, view: UpdatableView) -> None:
        self.add(
            f"DELETE FROM {self._name(view)}{self._rows_of(view, self._of_view(view))}",
            view.base,
            decides=True,
        )

    def _name(self, view: UpdatableView) -> str:
        return both(view.relation.name, view.base.name)

    def _of_view(self, view: UpdatableView) -> Sight:
        shown, base = (one.name.partition(".")[2] for one in (view.relation, view.base))
        columns = [
            (name, both(f"{shown}.{name}", f"{base}.{column}"), view.relation.kinds[name])
            for name, column in view.columns.items()
        ]
        return Sight([Item(shown, columns, real=False)], variables=self.queries.variables)

    def _rows_of(self, view: UpdatableView, sight: Sight) -> str:
        """WHERE: of the statement, and in SQLite the view's own too."""
        condition = self.expressions.condition(sight) if self.choices.chance(60) else ""
        base = view.base.name.partition(".")[2]
        every = [
            f"({one})"
            for one in (condition, f"{base}.{view.condition}" if view.condition else "")
            if one
        ]
        plain = f" WHERE {' AND '.join(every)}" if every else ""
        return both(f" WHERE {condition}" if condition else "", plain)

    # --- tables that are swapped ------------------------------------------------------------------

    def swap(self) -> None:
        """A table that is built aside, and takes the place of another."""
        fit = [
            table for table in self.targets if table.name.startswith("dbo.T") and not table.computed
        ]
        if self.swapping or not fit:
            return
        self.made += 1
        target, name = self.choices.one(fit), f"X{self.made}"
        table = self._built_aside(f"dbo.{name}", target)
        self.swapping = True
        for _ in range(self.choices.one((0, 0, 1))):
            self.statement()
        self.swapping = False
        columns = ", ".join(target.kinds)
        plain = [
            f"DELETE FROM {target.name}",
            f"INSERT INTO {target.name} ({columns}) SELECT {columns} FROM dbo.{name}",
            f"DROP TABLE dbo.{name}",
        ]
        text = both(self._given_away(target.name, name), "\n".join(plain))
        decides = any(
            target.name in relation.origins
            for relation in self.temporaries
            if relation.name == table.name
        )
        self.statements.append(Statement(text, (target.name,), decides))
        self.temporaries = [
            relation for relation in self.temporaries if relation.name != table.name
        ]
        self.queries.relations = [
            relation for relation in self.queries.relations if relation.name != table.name
        ]

    def _built_aside(self, name: str, target: Relation) -> Relation:
        ctes, query = self.queries.with_ctes(list(target.kinds.values()))
        columns = ", ".join(
            f"q.{column} AS {to}" for column, to in zip(query.kinds, target.kinds, strict=True)
        )
        rows = f" FROM ({query.text}) AS q"
        if not ctes and self.choices.chance(40):
            text = (
                both(f"CREATE TABLE {name} WITH (HEAP) AS ", f"CREATE TABLE {name} AS ")
                + f"SELECT {columns}{rows}"
            )
        else:
            text = (
                f"{both('', f'CREATE TABLE {name} AS ')}{ctes}SELECT "
                f"{columns}{both(f' INTO {name}', '')}{rows}"
            )
        self.see(text)
        self.statements.append(Statement(text))
        table = Relation(name, target.kinds, None, frozenset(self.queries.seen))
        self.appear(table, temporary=True)
        return table

    def _given_away(self, target: str, name: str) -> str:
        bare, old = target.partition(".")[2], f"O{name[1:]}"
        return self.choices.one(
            (
                f"EXEC sp_rename '{target}', '{old}'; EXEC sp_rename 'dbo.{name}', '{bare}'; DROP "
                f"TABLE dbo.{old}",
                f"RENAME OBJECT {target} TO {old}; RENAME OBJECT dbo.{name} TO {bare}; DROP TABLE "
                f"dbo.{old}",
                f"TRUNCATE TABLE {target}; ALTER TABLE dbo.{name} SWITCH TO {target}; DROP TABLE "
                f"dbo.{name}",
            )
        )

    # --- result sets, shapes and values -----------------------------------------------------------

    def inserted_result_set(self) -> None:
        """INSERT … EXEC of a procedure whose result set begins with a variable."""
        self.made += 1
        target, name, first = self.choices.one(self.targets), f"dbo.R{self.made}", f"@r{self.made}"
        columns = self.choices.some(target.writable)
        relations, variables = self.queries.relations, self.queries.variables
        self.queries.relations = [
            relation for relation in relations if relation not in self.temporaries
        ]
        self.queries.variables = []
        kinds = [target.kinds[column] for column in columns]
        value = self._scalar(kinds[0])
        query = self.queries.query(kinds)
        self.queries.relations, self.queries.variables = relations, variables
        kept = ", ".join(f"q.{column}" for column in list(query.kinds)[1:])
        rows = (
            f"SELECT {both(first, f'({value})')}{f', {kept}' if kept else ''} FROM "
            f"({query.text}) AS q"
        )
        if self.choices.chance(25):
            rows = f"{rows} UNION ALL {rows}"
        declared = f"DECLARE {first} {kinds[0]} = ({value})"
        self.modules.append(
            both(f"CREATE PROCEDURE {name} AS BEGIN {declared}; ", "SELECT 1 /*")
            + rows
            + both(" END", "*/")
        )
        into = f"INSERT INTO {target.name} ({', '.join(columns)})"
        self.see(value)
        self.statements.append(
            Statement(
                f"{into} {both(f'EXEC {name}', rows)}",
                (target.name,),
                target.name in self.queries.seen,
            )
        )

    def _scalar(self, kind: str) -> str:
        if self.choices.chance(50):
            return "1" if kind == INT else "'a'"
        query = self.queries._aggregated([kind], None, 0)
        return query.text

    def shape(self) -> None:
        """An empty copy of what a query would give, and what first fills it."""
        self.made += 1
        name = both(f"#n{self.made}", f"[#n{self.made}]")
        query = self.queries.query([INT, TEXT])
        columns = ", ".join(
            f"q.{column} AS {to}" for column, to in zip(query.kinds, "ab", strict=True)
        )
        head, into = both("", f"CREATE TEMP TABLE {name} AS "), both(f" INTO {name}", "")
        empty = both(f"SELECT {columns}{into}", f"{head}SELECT {columns}") + (
            f" FROM ({query.text}) AS q WHERE 1 = 0"
        )
        self.statements.append(Statement(empty))
        table = Relation(name, {"a": INT, "b": TEXT})
        self.queries.seen = set()
        self.appear(table, temporary=True)
        ctes, filled = self.queries.with_ctes([INT, TEXT])
        self.add(f"{ctes}INSERT INTO {name} (a, b) {filled.text}", table)

    def kept_variable(self) -> None:
        """A variable that keeps its value where no row is found."""
        keyed = [relation for relation in self.queries.relations if relation.key]
        if not keyed:
            return
        self.made += 1
        kind, name, table = self.choices.one(KINDS), f"@v{self.made}", self.choices.one(keyed)
        value = self._scalar(kind)
        column = self.choices.one(
            [column for column, column_kind in table.kinds.items() if column_kind == kind]
        )
        origin = f"FROM {table.name} WHERE {table.key} = {self.choices.one(('2', '4', '9'))}"
        tsql = f"DECLARE {name} {kind} = ({value}); SELECT {name} = {column} {origin}"
        plain = [
            f"CREATE TEMP TABLE [{name}] AS SELECT ({value}) AS v",
            f"UPDATE [{name}] SET v = (SELECT {column} {origin}) WHERE EXISTS (SELECT 1 {origin})",
        ]
        self.queries.seen |= table.origins
        self.declare(name, kind, tsql, "\n".join(plain))

    def declare(self, name: str, kind: str, tsql: str, sqlite: str) -> None:
        """Note a statement that gives a new variable its value."""
        self.see(tsql)
        self.origins[name] = frozenset(self.queries.seen)
        self.statements.append(Statement(both(tsql, sqlite)))
        self.queries.variables = [
            *self.queries.variables,
            (both(name, f"(SELECT v FROM [{name}])"), kind),
        ]

    def appear(self, table: Relation, *, temporary: bool) -> None:
        """From here on a statement may read and write the table."""
        (self.temporaries if temporary else self.targets).append(table)
        self.queries.relations.append(table)

    def statement(self) -> None:
        """Write one statement of any kind."""
        raise AssertionError("a program knows all kinds")
