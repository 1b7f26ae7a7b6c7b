"""Expressions and conditions of generated programs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from .perturbation_choices import Choices
from .perturbation_text import Function, Query, both

INT, TEXT = "int", "varchar(20)"
LITERALS = {INT: ("1", "2", "0", "3"), TEXT: ("'a'", "'b'", "'ab'", "''")}


@dataclass
class Item:
    """A source in FROM. `columns`: name, how it is written, kind.

    `real`: it stands in FROM in both readings, and bare names may mean its columns. `applied`: by
    CROSS APPLY.
    """

    alias: str
    columns: list[tuple[str, str, str]]
    key: str | None = None
    real: bool = True
    applied: bool = False


@dataclass
class Sight:
    """What an expression may name.

    That is columns of `items`, of the queries around it, and, in a grouped query, `keys` and
    aggregates.

    `subqueries`, `windows`: may they stand here?
    """

    items: list[Item]
    outer: Sight | None = None
    keys: list[tuple[str, str]] | None = None
    variables: list[tuple[str, str]] = field(default_factory=list)
    subqueries: bool = True
    windows: bool = False

    def plain(self) -> Sight:
        """What an aggregate may hold.

        That is without aggregates, subqueries, window functions and outer columns.
        """
        return Sight(self.items, None, None, self.variables, subqueries=False)

    def key(self) -> str | None:
        """A reference that is unique among the rows, where one is known."""
        only = self.items[0] if len(self.items) == 1 and self.keys is None else None
        return f"{only.alias}.{only.key}" if only and only.key else None


# Makes a subquery: over its own sources, seeing what is around it, with columns of these kinds.
Subqueries = Callable[[list[str], Sight, int], Query]


class Expressions:
    """Writes expressions. `subquery` makes queries inside of them, `aggregated` such of one row."""

    def __init__(self, choices: Choices, subquery: Subqueries, aggregated: Subqueries) -> None:
        self.choices = choices
        self.subquery = subquery
        self.aggregated = aggregated
        self.functions: list[Function] = []
        self.called: set[str] = set()

    # --- leaves -----------------------------------------------------------------------------------

    def reference(self, sight: Sight, kind: str | None = None) -> tuple[str, str] | None:
        """A column in sight; a bare name where only one source has it."""
        if sight.keys is not None:
            keys = [key for key in sight.keys if kind in (None, key[1])]
            return self.choices.one(keys) if keys else None
        candidates = [
            (item, column)
            for item in sight.items
            for column in item.columns
            if kind in (None, column[2])
        ]
        if not candidates:
            return None
        item, (name, text, kind_of_item) = self.choices.one(candidates)
        alone = sum(name == other[0] for column in sight.items for other in column.columns) == 1
        return (name if item.real and alone and self.choices.chance(30) else text), kind_of_item

    def leaf(self, kind: str, sight: Sight) -> str:
        number = self.choices.below(100)
        if number > 92:
            return self.choices.one(LITERALS[kind])
        if number > 86 and (
            variables := [text for text, variable_kind in sight.variables if variable_kind == kind]
        ):
            return self.choices.one(variables)
        if number > 55 and sight.keys is not None:
            return self.aggregate(kind, sight)
        if number > 55 and sight.outer and (outer := self.reference(qualified(sight.outer), kind)):
            return outer[0]
        found = self.reference(sight, kind)
        if found is None and sight.keys is not None:
            return self.aggregate(kind, sight)
        return found[0] if found else self.choices.one(LITERALS[kind])

    def aggregate(self, kind: str, sight: Sight) -> str:
        functions = (
            "MAX({})",
            "MIN({})",
            "SUM({})",
            "COUNT({})",
            "COUNT(DISTINCT {})",
            "COUNT(*)",
            "SUM(DISTINCT {})",
        )
        function = self.choices.one(functions if kind == INT else functions[:2])
        return function.format(self.value(kind, sight.plain(), 1))

    # --- values -----------------------------------------------------------------------------------

    def value(self, kind: str, sight: Sight, depth: int = 2) -> str:
        """An expression of a kind."""
        if depth <= 0 or not self.choices.chance(50):
            return self.leaf(kind, sight)
        forms = [
            self._of_any_kind,
            self._number if kind == INT else self._string,
            self._conditional,
        ]
        if sight.windows:
            forms += [self._window]
        if sight.subqueries:
            forms += [self._scalar_subquery]
            forms += (
                [self._call]
                if sight.keys is None and any(f.kind == kind for f in self.functions)
                else []
            )
        return self.choices.one(forms)(kind, sight, depth - 1)

    def _of_any_kind(self, kind: str, sight: Sight, depth: int) -> str:
        x, y = self.value(kind, sight, depth), self.value(kind, sight, depth)
        forms = (
            f"COALESCE({x}, {y})",
            both("ISNULL", "IFNULL") + f"({x}, {y})",
            f"NULLIF({x}, {y})",
            both("GREATEST", "MAX") + f"({x}, {y})",
        )
        return self.choices.one(forms)

    def _number(self, kind: str, sight: Sight, depth: int) -> str:
        x = self.value(INT, sight, depth)
        form = self.choices.one(
            (
                "{x} + {y}",
                "({x} - {y})",
                "({x} * {y})",
                "-({x})",
                "ABS({x})",
                "({x} % 3)",
                "LEN",
                "CHARINDEX",
            )
        )
        if form == "LEN":
            return both("LEN", "LENGTH") + f"({self.value(TEXT, sight, depth)})"
        if form == "CHARINDEX":
            s, t = self.value(TEXT, sight, depth), self.value(TEXT, sight, depth)
            return both(f"CHARINDEX({s}, {t})", f"INSTR({t}, {s})")
        return form.format(x=x, y=self.value(INT, sight, depth) if "{y}" in form else "")

    def _string(self, kind: str, sight: Sight, depth: int) -> str:
        x = self.value(TEXT, sight, depth)
        match self.choices.below(7):
            case 0:
                return f"({x} {both('+', '||')} {self.value(TEXT, sight, depth)})"
            case 1:
                return f"UPPER({x})"
            case 2:
                return both("SUBSTRING", "SUBSTR") + f"({x}, 1, {self.value(INT, sight, depth)})"
            case 3:
                return f"REPLACE({x}, 'a', {self.value(TEXT, sight, depth)})"
            case 4:
                y = self.value(TEXT, sight, depth)
                return both(f"CONCAT({x}, {y})", f"(COALESCE({x}, '') || COALESCE({y}, ''))")
            case 5:
                return f"CAST({self.value(INT, sight, depth)} AS {both('varchar(10)', 'TEXT')})"
            case _:
                return both(f"LEFT({x}, 1)", f"SUBSTR({x}, 1, 1)")

    def _conditional(self, kind: str, sight: Sight, depth: int) -> str:
        x, y = self.value(kind, sight, depth), self.value(kind, sight, depth)
        match self.choices.below(4):
            case 0:
                return f"CASE WHEN {self.condition(sight, depth)} THEN {x} ELSE {y} END"
            case 1:
                return f"IIF({self.condition(sight, depth)}, {x}, {y})"
            case 2:
                return (
                    f"CASE {self.value(INT, sight, depth)} WHEN 1 THEN {x} WHEN "
                    f"{self.value(INT, sight, depth)} THEN {y} END"
                )
            case _:
                first, second = self.condition(sight, depth), self.condition(sight, depth)
                return f"CASE WHEN {first} THEN {x} WHEN {second} THEN {y} END"

    def _window(self, kind: str, sight: Sight, depth: int) -> str:
        plain = sight.plain()
        x = self.value(kind, plain, min(depth, 1))
        partition = f"PARTITION BY {self._column(plain)}" if self.choices.chance(50) else ""
        order = f"ORDER BY {self._column(plain)}" + (" DESC" if self.choices.chance(30) else "")
        number = self.choices.below(9)
        key = sight.key()
        if kind == TEXT:
            number %= 2
        if number < 4:
            function = (f"MAX({x})", f"MIN({x})", f"SUM({x})", f"COUNT({x})")[number]
            return f"{function} OVER ({partition}{' ' + order if self.choices.chance(40) else ''})"
        if number < 6 or key is None:
            return f"{('RANK', 'DENSE_RANK')[number % 2]}() OVER ({partition} {order})"
        function = (f"LAG({x})", "ROW_NUMBER()", f"FIRST_VALUE({x})")[number - 6]
        return f"{function} OVER ({partition} {order}, {key})"

    def _column(self, sight: Sight) -> str:
        text = self.reference(sight)
        assert text is not None
        return text[0]

    def _scalar_subquery(self, kind: str, sight: Sight, depth: int) -> str:
        return f"({self.aggregated([kind], sight, depth).text})"

    def _call(self, kind: str, sight: Sight, depth: int) -> str:
        function = self.choices.one(
            [function for function in self.functions if function.kind == kind]
        )
        self.called |= function.origins
        hidden = qualified(sight)  # in SQLite the argument stands inside of the function's query
        hidden.variables, hidden.subqueries = sight.variables, False
        return function.call(self.value(INT, hidden, 1))

    # --- conditions -------------------------------------------------------------------------------

    def condition(self, sight: Sight, depth: int = 1) -> str:
        """A predicate."""
        kind = self.choices.one((INT, TEXT))
        x = self.value(kind, sight, depth - 1)
        forms = ["compare", "null", "in", "between", "like"] + (
            ["and", "or", "not"] if depth > 0 else []
        )
        form = self.choices.one(
            forms + (["exists", "in query", "scalar"] if sight.subqueries and depth > 0 else [])
        )
        match form:
            case "compare":
                return (
                    f"{x} {self.choices.one(('=', '<>', '>', '<='))} "
                    f"{self._other(kind, sight, depth)}"
                )
            case "null":
                return f"{x} IS {self.choices.one(('NOT NULL', 'NULL'))}"
            case "in":
                return (
                    f"{x} IN ({self.choices.one(LITERALS[kind])}, "
                    f"{self._other(kind, sight, depth)})"
                )
            case "between":
                return (
                    f"{x} BETWEEN {self._other(kind, sight, depth)} AND "
                    f"{self._other(kind, sight, depth)}"
                )
            case "like":
                return f"{self.value(TEXT, sight, depth - 1)} LIKE '%a%'"
            case "and" | "or":
                return (
                    f"({self.condition(sight, depth - 1)} {form.upper()} "
                    f"{self.condition(sight, depth - 1)})"
                )
            case "not":
                return f"NOT ({self.condition(sight, depth - 1)})"
            case "exists":
                return f"EXISTS ({self.subquery([kind], sight, depth - 1).text})"
            case "in query":
                return (
                    f"{x} {self.choices.one(('IN', 'NOT IN'))} "
                    f"({self.subquery([kind], sight, depth - 1).text})"
                )
            case _:
                return f"{x} > ({self.aggregated([kind], sight, depth - 1).text})"

    def _other(self, kind: str, sight: Sight, depth: int) -> str:
        return (
            self.choices.one(LITERALS[kind])
            if self.choices.chance(60)
            else self.value(kind, sight, depth - 1)
        )


def qualified(sight: Sight) -> Sight:
    """The same for a query inside: a bare name could mean a column of its own there."""
    hidden = [replace(item, real=False) for item in sight.items]
    return Sight(hidden, sight.outer, sight.keys)
