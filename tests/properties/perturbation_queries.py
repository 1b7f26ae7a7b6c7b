"""Queries of generated programs."""

# SQL put together from names is what these programs are

from __future__ import annotations

from .perturbation_choices import Choices
from .perturbation_expressions import INT, TEXT, Expressions, Item, Sight
from .perturbation_text import Query, Relation, both

NAMES = ("a", "b", "c", "d", "e", "f", "g", "h")
KINDS = (INT, TEXT)


class Queries:
    """Writes queries over the relations that are in sight.

    `seen`: the tables whose rows were used since it was emptied.
    """

    def __init__(self, choices: Choices) -> None:
        self.choices = choices
        self.relations: list[Relation] = []
        self.variables: list[tuple[str, str]] = []
        self.expressions = Expressions(choices, self._subquery, self._aggregated)
        self.seen: set[str] = set()
        # Half of the programs decide little about rows: there, a value that no edge leads to has no
        # other excuse for its change.
        self.calm = choices.chance(60)
        self._aliases = 0

    def alias(self, word: str) -> str:
        self._aliases += 1
        return f"{word}{self._aliases}"

    # --- whole queries ----------------------------------------------------------------------------

    def with_ctes(self, kinds: list[str] | None = None) -> tuple[str, Query]:
        """Common table expressions, or nothing, and a query that may use them."""
        relations = list(self.relations)
        parts = [self._cte() for _ in range(self.choices.one((0, 0, 1, 2)))]
        query = self.query(kinds)
        self.relations = relations
        return f"WITH {', '.join(parts)} " if parts else "", query

    def _cte(self) -> str:
        name = self.alias("cte")
        if self.choices.chance(15):
            return self._recursive(name)
        inner = self.query(None, depth=1)
        kinds, names = inner.kinds, ""
        if self.choices.chance(30):
            kinds = dict(zip(reversed(NAMES), inner.kinds.values(), strict=False))
            names = f" ({', '.join(kinds)})"
        self.relations = [*self.relations, Relation(name, kinds)]
        return f"{name}{names} AS ({inner.text})"

    def _recursive(self, name: str) -> str:
        start = self.select([INT, TEXT], None, 0)
        n, s = start.kinds
        step = self.expressions.value(
            TEXT,
            Sight([Item(name, [(s, f"{name}.{s}", TEXT), (n, f"{name}.{n}", INT)])]).plain(),
            1,
        )
        self.relations = [*self.relations, Relation(name, {n: INT, s: TEXT, "z": INT})]
        first = f"SELECT q.{n}, q.{s}, 1 FROM ({start.text}) AS q"
        return (
            f"{name} ({n}, {s}, z) AS ({first} UNION ALL SELECT {n} + 1, {step}, z + 1 FROM "
            f"{name} WHERE z < 3)"
        )

    def query(
        self, kinds: list[str] | None = None, outer: Sight | None = None, depth: int = 2
    ) -> Query:
        """A query with columns of these kinds: one SELECT, or several that are put together."""
        first = self.select(kinds, outer, depth)
        if depth < 1 or not self.choices.chance(25):
            return first
        operator = (
            "UNION ALL"
            if self.calm
            else self.choices.one(("UNION ALL", "UNION", "INTERSECT", "EXCEPT"))
        )
        second = self.select(list(first.kinds.values()), outer, depth - 1)
        # SQLite knows no parentheses around the sides, and no ORDER BY in them.
        sides = [
            both(
                f"SELECT * FROM ({s.text}) AS o" if s.ordered else s.text,
                f"SELECT * FROM ({s.text})",
            )
            for s in (first, second)
        ]
        operation = Query(f"{sides[0]} {operator} {sides[1]}", first.kinds)
        return operation if operator == "UNION ALL" else self.distinct(operation)

    def distinct(self, query: Query) -> Query:
        """A query that removes duplicates: in the reading that says so, by GROUP BY."""
        alias = self.alias("u")
        columns = ", ".join(f"{alias}.{name}" for name in query.kinds)
        before = both("", "", f"SELECT {columns} FROM (")
        return Query(
            before + query.text + both("", "", f") AS {alias} GROUP BY {columns}"), query.kinds
        )

    def select(self, kinds: list[str] | None, outer: Sight | None, depth: int) -> Query:
        """One SELECT; of any columns where `kinds` is None."""
        items, source = self.sources(outer, depth)
        sight = Sight(items, outer, variables=self.variables)
        if kinds is None and (star := self._star(items)):
            return Query(f"SELECT {star[0]} FROM {source}{self._where(sight)}", star[1])
        where = self._where(sight)
        kinds = kinds or [self.choices.one(KINDS) for _ in range(self.choices.one((1, 2, 2, 3)))]
        if self.choices.chance(10 if self.calm else 25):
            return self._grouped(kinds, sight, source + where)
        sight.windows = True
        outputs = self._outputs(kinds, sight)
        key = sight.key()
        named = {output[0]: kind for output, kind in zip(outputs, kinds, strict=True)}
        texts = ", ".join(output[1] for output in outputs)
        if key and self.choices.chance(20):
            sight.windows = sight.subqueries = False
            text = self.expressions.reference(
                Sight([Item(i.alias, i.columns, i.key, real=False) for i in items])
            )
            order, count = text[0] if text else key, self.choices.one((2, 3))
            limit = f" ORDER BY {order}, {key}" if order != key else f" ORDER BY {key}"
            return Query(
                f"SELECT {both(f'TOP ({count}) ', '')}{texts} FROM "
                f"{source}{where}{limit}{both('', f' LIMIT {count}')}",
                named,
                ordered=True,
            )
        if self.choices.chance(2 if self.calm else 12):
            return self.distinct(
                Query(
                    f"SELECT {both('DISTINCT ', 'DISTINCT ', '')}{texts} FROM {source}{where}",
                    named,
                )
            )
        return Query(f"SELECT {texts} FROM {source}{where}", named)

    def _star(self, items: list[Item]) -> tuple[str, dict[str, str]] | None:
        names = [name for item in items for name, _, _ in item.columns]
        if (
            not self.choices.chance(20)
            or len(set(names)) < len(names)
            or len(names) > len(NAMES)
            or not all(item.real for item in items)
        ):
            return None
        starred = "*" if self.choices.chance(50) else ", ".join(f"{item.alias}.*" for item in items)
        return starred, {name: kind for item in items for name, _, kind in item.columns}

    def _grouped(self, kinds: list[str], sight: Sight, source: str) -> Query:
        keys = []
        for _ in range(self.choices.one((1, 1, 2, 0))):
            hidden = Sight(
                [Item(i.alias, i.columns, real=False) for i in sight.items if not i.applied]
            )
            found = self.expressions.reference(hidden)
            if found and found not in keys:
                keys.append(
                    (f"({found[0]} + 1)", INT)
                    if found[1] == INT and self.choices.chance(15)
                    else found
                )
        grouped = Sight(sight.items, sight.outer, list(dict.fromkeys(keys)), self.variables)
        outputs = self._outputs(kinds, grouped)
        text = f"SELECT {', '.join(output[1] for output in outputs)} FROM {source}"
        if grouped.keys:
            text += f" GROUP BY {', '.join(key for key, _ in grouped.keys)}"
            if self.choices.chance(30):
                text += f" HAVING {self.expressions.condition(grouped)}"
        return Query(text, {output[0]: kind for output, kind in zip(outputs, kinds, strict=True)})

    def _outputs(self, kinds: list[str], sight: Sight) -> list[tuple[str, str]]:
        free = list(NAMES)
        outputs = []
        for kind in kinds:
            text = self.expressions.value(kind, sight)
            name = free.pop(self.choices.below(len(free)))
            column = text.rpartition(".")[2]
            if column in free and text.replace(".", "").isalnum():  # a column under its own name
                free[free.index(column)] = name
                outputs.append((column, text))
            else:
                outputs.append(
                    (
                        name,
                        both(f"{text} AS {name}", f"{text} AS {name}")
                        if not self.choices.chance(15)
                        else both(f"{name} = {text}", f"{text} AS {name}"),
                    )
                )
        return outputs

    def _where(self, sight: Sight) -> str:
        return (
            f" WHERE {self.expressions.condition(sight)}"
            if self.choices.chance(10 if self.calm else 50)
            else ""
        )

    # --- inside of expressions --------------------------------------------------------------------

    def _subquery(self, kinds: list[str], outer: Sight, depth: int) -> Query:
        return self.query(kinds, outer, min(depth, 0))

    def _aggregated(self, kinds: list[str], outer: Sight | None, depth: int) -> Query:
        """A query of one row."""
        items, source = self.sources(outer, min(depth, 0))
        sight = Sight(items, outer, variables=self.variables)
        where = self._where(sight)
        outputs = [
            (NAMES[position], f"{self.expressions.aggregate(kind, sight)} AS {NAMES[position]}")
            for position, kind in enumerate(kinds)
        ]
        text = f"SELECT {', '.join(output[1] for output in outputs)} FROM {source}{where}"
        return Query(text, {name: kind for (name, _), kind in zip(outputs, kinds, strict=True)})

    # --- FROM -------------------------------------------------------------------------------------

    def sources(self, outer: Sight | None, depth: int) -> tuple[list[Item], str]:
        """FROM's text, and what may be named because of it."""
        item, text = self.source(depth)
        items = [item]
        comma = self.choices.chance(15)
        for _ in range(self.choices.one((0, 0, 0, 0, 1) if self.calm else (0, 0, 1, 0, 1, 1, 2))):
            if comma:
                item, more = self.source(depth)
                text += f", {more}"
                items.append(item)
            else:
                text = self._joined(items, text, outer, depth)
        return items, text

    def _joined(self, items: list[Item], text: str, outer: Sight | None, depth: int) -> str:
        if self.choices.chance(12):
            return text + self._applied(items)
        item, more = self.source(depth)
        kinds = ("JOIN", "LEFT JOIN", "INNER JOIN", "RIGHT JOIN", "CROSS JOIN")
        kind = "CROSS JOIN" if self.calm and self.choices.chance(60) else self.choices.one(kinds)
        joined = list(items)
        items.append(item)
        if kind == "CROSS JOIN":
            return f"{text} CROSS JOIN {more}"
        on = f" ON {self._on(joined, item)}"
        if kind != "RIGHT JOIN":
            return f"{text} {kind} {more}{on}"
        if len(joined) > 1:
            return f"{text} LEFT JOIN {more}{on}"
        for side in (joined[0], item):
            side.real = (
                False  # SQLite of old has no RIGHT JOIN; the order of its columns is another
            )
        return both(f"{text} RIGHT JOIN {more}", f"{more} LEFT JOIN {text}") + on

    def _on(self, left: list[Item], item: Item) -> str:
        # bare, SQLite would look further
        *hidden, own = [Item(one.alias, one.columns, real=False) for one in (*left, item)]
        mine = self.expressions.reference(Sight([own]))
        assert mine is not None
        depth = 1 if self.choices.chance(20) else 0
        text = f"{self.expressions.value(mine[1], Sight(hidden).plain(), depth)} = {mine[0]}"
        if self.choices.chance(15):
            text += f" AND {self.expressions.condition(Sight([*hidden, own]), 0)}"
        return text

    def _applied(self, items: list[Item]) -> str:
        """CROSS APPLY, which SQLite has not: there what it gives stands where it is used."""
        alias = self.alias("ap")
        outer = Sight(list(items))
        kinds = [self.choices.one(KINDS) for _ in range(self.choices.one((1, 2)))]
        names = NAMES[: len(kinds)]
        if self.choices.chance(50):
            hidden = Sight([Item(i.alias, i.columns, i.key, real=False) for i in items])
            cells = [self.expressions.value(kind, hidden.plain(), 1) for kind in kinds]
            written = list(
                zip(
                    names,
                    [both(f"{alias}.{n}", f"({c})") for n, c in zip(names, cells, strict=True)],
                    kinds,
                    strict=True,
                )
            )
            items.append(Item(alias, written, real=False, applied=True))
            return both(
                f" CROSS APPLY (VALUES ({', '.join(cells)})) AS {alias} ({', '.join(names)})", ""
            )
        single = [self._aggregated([kind], outer, 0) for kind in kinds]
        if len(kinds) > 1:  # one query of several columns would have to be taken apart
            single, kinds, names = single[:1], kinds[:1], names[:1]
        text = both(f"{alias}.a", f"({single[0].text})")
        items.append(Item(alias, [("a", text, kinds[0])], real=False, applied=True))
        return both(f" CROSS APPLY ({single[0].text}) AS {alias}", "")

    def source(self, depth: int) -> tuple[Item, str]:
        """A table, or a query or rows in its place."""
        number = self.choices.below(100)
        if number >= 80 and depth > 0:
            return self._derived(self.query(None, None, depth - 1))
        if number >= 70:
            return self._values()
        relation = self.choices.one(self.relations)
        self.seen |= relation.origins
        alias = self.alias("r")
        return self.item(relation, alias), f"{relation.name} AS {alias}"

    def item(self, relation: Relation, alias: str) -> Item:
        return Item(
            alias,
            [(name, f"{alias}.{name}", kind) for name, kind in relation.kinds.items()],
            relation.key,
        )

    def _derived(self, query: Query) -> tuple[Item, str]:
        alias = self.alias("d")
        if not self.choices.chance(30):
            return self.item(Relation(alias, query.kinds), alias), f"({query.text}) AS {alias}"
        kinds = dict(zip(reversed(NAMES), query.kinds.values(), strict=False))
        return self.item(Relation(alias, kinds), alias), _listed(
            f"({query.text})", query.text, alias, kinds
        )

    def _values(self) -> tuple[Item, str]:
        alias = self.alias("v")
        kinds = {"a": INT, "b": TEXT}
        return self.item(Relation(alias, kinds), alias), _listed(
            "(VALUES (1, 'a'), (2, 'b'))", "VALUES (1, 'a'), (2, 'b')", alias, kinds
        )


def _listed(tsql: str, query: str, alias: str, kinds: dict[str, str]) -> str:
    """A derived table with a column list, which SQLite has for common table expressions alone."""
    columns = ", ".join(kinds)
    return both(
        f"{tsql} AS {alias} ({columns})",
        f"(WITH {alias} ({columns}) AS ({query}) SELECT * FROM {alias}) AS {alias}",
    )
