"""Statements of generated programs that change rows: UPDATE, DELETE and MERGE.

Here is also what all statements share.
"""

# SQL put together from names is what these programs are

from __future__ import annotations

import re
from dataclasses import replace

from .perturbation_choices import Choices
from .perturbation_expressions import INT, LITERALS, TEXT, Item, Sight
from .perturbation_queries import Queries
from .perturbation_text import Reading, Relation, Statement, both, read

_VARIABLE = re.compile(r"@v\d+")


class Changes:
    """The writer of statements, one after the other.

    `targets` may be written, `temporaries` too while the session lasts.
    """

    def __init__(self, choices: Choices) -> None:
        self.choices = choices
        self.queries = Queries(choices)
        self.expressions = self.queries.expressions
        self.targets: list[Relation] = []
        self.temporaries: list[Relation] = []
        self.statements: list[Statement] = []
        # of variables: the tables that their values come from
        self.origins: dict[str, frozenset[str]] = {}
        self.made = 0
        self.strings = 0

    def see(self, text: str) -> None:
        """A statement sees what its functions and variables come from."""
        self.queries.seen |= self.expressions.called
        self.queries.seen = self.queries.seen.union(
            *(self.origins.get(name, ()) for name in _VARIABLE.findall(text))
        )

    def add(self, text: str, *targets: Relation, decides: bool = False) -> None:
        """Note a statement. What it writes into a temporary table comes from all it has seen."""
        self.see(text)
        persistent = tuple(target.name for target in targets if target not in self.temporaries)
        is_own = decides or any(name in self.queries.seen for name in persistent)
        self.statements.append(Statement(self._spoken(text), persistent, is_own))
        for target in targets:
            if target in self.temporaries:
                self._seen_by(target)

    def _spoken(self, text: str) -> str:
        """The statement, sometimes under an IF, or in a string.

        A string sees no variables and keeps no temporary tables.
        """
        if self.choices.chance(8):
            return both("IF 1 = 1 ", "") + text
        tsql = read(text, Reading.TSQL)
        if (
            "@" in _VARIABLE.sub("", tsql)
            or "INTO #" in tsql
            or not self.choices.chance(40 if "@" in tsql else 8)
        ):
            return text
        if "@" in tsql:
            return both(self._spliced(tsql), text, self._spliced(read(text, Reading.GROUPED)))
        return (
            both("EXEC (N'", "")
            + both(text.replace("'", "''"), text, text.replace("'", "''"))
            + both(";')", "")
        )

    def _spliced(self, text: str) -> str:
        """A string into which the values of variables are put, and its execution."""
        kinds = {read(name, Reading.TSQL): kind for name, kind in self.queries.variables}

        def value(match: re.Match[str]) -> str:
            if kinds[match[0]] == TEXT:
                return f"''' + {match[0]} + N'''"
            return f"' + CAST({match[0]} AS varchar(10)) + N'"

        self.strings += 1
        string = _VARIABLE.sub(value, text.replace("'", "''"))
        return f"DECLARE @s{self.strings} nvarchar(max) = N'{string};'; EXEC (@s{self.strings})"

    def _seen_by(self, table: Relation) -> None:
        wider = replace(table, origins=table.origins | self.queries.seen)
        self.temporaries = [
            wider if relation is table else relation for relation in self.temporaries
        ]
        self.queries.relations = [
            wider if relation is table else relation for relation in self.queries.relations
        ]

    def target(self) -> Relation:
        return self.choices.one([*self.targets, *self.temporaries])

    # --- changes of rows --------------------------------------------------------------------------

    def _sets(self, target: Relation, sight: Sight) -> dict[str, str]:
        columns = self.choices.some(target.writable)[:3]
        return {column: self.expressions.value(target.kinds[column], sight) for column in columns}

    def update(self) -> None:
        """UPDATE of a table alone, whose columns are named without an alias."""
        target = self.target()
        sight = self._alone(target)
        sets = self._sets(target, sight)
        where = (
            f" WHERE {self.expressions.condition(sight)}"
            if self.choices.chance(20 if self.queries.calm else 60)
            else ""
        )
        changes = ", ".join(f"{column} = {text}" for column, text in sets.items())
        subquery = "(SELECT " in changes  # whose rows the target's columns may decide
        self.add(
            f"UPDATE {target.name} SET {changes}{where}", target, decides=bool(where) or subquery
        )

    def _alone(self, target: Relation) -> Sight:
        """The target, by its own name.

        In SQLite that is without the schema, so that both may name it in a subquery.
        """
        bare = target.name.partition(".")[2] or target.name
        columns = [
            (name, f"{bare}.{name}", kind) for name, kind in target.kinds.items() if "@" not in bare
        ]
        columns = columns or [(name, name, kind) for name, kind in target.kinds.items()]
        return Sight(
            [Item(bare, columns)], variables=self.queries.variables, subqueries="@" not in bare
        )

    def _partner(self, alias: str, target: Relation) -> tuple[Item, str, str]:
        """A source with at most one row per row of the target, and the condition that says so.

        So no row is changed twice.
        """
        keyed = [relation for relation in self.queries.relations if relation.key]
        numbers = [name for name, kind in target.kinds.items() if kind == INT]
        if keyed and numbers and self.choices.chance(40):
            relation = self.choices.one(keyed)
            self.queries.seen |= relation.origins
            item = self.queries.item(relation, self.queries.alias("s"))
            return (
                item,
                f"{relation.name} AS {item.alias}",
                (f"{item.alias}.{relation.key} = {alias}.{self.choices.one(numbers)}"),
            )
        items, source = self.queries.sources(None, 0)
        key = self.choices.one([column for item in items for column in item.columns])
        inner = Sight(items, variables=self.queries.variables)
        values = [
            (name, self.expressions.aggregate(kind, inner), kind)
            for name, kind in (("v", INT), ("w", TEXT))
        ]
        outputs = ", ".join(f"{text} AS {name}" for name, text, _ in values)
        item = self.queries.item(
            Relation("", {"k": key[2], "v": INT, "w": TEXT}), self.queries.alias("s")
        )
        matching = [f"{alias}.{name}" for name, kind in target.kinds.items() if kind == key[2]]
        on = f"{item.alias}.k = {self.choices.one(matching or [LITERALS[key[2]][0]])}"
        return (
            item,
            (f"(SELECT {key[1]} AS k, {outputs} FROM {source} GROUP BY {key[1]}) AS {item.alias}"),
            on,
        )

    def update_joined(self) -> None:
        """UPDATE … FROM: in SQLite of the rows that the join finds, by their numbers."""
        target, alias = self.target(), self.queries.alias("x")
        partner, source, on = self._partner(alias, target)
        sight = Sight([self.queries.item(target, alias), partner], variables=self.queries.variables)
        sets = self._sets(target, sight)
        join = self.choices.one(("JOIN", "LEFT JOIN"))
        where = f" WHERE {self.expressions.condition(sight)}" if self.choices.chance(50) else ""
        from_clause = f"FROM {target.name} AS {alias} {join} {source} ON {on}{where}"
        tsql = (
            f"UPDATE {alias} SET "
            f"{', '.join(f'{alias}.{c} = {text}' for c, text in sets.items())} {from_clause}"
        )
        values = ", ".join(f"{text} AS n_{column}" for column, text in sets.items())
        changes = ", ".join(f"{column} = u.n_{column}" for column in sets)
        rows = f"(SELECT {alias}.rowid AS r, {values} {from_clause}) AS u"
        sqlite = f"UPDATE {target.name} AS z SET {changes} FROM {rows} WHERE z.rowid = u.r"
        self.add(both(tsql, sqlite), target, decides=True)

    def delete(self) -> None:
        target = self.target()
        self.add(
            f"DELETE FROM {target.name} WHERE {self.expressions.condition(self._alone(target))}",
            target,
            decides=True,
        )

    def delete_joined(self) -> None:
        target, alias = self.target(), self.queries.alias("x")
        item, source = self.queries.source(0)
        mine = self.queries.item(target, alias)
        from_clause = (
            f"FROM {target.name} AS {alias} JOIN {source} ON {self.queries._on([mine], item)}"
        )
        sqlite = f"DELETE FROM {target.name} WHERE rowid IN (SELECT {alias}.rowid {from_clause})"
        self.add(both(f"DELETE {alias} {from_clause}", sqlite), target, decides=True)

    def changed_output(self) -> None:
        """DELETE or UPDATE … OUTPUT … INTO another table."""
        target, into = self.target(), self.choices.one(self.targets)
        if into is target:
            return self.delete()
        sight = self._alone(target)
        sight.subqueries = False
        columns = {
            column: kind
            for column, kind in target.kinds.items()
            if kind in (into.kinds[c] for c in into.writable)
        }
        column = self.choices.one(list(columns))
        into_column = self.choices.one(
            [c for c in into.writable if into.kinds[c] == columns[column]]
        )
        where = f" WHERE {self.expressions.condition(sight, 0)}" if self.choices.chance(70) else ""
        output = f"OUTPUT {{}}.{column} INTO {into.name} ({into_column})"
        if column in target.computed or self.choices.chance(50):
            tsql = f"DELETE FROM {target.name} {output.format('deleted')}{where}"
            sqlite = (
                f"INSERT INTO {into.name} ({into_column}) SELECT {column} FROM "
                f"{target.name}{where}\nDELETE FROM {target.name}{where}"
            )
        else:
            value = self.expressions.value(columns[column], sight)
            row = self.choices.one(("inserted", "deleted"))
            tsql = f"UPDATE {target.name} SET {column} = {value} {output.format(row)}{where}"
            stored = value if row == "inserted" else column
            insert = (
                f"INSERT INTO {into.name} ({into_column}) SELECT {stored} FROM {target.name}{where}"
            )
            sqlite = f"{insert}\nUPDATE {target.name} SET {column} = {value}{where}"
        self.queries.seen |= target.origins - {target.name}
        return self.add(both(tsql, sqlite), target, into, decides=True)

    def merge(self) -> None:
        """MERGE: in SQLite first what matches, then each of its changes."""
        target, alias = self.target(), self.queries.alias("x")
        partner, source, on = self._partner(alias, target)
        mine = self.queries.item(target, alias)
        matched = Sight([mine, partner], variables=self.queries.variables)
        sets = self._sets(target, matched)
        when = self.expressions.condition(matched, 0) if self.choices.chance(30) else ""
        columns = self.choices.some(target.writable)
        theirs = Sight(
            [Item(partner.alias, partner.columns, real=False)],
            variables=self.queries.variables,
            subqueries=False,
        )
        values = [self.expressions.value(target.kinds[column], theirs) for column in columns]
        gone = (
            self.expressions.condition(Sight([Item(alias, mine.columns, real=False)]).plain(), 0)
            if self.choices.chance(30)
            else ""
        )
        tsql = f"MERGE INTO {target.name} AS {alias} USING {source} ON {on} "
        tsql += (
            f"WHEN MATCHED{f' AND {when}' if when else ''} THEN UPDATE SET "
            f"{', '.join(f'{c} = {t}' for c, t in sets.items())} "
        )
        tsql += f"WHEN NOT MATCHED THEN INSERT ({', '.join(columns)}) VALUES ({', '.join(values)})"
        tsql += f" WHEN NOT MATCHED BY SOURCE AND {gone} THEN DELETE" if gone else ""
        self.made += 1
        match, absent = f"[m{self.made}]", f"[g{self.made}]"
        outputs = [f"{text} AS u_{c}" for c, text in sets.items()] + [
            f"{t} AS i_{c}" for c, t in zip(columns, values, strict=True)
        ]
        clauses = (
            f"{', '.join(outputs)}, {when or '1'} AS ok FROM {source} LEFT JOIN {target.name} "
            f"AS {alias} ON {on}"
        )
        lines = [f"CREATE TEMP TABLE {match} AS SELECT {alias}.rowid AS r, {clauses}"]
        if gone:
            missing = f"NOT EXISTS (SELECT 1 FROM {match} WHERE r = {alias}.rowid) AND {gone}"
            lines += [
                f"CREATE TEMP TABLE {absent} AS SELECT {alias}.rowid AS r FROM "
                f"{target.name} AS {alias} WHERE {missing}"
            ]
            lines += [f"DELETE FROM {target.name} WHERE rowid IN (SELECT r FROM {absent})"]
        changes = ", ".join(f"{column} = m.u_{column}" for column in sets)
        lines += [
            f"UPDATE {target.name} AS z SET {changes} FROM {match} AS m WHERE z.rowid = m.r "
            "AND m.ok"
        ]
        inserted = ", ".join(f"i_{column}" for column in columns)
        lines += [
            f"INSERT INTO {target.name} ({', '.join(columns)}) SELECT {inserted} FROM "
            f"{match} WHERE r IS NULL"
        ]
        self.add(both(tsql, "\n".join(lines)), target, decides=True)
