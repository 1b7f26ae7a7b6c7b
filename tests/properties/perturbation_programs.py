"""Generated programs: tables, views, statements that fill, change and empty tables in order."""

# SQL put together from names is what these programs are

from __future__ import annotations

from .perturbation_choices import Choices
from .perturbation_detours import Detours
from .perturbation_expressions import INT, TEXT, Sight
from .perturbation_queries import KINDS, NAMES
from .perturbation_text import PARAMETER, Function, Program, Relation, Statement, both


def program(choices: Choices) -> Program:
    """The program that these choices make."""
    return _Writer(choices).program()


class _Writer(Detours):
    def program(self) -> Program:
        sources = [self._table(f"dbo.S{n}", key="id") for n in range(1, 3 + self.choices.below(2))]
        self.targets = [
            self._table(f"dbo.T{n}", key=None) for n in range(1, 3 + self.choices.below(2))
        ]
        tables = (*sources, *self.targets)
        self.queries.relations = list(tables)
        views: list[Relation] = []
        texts: list[str] = []
        self.prepare(texts)
        for number in range(self.choices.one((0, 1, 2, 3))):
            view, text = self._view(number)
            views.append(view)
            texts.append(text)
            self.queries.relations.append(view)
        if self.choices.chance(25):
            texts.append(self._function())
        for _ in range(self.choices.one((0, 1, 1, 2))):
            views.append(self.updatable_view())
            self.queries.relations.append(views[-1])
        for _ in range(1 + self.choices.below(5)):
            self.statement()
        last = [statement for statement in self.statements if "@" in statement.text]
        called = self.choices.one((0, 0, len(self.statements), 0 if last else 1))
        return Program(tables, tuple(views), tuple(texts), tuple(self.statements), called)

    def _table(self, name: str, key: str | None) -> Relation:
        kinds = {"id": INT} if key else {}
        kinds |= {"a": INT, "b": TEXT}
        for column in self.choices.some(NAMES[2:6], 0):
            kinds[column] = self.choices.one(KINDS)
        computed = frozenset({"k"}) if key is None and self.choices.chance(15) else frozenset[str]()
        kinds |= dict.fromkeys(computed, INT)
        return Relation(name, kinds, key, frozenset({name}), computed)

    def _view(self, number: int) -> tuple[Relation, str]:
        """A view, or an inline function without parameters, which is a view to SQLite."""
        self.queries.seen = set()
        ctes, query = self.queries.with_ctes()
        origins = frozenset(self.queries.seen)
        if self.choices.chance(25):
            name = f"dbo.F{number}"
            head = both(
                f"CREATE FUNCTION {name}() RETURNS TABLE AS RETURN (", f"CREATE VIEW {name} AS "
            )
            return Relation(
                both(f"{name}()", name), query.kinds, None, origins
            ), head + ctes + query.text + both(")", "")
        name = f"dbo.V{number}"
        kinds, names = query.kinds, ""
        if self.choices.chance(30):
            kinds = dict(zip(reversed(NAMES), query.kinds.values(), strict=False))
            names = f" ({', '.join(kinds)})"
        return Relation(name, kinds, None, origins), (
            f"CREATE VIEW {name}{names} AS {ctes}{query.text}"
        )

    def _function(self) -> str:
        """A scalar function: of its argument, or of rows that the argument decides."""
        self.queries.seen = set()
        kind = self.choices.one(KINDS)
        items, source = self.queries.sources(None, 0)
        sight = Sight(items, subqueries=False)
        text = self.expressions.reference(sight, INT)
        where = f"{text[0] if text else 1} {self.choices.one(('=', '<=', '<>'))} {PARAMETER}"
        value = f"(SELECT {self.expressions.aggregate(kind, sight)} FROM {source} WHERE {where})"
        if kind == INT and self.choices.chance(30):
            value = f"CASE WHEN {PARAMETER} > 1 THEN {PARAMETER} ELSE {value} END"
        function = Function("dbo.G", kind, value, frozenset(self.queries.seen))
        self.expressions.functions.append(function)
        return function.definition

    # --- statements -------------------------------------------------------------------------------

    def statement(self) -> None:
        self.queries.seen = set()
        forms = [
            self._insert,
            self._insert,
            self._select_into,
            self._temporary,
            self.update,
            self._variable,
        ]
        forms += [
            self.write_view,
            self.swap,
            self.inserted_result_set,
            self.shape,
            self.kept_variable,
        ]
        rows = [
            self.update_joined,
            self.delete,
            self.delete_joined,
            self.merge,
            self.changed_output,
            self._truncate,
        ]
        self.choices.one(forms if self.queries.calm and self.choices.chance(60) else forms + rows)()

    def _insert(self) -> None:
        target = self.target()
        columns = target.writable if self.choices.chance(40) else self.choices.some(target.writable)
        listed = f" ({', '.join(columns)})"
        if columns == target.writable and not target.computed and self.choices.chance(50):
            listed = ""
        ctes, query = self.queries.with_ctes([target.kinds[column] for column in columns])
        self.add(f"{ctes}INSERT INTO {target.name}{listed} {query.text}", target)

    def _select_into(self) -> None:
        """A new table from a query: SELECT INTO, or CREATE TABLE AS SELECT."""
        self.made += 1
        temporary = self.choices.chance(40)
        name = both(f"#n{self.made}", f"[#n{self.made}]") if temporary else f"dbo.N{self.made}"
        ctes, query = self.queries.with_ctes()
        create = both("", f"CREATE {'TEMP ' if temporary else ''}TABLE {name} AS ")
        if not temporary and not ctes and self.choices.chance(30):
            text = (
                both(f"CREATE TABLE {name} WITH (HEAP) AS ", f"CREATE TABLE {name} AS ")
                + query.text
            )
        else:
            columns = ", ".join(f"q.{column}" for column in query.kinds)
            text = (
                f"{create}{ctes}SELECT {columns}{both(f' INTO {name}', '')} FROM "
                f"({query.text}) AS q"
            )
        table = Relation(
            name,
            query.kinds,
            None,
            frozenset(self.queries.seen) if temporary else frozenset({name}),
        )
        self.appear(table, temporary=temporary)
        self.add(text, table)

    def _temporary(self) -> None:
        """An empty #temporary table or table variable, and what first fills it."""
        self.made += 1
        variable = self.choices.chance(40)
        shown = f"@n{self.made}" if variable else f"#n{self.made}"
        kinds = {"a": INT, "b": TEXT, "c": self.choices.one(KINDS)}
        columns = ", ".join(f"{column} {kind}" for column, kind in kinds.items())
        name = both(shown, f"[{shown}]")
        head = both(
            f"DECLARE {shown} TABLE" if variable else f"CREATE TABLE {shown}",
            f"CREATE TEMP TABLE [{shown}]",
        )
        self.statements.append(Statement(f"{head} ({columns})"))
        table = Relation(name, kinds)
        ctes, query = self.queries.with_ctes(list(kinds.values()))
        self.appear(table, temporary=True)
        self.add(f"{ctes}INSERT INTO {name} (a, b, c) {query.text}", table)

    def _variable(self) -> None:
        self.made += 1
        kind, name = self.choices.one(KINDS), f"@v{self.made}"
        query = self.queries._aggregated([kind], None, 0)
        value = query.text.removesuffix(f" AS {next(iter(query.kinds))}")
        select, _, tail = value.partition(" AS a FROM ")
        assigned = f"SELECT {name} = {select.removeprefix('SELECT ')} FROM {tail}"
        tsql = self.choices.one(
            (f"DECLARE {name} {kind} = ({value})", f"DECLARE {name} {kind}; {assigned}")
        )
        self.declare(name, kind, tsql, f"CREATE TEMP TABLE [{name}] AS SELECT ({value}) AS v")

    def _truncate(self) -> None:
        target = self.target()
        variable = "@" in target.name
        self.add(
            f"{both('DELETE FROM' if variable else 'TRUNCATE TABLE', 'DELETE FROM')} {target.name}",
            target,
        )
