"""Drawn lineage to SQL that has it: a chain of steps that pass the columns on, and a last statement that writes them.

All names go through a `Pen`, which chooses aliases, case, brackets and comments; a plain pen writes the one simplest form.
"""

# ruff: noqa: S608  # SQL put together from names is what these tests are about

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from typing import TypeAlias

from sql_lineage_purview.model.names import bracketed

from .drawing import Drawn, DrawnTable, Operand

_TOKENS = re.compile(r"N?'(?:[^']|'')*'|\[(?:[^\]]|\]\])*\]|\"[^\"]*\"|[@#\w$]+|\s+|.", re.DOTALL)
_COMMENTS = ("/* it's; */", "-- GO; 'x\n", "/* a /* nested */ one */", "\n\n", "\t", "--\n")


@dataclass
class Pen:
    """How names and layout are written. `random` None: plainly."""

    random: Random | None = None
    used: int = 0

    def alias(self, word: str) -> str:
        """A new name of our own: an alias, a temporary table, a variable, an expression."""
        self.used += 1
        if self.random is None:
            return f"{word}{self.used}"
        return f"{self.random.choice(['q', 'Alias_', 'Été', 'k$'])}{self.used}"

    def name(self, part: str) -> str:
        if self.random is None:
            return bracketed(part)
        return self.random.choice([bracketed(part), f"[{part.replace(']', ']]')}]", f'"{part}"'])

    def table(self, table: DrawnTable) -> str:
        dot = "." if self.random is None else self.random.choice([".", ".", " . "])
        if self.random is not None and table.schema == "dbo" and self.random.random() < 0.3:
            return self.name(table.name)
        return self.name(table.schema) + dot + self.name(table.name)

    def layout(self, statement: str) -> str:
        """The statement in random case, with comments and odd blanks."""
        if self.random is None:
            return statement
        return "".join(self._token(token) for token in _TOKENS.findall(statement))

    def _token(self, token: str) -> str:
        assert self.random is not None
        if token.isspace():
            return f" {self.random.choice(_COMMENTS)} " if self.random.random() < 0.15 else token
        if token[:2] == "N'" or token[0] == "'":
            return token
        if token.isascii() and self.random.random() < 0.4:
            return self.random.choice([token.upper(), token.lower()])
        return token

    def end(self, following: str) -> str:
        """What separates a statement from the next: T-SQL asks for a semicolon before WITH alone."""
        if self.random is None or following.lstrip().upper().startswith("WITH"):
            return ";\n"
        return self.random.choice([";\n", "\n", " ", ";;\n", " ; "])


@dataclass(frozen=True)
class Pipeline:
    """Statements that have run, and the query that gives the columns `names`; `common` are its expressions."""

    select: str
    names: tuple[str, ...]
    common: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()
    batches: tuple[str, ...] = ()

    @property
    def query(self) -> str:
        return (f"WITH {', '.join(self.common)} " if self.common else "") + self.select


Step: TypeAlias = Callable[[Pen, Pipeline], Pipeline]


def first_query(pen: Pen, drawn: Drawn, *, union: bool = False) -> Pipeline:
    """The query over the sources; with `union` as two halves, each supplying some of the columns."""
    names = drawn.target.columns
    if not union:
        return Pipeline(_select(pen, drawn, names), names)
    middle = (len(names) + 1) // 2
    halves = [_select(pen, drawn, names[:middle]), _select(pen, drawn, names[middle:])]
    return Pipeline(" UNION ALL ".join(halves), names)


def _select(pen: Pen, drawn: Drawn, supplied: tuple[str, ...]) -> str:
    aliases = [pen.alias("s") for _ in drawn.sources]

    def column(operand: Operand) -> str:
        return f"{aliases[operand.source]}.{pen.name(operand.column)}"

    outputs = []
    for name, formula in zip(drawn.target.columns, drawn.formulas, strict=True):
        text = formula.text.format(*map(column, formula.operands)) if name in supplied else "NULL"
        outputs.append(f"{text} AS {pen.name(name)}")
    text = f"SELECT {', '.join(outputs)} FROM {pen.table(drawn.sources[0])} AS {aliases[0]}"
    for (inner, outer), source, alias in zip(drawn.joins, drawn.sources[1:], aliases[1:], strict=True):
        text += f" LEFT JOIN {pen.table(source)} AS {alias} ON {column(inner)} = {column(outer)}"
    if drawn.filters:
        text += " WHERE " + " AND ".join(f"{column(operand)} > 0" for operand in drawn.filters)
    return text


