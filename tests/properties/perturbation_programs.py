"""Generated programs: tables, views, and the statements that fill, change and empty tables in order."""

# ruff: noqa: S608  # SQL put together from names is what these programs are

from __future__ import annotations

from dataclasses import replace

from .perturbation_choices import Choices
from .perturbation_expressions import INT, LITERALS, TEXT, Item, Sight
from .perturbation_queries import KINDS, NAMES, Queries
from .perturbation_text import Program, Query, Relation, Statement, both


def program(choices: Choices) -> Program:
    """The program that these choices make."""
    return _Writer(choices).program()


class _Writer:
    def __init__(self, choices: Choices) -> None:
        self.choices = choices
        self.queries = Queries(choices)
        self.expressions = self.queries.expressions
        self.targets: list[Relation] = []
        self.temporaries: list[Relation] = []
        self.statements: list[Statement] = []
        self.made = 0

    def program(self) -> Program:
        sources = [self._table(f"dbo.S{n}", key="id") for n in range(1, 3 + self.choices.below(2))]
        self.targets = [self._table(f"dbo.T{n}", key=None) for n in range(1, 3 + self.choices.below(2))]
        tables = (*sources, *self.targets)
        self.queries.relations = list(tables)
        views, texts = [], []
        for number in range(self.choices.one((0, 1, 2, 3))):
            view, text = self._view(number)
            views.append(view)
            texts.append(text)
            self.queries.relations.append(view)
        for _ in range(1 + self.choices.below(5)):
            self._statement()
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
        common, query = self.queries.with_common()
        origins = frozenset(self.queries.seen)
        if self.choices.chance(25):
            name = f"dbo.F{number}"
            head = both(f"CREATE FUNCTION {name}() RETURNS TABLE AS RETURN (", f"CREATE VIEW {name} AS ")
            return Relation(both(f"{name}()", name), query.kinds, None, origins), head + common + query.text + both(")", "")
        name = f"dbo.V{number}"
        kinds, names = query.kinds, ""
        if self.choices.chance(30):
            kinds = dict(zip(reversed(NAMES), query.kinds.values(), strict=False))
            names = f" ({', '.join(kinds)})"
        return Relation(name, kinds, None, origins), f"CREATE VIEW {name}{names} AS {common}{query.text}"

    # --- statements ---------------------------------------------------------------------------------------------------

    def _statement(self) -> None:
        self.queries.seen = set()
        self.choices.one(
            (
                self._insert,
                self._insert,
                self._select_into,
                self._temporary,
                self._update,
                self._update_joined,
                self._delete,
                self._delete_joined,
                self._merge,
                self._variable,
                self._delete_output,
                self._truncate,
            )
        )()

    def _add(self, text: str, *targets: Relation, decides: bool = False) -> None:
        """Note a statement. What it writes into a temporary table comes from all it has seen."""
        persistent = tuple(target.name for target in targets if target not in self.temporaries)
        own = decides or any(name in self.queries.seen for name in persistent)
        self.statements.append(Statement(text, persistent, own))
        for target in targets:
            if target in self.temporaries:
                self._seen_by(target)

    def _seen_by(self, table: Relation) -> None:
        wider = replace(table, origins=table.origins | self.queries.seen)
        self.temporaries = [wider if one is table else one for one in self.temporaries]
        self.queries.relations = [wider if one is table else one for one in self.queries.relations]

    def _target(self) -> Relation:
        return self.choices.one([*self.targets, *self.temporaries])

    def _insert(self) -> None:
        target = self._target()
        columns = target.writable if self.choices.chance(40) else self.choices.some(target.writable)
        listed = f" ({', '.join(columns)})"
        if columns == target.writable and not target.computed and self.choices.chance(50):
            listed = ""
        common, query = self.queries.with_common([target.kinds[column] for column in columns])
        self._add(f"{common}INSERT INTO {target.name}{listed} {query.text}", target)

    def _select_into(self) -> None:
        """A new table from a query: SELECT INTO, or CREATE TABLE AS SELECT."""
        self.made += 1
        temporary = self.choices.chance(40)
        name = both(f"#n{self.made}", f"[#n{self.made}]") if temporary else f"dbo.N{self.made}"
        common, query = self.queries.with_common()
        create = both("", f"CREATE {'TEMP ' if temporary else ''}TABLE {name} AS ")
        if not temporary and not common and self.choices.chance(30):
            text = both(f"CREATE TABLE {name} WITH (HEAP) AS ", f"CREATE TABLE {name} AS ") + query.text
        else:
            columns = ", ".join(f"q.{column}" for column in query.kinds)
            text = f"{create}{common}SELECT {columns}{both(f' INTO {name}', '')} FROM ({query.text}) AS q"
        table = Relation(name, query.kinds, None, frozenset(self.queries.seen) if temporary else frozenset({name}))
        self._appear(table, temporary=temporary)
        self._add(text, table)

    def _appear(self, table: Relation, *, temporary: bool) -> None:
        (self.temporaries if temporary else self.targets).append(table)
        self.queries.relations.append(table)

    def _temporary(self) -> None:
        """An empty #temporary table or table variable, and what first fills it."""
        self.made += 1
        variable = self.choices.chance(40)
        shown = f"@n{self.made}" if variable else f"#n{self.made}"
        kinds = {"a": INT, "b": TEXT, "c": self.choices.one(KINDS)}
        columns = ", ".join(f"{column} {kind}" for column, kind in kinds.items())
        name = both(shown, f"[{shown}]")
        head = both(f"DECLARE {shown} TABLE" if variable else f"CREATE TABLE {shown}", f"CREATE TEMP TABLE [{shown}]")
        self.statements.append(Statement(f"{head} ({columns})"))
        table = Relation(name, kinds)
        common, query = self.queries.with_common(list(kinds.values()))
        self._appear(table, temporary=True)
        self._add(f"{common}INSERT INTO {name} (a, b, c) {query.text}", table)

    def _variable(self) -> None:
        self.made += 1
        kind, name = self.choices.one(KINDS), f"@v{self.made}"
        query = self.queries._aggregated([kind], None, 0)
        value = query.text.removesuffix(f" AS {next(iter(query.kinds))}")
        select, _, rest = value.partition(" AS a FROM ")
        assigned = f"SELECT {name} = {select.removeprefix('SELECT ')} FROM {rest}"
        tsql = self.choices.one((f"DECLARE {name} {kind} = ({value})", f"DECLARE {name} {kind}; {assigned}"))
        self.statements.append(Statement(both(tsql, f"CREATE TEMP TABLE [{name}] AS SELECT ({value}) AS v")))
        self.queries.variables = [*self.queries.variables, (both(name, f"(SELECT v FROM [{name}])"), kind)]

    def _truncate(self) -> None:
        target = self._target()
        variable = "@" in target.name
        self._add(f"{both('DELETE FROM' if variable else 'TRUNCATE TABLE', 'DELETE FROM')} {target.name}", target)

    # --- changes of rows ----------------------------------------------------------------------------------------------

    def _sets(self, target: Relation, sight: Sight) -> dict[str, str]:
        columns = self.choices.some(target.writable)[:3]
        return {column: self.expressions.value(target.kinds[column], sight) for column in columns}

    def _update(self) -> None:
        """UPDATE of a table alone, whose columns are named without an alias."""
        target = self._target()
        sight = self._alone(target)
        sets = self._sets(target, sight)
        where = f" WHERE {self.expressions.condition(sight)}" if self.choices.chance(60) else ""
        changes = ", ".join(f"{column} = {text}" for column, text in sets.items())
        subquery = "(SELECT " in changes  # whose rows the target's columns may decide
        self._add(f"UPDATE {target.name} SET {changes}{where}", target, decides=bool(where) or subquery)

    def _alone(self, target: Relation) -> Sight:
        """The target, by its own name: in SQLite without the schema, so that both may name it in a subquery."""
        bare = target.name.partition(".")[2] or target.name
        columns = [(name, f"{bare}.{name}", kind) for name, kind in target.kinds.items() if "@" not in bare]
        columns = columns or [(name, name, kind) for name, kind in target.kinds.items()]
        return Sight([Item(bare, columns)], variables=self.queries.variables, subqueries="@" not in bare)

    def _partner(self, alias: str, target: Relation) -> tuple[Item, str, str]:
        """A source with at most one row for each of the target's, and the condition that says so: no row is changed twice."""
        keyed = [one for one in self.queries.relations if one.key]
        numbers = [name for name, kind in target.kinds.items() if kind == INT]
        if keyed and numbers and self.choices.chance(40):
            relation = self.choices.one(keyed)
            self.queries.seen |= relation.origins
            item = self.queries.item(relation, self.queries.alias("s"))
            return item, f"{relation.name} AS {item.alias}", f"{item.alias}.{relation.key} = {alias}.{self.choices.one(numbers)}"
        items, source = self.queries.sources(None, 0)
        key = self.choices.one([column for item in items for column in item.columns])
        inner = Sight(items, variables=self.queries.variables)
        values = [(name, self.expressions.aggregate(kind, inner), kind) for name, kind in (("v", INT), ("w", TEXT))]
        outputs = ", ".join(f"{text} AS {name}" for name, text, _ in values)
        item = self.queries.item(Relation("", {"k": key[2], "v": INT, "w": TEXT}), self.queries.alias("s"))
        matching = [f"{alias}.{name}" for name, kind in target.kinds.items() if kind == key[2]]
        on = f"{item.alias}.k = {self.choices.one(matching or [LITERALS[key[2]][0]])}"
        return item, f"(SELECT {key[1]} AS k, {outputs} FROM {source} GROUP BY {key[1]}) AS {item.alias}", on

    def _update_joined(self) -> None:
        """UPDATE … FROM: in SQLite of the rows that the join finds, by their numbers."""
        target, alias = self._target(), self.queries.alias("x")
        partner, source, on = self._partner(alias, target)
        sight = Sight([self.queries.item(target, alias), partner], variables=self.queries.variables)
        sets = self._sets(target, sight)
        join = self.choices.one(("JOIN", "LEFT JOIN"))
        where = f" WHERE {self.expressions.condition(sight)}" if self.choices.chance(50) else ""
        found = f"FROM {target.name} AS {alias} {join} {source} ON {on}{where}"
        tsql = f"UPDATE {alias} SET {', '.join(f'{alias}.{c} = {text}' for c, text in sets.items())} {found}"
        values = ", ".join(f"{text} AS n_{column}" for column, text in sets.items())
        changes = ", ".join(f"{column} = u.n_{column}" for column in sets)
        rows = f"(SELECT {alias}.rowid AS r, {values} {found}) AS u"
        sqlite = f"UPDATE {target.name} AS z SET {changes} FROM {rows} WHERE z.rowid = u.r"
        self._add(both(tsql, sqlite), target, decides=True)

    def _delete(self) -> None:
        target = self._target()
        self._add(f"DELETE FROM {target.name} WHERE {self.expressions.condition(self._alone(target))}", target, decides=True)

    def _delete_joined(self) -> None:
        target, alias = self._target(), self.queries.alias("x")
        item, source = self.queries.source(0)
        mine = self.queries.item(target, alias)
        found = f"FROM {target.name} AS {alias} JOIN {source} ON {self.queries._on([mine], item)}"
        sqlite = f"DELETE FROM {target.name} WHERE rowid IN (SELECT {alias}.rowid {found})"
        self._add(both(f"DELETE {alias} {found}", sqlite), target, decides=True)

    def _delete_output(self) -> None:
        """DELETE or UPDATE … OUTPUT … INTO another table."""
        target, into = self._target(), self.choices.one(self.targets)
        if into is target:
            return self._delete()
        sight = self._alone(target)
        sight.subqueries = False
        columns = {column: kind for column, kind in target.kinds.items() if kind in (into.kinds[c] for c in into.writable)}
        column = self.choices.one(list(columns))
        other = self.choices.one([c for c in into.writable if into.kinds[c] == columns[column]])
        where = f" WHERE {self.expressions.condition(sight, 0)}" if self.choices.chance(70) else ""
        output = f"OUTPUT {{}}.{column} INTO {into.name} ({other})"
        if column in target.computed or self.choices.chance(50):
            tsql = f"DELETE FROM {target.name} {output.format('deleted')}{where}"
            sqlite = (
                f"INSERT INTO {into.name} ({other}) SELECT {column} FROM {target.name}{where}\nDELETE FROM {target.name}{where}"
            )
        else:
            value = self.expressions.value(columns[column], sight)
            row = self.choices.one(("inserted", "deleted"))
            tsql = f"UPDATE {target.name} SET {column} = {value} {output.format(row)}{where}"
            given = value if row == "inserted" else column
            insert = f"INSERT INTO {into.name} ({other}) SELECT {given} FROM {target.name}{where}"
            sqlite = f"{insert}\nUPDATE {target.name} SET {column} = {value}{where}"
        self.queries.seen |= target.origins - {target.name}
        return self._add(both(tsql, sqlite), target, into, decides=True)

    def _merge(self) -> None:
        """MERGE: in SQLite first what matches, then each of its changes."""
        target, alias = self._target(), self.queries.alias("x")
        partner, source, on = self._partner(alias, target)
        mine = self.queries.item(target, alias)
        matched = Sight([mine, partner], variables=self.queries.variables)
        sets = self._sets(target, matched)
        when = self.expressions.condition(matched, 0) if self.choices.chance(30) else ""
        columns = self.choices.some(target.writable)
        theirs = Sight([Item(partner.alias, partner.columns, real=False)], variables=self.queries.variables, subqueries=False)
        values = [self.expressions.value(target.kinds[column], theirs) for column in columns]
        gone = (
            self.expressions.condition(Sight([Item(alias, mine.columns, real=False)]).plain(), 0)
            if self.choices.chance(30)
            else ""
        )
        tsql = f"MERGE INTO {target.name} AS {alias} USING {source} ON {on} "
        tsql += (
            f"WHEN MATCHED{f' AND {when}' if when else ''} THEN UPDATE SET {', '.join(f'{c} = {t}' for c, t in sets.items())} "
        )
        tsql += f"WHEN NOT MATCHED THEN INSERT ({', '.join(columns)}) VALUES ({', '.join(values)})"
        tsql += f" WHEN NOT MATCHED BY SOURCE AND {gone} THEN DELETE" if gone else ""
        self.made += 1
        match, absent = f"[m{self.made}]", f"[g{self.made}]"
        outputs = [f"{text} AS u_{c}" for c, text in sets.items()] + [
            f"{t} AS i_{c}" for c, t in zip(columns, values, strict=True)
        ]
        rest = f"{', '.join(outputs)}, {when or '1'} AS ok FROM {source} LEFT JOIN {target.name} AS {alias} ON {on}"
        lines = [f"CREATE TEMP TABLE {match} AS SELECT {alias}.rowid AS r, {rest}"]
        if gone:
            missing = f"NOT EXISTS (SELECT 1 FROM {match} WHERE r = {alias}.rowid) AND {gone}"
            lines += [f"CREATE TEMP TABLE {absent} AS SELECT {alias}.rowid AS r FROM {target.name} AS {alias} WHERE {missing}"]
            lines += [f"DELETE FROM {target.name} WHERE rowid IN (SELECT r FROM {absent})"]
        changes = ", ".join(f"{column} = m.u_{column}" for column in sets)
        lines += [f"UPDATE {target.name} AS z SET {changes} FROM {match} AS m WHERE z.rowid = m.r AND m.ok"]
        lines += [
            f"INSERT INTO {target.name} ({', '.join(columns)}) SELECT {', '.join(f'i_{c}' for c in columns)} FROM {match} WHERE r IS NULL"
        ]
        self._add(both(tsql, "\n".join(lines)), target, decides=True)
