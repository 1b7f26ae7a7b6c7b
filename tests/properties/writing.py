"""Drawn lineage to SQL that has it.

It is a chain of steps that pass the columns on, and a last statement that writes them.
"""

# SQL put together from names is what these tests are about

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from .drawing import Drawn, DrawnTable
from .pen import Pen
from .steps import Pipeline, Step, column_list, filled, first_query, with_ctes

# --- last statements ------------------------------------------------------------------------------

Ending: TypeAlias = Callable[[Pen, Pipeline, DrawnTable], tuple[str, ...]]


def insert_select(pen: Pen, before: Pipeline, target: DrawnTable) -> tuple[str, ...]:
    return (
        f"{with_ctes(before)}INSERT INTO {pen.table(target)} "
        f"({column_list(pen, before.names)}) {before.select}",
    )


def merge(pen: Pen, before: Pipeline, target: DrawnTable) -> tuple[str, ...]:
    alias, source = pen.alias("t"), pen.alias("s")
    return (
        f"{with_ctes(before)}MERGE INTO {pen.table(target)} AS {alias} USING ({before.select}) "
        f"AS {source} ON 1 = 0 "
        f"WHEN NOT MATCHED THEN INSERT ({column_list(pen, before.names)}) VALUES "
        f"({column_list(pen, before.names, source)});",
    )


def update_from(pen: Pen, before: Pipeline, target: DrawnTable) -> tuple[str, ...]:
    alias, source = pen.alias("t"), pen.alias("s")
    sets = ", ".join(f"{alias}.{pen.name(n)} = {source}.{pen.name(n)}" for n in before.names)
    from_ = f"FROM {pen.table(target)} AS {alias} CROSS JOIN ({before.select}) AS {source}"
    return (f"{with_ctes(before)}UPDATE {alias} SET {sets} {from_}",)


def insert_exec(pen: Pen, before: Pipeline, target: DrawnTable) -> tuple[str, ...]:
    """The query as the result of a procedure; only where nothing must live on around it."""
    if before.statements or before.batches:
        return insert_select(pen, before, target)
    name = f"dbo.{pen.alias('p')}"
    procedure = f"CREATE PROCEDURE {name} AS BEGIN {before.query}; END"
    return (
        procedure,
        "GO",
        f"INSERT INTO {pen.table(target)} ({column_list(pen, before.names)}) EXEC {name}",
    )


def through_variables(pen: Pen, before: Pipeline, target: DrawnTable) -> tuple[str, ...]:
    variables = [f"@{pen.alias('v')}" for _ in before.names]
    alias = pen.alias("d")
    assigned = ", ".join(
        f"{v} = {alias}.{pen.name(n)}" for v, n in zip(variables, before.names, strict=True)
    )
    return (
        f"DECLARE {', '.join(f'{v} int' for v in variables)}",
        f"{with_ctes(before)}SELECT {assigned} FROM ({before.select}) AS {alias}",
        f"INSERT INTO {pen.table(target)} ({column_list(pen, before.names)}) VALUES "
        f"({', '.join(variables)})",
    )


def through_cursor(pen: Pen, before: Pipeline, target: DrawnTable) -> tuple[str, ...]:
    variables = [f"@{pen.alias('v')}" for _ in before.names]
    cursor = pen.alias("c")
    fetch = f"FETCH NEXT FROM {cursor} INTO {', '.join(variables)}"
    insert = (
        f"INSERT INTO {pen.table(target)} ({column_list(pen, before.names)}) VALUES "
        f"({', '.join(variables)})"
    )
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
    outputs = column_list(pen, before.names, alias)
    return (
        f"{with_ctes(before)}SELECT {outputs} INTO {pen.table(target)} FROM "
        f"({before.select}) AS {alias}",
    )


def create_as_select(pen: Pen, before: Pipeline, target: DrawnTable) -> tuple[str, ...]:
    return (f"CREATE TABLE {pen.table(target)} WITH (HEAP) AS {before.query}",)


def through_called_procedure(pen: Pen, before: Pipeline, target: DrawnTable) -> tuple[str, ...]:
    """A temporary table that is filled here and read in a procedure that is called."""
    table, name = "#" + pen.alias("t"), f"dbo.{pen.alias('p')}"
    columns = column_list(pen, before.names)
    body = f"INSERT INTO {pen.table(target)} ({columns}) SELECT {columns} FROM {table}"
    made = filled(
        pen,
        before,
        table,
        f"CREATE TABLE {table} ({', '.join(f'{pen.name(n)} int' for n in before.names)})",
    )
    # a table variable does not outlive GO
    if any("@" in statement for statement in made.statements):
        return insert_select(pen, before, target)
    return (
        f"CREATE PROCEDURE {name} AS {body}",
        "GO",
        *made.statements[len(before.statements) :],
        f"EXEC {name}",
    )


def through_parameters(pen: Pen, before: Pipeline, target: DrawnTable) -> tuple[str, ...]:
    """Variables that are passed by name, in another order, to a procedure that writes them."""
    if before.statements:
        return insert_select(pen, before, target)
    name = f"dbo.{pen.alias('p')}"
    parameters = [f"@{pen.alias('a')}" for _ in before.names]
    variables = [f"@{pen.alias('v')}" for _ in before.names]
    alias = pen.alias("d")
    assigned = ", ".join(
        f"{v} = {alias}.{pen.name(n)}" for v, n in zip(variables, before.names, strict=True)
    )
    passed = [f"{p} = {v}" for p, v in zip(parameters, variables, strict=True)]
    insert = (
        f"INSERT INTO {pen.table(target)} ({column_list(pen, before.names)}) VALUES "
        f"({', '.join(parameters)})"
    )
    return (
        f"CREATE PROCEDURE {name} {', '.join(f'{p} int' for p in parameters)} AS {insert}",
        "GO",
        f"DECLARE {', '.join(f'{v} int' for v in variables)}",
        f"{with_ctes(before)}SELECT {assigned} FROM ({before.select}) AS {alias}",
        f"EXEC {name} {', '.join(reversed(passed))}",
    )


def output_into(pen: Pen, before: Pipeline, target: DrawnTable) -> tuple[str, ...]:
    """A table variable takes the rows, and its OUTPUT gives them to the target."""
    table = "@" + pen.alias("t")
    columns = column_list(pen, before.names)
    return (
        f"DECLARE {table} TABLE ({', '.join(f'{pen.name(n)} int' for n in before.names)})",
        f"{with_ctes(before)}INSERT INTO {table} ({columns}) OUTPUT "
        f"{column_list(pen, before.names, 'inserted')} "
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
        statements = [*ending[:at], *pipeline.statements, *ending[at:], *pipeline.behind]
    else:
        statements = [*pipeline.statements, *ending, *pipeline.behind]
    if shape.procedure and "GO" not in statements:
        body = _joined(pen, statements)
        statements = [
            f"CREATE PROCEDURE dbo.{pen.alias('p')} @unused int = 0 AS BEGIN SET "
            f"NOCOUNT ON; {body} END"
        ]
        return "\nGO\n".join([*map(pen.layout, pipeline.batches), *statements]) + "\n"
    return "\nGO\n".join([*map(pen.layout, pipeline.batches), _joined(pen, statements)]) + "\n"


def _joined(pen: Pen, statements: list[str]) -> str:
    text = ""
    for statement, following in zip(statements, [*statements[1:], ""], strict=True):
        text += "\nGO\n" if statement == "GO" else pen.layout(statement) + pen.end(following)
    return text