def _columns(pen: Pen, names: tuple[str, ...], alias: str = "") -> str:
    return ", ".join((f"{alias}." if alias else "") + pen.name(name) for name in names)


def _over(pen: Pen, before: Pipeline, source: str, **changes: object) -> Pipeline:
    alias = pen.alias("d")
    select = f"SELECT {_columns(pen, before.names, alias)} FROM {source} AS {alias}"
    return replace(before, select=select, **changes)  # type: ignore[arg-type]  # the changes are fields of a Pipeline


# --- steps: each passes all columns on as they are ------------------------------------------------------------------


def derived(pen: Pen, before: Pipeline) -> Pipeline:
    return _over(pen, before, f"({before.select})")


def derived_with_list(pen: Pen, before: Pipeline) -> Pipeline:
    alias = pen.alias("d")
    select = f"SELECT {_columns(pen, before.names, alias)} FROM ({before.select}) AS {alias} ({_columns(pen, before.names)})"
    return replace(before, select=select)


def common_table(pen: Pen, before: Pipeline) -> Pipeline:
    name = pen.alias("cte")
    return _over(pen, before, name, common=(*before.common, f"{name} AS ({before.select})"))


def common_table_with_list(pen: Pen, before: Pipeline) -> Pipeline:
    name = pen.alias("cte")
    return _over(pen, before, name, common=(*before.common, f"{name} ({_columns(pen, before.names)}) AS ({before.select})"))


def selected_into_temporary(pen: Pen, before: Pipeline) -> Pipeline:
    name = "#" + pen.alias("t")
    alias = pen.alias("d")
    outputs = _columns(pen, before.names, alias)
    statement = f"{_with(before)}SELECT {outputs} INTO {name} FROM ({before.select}) AS {alias}"
    return _over(pen, before, name, common=(), statements=(*before.statements, statement))


def _filled(pen: Pen, before: Pipeline, name: str, create: str) -> Pipeline:
    insert = f"{_with(before)}INSERT INTO {name} ({_columns(pen, before.names)}) {before.select}"
    return _over(pen, before, name, common=(), statements=(*before.statements, create, insert))


def temporary_table(pen: Pen, before: Pipeline) -> Pipeline:
    name = "#" + pen.alias("t")
    columns = ", ".join(f"{pen.name(n)} int" for n in before.names)
    return _filled(pen, before, name, f"CREATE TABLE {name} ({columns})")


def table_variable(pen: Pen, before: Pipeline) -> Pipeline:
    name = "@" + pen.alias("t")
    columns = ", ".join(f"{pen.name(n)} int" for n in before.names)
    return _filled(pen, before, name, f"DECLARE {name} TABLE ({columns})")


def inline_function(pen: Pen, before: Pipeline) -> Pipeline:
    """Only over persistent tables: a function sees no temporary ones."""
    if before.statements:
        return before
    name = f"dbo.{pen.alias('fn')}"
    batch = f"CREATE FUNCTION {name} (@unused int) RETURNS TABLE AS RETURN ({before.query})"
    return _over(pen, before, f"{name}(1)", common=(), batches=(*before.batches, batch))


def multi_statement_function(pen: Pen, before: Pipeline) -> Pipeline:
    if before.statements:
        return before
    name, result = f"dbo.{pen.alias('fn')}", f"@{pen.alias('r')}"
    columns = ", ".join(f"{pen.name(n)} int" for n in before.names)
    insert = f"{_with(before)}INSERT INTO {result} ({_columns(pen, before.names)}) {before.select}"
    batch = f"CREATE FUNCTION {name} () RETURNS {result} TABLE ({columns}) AS BEGIN {insert}; RETURN; END"
    return _over(pen, before, f"{name}()", common=(), batches=(*before.batches, batch))


def _with(before: Pipeline) -> str:
    return f"WITH {', '.join(before.common)} " if before.common else ""


STEPS: tuple[Step, ...] = (
    derived,
    derived_with_list,
    common_table,
    common_table_with_list,
    selected_into_temporary,
    temporary_table,
    table_variable,
    inline_function,
    multi_statement_function,
)

# --- last statements ------------------------------------------------------------------------------------------------

Ending: TypeAlias = Callable[[Pen, Pipeline, DrawnTable], tuple[str, ...]]


def insert_select(pen: Pen, before: Pipeline, target: DrawnTable) -> tuple[str, ...]:
    return (f"{_with(before)}INSERT INTO {pen.table(target)} ({_columns(pen, before.names)}) {before.select}",)


def merge(pen: Pen, before: Pipeline, target: DrawnTable) -> tuple[str, ...]:
    alias, source = pen.alias("t"), pen.alias("s")
    return (
        f"{_with(before)}MERGE INTO {pen.table(target)} AS {alias} USING ({before.select}) AS {source} ON 1 = 0 "
        f"WHEN NOT MATCHED THEN INSERT ({_columns(pen, before.names)}) VALUES ({_columns(pen, before.names, source)});",
    )


def update_from(pen: Pen, before: Pipeline, target: DrawnTable) -> tuple[str, ...]:
    alias, source = pen.alias("t"), pen.alias("s")
    sets = ", ".join(f"{alias}.{pen.name(n)} = {source}.{pen.name(n)}" for n in before.names)
    from_ = f"FROM {pen.table(target)} AS {alias} CROSS JOIN ({before.select}) AS {source}"
    return (f"{_with(before)}UPDATE {alias} SET {sets} {from_}",)


def insert_exec(pen: Pen, before: Pipeline, target: DrawnTable) -> tuple[str, ...]:
    """The query as the result of a procedure; only where nothing must live on around it."""
    if before.statements or before.batches:
        return insert_select(pen, before, target)
    name = f"dbo.{pen.alias('p')}"
    procedure = f"CREATE PROCEDURE {name} AS BEGIN {before.query}; END"
    return (procedure, "GO", f"INSERT INTO {pen.table(target)} ({_columns(pen, before.names)}) EXEC {name}")


def through_variables(pen: Pen, before: Pipeline, target: DrawnTable) -> tuple[str, ...]:
    variables = [f"@{pen.alias('v')}" for _ in before.names]
    alias = pen.alias("d")
    assigned = ", ".join(f"{v} = {alias}.{pen.name(n)}" for v, n in zip(variables, before.names, strict=True))
    return (
        f"DECLARE {', '.join(f'{v} int' for v in variables)}",
        f"{_with(before)}SELECT {assigned} FROM ({before.select}) AS {alias}",
        f"INSERT INTO {pen.table(target)} ({_columns(pen, before.names)}) VALUES ({', '.join(variables)})",
    )


def through_cursor(pen: Pen, before: Pipeline, target: DrawnTable) -> tuple[str, ...]:
    variables = [f"@{pen.alias('v')}" for _ in before.names]
    cursor = pen.alias("c")
    fetch = f"FETCH NEXT FROM {cursor} INTO {', '.join(variables)}"
    insert = f"INSERT INTO {pen.table(target)} ({_columns(pen, before.names)}) VALUES ({', '.join(variables)})"
    return (
        f"DECLARE {', '.join(f'{v} int' for v in variables)}",
        f"DECLARE {cursor} CURSOR FOR {before.query}",
        f"OPEN {cursor}",
        fetch,
        f"WHILE @@FETCH_STATUS = 0 BEGIN {insert}; {fetch}; END",
        f"CLOSE {cursor}",
    )


def select_into(pen: Pen, before: Pipeline, target: DrawnTable) -> tuple[str, ...]:
    alias = pen.alias("d")
    outputs = _columns(pen, before.names, alias)
    return (f"{_with(before)}SELECT {outputs} INTO {pen.table(target)} FROM ({before.select}) AS {alias}",)


def create_as_select(pen: Pen, before: Pipeline, target: DrawnTable) -> tuple[str, ...]:
    return (f"CREATE TABLE {pen.table(target)} WITH (HEAP) AS {before.query}",)


def through_called_procedure(pen: Pen, before: Pipeline, target: DrawnTable) -> tuple[str, ...]:
    """A temporary table that is filled here and read in a procedure that is called."""
    table, name = "#" + pen.alias("t"), f"dbo.{pen.alias('p')}"
    columns = _columns(pen, before.names)
    body = f"INSERT INTO {pen.table(target)} ({columns}) SELECT {columns} FROM {table}"
    filled = _filled(pen, before, table, f"CREATE TABLE {table} ({', '.join(f'{pen.name(n)} int' for n in before.names)})")
    if any("@" in statement for statement in filled.statements):  # a table variable does not outlive GO
        return insert_select(pen, before, target)
    return (f"CREATE PROCEDURE {name} AS {body}", "GO", *filled.statements[len(before.statements) :], f"EXEC {name}")


def through_parameters(pen: Pen, before: Pipeline, target: DrawnTable) -> tuple[str, ...]:
    """Variables that are passed by name, in another order, to a procedure that writes them."""
    if before.statements:
        return insert_select(pen, before, target)
    name = f"dbo.{pen.alias('p')}"
    parameters = [f"@{pen.alias('a')}" for _ in before.names]
    variables = [f"@{pen.alias('v')}" for _ in before.names]
    alias = pen.alias("d")
    assigned = ", ".join(f"{v} = {alias}.{pen.name(n)}" for v, n in zip(variables, before.names, strict=True))
    passed = [f"{p} = {v}" for p, v in zip(parameters, variables, strict=True)]
    insert = f"INSERT INTO {pen.table(target)} ({_columns(pen, before.names)}) VALUES ({', '.join(parameters)})"
    return (
        f"CREATE PROCEDURE {name} {', '.join(f'{p} int' for p in parameters)} AS {insert}",
        "GO",
        f"DECLARE {', '.join(f'{v} int' for v in variables)}",
        f"{_with(before)}SELECT {assigned} FROM ({before.select}) AS {alias}",
        f"EXEC {name} {', '.join(reversed(passed))}",
    )


def output_into(pen: Pen, before: Pipeline, target: DrawnTable) -> tuple[str, ...]:
    """A table variable takes the rows, and its OUTPUT gives them to the target."""
    table = "@" + pen.alias("t")
    columns = _columns(pen, before.names)
    return (
        f"DECLARE {table} TABLE ({', '.join(f'{pen.name(n)} int' for n in before.names)})",
        f"{_with(before)}INSERT INTO {table} ({columns}) OUTPUT {_columns(pen, before.names, 'inserted')} "
        f"INTO {pen.table(target)} ({columns}) {before.select}",
    )


ENDINGS: tuple[Ending, ...] = (
    insert_select,
    through_called_procedure,
    through_parameters,
    output_into,
    merge,
    update_from,
    insert_exec,
    through_variables,
    through_cursor,
    select_into,
    create_as_select,
)


@dataclass
class Shape:
    """Which of the equivalent forms a lineage is written in."""

    steps: tuple[Step, ...] = ()
    ending: Ending = insert_select
    union: bool = False
    procedure: bool = False
    pen: Pen = field(default_factory=Pen)


def write(drawn: Drawn, shape: Shape) -> str:
    """The script, its definitions aside."""
    pen = shape.pen
    pipeline = first_query(pen, drawn, union=shape.union)
    for step in shape.steps:
        pipeline = step(pen, pipeline)
    ending = shape.ending(pen, pipeline, drawn.target)
    if "GO" in ending:  # a procedure in a batch of its own, before what calls it
        at = ending.index("GO") + 1
        statements = [*ending[:at], *pipeline.statements, *ending[at:]]
    else:
        statements = [*pipeline.statements, *ending]
    if shape.procedure and "GO" not in statements:
        body = _joined(pen, statements)
        statements = [f"CREATE PROCEDURE dbo.{pen.alias('p')} @unused int = 0 AS BEGIN SET NOCOUNT ON; {body} END"]
        return "\nGO\n".join([*map(pen.layout, pipeline.batches), *statements]) + "\n"
    return "\nGO\n".join([*map(pen.layout, pipeline.batches), _joined(pen, statements)]) + "\n"


def _joined(pen: Pen, statements: list[str]) -> str:
    text = ""
    for statement, following in zip(statements, [*statements[1:], ""], strict=True):
        text += "\nGO\n" if statement == "GO" else pen.layout(statement) + pen.end(following)
    return text
